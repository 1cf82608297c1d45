"""The worker: has the ledger do what was started in the background, chunk by chunk.

It keeps nothing of its own. What is open, and which chunk is next, it reads from its replica of
the ledger, so after a crash it goes on from the log. The ledger does a chunk only under the number
that is next, so a chunk that is sent twice, or too early, is done once all the same.

Several actions take turns, a burst of chunks each. While nobody else writes, a few chunks are
under way at once, without a pause. As soon as others write, one chunk is under way at a time, and
the worker rests after each for as long as its share of the time says, because whoever redeems
waits behind the chunk that the ledger is doing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol

import structlog

from runtime.base.faults import NotDecided, NotSent, OutcomeUnknown
from runtime.http.errors import ApiError
from runtime.http.service import Part
from runtime.replica.command_sender import CommandSender
from schemas.actions import ActionProgressed, AsyncAction, GiveUpAction, RunChunk
from schemas.commands import CommandBody
from schemas.records import Decided

#: How many chunks of one action are under way at once while nobody else writes.
CHUNKS_AHEAD = 4
#: How many chunks an action gets before the next action's turn.
TURN_CHUNKS = 8
#: How long it waits after a chunk that failed.
FAILED_SECONDS = 0.1
#: How long it waits after a ledger that did not answer.
RETRY_SECONDS = 1.0
#: How many records of others in a second mean that others write.
BUSY_RECORDS = 2.0
#: How often the same chunk may fail before its action is given up.
CHUNK_FAILURES_MAX = 3

log = structlog.get_logger(__name__)


class Open(NamedTuple):
    """An action that has something left to do, as it is known here, and its project."""

    project: str
    action: AsyncAction


class Ledger(Protocol):
    """What is known here of the ledger."""

    def open_actions(self) -> Sequence[Open]:
        """What is to be done, the oldest first."""

    async def await_change(self) -> None:
        """Returns once there may be something else to do than at the last look."""

    def records(self) -> int:
        """How many records there were so far, in all partitions."""


class Worker:
    """Does what is open, for ever; `share` is its share of the time while others write."""

    def __init__(
        self,
        commands: CommandSender,
        ledger: Ledger,
        *,
        share: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._commands = commands
        self._ledger = ledger
        self._share = share
        self._clock = clock
        self._sleep = sleep
        #: By action: the chunk that failed, and how often.
        self._failures: dict[str, tuple[int, int]] = {}
        self._fault: str | None = None
        self._sent = 0
        self._pace = _Pace(clock())

    def health(self) -> Part:
        """`ok`, or why nothing goes on."""
        return Part(self._fault or "ok")

    async def run(self) -> None:
        """Works until it is cancelled."""
        while True:
            opened = self._ledger.open_actions()
            self._failures = {
                each.action.id: self._failures[each.action.id]
                for each in opened
                if each.action.id in self._failures
            }
            if not opened:
                await self._ledger.await_change()
            for each in opened:
                try:
                    await self._take_turn(each)
                    self._fault = None
                except (NotSent, OutcomeUnknown, ApiError) as fault:
                    # The same chunk is sent again; if it was done after all, that does nothing.
                    self._fault = "the ledger does not answer"
                    log.warning("chunk not done yet", action=each.action.id, reason=repr(fault))
                    await self._sleep(RETRY_SECONDS)

    async def _take_turn(self, opened: Open) -> None:
        """Sends the action's next chunks, until its turn or its work is over."""
        project, action = opened
        following = action.next_chunk
        end = following + TURN_CHUNKS
        while following < end:
            ahead = 1 if self._others_write() else CHUNKS_AHEAD
            began = self._clock()
            numbers = range(following, min(following + ahead, end))
            progress = await self._do(project, action, numbers)
            if progress is None or progress.status in ("DONE", "FAILED"):
                return
            action, following = progress, progress.next_chunk
            if self._others_write():
                await self._sleep((self._clock() - began) * (1 / self._share - 1))

    async def _do(
        self, project: str, action: AsyncAction, numbers: Sequence[int]
    ) -> AsyncAction | None:
        """The action after these chunks; None where the first of them was not done."""
        self._sent += len(numbers)
        # all of them end before the next are sent, whatever becomes of each
        found = await asyncio.gather(
            *(self._send(project, RunChunk(action.id, number)) for number in numbers),
            return_exceptions=True,
        )
        progress: AsyncAction | None = None
        for number, each in zip(numbers, found, strict=True):
            if isinstance(each, NotDecided) or (isinstance(each, str) and progress is None):
                await self._note_failure(project, action, number, str(each))
                break
            if isinstance(each, BaseException):
                raise each
            if isinstance(each, AsyncAction):
                progress = each
        return progress

    async def _send(self, project: str, body: CommandBody) -> AsyncAction | str | None:
        """The action after the chunk, why the ledger refused it, or None where it did nothing."""
        answered = await self._commands.send(project, body, key_kind="system", channel="SYSTEM")
        record = answered.record
        if not isinstance(record, Decided):
            raise NotSent(type(record).__name__)
        if record.refusal is not None:
            return record.refusal.details or record.refusal.message
        for event in record.events:
            if isinstance(event, ActionProgressed):
                return event.action
        return None

    async def _note_failure(self, project: str, action: AsyncAction, number: int, why: str) -> None:
        """Notes that a chunk cannot be done; after a few times its action is given up."""
        before, times = self._failures.get(action.id, (number, 0))
        times = times + 1 if before == number else 1
        self._failures[action.id] = number, times
        log.error("chunk failed", action=action.id, chunk=number, times=times, reason=why)
        if times >= CHUNK_FAILURES_MAX:
            self._sent += 1
            await self._send(project, GiveUpAction(action.id, number, why))
        await self._sleep(FAILED_SECONDS)

    def _others_write(self) -> bool:
        """Whether records come that this worker did not cause."""
        return self._pace.others(self._clock(), self._ledger.records() - self._sent)


class _Pace:
    """How many records of others come in a second, over about the last second."""

    __slots__ = ("_at", "_busy", "_count")

    def __init__(self, now: float) -> None:
        self._at = now
        self._count: int | None = None
        self._busy = False

    def others(self, now: float, count: int) -> bool:
        """Whether others write, when there are `count` records of theirs by `now`."""
        if self._count is None:
            self._at, self._count = now, count
        elapsed = now - self._at
        if elapsed > 0 and count - self._count >= max(BUSY_RECORDS * elapsed, BUSY_RECORDS):
            self._busy = True
            self._at, self._count = now, count
        elif elapsed >= 1.0:
            self._busy = False
            self._at, self._count = now, count
        return self._busy
