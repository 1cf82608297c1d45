"""A front's replica of a partition: kept at the end of the log, or lent to a writer beside it."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

import structlog

from runtime.log.chain import Damage
from runtime.log.freshness import Freshness
from runtime.log.log import Corrupt, LogError, OutOfRange, Reader
from runtime.replica.inbox import Inbox
from runtime.replica.replica import Replica
from runtime.replica.woken import WokenReader
from runtime.store.store import StoreDamaged
from schemas.records import Record, Unreadable
from schemas.topics import LEDGER

#: How long a read of the ledger waits for records.
READ_WAIT_MS = 3000
RETRY_SECONDS = 0.5

log = structlog.get_logger(__name__)


class Recorded(NamedTuple):
    """A record, and where it lies."""

    record: Record
    offset: int


class Followed:
    """A replica that is kept at the end of the log, and those who wait for its records."""

    def __init__(
        self,
        replica: Replica,
        *,
        clock: Callable[[], float] = time.monotonic,
        rest: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(RETRY_SECONDS),
        calm_seconds: float = 0.0,
    ) -> None:
        self.replica = replica
        #: How long records gather while nobody waits for one: larger fetches cost less.
        self._calm_seconds = calm_seconds
        #: Set when somebody begins to wait for a record.
        self._wanted = asyncio.Event()
        self._rest = rest
        self.fault: str | None = None
        self.stopping = False
        self._clock = clock
        self.freshness = Freshness(self._ask_end, clock=clock)
        #: To whom the replica is lent; to it commands are handed over meanwhile.
        self.loan: Loan | None = None
        self._returned = asyncio.Event()
        #: Whether a writer had the replica, which may have failed over a write.
        self._is_used = False
        self._following: asyncio.Task[None] | None = None
        #: By command offset: whose answer it is, and who waits for it.
        self._waiters: dict[int, tuple[str, asyncio.Future[Recorded]]] = {}
        self._awaited: Counter[str] = Counter()
        self._unclaimed: dict[int, Recorded] = {}

    @property
    def position(self) -> int:
        """The offset of the last record folded."""
        return self.replica.chain.state.position

    def expect(self, command_id: str) -> None:
        """Keeps records for a command that is being sent."""
        self._awaited[command_id] += 1
        self._wanted.set()

    def is_expected(self, command_id: str) -> bool:
        """Whether somebody waits, or is about to wait, for the command's record."""
        return command_id in self._awaited

    def forget(self, command_id: str, offset: int | None) -> None:
        """Ends what `expect` began."""
        if offset is not None:
            self._waiters.pop(offset, None)
            self._unclaimed.pop(offset, None)
        self._awaited[command_id] -= 1
        if self._awaited[command_id]:
            return
        del self._awaited[command_id]
        # Another attempt may have a record, too, at an offset that nobody asks for.
        for found, each in list(self._unclaimed.items()):
            if getattr(each.record, "command_id", None) == command_id:
                del self._unclaimed[found]

    async def answer_to(self, command_id: str, offset: int, timeout_seconds: float) -> Recorded:
        """The record that decides the command at `offset`. Raises TimeoutError."""
        found = self._unclaimed.pop(offset, None)
        if found is not None:
            return found
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Recorded] = loop.create_future()
        self._waiters[offset] = command_id, waiter
        timer = loop.call_later(timeout_seconds, _expire, waiter)
        try:
            return await waiter
        finally:
            timer.cancel()

    async def lend(self) -> "Loan":
        """Leaves the replica to a writer, until `take_back`."""
        loan = self.loan = Loan(self)
        self._returned.clear()
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait((self._following,))
        await self.replica.stop_reading()
        return loan

    def take_back(self) -> None:
        """Goes on after the writer, which has ended."""
        loan, self.loan = self.loan, None
        if loan is not None:
            loan.inbox.close()
        self._is_used = True
        self._returned.set()

    async def follow(self) -> None:
        """Folds what comes, for ever, unless a writer has the replica."""
        while not self.stopping:
            # It may be lent again before this task hears that it was returned.
            while self.loan is not None:
                await self._returned.wait()
            following = self._following = asyncio.create_task(self.fold_on())
            try:
                await asyncio.wait((following,))
            finally:
                following.cancel()
            if not following.cancelled():
                following.result()

    async def fold_on(self) -> None:
        """Folds what comes; a log that lost records makes the replica start anew."""
        while not self.stopping:
            try:
                self.freshness.suspend()
                if self._is_used:
                    self.replica.reload()
                    self._is_used = False
                if not await self.replica.open():
                    self._begin_anew()
                self.fault = None
                asked_at = self._clock()
                self.note(asked_at, await self._ask_end())
                while not self.stopping:
                    asked_at, before = self._clock(), self.position
                    applied = await self.replica.read(wait_ms=READ_WAIT_MS)
                    self.note(asked_at, self.replica.end)
                    self.tell((each.record, each.offset) for each in applied)
                    if self._calm_seconds and self.position != before:
                        await self._gather()
            except OutOfRange as fault:
                log.warning("log was cut", partition=self.replica.partition, reason=str(fault))
                self.freshness.forget()
                await self.replica.stop_reading()
                await self._rest()
            except StoreDamaged as fault:
                log.warning("state damaged", partition=self.replica.partition, reason=str(fault))
                await self.replica.stop_reading()
                self.replica.wipe()
                self._begin_anew()
            except Damage as fault:
                await self.replica.stop_reading()
                if await self.replica.open():
                    self.fault = f"{LEDGER}/{self.replica.partition}: {fault}"
                    raise
                self._begin_anew()
            except Corrupt as fault:
                self.fault = str(fault)
                raise
            except LogError as fault:
                log.warning("log unreachable", reason=str(fault))
                await self.replica.stop_reading()
                await self._rest()

    async def _gather(self) -> None:
        """At the end of the log, lets records come together until somebody waits for one."""
        end = self.replica.end
        if self._awaited or end is None or self.position + 1 < end:
            return
        self._wanted.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._calm_seconds):
                await self._wanted.wait()

    def _begin_anew(self) -> None:
        """Notes that the replica was wiped: what it knows is not fresh until it is complete."""
        log.warning("replica wiped", partition=self.replica.partition)
        self.freshness.forget()

    async def _ask_end(self) -> int:
        return await self.replica.log.end(LEDGER, self.replica.partition)

    def note(self, asked_at: float, end: int | None) -> None:
        """Notes what is folded, and the end that was named after `asked_at`, if one was."""
        # as far as it is written: a batch that is being folded may yet be dropped
        self.freshness.note(self.replica.position.chain.position, asked_at, end)

    def tell(self, applied: Iterable[tuple[Record, int]]) -> None:
        """Tells those who wait for one of these records, each of which comes with its offset."""
        if not self._awaited:
            return
        for record, offset in applied:
            command_id = getattr(record, "command_id", None)
            waiting = self._waiters.get(record.command_offset)
            # Offsets repeat when `commands` was made anew, and in what was handed over, so the id
            # decides whose record it is; bytes that could not be decoded have none.
            is_undecoded = isinstance(record, Unreadable) and not command_id
            if waiting is not None and (command_id == waiting[0] or is_undecoded):
                if not waiting[1].done():
                    waiting[1].set_result(Recorded(record, offset))
            elif command_id in self._awaited:
                # One that was handed over names the last offset too, but comes after its record.
                self._unclaimed.setdefault(record.command_offset, Recorded(record, offset))


class Loan:
    """What a writer beside a front has of it: the replica's place in the front, and the commands."""

    def __init__(self, followed: Followed) -> None:
        self.inbox = Inbox()
        self._followed = followed

    def wake(self, reader: Reader) -> Reader:
        """The reader, whose waits end when a command is handed over."""
        return WokenReader(reader, self.inbox)

    def suspend(self) -> None:
        """The replica is about to be compared with the log: nothing is proven meanwhile."""
        self._followed.freshness.suspend()

    def forget(self) -> None:
        """The replica was wiped: what it knows is not fresh until it is complete."""
        self._followed.freshness.forget()

    def note(self, applied: Iterable[tuple[Record, int]], end: int | None) -> None:
        """These records, each with its offset, were written to the replica.

        `end` is where the log ended by then, if that is known.
        """
        followed = self._followed
        followed.note(followed._clock(), end)  # noqa: SLF001  a part of it
        followed.tell(applied)

    @property
    def is_astray(self) -> bool:
        """Whether the log, when it was last asked, did not end where the replica does."""
        return self._followed.freshness.is_astray


def _expire(waiter: asyncio.Future[Recorded]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
