"""A whole installation in one process: clients, writers, readers and everything that goes wrong.

Every choice comes from one seed, so a failing seed replays exactly. The writers and the readers are
the real ones; only the log, the network and the processes around them are simulated.
"""

import dataclasses
from collections.abc import Coroutine, Sequence
from random import Random
from typing import Any

import msgspec

from engine.decide import Decision, decide
from engine.fold import StateFold
from engine.ids import new_id
from engine.state import View
from runtime.commands import Followed
from runtime.log import Entry, InDoubt, OutOfRange, StoredEntry
from runtime.memory_log import MemoryAppender, MemoryLog, MemoryReader
from runtime.replica import Replica
from runtime.store import MemoryStore, Store
from schemas.api import Redeemable, SessionInput
from schemas.base import Millis
from schemas.commands import (
    Command,
    CommandBody,
    CreateVoucher,
    LockSession,
    OpenProject,
    RedeemStack,
    RollBackRedemption,
)
from schemas.entities import Discount, Gift, Voucher
from schemas.records import Record
from schemas.topics import COMMANDS, LEDGER
from services.redemption.ledger.writer import Fenced, Identity, Writer
from tests.simulation.scheduler import Crashed, Scheduler, Task, pause

PROJECT = "p"
QUANTITIES = {"A": 2, "B": 4, "C": 7}
GIFT_AMOUNT = 1000
START_MS = 1_700_000_000_000
DEADLINE_MS = 10_000
HOSTS = 3
READERS = 2

command_decoder = msgspec.json.Decoder(Command)
record_decoder = msgspec.json.Decoder(Record, dec_hook=lambda _, value: value)


class SimCodec:
    """The codec without keys: no record of this world names a customer."""

    def decode_command(self, value: bytes) -> Command:
        return command_decoder.decode(value)

    def encode_record(self, record: Record) -> bytes:
        return msgspec.json.encode(record)

    async def publish_pending(self) -> None:
        return None


class SimDecode:
    def now(self, entry: StoredEntry) -> Record:
        return record_decoder.decode(entry.value)

    async def later(self, entry: StoredEntry) -> Record:
        return self.now(entry)


class SimReader(MemoryReader):
    """A reader whose connection dies with the broker."""

    def __init__(self, log: "SimLog", topic: str, partition: int, offset: int) -> None:
        super().__init__(log, topic, partition, offset)
        self._sim = log
        self._topic_epoch = log.epochs.get(topic, 0)

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[StoredEntry]:
        await pause()
        if self._topic == COMMANDS and self._topic_epoch != self._sim.epochs.get(COMMANDS, 0):
            raise OutOfRange("the topic was made anew")
        few = self._sim.world.random.choice((1, 2, records_max))
        return await super().read(records_max=min(few, records_max), wait_ms=wait_ms)


class SimAppender(MemoryAppender):
    """An appender over a network that loses, delays and repeats."""

    def __init__(self, log: "SimLog", topic: str, partition: int) -> None:
        super().__init__(log, topic, partition)
        self._sim = log
        self._epoch = log.epochs.get("broker", 0)

    async def append(self, entries: Sequence[Entry]) -> int:
        random = self._sim.world.random
        await pause()
        if self._epoch != self._sim.epochs.get("broker", 0):
            raise InDoubt("the broker was restarted")
        fate = self._sim.world.draw_fate()
        if fate == "lost":
            raise InDoubt("the batch was lost")
        if fate == "late":
            self._sim.late.append((self._topic, self._partition, list(entries)))
            raise InDoubt("the batch is somewhere")
        base = await super().append(entries)
        await pause(random.choice((0, 0, 1, 5)))
        if fate == "unacknowledged":
            raise InDoubt("the acknowledgement was lost")
        if fate == "without offset":
            raise InDoubt("the broker named no offset")
        return base


class SimLog(MemoryLog):
    """The memory log with faults."""

    def __init__(self, world: "World") -> None:
        super().__init__(lambda: world.clock_ms)
        self.world = world
        self.epochs: dict[str, int] = {}
        self.late: list[tuple[str, int, list[Entry]]] = []

    async def reader(self, topic: str, partition: int, offset: int) -> SimReader:
        await pause()
        return SimReader(self, topic, partition, offset)

    async def appender(self, topic: str, partition: int) -> SimAppender:
        await pause()
        return SimAppender(self, topic, partition)

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        await pause()
        return await super().bounds(topic, partition)

    async def pause(self, topic: str, partition: int, wait_ms: int) -> None:
        await pause()

    def restart_broker(self, *, ledger_end: int | None = None) -> None:
        """Every connection dies, and what was on the way; unsynced records may be gone."""
        self.epochs["broker"] = self.epochs.get("broker", 0) + 1
        self.late.clear()
        if ledger_end is not None:
            self.truncate(LEDGER, 0, ledger_end)

    def reset_commands(self) -> None:
        """The topic `commands` was deleted and made anew."""
        self.epochs[COMMANDS] = self.epochs.get(COMMANDS, 0) + 1
        self.truncate(COMMANDS, 0, 0)


class SimStore(MemoryStore):
    """A store whose process may die just before or just after a write."""

    world: "World"

    def write(self, changes: Any) -> None:
        fate = self.world.random.random() if self.world.stormy else 1.0
        if fate < 0.004:
            raise Crashed
        super().write(changes)
        if fate > 0.996 and self.world.stormy:
            raise Crashed


class Disk:
    """One host's state folder."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.store = self.wipe()

    def open(self) -> Store:
        return self.store

    def wipe(self) -> Store:
        self.store = SimStore()
        self.store.world = self.world
        return self.store

    def put_back(self, backup: MemoryStore) -> None:
        """An operator restores an old copy of the folder."""
        self.store = SimStore(dict(backup.scan(b"")))
        self.store.world = self.world


class Host:
    """A machine that may run a writer, and its disk."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.disk = Disk(world)
        self.backups: list[MemoryStore] = []
        self.task: Task | None = None
        self.writer: Writer | None = None

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
        self.writer = Writer(
            identity,
            world.log,
            replica,
            lambda: replica.fold,
            SimCodec(),
            spawn=world.spawn,
            bury=world.bury,
            rest=pause,
            decide=decide if version == 1 else decide_differently,
        )
        self.task = world.scheduler.spawn(identity.writer, self.writer.run())

    def check(self) -> None:
        """A writer may end by a crash or fenced, in no other way."""
        fault = self.task.fault if self.task else None
        if fault is not None and not isinstance(fault, Crashed | Fenced):
            raise AssertionError(f"{self.name} ended with {fault!r}") from fault

    def crash(self) -> None:
        assert self.task is not None
        self.task.crash()
        self.world.scheduler.drop(self.task)
        self.task = None


class ReaderHost:
    """A machine that follows the ledger."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.disk = Disk(world)
        self.start()

    def start(self) -> None:
        """Starts a process that follows from what the disk holds."""
        replica = Replica(self.world.log, 0, self.disk, StateFold, SimDecode())
        self.followed = Followed(replica, clock=lambda: 0.0)
        self.task = self.world.scheduler.spawn("reader", self.followed.follow())

    def revive(self) -> None:
        """Starts again after a crash; any other end is a failure."""
        if self.task.fault is None:
            return
        if not isinstance(self.task.fault, Crashed):
            raise AssertionError(f"a reader stopped: {self.task.fault!r}") from self.task.fault
        self.start()


def decide_differently(view: View, command: Command, now: Millis) -> Decision:
    """Another code version: it words what it refuses in another way."""
    decision = decide(view, command, now)
    if decision.refusal is None:
        return decision
    refusal = msgspec.structs.replace(decision.refusal, message="in other words")
    return dataclasses.replace(decision, refusal=refusal)


class World:
    """See the module. `stormy` is whether things go wrong."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.stormy = True
        self.clock_ms = START_MS
        self.starts = 0
        self.scheduler = Scheduler(self.random)
        self.log = SimLog(self)
        self.hosts = [Host(self, f"h{n}") for n in range(HOSTS)]
        self.buried = 0
        self.sent: list[Command] = []
        #: Every command that reached the log, with the time of its arrival.
        self.appended: list[tuple[Millis, Command]] = []
        self.disasters = self.random.random() < 0.4
        self.readers = [ReaderHost(self) for _ in range(READERS)]
        self._seed_entities()

    def spawn(self, coroutine: Coroutine[Any, Any, int]) -> Task:
        return self.scheduler.spawn("append", coroutine)

    async def bury(self, entries: Sequence[Entry]) -> None:
        await pause()
        self.buried += len(entries)

    def draw_fate(self) -> str:
        if not self.stormy or self.random.random() < 0.8:
            return "well"
        return self.random.choice(("lost", "late", "unacknowledged", "without offset"))

    def command(self, body: CommandBody, *, command_id: str | None = None) -> Command:
        number = len(self.sent)
        command = Command(
            id=command_id or f"idem_{number}",
            project=PROJECT,
            sent_at=self.clock_ms,
            deadline=self.clock_ms + DEADLINE_MS,
            seed=f"{self.random.getrandbits(128):032x}",
            key_kind="server",
            fingerprint=f"f{number}",
            body=body,
        )
        self.sent.append(command)
        return command

    def append(self, command: Command) -> None:
        self.appended.append((self.clock_ms, command))
        self.log.append(COMMANDS, 0, [Entry(PROJECT.encode(), msgspec.json.encode(command))])

    def _seed_entities(self) -> None:
        self.append(self.command(OpenProject()))
        for code, quantity in QUANTITIES.items():
            voucher = Voucher(
                id="",
                code=code,
                type="DISCOUNT_VOUCHER",
                created_at=0,
                discount=Discount(type="AMOUNT", amount_off=100),
                quantity=quantity,
            )
            self.append(self.command(CreateVoucher(voucher)))
        gift = Voucher(
            id="",
            code="G",
            type="GIFT_VOUCHER",
            created_at=0,
            gift=Gift(amount=GIFT_AMOUNT, balance=GIFT_AMOUNT),
        )
        self.append(self.command(CreateVoucher(gift)))

    # What happens, one thing at a time.

    def tick(self) -> None:
        """One thing happens."""
        draw = self.random.random()
        if draw < 0.82:
            self.scheduler.step()
        elif draw < 0.92:
            self.client_acts()
        elif draw < 0.955:
            self.process_acts()
        elif draw < 0.97:
            self.clock_ms += self.random.choice((1, 100, 3000, 9000))
        elif draw < 0.985:
            self.network_acts()
        elif self.disasters and draw > 0.993:
            self.disaster()

    def client_acts(self) -> None:
        draw = self.random.random()
        if draw < 0.12 and len(self.sent) > 6:
            again = self.random.choice(self.sent[6:])
            changed = {"fingerprint": "other"} if self.random.random() < 0.3 else {}
            now = self.clock_ms
            self.append(
                msgspec.structs.replace(again, sent_at=now, deadline=now + DEADLINE_MS, **changed)
            )
            return
        if draw < 0.16:
            self.log.append(COMMANDS, 0, [Entry(b"p", self.random.choice((b"\xff", b"{", b"[]")))])
            return
        command = self.command(self._any_body())
        if self.random.random() < 0.08:
            self.clock_ms += DEADLINE_MS + 1
        self.append(command)

    def _any_body(self) -> CommandBody:
        draw = self.random.random()
        codes = self.random.sample(sorted(QUANTITIES), self.random.choice((1, 1, 2)))
        redeemables = tuple(Redeemable("voucher", code) for code in codes)
        if draw < 0.15:
            session = SessionInput(key="s", ttl=5.0, ttl_unit="SECONDS")
            return LockSession(redeemables, session=session)
        if draw < 0.25:
            victim = self.random.choice(self.sent)
            return RollBackRedemption(new_id(victim.seed, "r_", 0))
        return RedeemStack(redeemables)

    def process_acts(self) -> None:
        host = self.random.choice(self.hosts)
        draw = self.random.random()
        if not host.running:
            if draw < 0.15 and host.backups:
                host.disk.put_back(self.random.choice(host.backups))
            host.start()
        elif draw < 0.35:
            host.crash()
        elif draw < 0.5:
            assert host.writer is not None
            host.writer.stopping = True
        elif draw < 0.7:
            host.backups.append(host.disk.store.copy())
        for reader in self.readers:
            reader.revive()

    def network_acts(self) -> None:
        if self.log.late:
            topic, partition, entries = self.log.late.pop(self.random.randrange(len(self.log.late)))
            self.log.append(topic, partition, entries)

    def disaster(self) -> None:
        draw = self.random.random()
        if draw < 0.4:
            end = len(self.ledger())
            lost = self.random.choice((0, 1, 2, 5))
            self.log.restart_broker(ledger_end=max(0, end - lost))
        elif draw < 0.7:
            self.log.reset_commands()
        else:
            start, end = self.command_bounds()
            self.log.drop_before(COMMANDS, 0, self.random.randint(start, end))

    def ledger(self) -> Sequence[StoredEntry]:
        return self.log.since(LEDGER, 0, 0, 10**9)

    def command_bounds(self) -> tuple[int, int]:
        found = self.log._partition(COMMANDS, 0)
        return found.start, found.end

    # The calm after.

    def settle(self) -> Writer:
        """Ends the storm; one writer decides everything that is left, the readers catch up."""
        self.stormy = False
        while self.log.late:
            self.network_acts()
        for host in self.hosts:
            host.check()
            if host.running:
                host.crash()
        host = self.random.choice(self.hosts)
        host.start()
        writer = host.writer
        assert writer is not None and host.task is not None
        task = host.task

        def decided() -> bool:
            if task.fault is not None:
                raise AssertionError(f"the last writer failed: {task.fault!r}")
            return writer.serving and (
                writer.replica.position.command_offset + 1 == self.command_bounds()[1]
            )

        assert self.scheduler.run_until(decided, 40_000), "commands were left undecided"
        end = len(self.ledger())

        def caught_up() -> bool:
            for reader in self.readers:
                reader.revive()
            return all(each.followed.position + 1 == end for each in self.readers)

        assert self.scheduler.run_until(caught_up, 40_000), "a reader did not reach the end"
        return writer
