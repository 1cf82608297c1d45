"""Promotion stacks in the state: by id, and those of a campaign."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.promotion_events import StackCreated, StackDeleted, StackUpdated


def stack_stored(state: State, event: StackCreated | StackUpdated, _: Millis) -> None:
    """The stack is found by its id and by its campaign."""
    stack = event.stack
    state.put(tables.STACKS, stack, stack.id)
    state.put(tables.CAMPAIGN_STACKS, stack.id, stack.campaign_id, stack.id)


def stack_deleted(state: State, event: StackDeleted, _: Millis) -> None:
    """The stack is found no more."""
    remove_stack(state, event.stack.campaign_id, event.stack.id)


def remove_stack(state: State, campaign_id: str, stack_id: str) -> None:
    """The stack is found no more, neither by its id nor by its campaign."""
    state.delete(tables.STACKS, stack_id)
    state.delete(tables.CAMPAIGN_STACKS, campaign_id, stack_id)


FOLDS: Folds = MappingProxyType(
    {
        StackCreated: stack_stored,
        StackUpdated: stack_stored,
        StackDeleted: stack_deleted,
    }
)
