"""Assignments in the state: each lies under its set, and is found by its object, which knows it, too.

What binds an object is kept here alone; the folds of vouchers, campaigns, tiers and earning rules
leave it as it is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import structs

from engine.kernel import tables
from engine.kernel.due import drop_due
from engine.kernel.room import Folds
from engine.kernel.state import State, Table
from schemas.assignments import AssignmentsDropped, RuleAssigned, RuleAssignment, RuleUnassigned
from schemas.base import Millis

_TARGETS: Mapping[str, Table[Any]] = MappingProxyType(
    {
        "voucher": tables.VOUCHERS,
        "campaign": tables.CAMPAIGNS,
        "promotion_tier": tables.TIERS,
        "earning_rule": tables.EARNING_RULES,
        "reward_assignment": tables.REWARD_ASSIGNMENTS,
    }
)


def rule_assigned(state: State, event: RuleAssigned, _: Millis) -> None:
    """The assignment is found by its set and by its object, if that is there already."""
    assignment = event.assignment
    kind, object_id = assignment.related_object_type, assignment.related_object_id
    state.put(tables.ASSIGNMENTS, assignment, assignment.rule_id, assignment.id)
    state.put(tables.ASSIGNED, assignment.id, kind, object_id, assignment.rule_id)
    table = _TARGETS.get(kind)
    bound = None if table is None else state.get(table, object_id)
    if table is not None and bound is not None and assignment.rule_id not in bound.rule_ids:
        rule_ids = (*bound.rule_ids, assignment.rule_id)
        state.put(table, structs.replace(bound, rule_ids=rule_ids), object_id)
    _count(state, assignment.rule_id, event.count)


def rule_unassigned(state: State, event: RuleUnassigned, _: Millis) -> None:
    """The assignment is gone."""
    _drop(state, event.assignment)
    _count(state, event.assignment.rule_id, event.count)


def assignments_dropped(state: State, event: AssignmentsDropped, _: Millis) -> None:
    """The assignments are gone; no sweep comes for a deleted set that has no more."""
    for assignment in event.assignments:
        _drop(state, assignment)
    for rule_id, count in event.counts.items():
        _count(state, rule_id, count)
    for rule_id in {each.rule_id for each in event.assignments} - event.counts.keys():
        if next(state.scan(tables.ASSIGNMENTS, rule_id), None) is None:
            drop_due(state, sweep_due(rule_id))


def _drop(state: State, assignment: RuleAssignment) -> None:
    kind, object_id = assignment.related_object_type, assignment.related_object_id
    state.delete(tables.ASSIGNMENTS, assignment.rule_id, assignment.id)
    state.delete(tables.ASSIGNED, kind, object_id, assignment.rule_id)
    table = _TARGETS.get(kind)
    bound = None if table is None else state.get(table, object_id)
    if table is not None and bound is not None:
        rule_ids = tuple(each for each in bound.rule_ids if each != assignment.rule_id)
        state.put(table, structs.replace(bound, rule_ids=rule_ids), object_id)


def _count(state: State, rule_id: str, count: int) -> None:
    rule = state.get(tables.RULES, rule_id)
    if rule is not None:
        state.put(tables.RULES, structs.replace(rule, assignments_count=count), rule_id)


def sweep_due(rule_id: str) -> tables.Due:
    """At once, whenever that is: so its end needs no time to be found again."""
    return tables.Due(tables.DUE_RULE, rule_id, 0)


FOLDS: Folds = MappingProxyType(
    {
        RuleAssigned: rule_assigned,
        RuleUnassigned: rule_unassigned,
        AssignmentsDropped: assignments_dropped,
    }
)
