"""The sinks of a host: its database, a feed for each partition, and what readers need of them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.clickhouse.database import Database, DatabaseFault, TableDef, now_seconds
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.reads import Reads
from runtime.clickhouse.rebuild import Progress, Rebuild
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
from runtime.http.service import Part, Service
from runtime.log.log import LogError, Place

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
        clock: Callable[[], float] = now_seconds,
    ) -> None:
        self.database = database
        self.positions = Positions()
        self._sources = sources
        self._clock = clock
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

    @property
    def service(self) -> Service:
        """The feeds as tasks, their health, and the route that `tessera verify` asks."""
        tasks = {f"sink {place}": f.run for place, f in self._feeds.items()}
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
            for table, topic in self._sources_of_tables:
                for partition in range(self._partitions):
                    place = Place(topic, partition)
                    first = await self._sources.first_kept(place)
                    # Asked before the rows are, so that nothing is missing up to there.
                    at = self.positions.of(table, place)
                    found.append(await table_state(self.database, table, place, first, at))
        except (LogError, DatabaseFault) as fault:
            raise unavailable("The tables cannot be read") from fault
        return Response(msgspec.json.encode({"tables": found}), media_type=JSON)

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


async def table_state(
    database: Database, table: TableDef, place: Place, first: int = 0, position: int = -1
) -> TableState:
    """The digest of a table's rows from `first` on; it is known to be complete up to `position`.

    Rows that come meanwhile come whole up to a record, so what is newest moves the position on.
    """
    at = as_checkpoint(await database.query(checkpoint(table, place)))
    ((rows, total, xor, newest),) = await database.query(digest(table, place, first, OFFSET_MAX))
    last = newest if rows else -1
    position = max(position, at.offset, last)
    return TableState(
        table.name, *place, at.offset, at.hash, first, last, position, rows, total, xor
    )
