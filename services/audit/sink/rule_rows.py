"""From an event to the rows of sets of validation rules and of their assignments."""

from collections.abc import Iterable

from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleAssignment, RuleUnassigned
from schemas.rules import ValidationRuleCreated, ValidationRuleDeleted, ValidationRuleUpdated
from services.audit.sink.entities import EntityRow, entity_row, gone_row


def rule_changed(
    project: str, event: ValidationRuleCreated | ValidationRuleUpdated
) -> Iterable[EntityRow]:
    """The set of rules; how many objects it binds is counted where it is listed."""
    rule = event.rule
    texts = {"type": rule.type, "context_type": rule.context_type}
    return (entity_row(project, "validation_rule", rule, alias=rule.name, texts=texts),)


def rule_deleted(project: str, event: ValidationRuleDeleted) -> Iterable[EntityRow]:
    """That the set is gone, and with it, for whoever lists them, its assignments."""
    return (gone_row(project, "validation_rule", event.rule.id, event.rule.name),)


def rule_assigned(project: str, event: RuleAssigned) -> Iterable[EntityRow]:
    """The assignment."""
    assignment = event.assignment
    texts = {"type": assignment.related_object_type, "rule_id": assignment.rule_id}
    alias = assignment.related_object_id
    return (entity_row(project, "rule_assignment", assignment, alias=alias, texts=texts),)


def rule_unassigned(project: str, event: RuleUnassigned) -> Iterable[EntityRow]:
    """That the assignment is gone."""
    return (_assignment_gone(project, event.assignment),)


def assignments_dropped(project: str, event: AssignmentsDropped) -> Iterable[EntityRow]:
    """That the assignments are gone."""
    return [_assignment_gone(project, each) for each in event.assignments]


def _assignment_gone(project: str, assignment: RuleAssignment) -> EntityRow:
    return gone_row(project, "rule_assignment", assignment.id, assignment.related_object_id)
