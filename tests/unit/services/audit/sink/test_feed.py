"""When a feed inserts, who wakes it, and how far behind its tables are by what its fetches say."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from runtime.clickhouse.database import DatabaseFault, Query, TableDef
from runtime.clickhouse.native_block import Alike, Row
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.sink import Feed
from runtime.clickhouse.source import LogSources
from runtime.clickhouse.table import SinkTable
from runtime.log.log import Entry, Place, StoredEntry
from runtime.log.memory_log import MemoryLog
from schemas.records import Record
from services.audit.sink.redemption_table import REDEMPTIONS, redemption_table_rows
from tests.unit.services.audit.examples import decided, failed
from tests.unit.services.audit.sink.test_rows import FakeDatabase

PLACE = Place("plain", 0)


class Closed(FakeDatabase):
    """Takes nothing while it is closed; what it took is not there after the next opening."""

    closed = False
    #: How long an insert takes, by whose clock.
    seconds = 0.0
    clock: "Subject | None" = None

    async def query(self, query: Query) -> list[tuple[Any, ...]]:
        return []

    async def insert(self, table: TableDef, rows: Sequence[Row | Alike]) -> None:
        if self.closed:
            raise DatabaseFault
        if self.clock is not None:
            self.clock.now += self.seconds
        await super().insert(table, rows)


#: Another table that takes the same.
OTHERS = replace(REDEMPTIONS, name="others")
#: Beyond all patience.
FOR_EVER = 1e9


class Subject:
    """A feed by a clock that stands still until it is moved."""

    def __init__(self, linger_seconds: float = 0, read_wait_ms: int = 50) -> None:
        self.now = 1000.0
        self.log = MemoryLog(lambda: 0)
        self.database = Closed()
        self.positions = Positions()
        self.feed = Feed(
            PLACE,
            LogSources(self.log, chained=frozenset()),
            self.database,
            [SinkTable(each, redemption_table_rows) for each in (REDEMPTIONS, OTHERS)],
            self.decode,
            self.positions,
            linger_seconds=linger_seconds,
            read_wait_ms=read_wait_ms,
            clock=lambda: self.now,
        )

    @property
    def inserted(self) -> list[tuple[str, int]]:
        """The tables that got rows, and how many."""
        return [(name, len(rows)) for name, rows in self.database.inserted]

    async def decode(self, entry: StoredEntry) -> Record:
        return decided(failed(ids=entry.value.decode()))

    @asynccontextmanager
    async def awaited(self, offset: int, table: str = "redemptions") -> AsyncIterator[None]:
        """While somebody waits for the table to hold that offset."""
        waiting = asyncio.create_task(self.positions.wait_for({PLACE: offset}, [table], 60))
        await asyncio.sleep(0)
        yield
        waiting.cancel()
        await asyncio.wait((waiting,))

    def append(self, count: int) -> None:
        self.log.append(*PLACE, [Entry(b"", b"%d" % number) for number in range(count)])


async def test_a_feed_learns_from_its_fetches_how_far_behind_it_is() -> None:
    subject = Subject()
    await subject.feed.open()
    subject.append(3)
    await subject.feed.step()
    assert subject.feed.lag_ms() == 0
    subject.now += 5
    assert subject.feed.lag_ms() == 5000
    # nothing new, which is news
    await subject.feed.step()
    assert subject.feed.lag_ms() == 0


async def test_what_is_read_and_not_inserted_is_behind() -> None:
    subject = Subject()
    await subject.feed.open()
    subject.append(3)
    subject.database.closed = True
    with pytest.raises(DatabaseFault):
        await subject.feed.step()
    subject.now += 5
    subject.database.closed = False
    await subject.feed.open()
    assert subject.feed.lag_ms() == 5000
    await subject.feed.step()
    assert subject.feed.lag_ms() == 0


async def test_an_end_of_a_log_that_was_cut_is_not_waited_for() -> None:
    subject = Subject()
    await subject.feed.open()
    subject.append(1000)
    # half of it: the end that was named lies beyond
    await subject.feed.step()
    subject.log.truncate(*PLACE, 0)
    subject.append(10)
    subject.now += 5
    await subject.feed.open()
    await subject.feed.step()
    assert subject.feed.lag_ms() == 0


async def test_records_gather_until_the_first_of_them_is_due() -> None:
    subject = Subject(linger_seconds=5)
    await subject.feed.open()
    subject.append(2)
    await subject.feed.step()
    subject.now += 4
    subject.append(1)
    await subject.feed.step()
    assert subject.inserted == []
    subject.now += 1
    await subject.feed.step()
    assert subject.inserted == [("redemptions", 3), ("others", 3)]
    subject.now += 100
    await subject.feed.step()
    assert len(subject.inserted) == 2, "there is nothing more to insert"


async def test_who_waits_for_a_table_gets_that_table_alone() -> None:
    subject = Subject(linger_seconds=FOR_EVER)
    await subject.feed.open()
    subject.append(3)
    await subject.feed.step()
    async with subject.awaited(2):
        await subject.feed.step()
    assert subject.inserted == [("redemptions", 3)]
    assert await subject.positions.wait_for({PLACE: 2}, ["redemptions"], 0)
    async with subject.awaited(1, "others"):
        await subject.feed.step()
    assert subject.inserted[1:] == [("others", 3)]


async def test_who_waits_for_more_than_was_read_waits_for_all_of_it() -> None:
    subject = Subject(linger_seconds=FOR_EVER)
    await subject.feed.open()
    subject.append(1)
    await subject.feed.step()
    async with subject.awaited(2):
        await subject.feed.step()
        assert subject.inserted == []
        subject.append(2)
        await subject.feed.step()
    assert subject.inserted == [("redemptions", 3)]


async def test_who_waits_for_what_never_comes_holds_nobody_up() -> None:
    subject = Subject(linger_seconds=FOR_EVER)
    await subject.feed.open()
    subject.append(3)
    await subject.feed.step()
    async with subject.awaited(10**6):
        async with subject.awaited(2):
            await subject.feed.step()
        assert subject.inserted == [("redemptions", 3)]
        assert subject.positions.is_awaited(PLACE)
    assert not subject.positions.is_awaited(PLACE), "they gave up"


async def test_a_feed_that_reads_for_one_is_woken_by_another() -> None:
    subject = Subject(linger_seconds=FOR_EVER, read_wait_ms=60_000)
    await subject.feed.open()
    subject.append(3)
    await subject.feed.step()
    async with subject.awaited(10**6):
        reading = asyncio.create_task(subject.feed.step())
        await asyncio.sleep(0.01)
        async with asyncio.timeout(120), subject.awaited(2, "others"):
            await reading
    assert subject.inserted == [("others", 3)]
    await subject.feed.close()


async def test_a_feed_that_rests_is_woken() -> None:
    subject = Subject(linger_seconds=FOR_EVER)
    subject.append(3)
    running = asyncio.create_task(subject.feed.run())
    try:
        assert await subject.positions.wait_for({PLACE: 2}, ["redemptions"], 60)
        subject.append(2)
        assert await subject.positions.wait_for({PLACE: 4}, ["redemptions"], 60)
    finally:
        running.cancel()
        await asyncio.wait((running,))
        await subject.feed.close()


async def test_those_who_wait_again_and_again_share_inserts() -> None:
    subject = Subject(linger_seconds=FOR_EVER)
    subject.database.seconds = 0.1
    subject.database.clock = subject
    await subject.feed.open()
    for offset in range(2):
        subject.append(1)
        await subject.feed.step()
        async with subject.awaited(offset):
            await subject.feed.step()
    assert subject.inserted == [("redemptions", 1)], "the next one waits for four times as long"
    subject.now += 0.5
    async with subject.awaited(1):
        await subject.feed.step()
    assert subject.inserted[1:] == [("redemptions", 1)]
