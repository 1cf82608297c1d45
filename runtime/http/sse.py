"""Answers without an end: server-sent events, and how they end with whoever reads or serves them.

Source of the form: WHATWG HTML, "Server-sent events".
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from functools import partial
from typing import Final

from starlette.types import Receive, Scope, Send

from runtime.http.errors import unavailable

MEDIA_TYPE: Final = "text/event-stream"
#: How long nothing is sent at most: proxies close what is silent for longer.
SILENT_SECONDS_MAX: Final = 15.0
#: After how long a client that lost its connection comes again.
RETRY_MS: Final = 2000
#: What ends an answer that has no end, in the state of its request, which copies of the scope share:
#: a server that stops does not wait for it.
ENDLESS: Final = "tessera.endless"
_HEADERS: Final = (
    (b"content-type", MEDIA_TYPE.encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)
_BEGIN: Final = b"retry: %d\n\n" % RETRY_MS
_ALIVE: Final = b": alive\n\n"


def as_event(event_id: str, kind: str, data: bytes) -> bytes:
    """An event as it goes over the wire; none of the three holds a line break."""
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (event_id.encode(), kind.encode(), data)


@asynccontextmanager
async def watch_reader(scope: Scope, receive: Receive) -> AsyncIterator[asyncio.Task[None]]:
    """A task that ends when nobody reads the answer any more, or the server stops."""

    async def await_end() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    task = asyncio.create_task(await_end())
    scope.setdefault("state", {})[ENDLESS] = task.cancel
    try:
        yield task
    finally:
        task.cancel()


class StreamLimit:
    """How many streams there are of a kind at once; a reader keeps one up for as long as it wants."""

    def __init__(self) -> None:
        self._open = 0

    def require_room(self, streams_max: int) -> None:
        """Raises ApiError 503 while there are as many as may be."""
        if self._open >= streams_max:
            raise unavailable(f"There are {streams_max} streams already")

    def answer(self, events: AsyncGenerator[bytes, None], streams_max: int) -> "EventStream":
        """The stream of these events; as it begins there has to be room, or it is a 503."""
        return EventStream(events, room=partial(self._hold_room, streams_max))

    @contextmanager
    def _hold_room(self, streams_max: int) -> Iterator[None]:
        self.require_room(streams_max)
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1


class EventStream:
    """An answer of events as they come, until either side ends it."""

    def __init__(
        self,
        events: AsyncGenerator[bytes, None],
        silent_seconds: float = SILENT_SECONDS_MAX,
        room: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._events = events
        self._silent_seconds = silent_seconds
        self._room = room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends until the events end, or nobody reads them any more. Raises ApiError."""
        with self._room():
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def write(chunk: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": chunk, "more_body": more})

        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        await write(_BEGIN)
        coming = asyncio.ensure_future(anext(self._events, None))
        try:
            async with watch_reader(scope, receive) as gone:
                while not gone.done():
                    await asyncio.wait(
                        (coming, gone),
                        timeout=self._silent_seconds,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    if not coming.done():
                        await write(_ALIVE)
                        continue
                    event = coming.result()
                    if event is None:
                        break
                    await write(event)
                    coming = asyncio.ensure_future(anext(self._events, None))
        finally:
            coming.cancel()
            await asyncio.wait((coming,))
            await self._events.aclose()
        await write(b"", more=False)
