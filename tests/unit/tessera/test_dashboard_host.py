"""The host `dashboard` while the files of its pages are there, on their way, or not to be had."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tessera.cli import HostName
from tessera.hosts.dashboard import FIRST_SECONDS_MAX, BrowserFiles, Dashboard
from tessera.hosts.host import main_of


def pages() -> Starlette:
    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse("a page")

    return Starlette(routes=[Route("/", answer)])


class Npm:
    """Fetches nothing until it may; then as many faults as it is told, and all at last."""

    def __init__(self, faults: int = 0) -> None:
        self.faults = faults
        self.may_go_on = asyncio.Event()
        self.has_failed = asyncio.Event()

    async def __call__(self) -> str | None:
        await self.may_go_on.wait()
        self.faults -= 1
        if self.faults < 0:
            return None
        # whoever waits goes on after the one who asked
        asyncio.get_running_loop().call_soon(self.has_failed.set)
        return "no network"


@asynccontextmanager
async def asking(host: Dashboard) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(host)
    async with httpx.AsyncClient(transport=transport, base_url="http://dashboard.test") as client:
        yield client


async def test_complete_pages_are_served_at_once() -> None:
    async with asking(Dashboard(pages(), BrowserFiles(True, Npm()))) as client:
        assert (await client.get("/")).text == "a page"
        health = await client.get("/health")
        assert health.status_code == 200
        assert health.json() == {"status": "ok", "parts": {"browser files": {"state": "ok"}}}
        assert (await client.get("/health/live")).status_code == 200


async def test_until_they_are_complete_a_page_says_so_and_the_start_waits_a_while() -> None:
    now = 0.0
    npm = Npm()
    files = BrowserFiles(False, npm, clock=lambda: now)
    fetching = asyncio.create_task(files.keep_fetching())
    async with asking(Dashboard(pages(), files)) as client:
        page = await client.get("/")
        assert (page.status_code, page.headers["retry-after"]) == (503, "5")
        assert "are being fetched" in page.text
        assert (await client.get("/health")).status_code == 503
        now = FIRST_SECONDS_MAX
        health = await client.get("/health")
        assert (health.status_code, health.json()["status"]) == (200, "unavailable")
        npm.may_go_on.set()
        await fetching
        assert (await client.get("/")).text == "a page"


async def test_what_cannot_be_had_is_told_without_a_reason_and_asked_for_again() -> None:
    npm = Npm(faults=1)
    npm.may_go_on.set()
    files = BrowserFiles(False, npm, retry_seconds=0.05)
    fetching = asyncio.create_task(files.keep_fetching())
    async with asking(Dashboard(pages(), files)) as client:
        await npm.has_failed.wait()
        page = await client.get("/")
        assert page.status_code == 503
        assert "could not be fetched" in page.text
        assert "no network" not in page.text
        health = await client.get("/health")
        assert (health.status_code, files.state) == (200, "missing")
        await fetching
        assert (await client.get("/")).text == "a page"


async def test_a_fault_of_what_fetches_ends_the_host() -> None:
    async def broken() -> str | None:
        raise RuntimeError("broken")

    host = Dashboard(pages(), BrowserFiles(False, broken))
    messages = iter([{"type": "lifespan.startup"}])

    async def receive() -> dict[str, str]:
        message = next(messages, None)
        if message is None:
            await host.failed.wait()
            return {"type": "lifespan.shutdown"}
        return message

    async def send(_: object) -> None:
        return

    await host({"type": "lifespan", "asgi": {}, "state": {}}, receive, send)
    assert host.fault == "fetching the browser files failed"


@pytest.mark.parametrize("name", list(HostName), ids=str)
def test_every_host_of_the_command_line_has_something_to_do(name: HostName) -> None:
    assert main_of(name.value).__name__ == f"run_{name.value}"
