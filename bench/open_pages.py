"""Open pages of the dashboard, as the server knows them: each has its stream, and may ask anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx

REST_SECONDS: Final = 2.0
_OPENED: Final = "event: open"


@asynccontextmanager
async def open_pages(
    port: int, token: str, count: int, refreshed: str | None
) -> AsyncIterator[None]:
    """So many pages, all of them listening when the block begins.

    `refreshed`: the list that each asks for anew when it is told to; None: they lie in the background.
    """
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}",
        cookies={"tessera": token},
        limits=httpx.Limits(max_connections=None),
        timeout=httpx.Timeout(30.0, read=None),
        trust_env=False,
    ) as client:
        listening = [asyncio.Event() for _ in range(count)]
        tasks = [asyncio.create_task(_be_open(client, each, refreshed)) for each in listening]
        try:
            async with asyncio.timeout(30.0):
                await asyncio.gather(*(each.wait() for each in listening))
            yield
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _be_open(client: httpx.AsyncClient, listening: asyncio.Event, path: str | None) -> None:
    loop = asyncio.get_running_loop()
    asked_at = loop.time() - REST_SECONDS
    async with client.stream("GET", "/live") as stream:
        stream.raise_for_status()
        async for line in stream.aiter_lines():
            if line == _OPENED:
                listening.set()
            is_due = path is not None and line == "event: redemptions"
            if path is not None and is_due and loop.time() - asked_at >= REST_SECONDS:
                asked_at = loop.time()
                headers = {"HX-Request": "true", "HX-Target": "div#list"}
                (await client.get(path, headers=headers)).raise_for_status()
