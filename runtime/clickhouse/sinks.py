"""The sinks of a host: its database, a feed for each partition, and what readers need of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.base.clock import clock_ms
from runtime.clickhouse.database import Database, DatabaseFault, TableDef, now_seconds
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.reads import Reads
from runtime.clickhouse.rebuild import Progress, Rebuild
from runtime.clickhouse.retention import Retention, keep_removing
from runtime.clickhouse.sink import Feed
from runtime.clickhouse.source import LogSources
from runtime.clickhouse.table import (
    OFFSET_MAX,
    UNERASED,
    Filling,
    as_checkpoint,
    checkpoint,
    digest,
)
from runtime.http.errors import JSON, unavailable
from runtime.http.internal import positions_of
from runtime.http.service import Part, Service, Task
from runtime.log.log import LogError, Place
from schemas.base import Millis

REBUILD_PATH = "/internal/tables/rebuild"
#: How long `tessera verify` lets them come to where the log ended when it began.
SETTLED_SECONDS_MAX = 10.0
ERASED_LOOK_SECONDS = 0.1

log = structlog.get_logger(__name__)


class Sinks:
    """All feeds over one database. Give `service` to the host; it opens the database's tables."""

    def __init__(
        self,
        database: Database,
        sources: LogSources,
        fillings: Sequence[Filling],
        partitions: int,
        *,
        retentions: Sequence[Retention] = (),
        clock: Callable[[], float] = now_seconds,
        clock_ms: Callable[[], Millis] = clock_ms,
    ) -> None:
        self.database = database
        self.positions = Positions()
        self._sources = sources
        self._clock = clock
        self._clock_ms = clock_ms
        self._retentions = {each.table.name: each for each in retentions}
        self._tables = table_definitions(fillings)
        self._sources_of_tables = [
            (table.definition, filling.topic) for filling in fillings for table in filling.tables
        ]
        self._feeds = {
            place: Feed(place, sources, database, filling.tables, filling.decode, self.positions)
            for filling in fillings
            for place in (Place(filling.topic, each) for each in range(partitions))
        }
        self._partitions = partitions
        self._fillings = fillings
        self._rebuild: Rebuild | None = None
        self._rebuilding: asyncio.Task[None] | None = None

    @property
    def reads(self) -> Reads:
        """For the services that answer from the tables."""
        return Reads(self.database, self.positions, self._sources.end)

    @contextmanager
    def listen(self, place: Place, tell: Callable[[Any, int], None]) -> Iterator[int]:
        """Has each record of a place told, with its offset, as it is taken.

        Gives the offset after which that is so. A record that is read again is told again.
        """
        feed = self._feeds[place]
        feed.listeners.append(tell)
        try:
            # what a table holds was told to whoever listened before
            tables = [table for table, there in self._places() if there == place]
            yield max(feed.taken, *(self.positions.of(table, place) for table in tables))
        finally:
            feed.listeners.remove(tell)

    def tell_all(self, topic: str, tell: Callable[[Any, int], None]) -> None:
        """As `listen`, of a topic, for good."""
        for place, feed in self._feeds.items():
            if place.topic == topic:
                feed.listeners.append(tell)

    def _places(self) -> Iterator[tuple[TableDef, Place]]:
        for table, topic in self._sources_of_tables:
            for partition in range(self._partitions):
                yield table, Place(topic, partition)

    @property
    def service(self) -> Service:
        """The feeds as tasks, their health, and the route that `tessera verify` asks."""
        tasks: dict[str, Task] = {f"sink {place}": f.run for place, f in self._feeds.items()}
        if self._retentions:
            tasks["retention"] = self._remove_old
        return Service(
            "sinks",
            routes=(
                Route("/internal/tables", self._answer_tables, methods=["GET"]),
                Route(REBUILD_PATH, self._answer_rebuild, methods=["GET"]),
                Route(REBUILD_PATH, self._start_rebuild, methods=["POST"]),
            ),
            tasks={**tasks, "tend": self.database.tend},
            lifespan=self._lifespan,
            health=self._health,
        )

    @asynccontextmanager
    async def _lifespan(self) -> AsyncIterator[None]:
        for name in await self.database.prepare(self._tables):
            log.warning("table of another definition is built anew", table=name)
        try:
            yield
        finally:
            if self._rebuilding is not None:
                self._rebuilding.cancel()
                await asyncio.wait((self._rebuilding,))
            for feed in self._feeds.values():
                await feed.close()
            await self.database.close()

    def _health(self) -> Mapping[str, Part]:
        return {
            f"sink {place}": Part(feed.fault or "ok", feed.lag_ms())
            for place, feed in self._feeds.items()
        }

    async def _answer_tables(self, request: Request) -> Response:
        """What each table holds, once all are as far as the request needs. Raises ApiError 503."""
        wanted = positions_of(request)
        tables = [table.name for table in self._tables]
        if not await self.positions.wait_for(wanted, tables, SETTLED_SECONDS_MAX):
            raise unavailable("The tables are behind the log")
        found = []
        try:
            await self._await_erased()
            for table, place in self._places():
                first = await self._sources.first_kept(place)
                # Asked before the rows are, so that nothing is missing up to there.
                at = self.positions.of(table, place)
                kept = self._kept_from(table)
                found.append(await table_state(self.database, table, place, first, at, kept))
        except (LogError, DatabaseFault) as fault:
            raise unavailable("The tables cannot be read") from fault
        return Response(msgspec.json.encode({"tables": found}), media_type=JSON)

    def _kept_from(self, table: TableDef) -> Millis | None:
        retention = self._retentions.get(table.name)
        return None if retention is None else retention.kept_from(self._clock_ms())

    async def _remove_old(self) -> None:
        await keep_removing(
            self.database,
            [
                (self._retentions[table.name], [Place(topic, n) for n in range(self._partitions)])
                for table, topic in self._sources_of_tables
                if table.name in self._retentions
            ],
            self._clock_ms,
        )

    async def _start_rebuild(self, request: Request) -> Response:
        """Begins to fill the tables anew whose names the body lists. Raises ApiError 503."""
        if self._rebuilding is not None and not self._rebuilding.done():
            raise unavailable("Tables are being rebuilt already")
        names = frozenset(msgspec.json.decode(await request.body(), type=list[str]))
        chosen = [
            replace(each, tables=tuple(t for t in each.tables if t.definition.name in names))
            for each in self._fillings
        ]
        self._rebuild = Rebuild(
            self.database,
            self._sources,
            [each for each in chosen if each.tables],
            self._feeds,
            self.positions,
        )
        self._rebuilding = asyncio.create_task(self._run_rebuild(self._rebuild))
        return await self._answer_rebuild(request)

    async def _run_rebuild(self, rebuild: Rebuild) -> None:
        try:
            await rebuild.run()
        except Exception as fault:  # noqa: BLE001  whoever asked is told; the tables stay as they are
            log.warning("tables were not rebuilt", reason=str(fault))

    async def _answer_rebuild(self, _: Request) -> Response:
        """How far the last rebuild is."""
        found = Progress() if self._rebuild is None else self._rebuild.progress
        return Response(msgspec.json.encode(found), media_type=JSON)

    async def _await_erased(self) -> None:
        """Waits until no row is left that was to be erased. Raises ApiError 503, DatabaseFault."""
        until = self._clock() + SETTLED_SECONDS_MAX
        while True:
            ((count, _),) = await self.database.query(UNERASED)
            if not count:
                return
            if self._clock() > until:
                raise unavailable("Rows are still being erased")
            await asyncio.sleep(ERASED_LOOK_SECONDS)


def table_definitions(fillings: Sequence[Filling]) -> list[TableDef]:
    """The tables that the fillings fill, each once."""
    named = {table.definition.name: table.definition for each in fillings for table in each.tables}
    return list(named.values())


class TableState(msgspec.Struct, frozen=True):
    """What a table holds of a partition; equal to that of a fresh fold up to `position`."""

    table: str
    topic: str
    partition: int
    #: The checkpoint: the last record with rows, or a marker.
    offset: int
    hash: str
    #: The digest is over the rows of the offsets from `first` on.
    first: int
    #: The greatest offset that a row is from.
    last: int
    #: The table holds everything up to there, and nothing after it.
    position: int
    rows: int
    sum: str
    xor: str
    #: The digest is over what happened from then on, where rows are kept for a while.
    kept_from: Millis | None = None


async def table_state(
    database: Database,
    table: TableDef,
    place: Place,
    first: int = 0,
    position: int = -1,
    kept_from: Millis | None = None,
) -> TableState:
    """The digest of a table's rows from `first` on; it is known to be complete up to `position`.

    Rows that come meanwhile come whole up to a record, so what is newest moves the position on.
    """
    at = as_checkpoint(await database.query(checkpoint(table, place)))
    query = digest(table, place, first, OFFSET_MAX, kept_from)
    ((rows, total, xor, newest),) = await database.query(query)
    last = newest if rows else -1
    position = max(position, at.offset, last)
    return TableState(
        table.name, *place, at.offset, at.hash, first, last, position, rows, total, xor, kept_from
    )
