"""Async actions in the state: those that are open have an index; rows go when they are done.

Rows may name people, so their key goes with the last of them.
"""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.reacting import note_reacting
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.actions import (
    ActionProgressed,
    ActionStarted,
    AsyncAction,
    DeleteCampaignVouchers,
    OpenAction,
    RecalculateTiers,
    RowsStaged,
    StagedRowsDropped,
)
from schemas.base import DAY_MS, Millis
from schemas.erasures import Erasure


def rows_staged(state: State, event: RowsStaged, _: Millis) -> None:
    """The rows wait, for a day at most."""
    staged = event.staged
    _drop_rows(state, staged.action_id, staged.number)
    key = tables.set_key(staged.number)
    state.put(tables.STAGED, staged, staged.action_id, key)
    state.put(tables.STAGED_AT, staged.staged_at, staged.action_id, key)
    put_due(state, _due(staged.action_id, staged.number, staged.staged_at))


def action_started(state: State, event: ActionStarted, _: Millis) -> None:
    """The worker finds it among the open ones; its rows wait as long as it takes."""
    action = event.action
    state.put(tables.ACTIONS, action, action.id)
    if action.status != "DONE":
        state.put(tables.OPEN_ACTIONS, OpenAction(state.project, action.id), action.id)
    for number in range(action.sets):
        _drop_due(state, action.id, number)


def action_progressed(state: State, event: ActionProgressed, _: Millis) -> None:
    """The action is as the event says; rows that were done are gone."""
    action = event.action
    state.put(tables.ACTIONS, action, action.id)
    for number in event.consumed:
        state.delete(tables.STAGED, action.id, tables.set_key(number))
    if action.status in ("DONE", "FAILED"):
        state.delete(tables.OPEN_ACTIONS, action.id)
        if action.sets:
            erase_rows(state, action.id)
    work = action.work
    if action.status == "DONE" and isinstance(work, DeleteCampaignVouchers) and work.force:
        # with its last voucher; one whose deletion was given up can be deleted again
        state.delete(tables.CAMPAIGNS, work.campaign_id)
        for tier in list(state.scan(tables.LOYALTY_TIERS, work.campaign_id)):
            state.delete(tables.LOYALTY_TIERS, work.campaign_id, tier.id)
    if action.status == "DONE" and isinstance(work, RecalculateTiers) and work.deleted:
        _forget_tier(state, work.campaign_id, work.deleted)


def _forget_tier(state: State, campaign_id: str, tier_id: str) -> None:
    """Nobody is in the tier any more; a program without any does not react by them."""
    state.delete(tables.LOYALTY_TIERS, campaign_id, tier_id)
    if next(state.scan(tables.LOYALTY_TIERS, campaign_id), None) is None:
        note_reacting(state, "tiers", campaign_id, reacts=False)


def drop_rows(state: State, action: AsyncAction) -> None:
    """The rows of an action that nobody goes on with are gone, and their key with them."""
    for number in range(action.next_set, action.sets):
        state.delete(tables.STAGED, action.id, tables.set_key(number))
    if action.sets:
        erase_rows(state, action.id)


def staged_rows_dropped(state: State, event: StagedRowsDropped, _: Millis) -> None:
    """Rows that nobody will ask for are gone."""
    for number in event.numbers:
        _drop_rows(state, event.action_id, number)
    waiting = next(state.scan(tables.STAGED_AT, event.action_id), None)
    if waiting is None and state.get(tables.OPEN_ACTIONS, event.action_id) is None:
        erase_rows(state, event.action_id)


def _drop_rows(state: State, action_id: str, number: int) -> None:
    if _drop_due(state, action_id, number):
        state.delete(tables.STAGED, action_id, tables.set_key(number))


def _drop_due(state: State, action_id: str, number: int) -> bool:
    """Has the rows wait as long as it takes; whether they waited for their action to start."""
    staged_at = state.get(tables.STAGED_AT, action_id, tables.set_key(number))
    if staged_at is None:
        return False
    drop_due(state, _due(action_id, number, staged_at))
    state.delete(tables.STAGED_AT, action_id, tables.set_key(number))
    return True


def _due(action_id: str, number: int, staged_at: Millis) -> tables.Due:
    return tables.Due(tables.DUE_STAGED, f"{action_id}/{number}", staged_at + DAY_MS)


def erase_rows(state: State, action_id: str) -> None:
    """The action needs its rows no more, which may name people."""
    state.put(tables.ERASURES, Erasure(state.project, action_id, "action"), action_id)


FOLDS: Folds = MappingProxyType(
    {
        RowsStaged: rows_staged,
        ActionStarted: action_started,
        ActionProgressed: action_progressed,
        StagedRowsDropped: staged_rows_dropped,
    }
)
