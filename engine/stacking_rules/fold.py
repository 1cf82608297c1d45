"""A project's stacking rules in the state: there is one set, or none."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.stacking import StackingRulesCreated, StackingRulesDeleted, StackingRulesUpdated


def stacking_stored(
    state: State, event: StackingRulesCreated | StackingRulesUpdated, _: Millis
) -> None:
    """These rules hold."""
    state.put(tables.STACKING, event.stored, tables.THE_ONE)


def stacking_deleted(state: State, _: StackingRulesDeleted, __: Millis) -> None:
    """The defaults hold."""
    state.delete(tables.STACKING, tables.THE_ONE)


FOLDS: Folds = MappingProxyType(
    {
        StackingRulesCreated: stacking_stored,
        StackingRulesUpdated: stacking_stored,
        StackingRulesDeleted: stacking_deleted,
    }
)
