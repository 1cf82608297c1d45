"""Assignments of validation rules. Source: the contract, section 7."""

from collections.abc import Iterable
from types import MappingProxyType

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.assignments import RuleAssigned, RuleAssignment, RuleUnassigned


def assignment_body(assignment: RuleAssignment) -> Body:
    """The assignment as its endpoints show it."""
    return {
        "id": assignment.id,
        "rule_id": assignment.rule_id,
        "related_object_id": assignment.related_object_id,
        "related_object_type": assignment.related_object_type,
        "created_at": iso(assignment.created_at),
        "object": "validation_rules_assignment",
    }


def assignments_body(assignments: Iterable[RuleAssignment], *bound: str | None) -> Body:
    """What an object shows of the sets that bind it: the assignments to any of these ids."""
    data = [assignment_body(each) for each in assignments if each.related_object_id in bound]
    return {"object": "list", "data_ref": "data", "data": data, "total": len(data)}


ANSWERS: Answers = MappingProxyType(
    {
        RuleAssigned: shows(assignment_body, "assignment"),
        RuleUnassigned: shows_nothing,
    }
)
