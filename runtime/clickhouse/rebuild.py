"""Tables filled anew beside those that are read, and put in their place.

The new ones are filled from the first record that the log holds, while the old ones answer and are
filled on. Then the feeds stand still for a moment, the new tables come to where the old ones are,
and each pair is exchanged. No table has less afterwards than it had: who waits for a position waits
through that moment. Each table is its own checkpoint, so a process that dies between two exchanges
leaves nothing to be repaired; what else it leaves is dropped at the next start.

Of a topic whose records are not kept for ever, rows of records that are gone are taken over.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import chain
from typing import Any

import msgspec
import structlog

from runtime.clickhouse.database import NEW_SUFFIX, Database, Query, TableDef
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.sink import Feed
from runtime.clickhouse.source import LogSources
from runtime.clickhouse.table import Filling, copy_older
from runtime.log.log import Place

#: How long the new tables may be behind when the others begin to stand still, in records.
BEHIND_MAX = 1000

log = structlog.get_logger(__name__)


class Progress(msgspec.Struct, frozen=True):
    """How far a rebuild is."""

    #: Those read, and those that there were when it began, of all topics and partitions.
    records: int = 0
    of: int = 0
    is_done: bool = False
    #: Why it ended before its time.
    fault: str | None = None


class Rebuild:
    """Fills the tables of `fillings` anew; `feeds` fill those in use, `positions` say how far."""

    def __init__(
        self,
        database: Database,
        sources: LogSources,
        fillings: Sequence[Filling],
        feeds: Mapping[Place, Feed[Any]],
        positions: Positions,
    ) -> None:
        self.progress = Progress()
        self._database = database
        self._sources = sources
        self._positions = positions
        self._in_use = feeds
        self._tables = {
            each.topic: [table.definition for table in each.tables] for each in fillings
        }
        self._own = Positions()
        self._new = {
            place: self._feed(filling, place)
            for filling in fillings
            for place in feeds
            if place.topic == filling.topic
        }

    async def run(self) -> None:
        """Fills the tables and exchanges them. Raises DatabaseFault, LogError, Damage."""
        ending: dict[str, Any] = {"is_done": True}
        try:
            await self._make_tables()
            await self._fill()
            await self._exchange()
        except BaseException as fault:
            reason = "it was stopped" if isinstance(fault, asyncio.CancelledError) else str(fault)
            ending = {"fault": reason}
            raise
        finally:
            try:
                await self._put_away()
            finally:
                # whoever hears of its end may begin the next one
                self.progress = msgspec.structs.replace(self.progress, **ending)

    async def _put_away(self) -> None:
        for feed in self._new.values():
            await feed.close()
        await self._drop_tables()

    def _feed(self, filling: Filling, place: Place) -> Feed[Any]:
        tables = tuple(
            replace(table, definition=new_table(table.definition)) for table in filling.tables
        )
        return Feed(place, self._sources, self._database, tables, filling.decode, self._own)

    async def _make_tables(self) -> None:
        await self._drop_tables()
        for table in chain.from_iterable(self._tables.values()):
            await self._database.execute(new_table(table).create())

    async def _drop_tables(self) -> None:
        for table in chain.from_iterable(self._tables.values()):
            await self._database.execute(new_table(table).drop())

    async def _fill(self) -> None:
        """Brings the new tables near the end of the log."""
        kept = {place: await self._sources.first_kept(place) for place in self._new}
        for place, feed in self._new.items():
            for table in self._tables[place.topic] if kept[place] > 0 else ():
                older = copy_older(table, new_table(table), place, kept[place])
                await self._database.execute(older)
            await feed.open()
        behind = True
        while behind:
            ends = {place: await self._sources.end(place) for place in self._new}
            for place, feed in self._new.items():
                while feed.taken + 1 < ends[place]:
                    await feed.step()
                    self._count(kept, ends)
            self._count(kept, ends)
            now = [await self._sources.end(place) for place in self._new]
            behind = sum(now) - sum(ends.values()) > BEHIND_MAX

    def _count(self, kept: Mapping[Place, int], ends: Mapping[Place, int]) -> None:
        records = sum(feed.taken + 1 - kept[place] for place, feed in self._new.items())
        self.progress = Progress(records, sum(ends.values()) - sum(kept.values()))

    async def _exchange(self) -> None:
        async with AsyncExitStack() as stack:
            for place in self._new:
                await stack.enter_async_context(self._in_use[place].paused())
            for place, feed in self._new.items():
                tables = self._tables[place.topic]
                await feed.fill(max(self._positions.of(table, place) for table in tables))
            for table in chain.from_iterable(self._tables.values()):
                await self._database.execute(exchange(table))
        log.info("tables were rebuilt", records=self.progress.of)


def new_table(table: TableDef) -> TableDef:
    """The table that is to take its place."""
    return replace(table, name=table.name + NEW_SUFFIX)


def exchange(table: TableDef) -> Query:
    """Puts the new table in the place of the one in use, at once."""
    return Query(f"EXCHANGE TABLES {table.full_name} AND {new_table(table).full_name}")
