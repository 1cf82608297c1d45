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
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import structlog

from runtime.clickhouse.database import Database, DatabaseFault, TableDef, now_seconds
from runtime.clickhouse.filler import Filler
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.source import LogSources, Source
from runtime.clickhouse.table import (
    Checkpoint,
    SinkTable,
    SourceEntry,
    as_checkpoint,
    checkpoint,
    forget,
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
RETRY_SECONDS = 1.0

log = structlog.get_logger(__name__)


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
        self.listeners: list[Callable[[R | None, int], None]] = []
        #: Held by whoever moves the feed on.
        self._turn = asyncio.Lock()
        self._is_open = False
        for table in tables:
            # From the start, so that nobody takes a table that was not opened yet for complete.
            positions.note(table.definition, place, -1)

    @property
    def taken(self) -> int:
        """The offset up to which everything was taken; -1: nothing."""
        return self._taken

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
        self._is_open = True
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
            self._taken = applied.offset
            for tell in self.listeners:
                tell(record, applied.offset)
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
                while True:
                    async with self._turn:
                        if not self._is_open:
                            await self.open()
                            self.fault = None
                        await self.step()
            except Corrupt as fault:
                self.fault = f"{self.place}: {fault}"
                raise
            except (LogError, DatabaseFault) as fault:
                self._is_open = False
                self.fault = f"{self.place}: {fault}"
                log.warning("sink interrupted", place=str(self.place), reason=str(fault))
                await asyncio.sleep(RETRY_SECONDS)

    async def fill(self, until: int) -> None:
        """Brings all tables to where they hold everything up to an offset, which the log has."""
        while self._taken < until:
            await self.step()
        await self._filler.flush()
        self._tell()

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Within it the feed stands still; it then goes on from what the tables hold."""
        self._positions.wake(self.place)
        async with self._turn:
            try:
                yield
            finally:
                self._is_open = False

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
