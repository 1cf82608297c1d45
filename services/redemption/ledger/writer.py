"""The single writer of one partition: commands in, one chained record for each out.

The writer goes through three states, over and over:

    take over   fold the ledger to its end, append `writer.started`, settle gaps in `commands`
    decide      read commands, decide a batch on an overlay, send it as one atomic append; decide
                the next batch while that one is in flight; write an overlay to the state only when
                its batch is acknowledged at the offset that was expected
    doubt       anything else happened: forget all overlays, close the connections, take over again

Nothing else is ever repaired. Two writers may run at once and think that the partition is theirs:
each record names its predecessor, so the first append wins and the other's records are void
(runtime/log/chain.py). A writer that meets another's `writer.started` after its own gives up.

The file knows no event loop: it awaits only what it was given, so that a simulation can run many
writers against one memory log, step by step, from a seed.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog

from engine.decide import decide
from runtime.log.chain import ChainState, chain_entry
from runtime.log.log import (
    Appender,
    Corrupt,
    Entry,
    InDoubt,
    Log,
    LogError,
    OutOfRange,
    Reader,
    StoredEntry,
    Unsent,
)
from runtime.replica.inbox import Handed
from runtime.replica.replica import Applied, Replica
from runtime.store.store import StoreDamaged
from schemas.base import Millis
from schemas.records import CommandsLost, CommandsRestarted, Record, Unreadable, WriterStarted
from schemas.topics import COMMANDS, LEDGER
from services.redemption.ledger.batch import Batch, Flight
from services.redemption.ledger.dead_letters import dead_letter
from services.redemption.ledger.decider import Decider
from services.redemption.ledger.outfit import (
    Codec,
    Decide,
    Front,
    Identity,
    NoFront,
    StateFold,
)

BATCH_COMMANDS_MAX = 500
IDLE_WAIT_MS = 1000

log = structlog.get_logger(__name__)


class Fenced(Exception):
    """Another writer took the partition over."""


class Writer:
    """Decides the commands of one partition; see the module."""

    def __init__(
        self,
        identity: Identity,
        source: Log,
        replica: Replica,
        fold: Callable[[], StateFold],
        codec: Codec,
        *,
        spawn: Callable[[Coroutine[Any, Any, int]], Awaitable[int]],
        bury: Callable[[Sequence[Entry]], Awaitable[None]],
        rest: Callable[[], Awaitable[None]],
        decide: Decide = decide,
        front: Front | None = None,
    ) -> None:
        self.identity = identity
        self.replica = replica
        self.doubts = 0
        self.records = 0
        self.serving = False
        self.stopping = False
        self._log = source
        self._partition = replica.partition
        self._fold = fold
        self._codec = codec
        self._decider = Decider(codec, replica.partition, decide)
        self._spawn = spawn
        self._bury = bury
        self._rest = rest
        self._appender: Appender | None = None
        self._commands: Reader | None = None
        self._waiting: list[StoredEntry] = []
        self._front: Front = front or NoFront()
        self._inbox = self._front.inbox
        #: Of the commands that were handed over, those whose record is not acknowledged.
        self._unsettled: list[Handed] = []
        # Where the newest batch, in flight or being decided, leaves the log.
        self._tip = ChainState()
        self._next_command = 0
        self._now: Millis = 0
        self._started = False

    async def run(self) -> None:
        """Serves until `stopping` or fenced. Raises Fenced, Damage, Corrupt."""
        try:
            while not self.stopping:
                try:
                    await self._take_over()
                    self.serving = True
                    await self._serve()
                except (InDoubt, Unsent) as fault:
                    self.doubts += 1
                    log.warning("writer in doubt", partition=self._partition, reason=str(fault))
                except OutOfRange as fault:
                    log.warning("log was cut", partition=self._partition, reason=str(fault))
                except Corrupt:
                    raise
                except LogError as fault:
                    log.warning("log unreachable", partition=self._partition, reason=str(fault))
                except StoreDamaged as fault:
                    log.warning("state damaged", partition=self._partition, reason=str(fault))
                    self._wipe()
                finally:
                    self.serving = False
                    await self._let_go()
                if not self.stopping:
                    await self._rest()
        finally:
            await self.replica.stop_reading()

    async def _take_over(self) -> None:
        # Connected before the fold, so that a broker that lost records after it is noticed.
        self._appender = await self._log.appender(LEDGER, self._partition)
        self._front.suspend()
        if not await self.replica.open():
            log.warning("state wiped", partition=self._partition)
            self._front.forget()
            self._started = False
        for takeover in await self.replica.catch_up(self._note_folded):
            if takeover.writer == self.identity.writer:
                self._started = True
            elif self._started:
                raise Fenced(f"{takeover.writer} took partition {self._partition} over")
        self._tip = self.replica.chain.state
        self._next_command = self.replica.position.command_offset + 1
        self._now = self.replica.position.at
        first, end = await self._log.bounds(COMMANDS, self._partition)
        if not self._started:
            await self._mark_start()
        if first > self._next_command:
            await self._mark_gap(CommandsLost, first)
        elif end < self._next_command:
            await self._mark_gap(CommandsRestarted, first)
        self._front.note((), None)
        reader = await self._log.reader(COMMANDS, self._partition, self._next_command)
        self._commands = self._front.wake(reader)

    def _note_folded(self, applied: list[Applied]) -> None:
        self._front.note(((each.record, each.offset) for each in applied), self.replica.end)

    def _wipe(self) -> None:
        """Forgets the state, which the log gives again; its own start will be met there."""
        self._fold().discard()
        self.replica.wipe()
        self._front.forget()
        self._started = False

    async def _mark_start(self) -> None:
        identity = self.identity
        record = WriterStarted(
            command_offset=self._next_command - 1,
            at=self._now,
            writer=identity.writer,
            host=identity.host,
            code_version=identity.code_version,
        )
        await self._append_alone(record)
        self._started = True

    async def _mark_gap(self, kind: type[CommandsLost] | type[CommandsRestarted], to: int) -> None:
        record = kind(
            command_offset=to - 1, at=self._now, from_offset=self._next_command, to_offset=to
        )
        await self._append_alone(record)
        self._next_command = to

    async def _append_alone(self, record: Record) -> None:
        self._fold().begin()
        batch = Batch(self._tip.position)
        batch.records.append(record)
        batch.entries.append(self._decider.encode(record, ""))
        flight = await self._send(batch)
        await self._settle(flight)

    async def _serve(self) -> None:
        """Decides batch after batch, one ahead of the one in flight."""
        assert self._commands is not None
        flight: Flight | None = None
        while not self.stopping or flight is not None:
            if not self._waiting and not self.stopping:
                self._waiting = list(
                    await self._commands.read(
                        records_max=BATCH_COMMANDS_MAX, wait_ms=0 if flight else IDLE_WAIT_MS
                    )
                )
            batch = self._decide_batch()
            if flight is not None:
                await self._settle(flight)
                flight = None
            if batch.records:
                flight = await self._send(batch)
            elif self._front.is_astray:
                raise InDoubt("the log does not end where this writer left it")

    def _decide_batch(self) -> Batch:
        """Decides what waits, up to a batch, on an overlay of its own.

        What was handed over comes after what the topic brought: neither waits for more than that.
        """
        # Folding needs each record's offset; the batch follows the one in flight.
        batch = Batch(self._tip.position)
        if self.stopping or not (self._waiting or self._inbox):
            return batch
        fold = self._fold()
        fold.begin()
        for stored in self._waiting:
            require_next(stored.offset, self._next_command)
            decided = self._decider.decide(stored, fold, self._now)
            if not batch.has_room(decided[1]):
                break
            record = self._add(batch, stored.offset, decided)
            if isinstance(record, Unreadable):
                origin = f"{COMMANDS}/{self._partition}/{stored.offset}"
                batch.bury(dead_letter(stored.key, stored.value, origin, record.reason))
            self._next_command = stored.offset + 1
        del self._waiting[: len(batch.records)]
        if not self._waiting:
            self._decide_handed(batch)
        return batch

    def _decide_handed(self, batch: Batch) -> None:
        """Decides what was handed over; it is at the last offset of the topic that was decided."""
        inbox, fold, at = self._inbox, self._fold(), self._next_command - 1
        while inbox and len(batch.handed) < BATCH_COMMANDS_MAX:
            handed = inbox.take()
            self._unsettled.append(handed)
            decided = self._decider.decide_command(
                handed.command, at, handed.at, fold, self._now, is_new=handed.is_new
            )
            if not batch.has_room(decided[1]):
                inbox.put_back([self._unsettled.pop()])
                return
            record = self._add(batch, at, decided)
            place = len(batch.records) - 1
            batch.handed.append((place, handed))
            if isinstance(record, Unreadable):
                command = handed.command
                origin = f"{LEDGER}/{self._partition}/{batch.first + place}"
                key, value = command.project.encode(), self._codec.encode_command(command)
                batch.bury(dead_letter(key, value, origin, record.reason))

    def _add(self, batch: Batch, at: int, decided: tuple[Record, Entry]) -> Record:
        """Folds what was decided, and takes it into the batch."""
        offset = batch.first + len(batch.records)
        record, entry = self._decider.fold(at, self._fold(), self._now, decided, offset)
        batch.records.append(record)
        batch.entries.append(entry)
        self._now = record.at
        return record

    async def _send(self, batch: Batch) -> Flight:
        """Links the entries to the tip and sends them as one batch."""
        assert self._appender is not None
        await self._codec.publish_pending()
        if batch.dead:
            await self._bury(batch.dead)
        expected = self._tip.position + 1
        head = self._tip.head
        linked: list[Entry] = []
        hashes: list[str] = []
        for entry in batch.entries:
            link, head = chain_entry(entry, head)
            linked.append(link)
            hashes.append(head)
        for _, handed in batch.handed:
            handed.is_sent = True
        last = expected + len(linked) - 1
        self._tip = ChainState(position=last, last_hash=head, head=head, applied=last)
        return Flight(
            batch=batch,
            hashes=hashes,
            expected=expected,
            acknowledged=self._spawn(self._appender.append(linked)),
        )

    async def _settle(self, flight: Flight) -> None:
        """Writes the batch to the state once it lies where it was expected."""
        base = await flight.acknowledged
        require_expected(base, flight.expected)
        for offset, own in enumerate(flight.hashes, base):
            self.replica.chain.extend(offset, own)
        records = flight.batch.records
        self.replica.commit(records)
        self.records += len(records)
        del self._unsettled[: len(flight.batch.handed)]
        end = base + len(records)
        self._front.note(zip(records, range(base, end), strict=True), end)
        for place, handed in flight.batch.handed:
            handed.tell(records[place], base + place)

    async def _let_go(self) -> None:
        """Forgets what is not acknowledged and closes the connections."""
        self._fold().discard()
        self._waiting = []
        self._inbox.put_back(self._unsettled)
        self._unsettled = []
        appender, self._appender = self._appender, None
        if appender is not None:
            await appender.abandon()
        commands, self._commands = self._commands, None
        if commands is not None:
            await commands.close()
        await self.replica.stop_reading()


def require_next(offset: int, expected: int) -> None:
    """A command must follow the last one decided; else the log is read anew from the start."""
    if offset != expected:
        raise InDoubt(f"command {offset} came where {expected} was expected")


def require_expected(base: int, expected: int) -> None:
    """A batch must lie where the writer thought the log ends; else another writer was there."""
    if base != expected:
        raise InDoubt(f"the batch lies at {base}, not at {expected}")
