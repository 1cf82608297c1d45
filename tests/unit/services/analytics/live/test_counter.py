"""Counting goes on where it was, whatever happened: everything is counted, and nothing twice."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import msgspec
import pytest
from msgspec import structs

from runtime.clickhouse.source import LogSources
from runtime.log.chain import GENESIS, chain_entry
from runtime.log.log import Entry, InDoubt, Place, StoredEntry, Unsent
from runtime.log.memory_log import MemoryAppender, MemoryLog
from schemas.rates import RatesCounted
from schemas.records import Record
from schemas.topics import CAMPAIGN_RATES, LEDGER
from services.analytics.live import counter
from services.analytics.live.counter import Counter, CountingOutfit
from services.analytics.live.counting import PROJECT_SIZE
from services.analytics.live.windows import Rates
from tests.unit.services.analytics.live.faulty_appender import FaultyAppender, Late
from tests.unit.services.audit.examples import (
    PROJECT,
    START,
    applicable,
    created,
    decided,
    succeeded,
)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "GATHER_SECONDS", 0)
    monkeypatch.setattr(counter, "RETRY_SECONDS", 0)
    monkeypatch.setattr(counter, "READ_WAIT_MS", 0)


class FaultyLog(MemoryLog):
    async def appender(self, topic: str, partition: int) -> MemoryAppender:
        return FaultyAppender(self, topic, partition)


class Ledger:
    """A ledger, and a feed that tells it from where its tables are."""

    def __init__(self) -> None:
        self.log = FaultyLog(clock=lambda: START)
        self.records: list[Record] = []
        self.listeners: list[Callable[[Any, int], None]] = []
        self.taken = -1
        self.appended: list[tuple[int, int]] = []
        self._head = GENESIS
        self._voids: set[int] = set()

    def append(self, *records: Record) -> None:
        for each in records:
            entry, self._head = chain_entry(Entry(b"p", b"%d" % len(self.records)), self._head)
            self.log.append(LEDGER, 0, [entry])
            self.records.append(each)

    def redeem(self, times: int = 1, campaign: str = "camp_1") -> None:
        self.append(*(decided(succeeded(applicable("A", 10, campaign))) for _ in range(times)))

    def append_void(self) -> None:
        entry, _ = chain_entry(Entry(b"p", b"void"), GENESIS)
        self._voids.add(self.log.end_now(LEDGER, 0))
        self.log.append(LEDGER, 0, [entry])

    def tell(self, until: int | None = None) -> None:
        """The feed takes records, up to an offset or all of them."""
        end = self.log.end_now(LEDGER, 0)
        numbers = (n for n in range(end) if n not in self._voids)
        applied = dict(zip(numbers, self.records, strict=True))
        for offset in range(self.taken + 1, end if until is None else until + 1):
            if offset in applied:
                self.taken = offset
                for each in self.listeners:
                    each(applied[offset], offset)

    @contextmanager
    def listen(self, _: Place, tell: Callable[[Any, int], None]) -> Iterator[int]:
        self.listeners.append(tell)
        try:
            yield self.taken
        finally:
            self.listeners.remove(tell)

    async def decode(self, entry: StoredEntry) -> Record:
        return self.records[int(entry.value)]

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """A counter runs; at the end it is killed."""
        sources = LogSources(self.log, chained=frozenset((LEDGER,)))
        outfit = CountingOutfit(
            self.log, sources, self.listen, self.decode, lambda *at: self.appended.append(at)
        )
        task = asyncio.create_task(Counter(outfit, 0).run())
        await settled()
        try:
            yield
            await settled()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def told(self) -> list[RatesCounted]:
        end = self.log.end_now(CAMPAIGN_RATES, 0)
        entries = self.log._partition(CAMPAIGN_RATES, 0).since(0, end)
        return [msgspec.json.decode(each.value, type=RatesCounted) for each in entries]

    def succeeded(self) -> int:
        """How many successes a reader comes to."""
        rates = Rates()
        for each in self.told():
            rates.take(0, each)
        found = rates.shown(PROJECT, START // 1000 + 1, None)
        return sum(each[0].succeeded for each in found.values())


async def settled() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


async def test_what_the_feed_tells_is_counted() -> None:
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem(5)
        ledger.tell()
    (told,) = ledger.told()
    assert (told.project, told.first, told.last) == (PROJECT, 0, 4)
    assert ledger.succeeded() == 5
    assert ledger.appended == [(0, 0)]


async def test_what_is_told_again_is_counted_once() -> None:
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem(5)
        ledger.tell()
        ledger.taken = -1
        ledger.tell()
    async with ledger.counting():
        ledger.taken = -1
        ledger.tell()
    assert ledger.succeeded() == 5


async def test_what_nobody_listened_to_is_read_from_the_log() -> None:
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem(5)
        ledger.tell()
    ledger.redeem(5)
    ledger.tell()
    async with ledger.counting():
        pass
    assert ledger.succeeded() == 10
    ledger.redeem(5)
    ledger.tell()
    async with ledger.counting():
        ledger.redeem(1)
        ledger.tell()
    assert ledger.succeeded() == 16


async def test_a_feed_that_opens_ahead_of_the_counts_leaves_no_gap() -> None:
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem(2)
        ledger.tell()
    ledger.redeem(8)
    # a feed that is not open yet does not say where its tables are
    ledger.taken = -1
    async with ledger.counting():
        ledger.taken = 6
        ledger.tell()
    assert ledger.succeeded() == 10


async def test_void_records_are_no_gap() -> None:
    ledger = Ledger()
    async with ledger.counting():
        for _ in range(3):
            ledger.redeem()
            ledger.append_void()
            ledger.tell()
            await settled()
    assert ledger.succeeded() == 3


@pytest.mark.parametrize("fault", [InDoubt, Late, Unsent])
async def test_an_append_that_failed_is_made_again_or_is_known(fault: type[Exception]) -> None:
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem(5)
        ledger.tell()
        await settled()
        FaultyAppender.fault = fault
        ledger.redeem(5)
        ledger.tell()
        await settled()
        ledger.redeem(5)
        ledger.tell()
    assert ledger.succeeded() == 15


@pytest.mark.parametrize("fault", [InDoubt, Late, Unsent])
async def test_the_first_append_of_all_may_fail(fault: type[Exception]) -> None:
    ledger = Ledger()
    async with ledger.counting():
        FaultyAppender.fault = fault
        ledger.redeem(5)
        ledger.tell()
        await settled()
        ledger.redeem(5)
        ledger.tell()
    assert ledger.succeeded() == 10


async def test_what_comes_late_is_the_same_stretch_as_what_was_sent_again() -> None:
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem(5)
        ledger.tell()
        await settled()
        FaultyAppender.fault, FaultyAppender.failed = Late, asyncio.Event()
        ledger.redeem(5)
        ledger.tell()
        await FaultyAppender.failed.wait()
        ledger.redeem(5)
        ledger.tell()
    stretches = [(each.first, each.last) for each in ledger.told()]
    assert stretches == [(0, 4), (5, 9), (5, 9), (10, 14)]
    assert ledger.succeeded() == 15


async def test_what_came_late_after_a_kill_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem(5)
        ledger.tell()
        await settled()
        monkeypatch.setattr(counter, "RETRY_SECONDS", 600)
        FaultyAppender.fault = Late
        ledger.redeem(5)
        ledger.tell()
    ledger.redeem(5)
    ledger.tell()
    async with ledger.counting():
        pass
    assert [(each.first, each.last) for each in ledger.told()] == [(0, 4), (5, 9), (5, 14)]
    assert ledger.succeeded() == 15


@pytest.mark.parametrize("seed", range(20))
async def test_wherever_it_is_killed_nothing_is_missing_and_nothing_is_there_twice(
    seed: int,
) -> None:
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem()
        ledger.tell()
    for step in range(6):
        ledger.redeem((seed + step) % 4)
        if (seed + step) % 3 == 0:
            ledger.append_void()
        async with ledger.counting():
            ledger.redeem(seed % 5)
            if step % 2:
                ledger.tell(ledger.log.end_now(LEDGER, 0) - 1 - seed % 3)
            # the tables are behind what was counted, or far ahead
            ledger.taken = max(-1, ledger.taken - seed % 4)
            for _ in range(seed):
                await asyncio.sleep(0)
    async with ledger.counting():
        ledger.tell()
    assert ledger.succeeded() == len(ledger.records)


async def test_a_long_stretch_is_sent_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "STRETCH_MAX", 10 + PROJECT_SIZE)
    ledger = Ledger()
    async with ledger.counting():
        ledger.redeem(35)
        ledger.tell()
    assert ledger.succeeded() == 35
    assert [each.last for each in ledger.told()] == [9, 19, 29, 34]


async def test_very_many_projects_are_more_than_one_batch() -> None:
    ledger = Ledger()
    one = decided(succeeded(applicable("A", 10, "camp_1")))
    ledger.append(*(structs.replace(one, project=f"proj_{n:020}") for n in range(3000)))
    async with ledger.counting():
        ledger.tell()
    told = ledger.told()
    assert len({each.project for each in told}) == 3000
    assert len({each.last for each in told}) > 1


async def test_a_mark_says_that_nothing_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counter, "MARK_RECORDS", 3)
    ledger = Ledger()
    async with ledger.counting():
        ledger.append(*(decided(created(f"{n}")) for n in range(3)))
        ledger.tell()
    assert ledger.told() == [RatesCounted("", 0, 2)]


async def test_counts_of_another_log_are_not_gone_on_with() -> None:
    ledger, other = Ledger(), Ledger()
    async with ledger.counting():
        ledger.redeem(9)
        ledger.tell()
    for each in ledger.log._partition(CAMPAIGN_RATES, 0).since(0, 10):
        other.log.append(CAMPAIGN_RATES, 0, [Entry(each.key, each.value, each.headers)])
    async with other.counting():
        other.redeem(2)
        other.tell()
    assert [(each.first, each.last) for each in other.told()] == [(0, 8), (0, 1)]
