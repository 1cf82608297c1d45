"""One reads a partition for both who keep something of it, and each does without the other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from engine.fold import PartFold
from runtime.log.log import Entry, LogError, StoredEntry
from runtime.log.memory_log import MemoryLog, MemoryReader
from runtime.replica.followed import Followed
from runtime.store.store import Store
from schemas.actions import ImportVouchers, StageRows, StartAction
from schemas.projects import OpenProject
from schemas.records import Record
from schemas.topics import DELIVERIES, LEDGER
from schemas.webhooks import CreateWebhook
from services.distribution import source as source_module
from services.distribution.webhooks.follow import OutboxReplica
from services.distribution.webhooks.outbox import Outbox
from services.distribution.worker.replica import WorkerReplica
from services.distribution.worker.state import KEPT
from tests.unit.engine.background.test_actions import new
from tests.unit.runtime.replica.test_commands import ANN, BEN, PROJECT, Backbone, Memory, now_ms

SECONDS_MAX = 10.0
HOOK = CreateWebhook("http://127.0.0.1:9/", ("customer.created",))


class Watched(MemoryLog):
    """Notes who reads how many records of the ledger; `deliveries` may be out of reach."""

    def __init__(self, log: MemoryLog) -> None:
        super().__init__(now_ms)
        self._partitions = log._partitions
        self.read: list[int] = []
        self.fault: LogError | None = None

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        if topic == DELIVERIES and self.fault is not None:
            raise self.fault
        return await super().bounds(topic, partition)

    async def reader(self, topic: str, partition: int, offset: int) -> MemoryReader:
        return _Reader(self, topic, partition, offset)


class _Reader(MemoryReader):
    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[StoredEntry]:
        found = await super().read(records_max=records_max, wait_ms=wait_ms)
        assert isinstance(self._log, Watched)
        if self._topic == LEDGER:
            self._log.read += [each.offset for each in found]
        return found


class Decoding:
    """A codec that notes what it was asked to decode."""

    def __init__(self, backbone: Backbone) -> None:
        self._codec = backbone.codec()
        self.asked: list[int] = []

    def now(self, entry: StoredEntry) -> Record | None:
        self.asked.append(entry.offset)
        return self._codec.now(entry)

    async def later(self, entry: StoredEntry) -> Record:
        return await self._codec.later(entry)


class Pair:
    """The worker's replica and the outbox of one partition; each may be started by itself."""

    def __init__(self, backbone: Backbone) -> None:
        self.log = Watched(backbone.log)
        self.folders = Memory(), Memory()
        self.decoding = Decoding(backbone), Decoding(backbone)
        self.moves = 0
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.build()

    def build(self) -> None:
        """Both, as they were left."""

        def fold(store: Store) -> PartFold:
            return PartFold(store, KEPT)

        first, second = self.folders
        self.worker = WorkerReplica(self.log, 0, first, fold, self.decoding[0])
        self.outbox = OutboxReplica(
            self.log, 0, second, self.decoding[1], now_ms, self.worker.source
        )
        self.worker.moved = self._note_move
        self.followed = {
            "worker": Followed(self.worker, rest=_rest),
            "outbox": Followed(self.outbox, rest=_rest),
        }
        self.worker.is_expected = self.followed["worker"].is_expected

    def _note_move(self) -> None:
        self.moves += 1

    def start(self, *names: str) -> None:
        for name in names:
            self.tasks[name] = asyncio.create_task(self.followed[name].follow())

    async def stop(self, *names: str) -> None:
        for name in names:
            self.tasks[name].cancel()
            await asyncio.gather(self.tasks.pop(name), return_exceptions=True)

    async def reach(self, end: int, *names: str) -> None:
        """Waits until they stand before that offset."""
        async with asyncio.timeout(SECONDS_MAX):
            for name in names:
                await self.followed[name].freshness.await_position(end - 1)

    @property
    def end(self) -> int:
        return self.log.end_now(LEDGER, 0)

    def queued(self) -> int:
        """How much waits for webhooks."""
        return sum(1 for _ in self.outbox.store.scan(b"queue/"))


BOTH = "worker", "outbox"


async def _rest() -> None:
    await asyncio.sleep(0.01)


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[Backbone, Pair]]:
    backbone = Backbone()
    made = Pair(backbone)
    try:
        backbone.start_writer()
        await backbone.send(OpenProject())
        yield backbone, made
    finally:
        await made.stop(*made.tasks)
        for task in backbone.tasks:
            task.cancel()
        await asyncio.gather(*backbone.tasks, return_exceptions=True)
        await backbone.sender.close()


async def _customers(backbone: Backbone, count: int) -> None:
    for each in range(count):
        await backbone.send((ANN, BEN)[each % 2])


async def test_what_the_worker_reads_is_read_once_for_both() -> None:
    async with pair() as (backbone, made):
        made.start(*BOTH)
        await backbone.send(HOOK)
        await _customers(backbone, 20)
        await made.reach(made.end, *BOTH)
        assert made.log.read == list(range(made.end))
        assert made.queued() == 2
        assert made.outbox.position.chain == made.worker.position.chain


async def test_nothing_is_decoded_where_there_is_nothing_to_do() -> None:
    async with pair() as (backbone, made):
        await _customers(backbone, 20)
        made.start(*BOTH)
        await made.reach(made.end, *BOTH)
        worker, outbox = made.decoding
        # the mark of the writer
        assert worker.asked == [0]
        assert outbox.asked == []
        assert made.moves == 1


async def test_the_worker_is_told_of_an_action_that_begins() -> None:
    async with pair() as (backbone, made):
        made.start(*BOTH)
        await backbone.send(StageRows("aa_1", 0, (new("a"),), 1))
        await made.reach(made.end, *BOTH)
        before = made.moves
        await backbone.send(StartAction("aa_1", "VOUCHERS.IMPORT", ImportVouchers(), 1, 1))
        await made.reach(made.end, *BOTH)
        assert made.moves == before + 1
        fold = made.worker.fold
        assert isinstance(fold, PartFold)
        assert [each.id for each in fold.open_actions()] == ["aa_1"]


async def test_whoever_waits_for_a_command_is_told_though_it_changed_nothing() -> None:
    async with pair() as (backbone, made):
        made.start(*BOTH)
        await backbone.send(ANN)
        followed = made.followed["worker"]
        followed.expect("cmd_x")
        await backbone.send(ANN, key="cmd_x")
        await made.reach(made.end, *BOTH)
        waiting = followed.answer_to("cmd_x", made.worker.position.command_offset, SECONDS_MAX)
        assert getattr((await waiting).record, "command_id", None) == "cmd_x"


async def test_one_that_is_behind_reads_alone_and_then_along() -> None:
    async with pair() as (backbone, made):
        made.start("worker")
        await backbone.send(HOOK)
        await _customers(backbone, 20)
        await made.reach(made.end, "worker")
        behind = made.end
        assert made.log.read == list(range(behind))
        made.start("outbox")
        await made.reach(behind, *BOTH)
        assert made.log.read == 2 * list(range(behind))
        made.log.read.clear()
        await _customers(backbone, 20)
        await made.reach(made.end, *BOTH)
        assert made.log.read == list(range(behind, made.end))
        assert made.queued() == 2


async def test_one_that_is_ahead_waits_for_the_other_and_reads_along() -> None:
    async with pair() as (backbone, made):
        made.start(*BOTH)
        await backbone.send(HOOK)
        await made.reach(made.end, *BOTH)
        await made.stop(*BOTH)
        # what the worker's replica kept is lost
        first, _ = made.folders
        first.wipe()
        made.build()
        made.start(*BOTH)
        await _customers(backbone, 20)
        await made.reach(made.end, *BOTH)
        began = made.end
        made.log.read.clear()
        await _customers(backbone, 20)
        await made.reach(made.end, *BOTH)
        # whoever was ahead may have a read under way, which is the last of its own
        assert sorted(set(made.log.read)) == list(range(began, made.end))
        await _customers(backbone, 1)
        await made.reach(made.end, *BOTH)
        assert made.log.read[-1] == made.end - 1
        assert made.log.read.count(made.end - 1) == 1


async def test_each_goes_on_where_it_stands_when_both_begin_anew() -> None:
    async with pair() as (backbone, made):
        made.start(*BOTH)
        await backbone.send(HOOK)
        await _customers(backbone, 2)
        await made.reach(made.end, *BOTH)
        await made.stop("outbox")
        await _customers(backbone, 4)
        await made.reach(made.end, "worker")
        await made.stop("worker")
        made.build()
        made.log.read.clear()
        made.start(*BOTH)
        await _customers(backbone, 4)
        await made.reach(made.end, *BOTH)
        assert made.outbox.position.chain == made.worker.position.chain
        assert made.queued() == 2


async def test_webhooks_go_on_while_the_worker_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source_module, "LIFE_SECONDS", 0.05)
    async with pair() as (backbone, made):
        made.start(*BOTH)
        await backbone.send(HOOK)
        await made.reach(made.end, *BOTH)
        await made.stop("worker")
        await _customers(backbone, 2)
        await made.reach(made.end, "outbox")
        assert made.queued() == 2
        # and along again when it is back
        made.start("worker")
        await _customers(backbone, 2)
        await made.reach(made.end, *BOTH)
        made.log.read.clear()
        await _customers(backbone, 2)
        await made.reach(made.end, *BOTH)
        assert set(made.log.read) == {made.end - 2, made.end - 1}


async def test_the_worker_goes_on_while_nobody_knows_what_was_delivered() -> None:
    async with pair() as (backbone, made):
        made.log.fault = LogError("out of reach")
        made.start(*BOTH)
        await backbone.send(HOOK)
        await _customers(backbone, 2)
        await made.reach(made.end, "worker")
        assert made.outbox.position.chain.position == -1
        made.log.fault = None
        await made.reach(made.end, "outbox")
        assert made.queued() == 2


async def test_a_record_that_is_void_counts_for_neither() -> None:
    async with pair() as (backbone, made):
        made.start(*BOTH)
        await backbone.send(HOOK)
        await made.reach(made.end, *BOTH)
        made.log.append(LEDGER, 0, [Entry(PROJECT.encode(), b"void", (("prev", b"0" * 64),))])
        await made.reach(made.end, *BOTH)
        state = made.outbox.position.chain
        assert state == made.worker.position.chain
        assert (state.position, state.voids) == (made.end - 1, 1)
        outbox = made.outbox.fold
        assert isinstance(outbox, Outbox)
        assert outbox.knows(PROJECT)
