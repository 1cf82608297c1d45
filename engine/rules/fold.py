"""Sets of validation rules in the state: by id; the collections that they name know them."""

import re
from types import MappingProxyType
from typing import Final

from engine.assignments.fold import sweep_due
from engine.kernel import tables
from engine.kernel.due import put_due
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.rules import (
    ValidationRule,
    ValidationRuleCreated,
    ValidationRuleDeleted,
    ValidationRuleUpdated,
)

#: The id of a collection in the JSON text of rules.
_COLLECTION: Final = re.compile(r'"(pc_\w+)"')


def rule_stored(
    state: State, event: ValidationRuleCreated | ValidationRuleUpdated, _: Millis
) -> None:
    """The set of rules is as the event says; the collections that it names know it."""
    rule = event.rule
    before, after = _collections(state, state.get(tables.RULES, rule.id)), _collections(state, rule)
    for collection_id in sorted(before - after):
        state.delete(tables.COLLECTION_RULES, collection_id, rule.id)
    for collection_id in sorted(after - before):
        state.put(tables.COLLECTION_RULES, rule.id, collection_id, rule.id)
    state.put(tables.RULES, rule, rule.id)


def rule_deleted(state: State, event: ValidationRuleDeleted, _: Millis) -> None:
    """Nobody finds the set; a sweep will drop its assignments."""
    for collection_id in sorted(_collections(state, state.get(tables.RULES, event.rule.id))):
        state.delete(tables.COLLECTION_RULES, collection_id, event.rule.id)
    state.delete(tables.RULES, event.rule.id)
    if event.rule.assignments_count:
        put_due(state, sweep_due(event.rule.id))


def _collections(state: State, rule: ValidationRule | None) -> set[str]:
    """The collections that a set names: ids are never used again, so one unknown stays unknown."""
    if rule is None:
        return set()
    named = {*_COLLECTION.findall(rule.definition), *_COLLECTION.findall(rule.bundle or "")}
    items = rule.applicable_to
    named.update(each.id for each in (*items.included, *items.excluded))
    return {each for each in named if state.get(tables.COLLECTIONS, each) is not None}


FOLDS: Folds = MappingProxyType(
    {
        ValidationRuleCreated: rule_stored,
        ValidationRuleUpdated: rule_stored,
        ValidationRuleDeleted: rule_deleted,
    }
)
