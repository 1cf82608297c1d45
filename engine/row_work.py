"""Work that is one decision for each staged row, a whole chunk of rows at once.

A row is decided on what the rows before it made of the state. One that is refused changes nothing
and is noted; the rows after it are done all the same.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from msgspec import structs

from engine.background.decide import NOTHING, REASON_LENGTH_MAX, Chunk, Do, DoRow
from engine.evolve import FOLDS
from engine.kernel.decision import Decision
from engine.kernel.state import View, encode
from engine.metadata.checks import wrong_metadata
from schemas.actions import AsyncAction, RowFailure, Rows
from schemas.base import Millis
from schemas.commands import Command
from schemas.events import Event

#: What the events of a chunk may amount to: sealed and with the action they still fit a record.
CHUNK_EVENT_BYTES_MAX = 448 * 1024


def each_row(do: DoRow, at_once: Callable[[View], int] | None = None) -> Do:
    """Work that is one decision for each row; a row sees what the rows before it did.

    A chunk takes as many rows as `at_once` says, where not all of a set may be done together.
    """

    def do_rows(
        view: View, command: Command, _: AsyncAction, work: Any, rows: Rows | None, now: Millis
    ) -> Chunk:
        trial = view.trial()
        events: list[Event] = []
        failures: list[RowFailure] = []
        done = size = 0
        most = None if at_once is None else at_once(view)
        for number, row in enumerate((rows or ())[:most], 1):
            decision = NOTHING
            failure = _fault(number, row)
            if failure is None:
                decision = do(trial, _row_command(command, number), work, row["do"], now)
                wrong = wrong_metadata(trial, decision)
                decision = decision if wrong is None else Decision(refusal=wrong)
                failure = _failure(decision, number, row)
            if failure is None:
                grown = sum(len(encode(event)) for event in decision.events)
                if grown > CHUNK_EVENT_BYTES_MAX:
                    failure = RowFailure(number, "The row's outcome is too large to be recorded")
                elif size + grown > CHUNK_EVENT_BYTES_MAX:
                    break
                else:
                    size += grown
            if failure is not None:
                failures.append(failure)
                continue
            for event in decision.events:
                FOLDS[type(event)](trial, event, now)
            events.extend(decision.events)
            done += 1
        return Chunk(tuple(events), done, len(failures), tuple(failures))

    return do_rows


def _row_command(command: Command, number: int) -> Command:
    """The row's own command: its seed makes the row's ids and codes."""
    seed = sha256(f"{command.seed}/row/{number}".encode()).hexdigest()[:32]
    return structs.replace(command, seed=seed)


def _fault(number: int, row: dict[str, Any]) -> RowFailure | None:
    """What was found wrong with the row before it came here."""
    if "fault" not in row:
        return None
    reason = str(row["fault"])[:REASON_LENGTH_MAX]
    return RowFailure(number, reason, code=row.get("code", ""), column=row.get("column", ""))


def _failure(decision: Decision, number: int, row: dict[str, Any]) -> RowFailure | None:
    refusal = decision.refusal
    if refusal is None:
        return None
    reason = refusal.details or refusal.message
    return RowFailure(number, reason[:REASON_LENGTH_MAX], code=row.get("code", ""), key=refusal.key)
