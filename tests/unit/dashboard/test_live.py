"""The live stream of pages and files that are passed on, over real connections to a small API."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from starlette.types import Message

from runtime.http.sse import EventStream
from services.dashboard import service
from services.dashboard.routes import PAGES
from services.dashboard.web import live
from services.dashboard.web.asking import Api, ApiFault
from services.dashboard.web.live import Hub, Telling
from services.dashboard.web.people import People
from tests.unit.dashboard.served import SmallApi, served

TIMES = 100
PROJECT = "proj_1"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.005)
    monkeypatch.setattr("services.dashboard.web.people.ME_SECONDS", 0.01)


@asynccontextmanager
async def hub_of(api: SmallApi) -> AsyncIterator[tuple[Hub, httpx.AsyncClient]]:
    """A hub with two connections: one that is lost leaves one, two that are lost leave none."""
    limits = httpx.Limits(max_connections=2)
    timeout = httpx.Timeout(60.0)
    async with httpx.AsyncClient(
        base_url=api.address, limits=limits, timeout=timeout, trust_env=False
    ) as client:
        yield Hub(client, People(client)), client


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not holds():  # noqa: ASYNC110 - what another task or process does
            await asyncio.sleep(0.005)


async def next_of(page: AsyncGenerator[bytes, None], kind: bytes) -> bytes:
    """The next event of that kind."""
    async with asyncio.timeout(120):
        async for event in page:
            if event.startswith(b"event: " + kind):
                return event
    raise AssertionError("the stream ended")


async def test_pages_of_a_project_share_one_stream_of_the_api() -> None:
    async with served() as api, hub_of(api) as (hub, _):
        pages = [hub.events(PROJECT, api.sign_in(f"session-{at}")) for at in range(5)]
        for page in pages:
            assert await anext(page) == b"event: open\ndata: {}\n\n"
        await until(lambda: api.open.total() == 1)
        await api.redeem()
        for page in pages:
            await next_of(page, b"redemptions")
        assert (hub.watching, api.open.total(), api.begun) == (5, 1, 1)
        for page in pages:
            await page.aclose()
        await until(lambda: api.open.total() == 0)
        assert hub.watching == 0


async def test_a_page_that_is_busy_is_told_everything_afterwards() -> None:
    async with served() as api, hub_of(api) as (hub, _):
        busy, quick = (hub.events(PROJECT, api.sign_in(each)) for each in ("busy", "quick"))
        for page in (busy, quick):
            await anext(page)
        await until(lambda: api.open.total() == 1)
        await api.redeem()
        await next_of(quick, b"redemptions")
        for _ in range(2 * TIMES):
            await next_of(quick, b"rate")
        await next_of(busy, b"redemptions")
        for page in (busy, quick):
            await page.aclose()


def test_the_more_pages_there_are_the_more_seldom_lists_ask_anew() -> None:
    redeemed, nothing = Counter({"redemption.succeeded": 3}), Counter[str]()
    for pages, rest in ((1, 1), (10, 5), (50, 25)):
        telling = Telling()
        told = [telling.told_events(redeemed, 100.0 + at, pages) for at in range(60)]
        at = [second for second, events in enumerate(told) if len(events) == 2]
        assert at == list(range(0, 60, rest))
        assert all(b'"succeeded": 3' in events[-1] for events in told)
        # the last of them is told, too, when nothing more happens
        quiet = [telling.told_events(nothing, 160.0 + at, pages) for at in range(30)]
        assert sum(len(events) == 2 for events in quiet) == (rest > 1)
        # and after a rest the next one is at once
        assert len(telling.told_events(redeemed, 300.0, pages)) == 2


async def test_a_page_that_leaves_gives_its_place_back() -> None:
    async with served() as api, hub_of(api) as (hub, _):
        token = api.sign_in("a-session")
        left: asyncio.Queue[Message] = asyncio.Queue()
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        answer = EventStream(hub.events(PROJECT, token))
        serving = asyncio.create_task(answer({"type": "http"}, left.get, send))
        await until(lambda: api.open.total() == 1)
        assert hub.watching == 1
        left.put_nowait({"type": "http.disconnect"})
        await asyncio.wait_for(serving, 60)
        assert hub.watching == 0
        await until(lambda: api.open.total() == 0)


@pytest.mark.parametrize("after", ["signed out", "another role"])
async def test_a_session_that_may_not_look_any_more_is_told_no_more(after: str) -> None:
    async with served() as api, hub_of(api) as (hub, _):
        stays = hub.events(PROJECT, api.sign_in("stays"))
        goes = hub.events(PROJECT, api.sign_in("goes"))
        await anext(stays)
        await anext(goes)
        await until(lambda: api.open["goes"] == 1)
        if after == "signed out":
            del api.people["goes"]
        else:
            api.sign_in("goes", "redemptions.read")
        assert await next_of(goes, b"closed")
        assert await anext(goes, None) is None
        # what others are told is read with a session of theirs from now on
        await until(lambda: (api.open["goes"], api.open["stays"]) == (0, 1))
        await api.redeem()
        await next_of(stays, b"redemptions")
        await stays.aclose()


@pytest.mark.parametrize("status", [401, 503, 0])
async def test_a_stream_that_fails_loses_no_connection(status: int) -> None:
    async with served() as api, hub_of(api) as (hub, client):
        page = hub.events(PROJECT, api.sign_in("a-session"))
        api.status = status
        await anext(page)
        async with asyncio.timeout(120):
            while api.begun < TIMES:
                await anext(page)
        api.status = 200
        await until(lambda: api.open.total() == 1)
        await api.redeem()
        await next_of(page, b"redemptions")
        assert (await client.get("/users/v1/me")).status_code == 401
        await page.aclose()


async def test_pages_that_come_and_go_lose_no_connection() -> None:
    async with served() as api, hub_of(api) as (hub, client):
        token = api.sign_in("a-session")
        for at in range(TIMES):
            page = hub.events(PROJECT, token)
            await anext(page)
            await asyncio.sleep(0.001 * (at % 5))
            await page.aclose()
        await until(lambda: api.open.total() == 0)
        async with asyncio.timeout(120):
            asked = [client.get("/users/v1/me") for _ in range(4)]
            assert [each.status_code for each in await asyncio.gather(*asked)] == [401] * 4


async def test_an_answer_that_is_given_up_loses_no_connection() -> None:
    async with served() as api, hub_of(api) as (_, client):
        for _ in range(TIMES):
            with suppress(ApiFault, TimeoutError):
                async with (
                    asyncio.timeout(0.002),
                    Api(client, "nobody", None).stream("/v1/audit/stream") as answer,
                ):
                    await answer.aread()
        assert (await client.get("/users/v1/me")).status_code == 401


async def test_a_file_that_nobody_waits_for_gives_its_connection_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(service, "CONNECTIONS_MAX", 2)
    async with served() as api:
        token = api.sign_in("a-session")
        app = service.dashboard_app(api.address, Path("nowhere"), PAGES)
        for _ in range(10):
            scope = {
                "type": "http", "method": "GET", "path": "/exports/exp_1/file", "query_string": b"",
                "headers": [(b"cookie", b"tessera=" + token.encode())], "scheme": "http",
            }  # fmt: skip

            async def receive() -> Message:
                return {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                raise OSError("nobody is there")

            with suppress(Exception):
                await asyncio.wait_for(app(scope, receive, send), 120)
        answer = await httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://desk", cookies={"tessera": token}
        ).get("/exports/exp_1")
        assert answer.status_code == 200
        async with app.router.lifespan_context(app):
            pass
