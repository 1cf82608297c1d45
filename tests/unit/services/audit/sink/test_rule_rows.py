"""Validation rules as rows: sets by name, assignments by what they bind, and the end of both."""

from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleAssignment, RuleUnassigned
from schemas.events import Event
from schemas.records import Decided
from schemas.rules import ValidationRule, ValidationRuleCreated, ValidationRuleDeleted
from services.audit.sink.entities import EntityRow
from services.audit.sink.tables import entity_table_rows

RULE = ValidationRule("val_1", "Large orders", 5, type="basic", context_type="campaign.promotion")
ASSIGNMENT = RuleAssignment("asgm_1", "val_1", "camp_1", "campaign", 6)


def rows_of(*events: Event) -> list[EntityRow]:
    """The rows of a record with these events."""
    record = Decided(0, 10, "cmd_1", "given", "proj_1", "same", events)
    return [row for row in entity_table_rows(record) if isinstance(row, EntityRow)]


def test_a_set_is_found_by_its_name_type_and_context() -> None:
    (row,) = rows_of(ValidationRuleCreated(RULE))
    assert (row.kind, row.id, row.alias, row.created_at) == (
        "validation_rule",
        "val_1",
        "Large orders",
        5,
    )
    assert (row.type, row.texts, row.deleted) == (
        "basic",
        {"context_type": ["campaign.promotion"]},
        0,
    )


def test_an_assignment_is_found_by_what_it_binds_and_by_its_set() -> None:
    (row,) = rows_of(RuleAssigned(ASSIGNMENT, 1))
    assert (row.kind, row.id, row.alias) == ("rule_assignment", "asgm_1", "camp_1")
    assert (row.type, row.texts, row.deleted) == ("campaign", {"rule_id": ["val_1"]}, 0)


def test_what_ended_is_gone_under_its_own_alias() -> None:
    other = RuleAssignment("asgm_2", "val_1", "v_1", "voucher", 7)
    rows = rows_of(
        RuleUnassigned(ASSIGNMENT, 1),
        AssignmentsDropped((other,), {"val_1": 0}),
        ValidationRuleDeleted(RULE),
    )
    assert [(each.id, each.alias, each.deleted) for each in rows] == [
        ("asgm_1", "camp_1", 1),
        ("asgm_2", "v_1", 1),
        ("val_1", "Large orders", 1),
    ]
