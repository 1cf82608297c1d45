"""The insight host over HTTP, as the host in front asks it: sinks, audit and analytics together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from runtime.clickhouse.apart import Apart, Limits
from runtime.clickhouse.database import Database
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.retention import Retention
from runtime.clickhouse.sinks import Sinks
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from services.analytics.service import analytics_service
from services.analytics.sql.asking import sql_service
from services.analytics.sql.views import TABLES
from services.audit.bulk.choosing import PATH, choosing_service
from services.audit.service import KEPT, audit_service
from services.audit.sink.api_call_table import API_CALLS
from services.audit.sink.validation_table import VALIDATIONS
from tests.contract.answers import async_client
from tests.integration.insight_world import World
from tests.unit.services.audit.examples import PROJECT

HEADERS = {
    "x-tessera-secret": "s",
    "x-tessera-project": PROJECT,
    "x-tessera-key-kind": "server",
    "x-tessera-key-id": "k",
}

_LIMITS = Limits()


class Insight:
    """A host that runs, and a client of it."""

    def __init__(
        self,
        world: World,
        database: Database,
        client: httpx.AsyncClient,
        between: httpx.AsyncClient,
        positions: Positions,
        transport: httpx.ASGITransport,
    ) -> None:
        self.world = world
        self.positions = positions
        #: The host itself, for who makes requests of their own.
        self.transport = transport
        self.database = database
        self._client = client
        #: For what hosts ask one another, which is not of the contract.
        self._between = between

    async def get(
        self, path: str, status: int = 200, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Asks for everything that was written before."""
        found: dict[str, Any] = (await self._ask(path, status, headers)).json()
        return found

    async def text(self, path: str, headers: dict[str, str] | None = None) -> str:
        """As `get`, for what is no JSON."""
        return (await self._ask(path, 200, headers)).text

    async def post(
        self, path: str, body: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """As `get`, with a body; the answer as it is."""
        return await self._ask(path, status, headers, body)

    async def _ask(
        self, path: str, status: int, headers: dict[str, str] | None, body: Any = None
    ) -> httpx.Response:
        end = {
            f"{place}/0={(await self.world.log.bounds(place, 0))[1] - 1}"
            for place in ("ledger", "validations", "api-calls", "deliveries")
        }
        known = {**HEADERS, "x-tessera-positions": ",".join(sorted(end))}
        method = "GET" if body is None else "POST"
        client = self._between if path == PATH else self._client
        answer = await client.request(method, path, json=body, headers={**known, **(headers or {})})
        assert answer.status_code == status, answer.text
        return answer

    async def filled(self) -> None:
        """Waits until the log of API calls is in its table, for who asks the table itself."""
        end = (await self.world.log.bounds("api-calls", 0))[1] - 1
        reached = self.positions.wait_for({("api-calls", 0): end}, [API_CALLS.name], 120.0)
        assert await reached

    async def ids(self, query: str) -> list[str]:
        return [each["id"] for each in (await self.get(f"/v1/redemptions?{query}"))["redemptions"]]

    async def totals(self, query: str = "") -> dict[str, int]:
        found: dict[str, int] = (await self.get(f"/v1/analytics/totals?{query}"))["totals"]
        return found


@asynccontextmanager
async def running(
    folder: Path, stream_seconds: float = 0.5, limits: Limits = _LIMITS
) -> AsyncIterator[Insight]:
    world = World()
    database = await Database.open(f"chdb://{folder}")
    sinks = Sinks(
        database,
        world.sources,
        world.fillings,
        1,
        retentions=(Retention(VALIDATIONS, KEPT.validation_days),),
        clock_ms=world.now,
    )
    services = [
        audit_service(
            sinks.reads,
            world.read_record,
            sinks.listen,
            world.now,
            stream_seconds=stream_seconds,
        ),
        choosing_service(sinks.reads, world.now),
        analytics_service(sinks.reads, world.now),
        sql_service(sinks.reads, Apart(database, limits, TABLES)),
        sinks.service,
    ]
    host = Host("insight", services, InternalGate("s"))
    app = host._edge._app._rest  # type: ignore[attr-defined]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(host)
        async with (
            async_client(transport=transport, base_url="http://insight") as client,
            httpx.AsyncClient(transport=transport, base_url="http://insight") as between,
        ):
            yield Insight(world, database, client, between, sinks.positions, transport)


def is_(field: str, operator: str, *values: str) -> str:
    """A filter of a list, as a query string."""
    name = f"filters[{field}][conditions][{operator}]"
    if len(values) == 1:
        return f"{name}={values[0]}"
    return "&".join(f"{name}[{index}]={value}" for index, value in enumerate(values))
