"""How a front has a command decided, and how it follows what was decided.

A command goes to the partition of its project. The record that answers it names the command's
offset; the front's own replica folds it before the answer is given, so a client reads its own
writes. A front that enqueued nothing raises NotSent; one that cannot know raises OutcomeUnknown.
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import structlog

from runtime.base.faults import NoSpace, NotDecided, NotSent, OutcomeUnknown, TooLarge
from runtime.keys.codec import Codec
from runtime.log.chain import Damage
from runtime.log.freshness import Freshness
from runtime.log.log import Corrupt, Entry, InDoubt, LogError, OutOfRange, Unsent
from runtime.log.sender import EntrySender
from runtime.replica.command_sender import Answered
from runtime.replica.inbox import Handed, Inbox
from runtime.replica.replica import Applied, Replica
from runtime.store.store import StoreDamaged
from schemas.base import Millis, tag_of
from schemas.commands import Command, CommandBody
from schemas.projects import KeyKind
from schemas.records import Answer, Decided, Duplicate, Record, Unreadable
from schemas.topics import COMMAND_BYTES_MAX, COMMANDS, LEDGER

#: How long a read of the ledger waits for records.
READ_WAIT_MS = 3000
RETRY_SECONDS = 0.5
#: The random parts of a command.
ID_BYTES = 13
SEED_BYTES = 16

log = structlog.get_logger(__name__)


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
        #: Where commands are handed over, as long as a writer in this process has the replica.
        self.inbox: Inbox | None = None
        self._free = asyncio.Event()
        self._free.set()
        self._following: asyncio.Task[None] | None = None
        #: By command offset: whose answer it is, and who waits for it.
        self._waiters: dict[int, tuple[str, asyncio.Future[Applied]]] = {}
        self._awaited: Counter[str] = Counter()
        self._unclaimed: dict[int, Applied] = {}

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
        self._awaited[command_id] -= 1
        if not self._awaited[command_id]:
            del self._awaited[command_id]
        if offset is not None:
            self._waiters.pop(offset, None)
            self._unclaimed.pop(offset, None)
            return
        for found, each in list(self._unclaimed.items()):
            if getattr(each.record, "command_id", None) == command_id:
                del self._unclaimed[found]

    async def answer_to(self, command_id: str, offset: int, timeout_seconds: float) -> Applied:
        """The record that decides the command at `offset`. Raises TimeoutError."""
        found = self._unclaimed.pop(offset, None)
        if found is not None:
            return found
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Applied] = loop.create_future()
        self._waiters[offset] = command_id, waiter
        timer = loop.call_later(timeout_seconds, _expire, waiter)
        try:
            return await waiter
        finally:
            timer.cancel()

    async def lend(self) -> Inbox:
        """Leaves the replica to a writer, which takes commands from this inbox."""
        self._free.clear()
        inbox = self.inbox = Inbox()
        if self._following is not None:
            self._following.cancel()
            await asyncio.wait((self._following,))
        await self.replica.stop_reading()
        return inbox

    def take_back(self) -> None:
        """Goes on after the writer."""
        if self.inbox is not None:
            self.inbox.close()
        self.inbox = None
        self._free.set()

    def note_written(self) -> None:
        """Notes what the writer that has the replica wrote to it."""
        self._note(self._clock(), self.position + 1)

    async def follow(self) -> None:
        """Folds what comes, for ever, unless a writer has the replica."""
        while not self.stopping:
            await self._free.wait()
            following = self._following = asyncio.create_task(self._follow())
            try:
                await asyncio.wait((following,))
            finally:
                following.cancel()
            if not following.cancelled():
                following.result()

    async def _follow(self) -> None:
        """Folds what comes; a log that lost records makes the replica start anew."""
        while not self.stopping:
            try:
                self.freshness.suspend()
                if not await self.replica.open():
                    self._begin_anew()
                self.fault = None
                asked_at = self._clock()
                self._note(asked_at, await self._ask_end())
                while not self.stopping:
                    asked_at, before = self._clock(), self.position
                    applied = await self.replica.read(wait_ms=READ_WAIT_MS)
                    self._note(asked_at, self.replica.end)
                    self._tell(applied)
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

    def _note(self, asked_at: float, end: int | None) -> None:
        # as far as it is written: a batch that is being folded may yet be dropped
        self.freshness.note(self.replica.position.chain.position, asked_at, end)

    def _tell(self, applied: list[Applied]) -> None:
        for each in applied:
            record: Record = each.record
            command_id = getattr(record, "command_id", None)
            waiting = self._waiters.get(record.command_offset)
            # Offsets repeat when `commands` was made anew, so the id decides whose record it is.
            if waiting is not None and (command_id == waiting[0] or isinstance(record, Unreadable)):
                if not waiting[1].done():
                    waiting[1].set_result(each)
            elif command_id in self._awaited:
                self._unclaimed[record.command_offset] = each


def _expire(waiter: asyncio.Future[Any]) -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())


class Decision(NamedTuple):
    """A command's record, and where it lies."""

    record: Record
    offset: int


async def _hand_over(command: Command, now: Millis, inbox: Inbox) -> Decision:
    """Has the writer in this process decide. Raises NotSent, OutcomeUnknown."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Decision] = loop.create_future()

    def tell(record: Record, offset: int) -> None:
        if not found.done():
            found.set_result(Decision(record, offset))

    def refuse(fault: LogError) -> None:
        if not found.done():
            found.set_exception(fault)

    handed = Handed(command, now, tell, refuse)
    inbox.put(handed)
    timer = loop.call_later(max(command.deadline - now, 0) / 1000, _expire, found)
    try:
        return await found
    except (Unsent, InDoubt, TimeoutError) as fault:
        if handed.is_sent:
            raise OutcomeUnknown(command.id) from fault
        raise NotSent(str(fault) or "the writer did not come to it in time") from fault
    finally:
        timer.cancel()
        handed.is_wanted = False


class Commands:
    """Sends commands and waits for their records.

    `partition_of` names a project's partition, `first_offset` the record of a repeated command;
    `shortage` says why nothing may be written now, if so.
    """

    def __init__(
        self,
        sender: EntrySender,
        followed: Mapping[int, Followed],
        codec: Codec,
        partition_of: Callable[[str], int],
        first_offset: Callable[[Duplicate], int | None],
        *,
        deadline_ms: int,
        clock_ms: Callable[[], Millis],
        random_bytes: Callable[[int], bytes] = os.urandom,
        shortage: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._sender = sender
        self._shortage = shortage
        self._followed = followed
        self._codec = codec
        self._partition_of = partition_of
        self._first_offset = first_offset
        self._deadline_ms = deadline_ms
        self._clock_ms = clock_ms
        self._random_bytes = random_bytes

    async def send(
        self,
        project: str,
        body: CommandBody,
        *,
        key_kind: KeyKind,
        channel: str = "API",
        channel_id: str = "",
        command_id: str | None = None,
        fingerprint: str = "",
        email_key: str | None = None,
    ) -> Answered:
        """Has a command decided. Raises TooLarge, NoSpace, NotSent, OutcomeUnknown."""
        short = self._shortage()
        if short is not None:
            raise NoSpace(short)
        now = self._clock_ms()
        drawn = self._random_bytes(ID_BYTES + SEED_BYTES).hex()
        command = Command(
            id=command_id or f"cmd_{drawn[: 2 * ID_BYTES]}",
            project=project,
            sent_at=now,
            deadline=now + self._deadline_ms,
            seed=drawn[2 * ID_BYTES :],
            key_kind=key_kind,
            fingerprint=fingerprint,
            body=body,
            channel=channel,
            channel_id=channel_id,
            email_key=email_key,
        )
        partition = self._partition_of(project)
        return await self._first(await self._decide(command, partition), partition)

    async def _decide(self, command: Command, partition: int) -> Decision:
        followed = self._followed[partition]
        if followed.inbox is not None:
            return await _hand_over(command, self._clock_ms(), followed.inbox)
        value = self._codec.encode_command(command)
        if len(value) > COMMAND_BYTES_MAX:
            raise TooLarge(len(value), COMMAND_BYTES_MAX)
        entry = Entry(
            command.project.encode(),
            value,
            (
                ("type", tag_of(type(command.body)).encode()),
                ("id", command.id.encode()),
                ("version", b"1"),
            ),
        )
        offset: int | None = None
        followed.expect(command.id)
        try:
            offset = await self._sender.send(COMMANDS, partition, entry)
            left_ms = command.deadline - self._clock_ms()
            found = await followed.answer_to(command.id, offset, max(left_ms, 0) / 1000)
            return Decision(found.record, found.offset)
        except Unsent as fault:
            raise NotSent(str(fault)) from fault
        except (InDoubt, TimeoutError) as fault:
            raise OutcomeUnknown(command.id) from fault
        finally:
            followed.forget(command.id, offset)

    async def _first(self, decided: Decision, partition: int) -> Answered:
        """The answer itself, or the first one where the command is a duplicate."""
        record = decided.record
        if isinstance(record, Duplicate):
            replica = self._followed[partition].replica
            offset = self._first_offset(record)
            if offset is None:
                raise OutcomeUnknown(record.command_id)
            entry = await replica.log.read_at(LEDGER, partition, offset)
            first = await replica.decode(entry)
            assert isinstance(first, Decided)
            return Answered(first, partition, offset)
        if not isinstance(record, Answer):
            raise NotDecided(type(record).__name__)
        return Answered(record, partition, decided.offset)
