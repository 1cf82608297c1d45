"""The health of the other hosts: asked when somebody wants to know, and never older than it says."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from runtime.http.host import Host
from runtime.http.internal import InternalGate
from runtime.http.service import Part, Service
from tessera.hosts import neighbours as module
from tessera.hosts.neighbours import FRESH_SECONDS, TIMEOUT_SECONDS, Neighbours
from tests.ports import public_port


class Other:
    """A host that says what the test says, once it is let; it counts who asked."""

    def __init__(self) -> None:
        self.part = Part("ok", 7)
        self.asked = 0
        self.answers = asyncio.Event()
        self.answers.set()
        service = Service("some", health=lambda: {"some": self.part})
        self.host = Host("insight", (service,), InternalGate("s"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await self.answers.wait()
        await self.host(scope, receive, send)


class Api:
    """The host that faces clients, by a clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.other = Other()
        neighbours = Neighbours(
            {"insight": "http://insight"}, make=self._client, clock=lambda: self.now
        )
        self.service = neighbours.service()
        self.host = Host("api", (self.service,), InternalGate("s"))

    def _client(self, url: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.other), base_url=url)

    async def health(self) -> tuple[int, Mapping[str, object]]:
        """Status and part that `GET /health` tells."""
        transport = httpx.ASGITransport(self.host)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            answer = await client.get("/health")
        return answer.status_code, answer.json()["parts"]["insight"]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    made = Api()
    assert made.service.lifespan is not None
    async with made.service.lifespan():
        yield made


async def test_a_neighbour_is_asked_when_somebody_wants_to_know(api: Api) -> None:
    assert api.other.asked == 0
    told = await asyncio.gather(*(api.health() for _ in range(5)))
    assert told == [(200, {"state": "ok", "lag_ms": 7})] * 5
    assert api.other.asked == 1


async def test_what_is_told_is_a_second_old_at_most(api: Api) -> None:
    assert (await api.health())[0] == 200
    api.other.part = Part("behind", 9000)
    api.now += FRESH_SECONDS
    assert await api.health() == (503, {"state": "some: behind", "lag_ms": 9000})
    api.other.part = Part()
    api.now += FRESH_SECONDS
    assert await api.health() == (200, {"state": "ok"})
    assert api.other.asked == 3


async def test_one_that_is_slow_is_as_it_was_but_not_for_long(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.01)
    api.other.answers.clear()
    assert await api.health() == (503, {"state": "does not answer"})
    api.other.answers.set()
    while (await api.health())[0] != 200:
        pass
    api.other.answers.clear()
    api.now += FRESH_SECONDS
    assert (await api.health())[0] == 200
    api.now += TIMEOUT_SECONDS
    assert await api.health() == (503, {"state": "does not answer"})


async def test_one_that_is_down_is_down() -> None:
    service = Neighbours({"insight": f"http://127.0.0.1:{public_port()}"}).service()
    assert service.look is not None
    assert service.lifespan is not None
    async with service.lifespan():
        await service.look()
        assert service.health() == {"insight": Part("down")}


async def test_a_host_that_ends_does_not_wait_for_an_answer(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.01)
    api.other.answers.clear()
    await api.health()
