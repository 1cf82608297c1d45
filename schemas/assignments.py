"""The assignment of a set of validation rules to what it binds."""

from typing import Final, Literal

import msgspec

from schemas.base import Millis, Shape, Unanswered

ASSIGNMENTS_MAX = 50
AssignedType = Literal[
    "voucher", "campaign", "earning_rule", "reward_assignment", "promotion_tier", "distribution"
]


class RuleAssignment(Shape, frozen=True):
    """That a set of rules binds an object."""

    id: str
    rule_id: str
    related_object_id: str
    related_object_type: AssignedType
    created_at: Millis


class AssignRule(Shape, tag="assign_rule", frozen=True):
    """Binds an object by a set of rules."""

    rule_id: str
    related_object_id: str
    related_object_type: AssignedType


class UnassignRule(Shape, tag="unassign_rule", frozen=True):
    """The object is bound no longer."""

    rule_id: str
    assignment_id: str


class RuleAssigned(Shape, tag="validation_rule.assigned", frozen=True):
    """An object is bound by a set of rules; `count`: how many objects the set binds after it."""

    assignment: RuleAssignment
    count: int


class RuleUnassigned(Shape, tag="validation_rule.unassigned", frozen=True):
    """An object is bound by a set of rules no longer; `count` as for `RuleAssigned`."""

    assignment: RuleAssignment
    count: int


class AssignmentsDropped(Unanswered, tag="validation_rule.assignments_dropped", frozen=True):
    """Assignments ended with their objects or with their sets of rules.

    `counts` says of each of the sets that exist how many objects it binds after it.
    """

    assignments: tuple[RuleAssignment, ...]
    counts: dict[str, int] = msgspec.field(default_factory=dict)


AssignmentCommand = AssignRule | UnassignRule
AssignmentEvent = RuleAssigned | RuleUnassigned | AssignmentsDropped
#: Which sets of rules bind an object; what it is beside that is in its own events.
ASSIGNMENT_EVENTS: Final = frozenset({RuleAssigned, RuleUnassigned, AssignmentsDropped})
