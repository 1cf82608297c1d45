"""Async actions: what a feature needs to have work done in the background.

Rows are staged, the action starts, and its chunks are done one after another (engine/work.py). A
kind of work is a function of the shape `Do`, which does one chunk; where the work is one decision
for each staged row, `each_row` (engine/work.py) makes it of a function of the shape `DoRow`.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from engine.background.chunk import Chunk
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.actions import (
    ActionStarted,
    AsyncAction,
    Rows,
    RowsStaged,
    StagedRows,
    StageRows,
    StartAction,
    Work,
)
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.personal import Personal, PersonalData

REASON_LENGTH_MAX = 300
NOTHING = Decision()


#: (view, command, action, its work, staged rows or None, now)
Do = Callable[[View, Command, AsyncAction, Any, Rows | None, Millis], Chunk]
#: (view, the row's own command, its action's work, what the row says, now)
DoRow = Callable[[View, Command, Any, dict[str, Any], Millis], Decision | Refusal]


def start_action_event(
    command: Command, type_: str, work: Work, total: int | None, now: Millis, n: int = 0
) -> ActionStarted:
    """The start of work that needs no rows; `n` counts the actions that the command starts."""
    action = AsyncAction(
        id=new_id(command.seed, "aa_", n),
        type=type_,
        work=work,
        total=total,
        created_at=now,
        request_id=getattr(command.body, "request_id", ""),
    )
    return ActionStarted(action)


def stage_rows(view: View, _: Command, body: StageRows, now: Millis) -> Decision | Refusal:
    """Keeps rows, sealed, until their action starts; rows that come again take their place."""
    if view.get(tables.ACTIONS, body.action_id) is not None:
        return _already_started(body.action_id)
    if view.get(tables.ERASURES, body.action_id) is not None:
        # the key that would seal them is being destroyed, after rows that nobody asked for in time
        return refuse("unavailable", "Rows of before are still being erased")
    rows = PersonalData(metadata={"rows": list(body.rows), "shared": body.shared})
    staged = StagedRows(
        action_id=body.action_id,
        number=body.number,
        rows=Personal(f"{view.project}/{body.action_id}", rows),
        first_row=body.first_row,
        staged_at=now,
    )
    return Decision((RowsStaged(staged),))


def start_action(view: View, _: Command, body: StartAction, now: Millis) -> Decision | Refusal:
    """Starts an action whose rows are all there."""
    if view.get(tables.ACTIONS, body.action_id) is not None:
        return _already_started(body.action_id)
    for number in range(body.sets):
        if view.get(tables.STAGED_AT, body.action_id, tables.set_key(number)) is None:
            return not_found("staged_rows", f"{body.action_id}/{number}")
    action = AsyncAction(
        id=body.action_id,
        type=body.action_type,
        work=body.work,
        total=body.total,
        created_at=now,
        status="ENQUEUED" if body.total != 0 else "DONE",
        request_id=body.request_id,
        sets=body.sets,
    )
    return Decision((ActionStarted(action),))


def _already_started(action_id: str) -> Refusal:
    return refuse("duplicate_found", resource_id=action_id, resource_type="async_action")


DECISIONS: Decisions = MappingProxyType(
    {
        StageRows: stage_rows,
        StartAction: start_action,
    }
)
