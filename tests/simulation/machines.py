"""The machines of a world: their disks, and the processes that run and die on them."""

import dataclasses
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from random import Random
from typing import Any, Protocol, cast

import msgspec

from engine.decide import decide
from engine.fold import StateFold
from engine.kernel.decision import Decision
from engine.kernel.state import View
from runtime.log.log import Entry, StoredEntry
from runtime.replica.followed import Followed
from runtime.replica.replica import Replica
from runtime.store.store import MemoryStore, StoreDamaged
from schemas.base import Millis
from schemas.commands import Command
from schemas.records import Record
from services.redemption.ledger.outfit import Identity
from services.redemption.ledger.writer import Fenced, Writer
from tests.simulation.fronts import Handover, Reading, SimLoan, record_decoder
from tests.simulation.network import SimLog
from tests.simulation.scheduler import Crashed, Scheduler, Task, pause

command_decoder = msgspec.json.Decoder(Command)


class Surroundings(Protocol):
    """What a world gives to its machines."""

    random: Random
    scheduler: Scheduler
    log: SimLog
    stormy: bool
    starts: int
    clock_ms: Millis

    def spawn(self, coroutine: Coroutine[Any, Any, int]) -> Awaitable[int]:
        """Starts a request over the network."""

    async def bury(self, entries: Sequence[Entry]) -> None:
        """Takes dead letters."""


class SimCodec:
    """The codec without keys: no record of this world names a customer."""

    def decode_command(self, value: bytes) -> Command:
        return command_decoder.decode(value)

    def encode_command(self, command: Command) -> bytes:
        return msgspec.json.encode(command)

    def encode_record(self, record: Record) -> bytes:
        return msgspec.json.encode(record)

    async def publish_pending(self) -> None:
        return None


class SimDecode:
    def now(self, entry: StoredEntry) -> Record:
        record: Record = record_decoder.decode(entry.value)
        return record

    async def later(self, entry: StoredEntry) -> Record:
        return self.now(entry)


class SimStore(MemoryStore):
    """A store that may be damaged, and whose process may die just before or just after a write."""

    world: Surroundings

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        fate = self.world.random.random() if self.world.stormy else 1.0
        if fate < 0.004:
            raise Crashed
        if fate < 0.012:
            raise StoreDamaged("bad block")
        super().write(changes)
        if fate > 0.996 and self.world.stormy:
            raise Crashed


class Disk:
    """One host's state folder."""

    def __init__(self, world: Surroundings) -> None:
        self.world = world
        self.store = self.wipe()

    def open(self) -> SimStore:
        return self.store

    def wipe(self) -> SimStore:
        self.store = SimStore()
        self.store.world = self.world
        return self.store

    def put_back(self, backup: MemoryStore) -> None:
        """An operator restores an old copy of the folder."""
        self.store = SimStore(dict(backup.scan(b"")))
        self.store.world = self.world


class Host:
    """A machine that may run a writer, and its disk."""

    def __init__(self, world: Surroundings, name: str) -> None:
        self.world = world
        self.name = name
        self.disk = Disk(world)
        self.backups: list[MemoryStore] = []
        self.task: Task | None = None
        self.writer: Writer | None = None
        self.followed: Followed | None = None
        self.handovers: list[Handover] = []
        self.reading: Task | None = None

    @property
    def running(self) -> bool:
        return self.task is not None and not self.task.done

    def start(self) -> None:
        """Starts a writer of a random code version."""
        self.check()
        world = self.world
        version = world.random.choice((1, 2))
        world.starts += 1
        identity = Identity(f"{self.name}-{world.starts}", self.name, f"v{version}")
        replica = Replica(world.log, 0, self.disk, StateFold, SimDecode())
        self.followed = Followed(replica, clock=lambda: 0.0, rest=pause)
        self.followed.loan = loan = SimLoan(self.followed)
        self.handovers = []
        self.writer = Writer(
            identity,
            world.log,
            replica,
            lambda: cast("StateFold", replica.fold),
            SimCodec(),
            spawn=world.spawn,
            bury=world.bury,
            rest=pause,
            decide=decide if version == 1 else decide_differently,
            front=loan,
        )
        self.task = world.scheduler.spawn(identity.writer, self._serve(self.writer, self.followed))

    async def _serve(self, writer: Writer, followed: Followed) -> None:
        """As the process does; only one that is killed does not give the replica back."""
        try:
            await writer.run()
        except Fenced:
            followed.take_back()
            raise
        followed.take_back()

    def hand_over(self, command: Command) -> Handover | None:
        """A client at this front hands a command over, if there is a front."""
        if not self.running:
            return None
        assert self.followed is not None
        if self.followed.loan is None:
            return None
        made = Handover(self.world.log, self.followed, command, self.world.clock_ms)
        self.followed.loan.inbox.put(made.handed)
        self.handovers.append(made)
        return made

    def read(self) -> Reading | None:
        """A client at this front reads; one at a time, see `Reading`."""
        if not self.running or (self.reading is not None and not self.reading.done):
            return None
        if self.reading is not None and self.reading.fault is not None:
            raise self.reading.fault
        assert self.followed is not None
        made = Reading(self.world.log, self.followed)
        self.reading = self.world.scheduler.spawn("reading", made.run())
        return made

    def check(self) -> None:
        """A writer may end by a crash or fenced, in no other way."""
        fault = self.task.fault if self.task else None
        assert fault is None or isinstance(fault, Crashed | Fenced), f"{self.name}: {fault!r}"
        self._end_reading()
        # A killed process tells nobody anything.
        if self.task is not None and self.task.done and not isinstance(fault, Crashed):
            waiting = [each for each in self.handovers if each.is_waiting]
            assert not waiting, f"{self.name}: {len(waiting)} clients were never told"

    def _end_reading(self) -> None:
        """The process is gone, and its requests with it."""
        if self.reading is not None and self.reading.fault is not None:
            raise self.reading.fault
        if self.reading is not None and not self.running:
            self.reading.crash()
            self.world.scheduler.drop(self.reading)
            self.reading = None

    def crash(self) -> None:
        assert self.task is not None
        self.task.crash()
        self.world.scheduler.drop(self.task)
        self.task = None
        self._end_reading()


class ReaderHost:
    """A machine that follows the ledger."""

    def __init__(self, world: Surroundings) -> None:
        self.world = world
        self.disk = Disk(world)
        self.start()

    def start(self) -> None:
        """Starts a process that follows from what the disk holds."""
        replica = Replica(self.world.log, 0, self.disk, StateFold, SimDecode())
        self.followed = Followed(replica, clock=lambda: 0.0, rest=pause)
        self.task = self.world.scheduler.spawn("reader", self.followed.fold_on())

    def revive(self) -> None:
        """Starts again after a crash; any other end is a failure."""
        if self.task.fault is None:
            return
        assert isinstance(self.task.fault, Crashed), f"a reader stopped: {self.task.fault!r}"
        self.start()


def decide_differently(view: View, command: Command, now: Millis) -> Decision:
    """Another code version: it words what it refuses in another way."""
    decision = decide(view, command, now)
    if decision.refusal is None:
        return decision
    refusal = msgspec.structs.replace(decision.refusal, message="in other words")
    return dataclasses.replace(decision, refusal=refusal)
