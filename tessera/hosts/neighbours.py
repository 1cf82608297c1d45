"""The other hosts of an installation, as the one that faces clients sees them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import msgspec

from runtime.http.forward import make_client
from runtime.http.service import Part, Service

ASK_SECONDS = 1.0
#: A host that is down refuses at once; on a busy machine it may take seconds to say that it is up.
TIMEOUT_SECONDS = 10.0


class Neighbours:
    """Asks each host for its health, again and again; `urls` by host name."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._parts: dict[str, Part] = {name: Part("not asked yet") for name in urls}

    def service(self) -> Service:
        """The task that asks, and what it was told."""
        return Service("neighbours", tasks={"ask": self._run}, health=lambda: self._parts)

    async def _run(self) -> None:
        async with self._clients() as clients:
            while True:
                told = await asyncio.gather(*(_ask(each) for each in clients.values()))
                self._parts = dict(zip(clients, told, strict=True))
                await asyncio.sleep(ASK_SECONDS)

    @asynccontextmanager
    async def _clients(self) -> AsyncIterator[Mapping[str, httpx.AsyncClient]]:
        async with AsyncExitStack() as stack:
            yield {
                name: await stack.enter_async_context(make_client(url))
                for name, url in self._urls.items()
            }


async def _ask(client: httpx.AsyncClient) -> Part:
    """`ok` with the greatest lag of the host's parts, or the first part that is not."""
    try:
        answer = await client.get("/health", timeout=TIMEOUT_SECONDS)
        parts = msgspec.json.decode(answer.content)["parts"]
        lag = max((part["lag_ms"] for part in parts.values() if "lag_ms" in part), default=None)
        for name, part in parts.items():
            if part["state"] != "ok":
                return Part(f"{name}: {part['state']}", lag)
    except (httpx.HTTPError, msgspec.DecodeError, KeyError, TypeError):
        return Part("down")
    return Part("ok" if answer.status_code == httpx.codes.OK else "not healthy", lag)
