"""Sinks: a topic's partition, folded into tables.

A `Feed` reads one partition and fills all tables that take something from it. On opening, each
table's checkpoint is compared with the log; a table that was filled from another log is emptied as
far as the log reaches back, and filled again. Reading begins after the table that is furthest
behind; a table skips what it has. So it does not matter where, between which two inserts, a
process died, and nothing but the tables is stored. A record may also have rows of earlier ones
erased; the engine does that in its own time.

An insert costs some milliseconds whatever its size, and later a merge, so under load records
gather: for `LINGER_SECONDS` after the last insert, for less when somebody waits for them, or up to
a bound. The first record after a pause is inserted at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

import structlog

from runtime.clickhouse.database import Database, DatabaseFault, TableDef, now_seconds
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
    positions_of_tables,
    repeat_marker,
)
from runtime.log.freshness import Heard
from runtime.log.log import Corrupt, LogError, Place, StoredEntry

R = TypeVar("R")

LINGER_SECONDS = 0.7
AWAITED_LINGER_SECONDS = 0.4
READ_WAIT_MS = 500
#: How often a feed that lingers looks whether somebody waits.
AWAITED_LOOK_MS = 100
#: How long records that come in a stream gather in the log before they are read.
STREAM_SECONDS = 0.1
READ_RECORDS_MAX = 500
#: What gathers before an insert, counted in the records' own bytes.
BLOCK_BYTES_MAX = 2 * 1024 * 1024
BLOCK_ROWS_MAX = 16_000
#: After so many records without a row for a table its checkpoint is moved on by a marker.
MARKER_RECORDS = 5000
RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Positions:
    """How far each table is, for those who wait for it."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, Place], int] = {}
        self._moved = asyncio.Event()
        #: How many wait for a table to move on.
        self.waiting = 0

    def note(self, table: TableDef, place: Place, offset: int) -> None:
        """The table holds everything of `place` up to `offset`."""
        self._at[table.name, place] = offset
        self._moved.set()

    def of(self, table: TableDef, place: Place) -> int:
        """How far the table is; -1 when nothing fills it from there."""
        return self._at.get((table.name, place), -1)

    def lowest(self, place: Place) -> int:
        """How far the table is that is furthest behind there; -1 when nothing reads it."""
        found = [at for (_, there), at in self._at.items() if there == place]
        return min(found, default=-1)

    async def wait_for(
        self,
        wanted: Mapping[tuple[str, int], int],
        tables: Iterable[TableDef],
        timeout_seconds: float,
    ) -> bool:
        """Waits until the tables hold everything up to the wanted offsets; False if they do not.

        A place that none of the tables takes anything from is reached.
        """
        names = frozenset(table.name for table in tables)

        def behind() -> bool:
            return any(
                at < offset
                for place, offset in wanted.items()
                for at in positions_of_tables(self._at, names, Place(*place))
            )

        if not behind():
            return True
        self.waiting += 1
        try:
            async with asyncio.timeout(timeout_seconds):
                while behind():
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return False
        finally:
            self.waiting -= 1
        return True


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
        """Whether everything that was taken is stored."""
        return self._last is None

    @property
    def is_full(self) -> bool:
        """Whether it is time to insert, whatever the clock says."""
        return self._bytes >= BLOCK_BYTES_MAX or any(
            len(block) >= BLOCK_ROWS_MAX for block in self._blocks
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
        if self._last is None:
            return
        for index, (table, block) in enumerate(zip(self._tables, self._blocks, strict=True)):
            if block.is_empty and self._last.offset - self.stored[index] >= MARKER_RECORDS:
                block.mark(self._last)
            if not block.is_empty:
                await self._database.insert(table.definition, block.take())
                self.stored[index] = self._last.offset
        self._bytes = 0
        self._last = None

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
        self._clock = clock
        self._source: Source | None = None
        self._filler: Filler[R] = Filler(database, place, (), ())
        self._flushed_at = 0.0
        self._heard = Heard(clock())
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
        self._tell(kept - 1)

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
        wait_ms = READ_WAIT_MS
        if not self._filler.is_empty:
            wait_ms = min(AWAITED_LOOK_MS, max(0, int((self._due() - self._clock()) * 1000)))
        asked_at = self._clock()
        read = await self._source.read(records_max=READ_RECORDS_MAX, wait_ms=wait_ms)
        for applied in read:
            record = await self._decode(applied.entry)
            if record is not None:
                await self._filler.erase(applied, record)
            self._filler.take(applied, record)
            if self._filler.is_full:
                await self._flush()
        if not self._filler.is_empty and self._clock() >= self._due():
            await self._flush()
        self._tell(self._source.position)
        self._heard.note(self._positions.lowest(self.place), asked_at, self._source.end)
        if 1 < len(read) < READ_RECORDS_MAX:
            # Where records come in a stream, fewer and larger fetches spare the broker and us.
            await asyncio.sleep(min(STREAM_SECONDS, self._linger / 4))

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
        if self._source is not None:
            source, self._source = self._source, None
            await source.close()

    async def _flush(self) -> None:
        await self._filler.flush()
        self._flushed_at = self._clock()

    def _due(self) -> float:
        if self._positions.waiting:
            return self._flushed_at + min(AWAITED_LINGER_SECONDS, self._linger)
        return self._flushed_at + self._linger

    def _tell(self, read: int) -> None:
        for table, at in self._filler.positions(read):
            self._positions.note(table, self.place, at)
