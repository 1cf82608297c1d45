"""A shop whose lists are asked as the dashboard asks them: the real fronts, the real lists beside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from starlette.requests import Request

from runtime.clickhouse.database import Query
from runtime.http.internal import write_positions
from runtime.log.log import Entry
from schemas.observations import ValidationObserved
from services.dashboard.parts.show import Show
from services.dashboard.web.asking import Api, Unreachable
from services.dashboard.web.callers import Callers
from services.dashboard.web.visit import Me, Membership, Visit
from tests.integration.insight_host import HEADERS, Insight, running
from tests.unit.services.world import SERVER, Topic, World

PROJECT: Final = "proj"
TOPICS: Final = ("ledger", "validations", "api-calls", "deliveries")
#: How the dashboard tells values in this project, and reads what somebody types.
SHOW: Final = Show("Europe/Warsaw", "EUR")
#: Lists that the fronts answer themselves, from the state.
OF_FRONTS: Final = frozenset(
    {
        "/v1/locations",
        "/v1/rewards",
        "/v1/segments",
        "/v1/sessions",
        "/v1/validation-rules/fields",
    }
)


class Observed(Topic):
    """Keeps observations as they are, for the lists to read."""

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        self.entries.append(msgspec.json.decode(entry.value, type=ValidationObserved))
        return len(self.entries) - 1


class RowsAlone(Api):
    """Asks for the rows of a page, and for nothing of what stands beside them."""

    _is_asked = False

    async def ask(self, method: str, path: str, **named: Any) -> Any:
        """See `Api`; answers once, and what no row can be told without."""
        if path.endswith("/fields"):
            return await super().ask(method, path, **named)
        if self._is_asked:
            raise Unreachable(503, {}, 1)
        self._is_asked = True
        return await super().ask(method, path, **named)


class Hosts(httpx.AsyncBaseTransport):
    """Asks of each list the host that has it, the other one as the front does that passes it on."""

    def __init__(self, world: World, insight: Insight) -> None:
        self._front = httpx.ASGITransport(world.host)
        self._insight = insight
        #: How far the lists have to be.
        self.positions = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.AsyncBaseTransport`."""
        if request.url.path in OF_FRONTS:
            request.headers.update(SERVER)
            return await self._front.handle_async_request(request)
        named = {
            "x-tessera-project": PROJECT,
            "x-tessera-positions": self.positions,
            "x-tessera-time-zone": SHOW.zone_name,
        }
        request.headers.update(HEADERS | named)
        return await self._insight.transport.handle_async_request(request)


class Shop:
    """The shop, and who looks at its lists."""

    def __init__(self, world: World, insight: Insight) -> None:
        self.world = world
        self.insight = insight
        self._hosts = Hosts(world, insight)
        self.client = httpx.AsyncClient(transport=self._hosts, base_url="http://api")

    async def tell(self) -> None:
        """Brings what was decided and observed to the lists."""
        log = self.insight.world
        log.append(*self.world.ledger.records)
        log.observe(*self.world.topic.entries)
        log.time = self.world.ledger.now
        ends = {(each, 0): (await log.log.bounds(each, 0))[1] - 1 for each in TOPICS}
        self._hosts.positions = write_positions(ends)

    def visit(self, address: str) -> Visit:
        """A look at an address of the dashboard."""
        path, _, query = address.partition("?")
        scope = {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [],
        }
        project = Membership(PROJECT, "Shop", "ADMIN", frozenset())
        me = Me("user_1", "ann@shop.test", "Ann", (project,))
        api = RowsAlone(self.client, None, None)
        return Visit(Request(scope), me, project, api, SHOW, Callers())


@asynccontextmanager
async def shop_open(folder: Path) -> AsyncIterator[Shop]:
    """A shop with nothing in it yet."""
    async with running(folder) as insight, World(topic=Observed()) as world:
        # the tables are small: more threads only cost more
        await insight.database.execute(Query("SET max_threads = 1"))
        shop = Shop(world, insight)
        async with shop.client:
            yield shop
