"""Sinks: a topic's partition, folded into tables.

A `Feed` reads one partition and fills all tables that take something from it. On opening, each
table's checkpoint is compared with the log; a table that was filled from another log is emptied as
far as the log reaches back, and filled again. Reading begins after the table that is furthest
behind; a table skips what it has. So it does not matter where, between which two inserts, a
process died, and nothing but the tables is stored. A record may also have rows of earlier ones
erased; the engine does that in its own time.

An insert costs some milliseconds whatever its size, and later a merge, so records gather: for
`LINGER_SECONDS`, or up to a bound. Whoever waits for a table to be somewhere wakes its feed, which
then reads at once and inserts into that table alone. Those who wait for one table again and again
share inserts: they take `AWAITED_SHARE` of the time at most.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import structlog

from runtime.clickhouse.database import Database, DatabaseFault, TableDef, now_seconds
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.source import LogSources, Source
from runtime.clickhouse.table import (
    Block,
    Checkpoint,
    SinkTable,
    SourceEntry,
    as_checkpoint,
    checkpoint,
    erase,
    forget,
    repeat_marker,
)
from runtime.log.freshness import ALWAYS_LATER, Heard
from runtime.log.log import Corrupt, LogError, Place, StoredEntry

R = TypeVar("R")

#: How long records gather at most before they are inserted, while nobody waits for them.
LINGER_SECONDS = 5.0
#: The share of the time that goes into inserts for those who wait.
AWAITED_SHARE = 0.2
#: How long a read waits for the first record; as long may a feed not know that nothing came.
READ_WAIT_MS = 3000
#: How long records gather in the log before they are read: fewer, larger fetches cost less.
GATHER_SECONDS = 1.0
READ_RECORDS_MAX = 2000
#: After so many records others get to run.
TURN_RECORDS = 50
#: What gathers before an insert, counted in the records' own bytes.
BLOCK_BYTES_MAX = 8 * 1024 * 1024
BLOCK_ROWS_MAX = 16_000
#: After so many records without a row for a table its checkpoint is moved on by a marker.
MARKER_RECORDS = 5000
RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Filler(Generic[R]):
    """Turns records of one partition into rows, and rows into inserts, one block for each table."""

    def __init__(
        self,
        database: Database,
        place: Place,
        tables: Sequence[SinkTable[R]],
        stored: Sequence[int],
    ) -> None:
        #: The offset up to which each table holds everything.
        self.stored = list(stored)
        self._database = database
        self._place = place
        self._tables = tables
        self._blocks = [Block(table.definition, place) for table in tables]
        self._bytes = 0
        self._last: SourceEntry | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every row is stored."""
        return all(block.is_empty for block in self._blocks)

    @property
    def is_full(self) -> bool:
        """Whether it is time to insert, whatever the clock says."""
        return self._bytes >= BLOCK_BYTES_MAX or any(
            len(block) >= BLOCK_ROWS_MAX or self._lacks_marker(index)
            for index, block in enumerate(self._blocks)
        )

    async def erase(self, applied: SourceEntry, record: R) -> None:
        """Erases what the next record says, before it is taken. Raises DatabaseFault.

        A table says how far it is by its rows, so that is said again first: wherever this ends, the
        record comes again, and nothing else comes twice.
        """
        for index, table in enumerate(self._tables):
            if table.erases is None or self.stored[index] >= applied.offset:
                continue
            for selection in table.erases(record):
                await self.flush()
                at = as_checkpoint(
                    await self._database.query(checkpoint(table.definition, self._place))
                )
                if at.offset >= 0:
                    marker = repeat_marker(table.definition, self._place, at)
                    await self._database.insert(table.definition, [marker])
                await self._database.execute(
                    erase(table.definition, self._place, selection, applied.offset)
                )

    def take(self, applied: SourceEntry, record: R | None) -> None:
        """Takes the next record; None for one that nothing could be made of."""
        for index, (table, block) in enumerate(zip(self._tables, self._blocks, strict=True)):
            if record is not None and self.stored[index] < applied.offset:
                block.add(applied, table.rows(record))
        self._bytes += len(applied.entry.value)
        self._last = applied

    async def flush(self) -> None:
        """Inserts what has gathered, table by table. Raises DatabaseFault."""
        for index in range(len(self._tables)):
            await self._insert(index)
        self._bytes = 0

    def wanted(self, positions: Positions) -> list[int]:
        """The tables whose rows somebody waits for who needs no record beyond those taken."""
        if self._last is None:
            return []
        last = self._last.offset
        return [
            index
            for index, table in enumerate(self._tables)
            if not self._blocks[index].is_empty
            and positions.is_wanted(table.definition, self._place, self.stored[index], last)
        ]

    async def flush_some(self, tables: Sequence[int]) -> None:
        """As `flush`, for these tables alone."""
        for index in tables:
            await self._insert(index)

    async def _insert(self, index: int) -> None:
        if self._last is None:
            return
        table, block = self._tables[index].definition, self._blocks[index]
        if self._lacks_marker(index):
            block.mark(self._last)
        if not block.is_empty:
            at = self._last.offset
            await self._database.insert(table, block.take())
            self.stored[index] = at

    def _lacks_marker(self, index: int) -> bool:
        return (
            self._last is not None
            and self._blocks[index].is_empty
            and self._last.offset - self.stored[index] >= MARKER_RECORDS
        )

    def positions(self, read: int) -> list[tuple[TableDef, int]]:
        """How far each table is when everything up to `read` was taken."""
        return [
            (table.definition, max(read, stored) if block.is_empty else stored)
            for table, block, stored in zip(self._tables, self._blocks, self.stored, strict=True)
        ]


class Feed(Generic[R]):
    """Fills tables from one partition.

    `decode` turns an entry into its record, or gives None for one that nothing can be made of.
    """

    def __init__(
        self,
        place: Place,
        sources: LogSources,
        database: Database,
        tables: Sequence[SinkTable[R]],
        decode: Callable[[StoredEntry], Awaitable[R | None]],
        positions: Positions,
        *,
        linger_seconds: float = LINGER_SECONDS,
        read_wait_ms: int = READ_WAIT_MS,
        clock: Callable[[], float] = now_seconds,
    ) -> None:
        self.place = place
        self.fault: str | None = None
        self._sources = sources
        self._database = database
        self._tables = tables
        self._decode = decode
        self._positions = positions
        self._linger = linger_seconds
        self._read_wait_ms = read_wait_ms
        self._clock = clock
        self._source: Source | None = None
        #: The read under way, and when it was asked.
        self._reading: asyncio.Future[Sequence[SourceEntry]] | None = None
        self._asked_at = clock()
        self._read_after = self._asked_at
        #: Up to there everything was taken; what is being read lies beyond.
        self._taken = -1
        self._filler: Filler[R] = Filler(database, place, (), ())
        self._gathering_since = self._asked_at
        self._awaited_after = self._asked_at
        self._heard = Heard(self._asked_at)
        #: Who is told each record as it is taken; one that is read again is told again.
        self.listeners: list[Callable[[int, R | None], None]] = []
        #: The last record that was taken.
        self.newest = -1
        for table in tables:
            # From the start, so that nobody takes a table that was not opened yet for complete.
            positions.note(table.definition, place, -1)

    def lag_ms(self) -> int:
        """How old what the tables hold may be."""
        return int((self._clock() - self._heard.at) * 1000)

    async def open(self) -> None:
        """Finds where each table goes on; empties one that was filled from another log."""
        await self.close()
        self._heard = Heard(self._heard.at)
        kept = await self._sources.first_kept(self.place)
        found = [await self._checkpoint(table.definition, kept) for table in self._tables]
        self._filler = Filler(
            self._database, self.place, self._tables, [each.offset for each in found]
        )
        self._source = await self._sources.open(self.place, min(found))
        self._taken = kept - 1
        self._tell()

    async def _checkpoint(self, table: TableDef, kept: int) -> Checkpoint:
        find = checkpoint(table, self.place)
        found = as_checkpoint(await self._database.query(find))
        if found.offset < kept:
            return found
        if await self._sources.hash_at(self.place, found.offset) == found.hash:
            return found
        log.warning("table was filled from another log", table=table.name, place=str(self.place))
        self._positions.note(table, self.place, -1)
        await self._database.execute(forget(table, self.place, kept))
        return as_checkpoint(await self._database.query(find))

    async def step(self) -> None:
        """Reads what has come, or waits for it, and inserts when it is time."""
        if self._source is None:
            raise RuntimeError("the feed is not open")
        read = await self._read(self._source)
        if read is not None:
            await self._take(read)
            self._taken = self._source.position
        if self._clock() >= self._due():
            await self._filler.flush()
        elif self._clock() >= self._awaited_due():
            await self._flush_awaited()
        self._tell()
        end = None if read is None else self._source.end
        self._heard.note(self._positions.lowest(self.place), self._asked_at, end)

    async def _read(self, source: Source) -> Sequence[SourceEntry] | None:
        """What was read; None when there is something else to do before a read has ended."""
        is_awaited = self._positions.is_awaited(self.place)
        # Another one may want less than is awaited already, which needs no read.
        waker: asyncio.Future[Any] = self._positions.waker(self.place)
        due = min(self._due(), self._awaited_due())
        if self._reading is None:
            rest = min(self._read_after, due) - self._clock()
            if rest > 0 and not is_awaited:
                await asyncio.wait([waker], timeout=rest)
                return None
            self._asked_at = self._clock()
            self._reading = asyncio.ensure_future(
                source.read(records_max=READ_RECORDS_MAX, wait_ms=self._read_wait_ms)
            )
        reading = self._reading
        left = None if due == ALWAYS_LATER else max(0.0, due - self._clock())
        await asyncio.wait([reading, waker], timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if not reading.done():
            return None
        self._reading = None
        read = reading.result()
        if self._linger and 0 < len(read) < READ_RECORDS_MAX:
            self._read_after = self._clock() + GATHER_SECONDS
        return read

    async def _take(self, read: Sequence[SourceEntry]) -> None:
        for number, applied in enumerate(read, 1):
            record = await self._decode(applied.entry)
            if record is not None:
                await self._filler.erase(applied, record)
            if self._filler.is_empty:
                self._gathering_since = self._clock()
            self._filler.take(applied, record)
            self.newest = applied.offset
            for tell in self.listeners:
                tell(applied.offset, record)
            if self._filler.is_full:
                await self._filler.flush()
            if number % TURN_RECORDS == 0:
                await asyncio.sleep(0)

    async def run(self) -> None:
        """Keeps the tables at the end of the log, for ever; opens anew after a fault that passes.

        Raises what does not pass, for example Damage.
        """
        while True:
            try:
                await self.open()
                self.fault = None
                while True:
                    await self.step()
            except Corrupt as fault:
                self.fault = f"{self.place}: {fault}"
                raise
            except (LogError, DatabaseFault) as fault:
                self.fault = f"{self.place}: {fault}"
                log.warning("sink interrupted", place=str(self.place), reason=str(fault))
                await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        """Closes the reader. What has gathered is read again after the next opening."""
        if self._reading is not None:
            reading, self._reading = self._reading, None
            reading.cancel()
            await asyncio.wait((reading,))
        if self._source is not None:
            source, self._source = self._source, None
            await source.close()

    async def _flush_awaited(self) -> None:
        began = self._clock()
        await self._filler.flush_some(self._filler.wanted(self._positions))
        ended = self._clock()
        self._awaited_after = ended + (ended - began) * (1 / AWAITED_SHARE - 1)

    def _due(self) -> float:
        """When everything that has gathered is to be inserted."""
        return ALWAYS_LATER if self._filler.is_empty else self._gathering_since + self._linger

    def _awaited_due(self) -> float:
        """When that is to be inserted which somebody waits for."""
        return self._awaited_after if self._filler.wanted(self._positions) else ALWAYS_LATER

    def _tell(self) -> None:
        for table, at in self._filler.positions(self._taken):
            self._positions.note(table, self.place, at)
