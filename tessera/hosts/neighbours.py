"""The other hosts of an installation, as the one that faces clients sees them.

They are asked when somebody wants to know.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import msgspec

from runtime.http.forward import make_client
from runtime.http.service import Part, Service

#: For how long an answer is taken for what is.
FRESH_SECONDS = 1.0
#: How long whoever wants to know waits for an answer; then an older one has to do.
WAIT_SECONDS = 2.5
#: A host that is down refuses at once; on a busy machine it may take seconds to say that it is up.
TIMEOUT_SECONDS = 10.0
SILENT = Part("does not answer")

MakeClient = Callable[[str], httpx.AsyncClient]


class Neighbours:
    """Asks each host for its health; `urls` by host name."""

    def __init__(
        self,
        urls: Mapping[str, str],
        *,
        make: MakeClient = make_client,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._known = {name: _Neighbour(make, url, clock) for name, url in urls.items()}

    def service(self) -> Service:
        """What asks, and what it was told."""
        return Service("neighbours", lifespan=self._open, look=self._look, health=self._health)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for each in self._known.values():
                await stack.enter_async_context(each.open())
            yield

    async def _look(self) -> None:
        await asyncio.gather(*(each.look() for each in self._known.values()))

    def _health(self) -> Mapping[str, Part]:
        return {name: each.part() for name, each in self._known.items()}


class _Neighbour:
    """One host, and what it said last."""

    def __init__(self, make: MakeClient, url: str, clock: Callable[[], float]) -> None:
        self._make = make
        self._url = url
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._asking: asyncio.Task[None] | None = None
        #: What was told, and when that was asked.
        self._part = SILENT
        self._asked_at = -math.inf

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        async with self._make(self._url) as self._client:
            try:
                yield
            finally:
                if self._asking is not None:
                    self._asking.cancel()
                    await asyncio.wait((self._asking,))

    async def look(self) -> None:
        """Asks, unless it was asked a moment ago; all who want to know share a question."""
        if self._asking is None:
            if self._clock() < self._asked_at + FRESH_SECONDS:
                return
            self._asking = asyncio.create_task(self._ask())
        await asyncio.wait((self._asking,), timeout=WAIT_SECONDS)

    def part(self) -> Part:
        """What it told, as long as that may still hold."""
        return self._part if self._clock() <= self._asked_at + TIMEOUT_SECONDS else SILENT

    async def _ask(self) -> None:
        asked_at = self._clock()
        try:
            if self._client is not None:
                self._part = await _ask(self._client)
                self._asked_at = asked_at
        finally:
            self._asking = None


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
