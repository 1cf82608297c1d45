"""Reading tables that are as far as a request needs."""

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

import structlog
from starlette.requests import Request

from runtime.clickhouse.database import DATABASE, Database, DatabaseFault, Query
from runtime.clickhouse.positions import Positions
from runtime.http.errors import unavailable
from runtime.http.internal import positions_of
from runtime.log.log import LogError, Place

#: How long a list waits for the sinks before it answers 503: on a busy machine an insert may take
#: seconds, and late is better than closed.
REACHED_SECONDS_MAX = 10.0
#: How a query names a table.
_TABLE = re.compile(rf"\b{DATABASE}\.(\w+)")

log = structlog.get_logger(__name__)


class Reads:
    """What a service asks: of tables that are as far as the request needs."""

    def __init__(
        self,
        database: Database,
        positions: Positions,
        ask_end: Callable[[Place], Awaitable[int]],
        wanted: Mapping[tuple[str, int], int] = MappingProxyType({}),
    ) -> None:
        self._database = database
        self._positions = positions
        self._ask_end = ask_end
        self._wanted = dict(wanted)

    def up_to(self, request: Request) -> "Reads":
        """Of tables that hold what the request names, and of other topics what they hold by now."""
        return self.reaching(positions_of(request))

    def reaching(self, positions: Mapping[tuple[str, int], int]) -> "Reads":
        """As `up_to`, for who knows by itself how far they have to be."""
        return Reads(self._database, self._positions, self._ask_end, positions)

    def at(self, place: Place, offset: int) -> "Reads":
        """Of tables that hold everything of a place up to an offset."""
        return Reads(self._database, self._positions, self._ask_end, {place: offset})

    async def rows(self, query: Query) -> list[tuple[Any, ...]]:
        """The rows of a query, once the tables that it names are far enough. Raises ApiError 503."""
        await self.reach(set(_TABLE.findall(query.sql)))
        try:
            return await self._database.query(query)
        except DatabaseFault as fault:
            log.warning("query failed", reason=str(fault))
            raise unavailable("The database did not answer in time") from fault

    async def reach(self, tables: Collection[str]) -> None:
        """Waits until the tables so named are far enough. Raises ApiError 503."""
        try:
            await self._note_ends(tables)
            if not await self._positions.wait_for(self._wanted, tables, REACHED_SECONDS_MAX):
                raise unavailable("What was written last is not listed yet")
        except LogError as fault:
            # What was acknowledged before would be missing, and nobody could tell.
            log.warning("end of the log unknown", reason=str(fault))
            raise unavailable("The log could not be asked what is new") from fault

    async def are_current(self, tables: Collection[str]) -> bool:
        """Whether the tables so named hold what is in the log by now; waits for it, not for long.

        Raises LogError.
        """
        ends: dict[tuple[str, int], int] = {}
        for place in self._positions.places(tables):
            ends[place] = await self._ask_end(place) - 1
        return await self._positions.wait_for(ends, tables, REACHED_SECONDS_MAX)

    async def _note_ends(self, tables: Collection[str]) -> None:
        """Of topics that a request's positions do not name, their ends now are wanted."""
        partitions = {partition for _, partition in self._wanted}
        for place in self._positions.places(tables):
            if place.partition in partitions and place not in self._wanted:
                self._wanted[place] = await self._ask_end(place) - 1
