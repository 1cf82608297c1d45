"""What webhooks are told of validation rules and what they bind, and of offers of rewards."""

from collections.abc import Callable
from typing import Any, Final

from engine.answers.hook_campaigns import CHUNK
from engine.answers.hook_payload import Told
from engine.assignments.body import assignment_body
from engine.rewards.body import assignment_body as reward_assignment_body
from engine.rules.body import rule_body
from schemas.assignments import AssignmentsDropped
from schemas.records import Decided

_SWEEP: Final = "expire_due"


def tell_rule(name: str) -> Callable[[Any, Decided], Told]:
    """The set as it is after the event."""

    def tell(event: Any, _: Decided) -> Told:
        yield name, {"validation_rule": rule_body(event.rule)}

    return tell


def tell_assignment(name: str) -> Callable[[Any, Decided], Told]:
    """That a set binds an object, or does no more."""

    def tell(event: Any, _: Decided) -> Told:
        yield name, {"validation_rule_assignment": assignment_body(event.assignment)}

    return tell


def tell_dropped_assignments(event: AssignmentsDropped, record: Decided) -> Told:
    """Those that end with their object; of a deleted set, or of many at once, others tell."""
    if record.command_type in (CHUNK, _SWEEP):
        return
    for assignment in event.assignments:
        if assignment.rule_id in event.counts:
            body = {"validation_rule_assignment": assignment_body(assignment)}
            yield "business_validation_rule.assignment.deleted", body


def tell_reward_assignment(name: str) -> Callable[[Any, Decided], Told]:
    """That a program offers a reward, or does no more."""

    def tell(event: Any, _: Decided) -> Told:
        yield name, {"reward_assignment": reward_assignment_body(event.assignment)}

    return tell
