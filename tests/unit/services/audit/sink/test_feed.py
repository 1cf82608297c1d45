"""How far behind a feed's tables are, by what its own fetches say."""

from collections.abc import Sequence
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

    async def query(self, query: Query) -> list[tuple[Any, ...]]:
        return []

    async def insert(self, table: TableDef, rows: Sequence[Row | Alike]) -> None:
        if self.closed:
            raise DatabaseFault
        await super().insert(table, rows)


class Subject:
    """A feed by a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.log = MemoryLog(lambda: 0)
        self.database = Closed()
        self.feed = Feed(
            PLACE,
            LogSources(self.log, chained=frozenset()),
            self.database,
            [SinkTable(REDEMPTIONS, redemption_table_rows)],
            self.decode,
            Positions(),
            linger_seconds=0,
            clock=lambda: self.now,
        )

    async def decode(self, entry: StoredEntry) -> Record:
        return decided(failed(ids=entry.value.decode()))

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
