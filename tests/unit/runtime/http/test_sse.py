"""An answer without an end ends with its reader, with its server, or with its events."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message

from runtime.http.sse import ENDLESS, EventStream, StreamLimit, as_event
from tests.unit.runtime.http.test_connection import serving


class Reader:
    """Who asks, and what it was sent."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"type": "http"}
        self.sent: list[bytes] = []
        self.got = asyncio.Event()
        self._gone = asyncio.Event()
        self._asked = False

    async def receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            self.sent.append(message["body"])
            self.got.set()

    def leave(self) -> None:
        self._gone.set()


class Events:
    """Some events, then nothing, for ever or not; whether they were given back."""

    def __init__(self, count: int, *, ends: bool = False) -> None:
        self.closed = False
        self._count = count
        self._ends = ends

    async def come(self) -> AsyncGenerator[bytes, None]:
        try:
            for number in range(self._count):
                yield as_event(f"ev_{number}", "a.b", b"{}")
            if not self._ends:
                await asyncio.Event().wait()
        finally:
            self.closed = True


async def test_it_ends_with_its_events() -> None:
    reader, events = Reader(), Events(2, ends=True)
    await EventStream(events.come())(reader.scope, reader.receive, reader.send)
    assert reader.sent == [
        b"retry: 2000\n\n",
        b"id: ev_0\nevent: a.b\ndata: {}\n\n",
        b"id: ev_1\nevent: a.b\ndata: {}\n\n",
        b"",
    ]
    assert events.closed
    assert ENDLESS in reader.scope["state"]


async def test_it_ends_with_its_reader() -> None:
    reader, events = Reader(), Events(1)
    serving = asyncio.create_task(
        EventStream(events.come())(reader.scope, reader.receive, reader.send)
    )
    while len(reader.sent) < 2:
        reader.got.clear()
        await reader.got.wait()
    reader.leave()
    await serving
    assert events.closed


async def test_it_says_that_it_is_alive() -> None:
    reader, events = Reader(), Events(0)
    stream = EventStream(events.come(), silent_seconds=0.01)
    serving = asyncio.create_task(stream(reader.scope, reader.receive, reader.send))
    while reader.sent.count(b": alive\n\n") < 3:
        reader.got.clear()
        await reader.got.wait()
    reader.leave()
    await serving
    assert events.closed


async def test_what_fails_amid_it_is_raised_and_nothing_is_left() -> None:
    async def fail() -> AsyncGenerator[bytes, None]:
        yield as_event("ev_0", "a.b", b"{}")
        raise RuntimeError("amid")

    reader = Reader()
    with pytest.raises(RuntimeError, match="amid"):
        await EventStream(fail())(reader.scope, reader.receive, reader.send)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_server_that_stops_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.http.serving.GRACE_SECONDS", 600)
    events = Events(1)

    async def stream(_: Request) -> EventStream:
        return EventStream(events.come())

    route = Route("/health/stream", stream, methods=["GET"])
    async with serving(routes=(route,)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health/stream HTTP/1.1\r\nhost: x\r\n\r\n")
        await reader.readuntil(b"data: {}\n\n")
    assert events.closed
    assert (await reader.read()).endswith(b"0\r\n\r\n")
    writer.close()
    await writer.wait_closed()


async def test_of_streams_that_are_asked_for_at_once_only_as_many_begin_as_may_be() -> None:
    limit, events, gate, came = StreamLimit(), Events(1), asyncio.Event(), asyncio.Semaphore(0)

    async def stream(_: Request) -> EventStream:
        limit.require_room(1)
        came.release()
        await gate.wait()
        return limit.answer(events.come(), 1)

    async def ask(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /health/stream HTTP/1.1\r\nhost: x\r\n\r\n")
        return reader, writer

    route = Route("/health/stream", stream, methods=["GET"])
    async with serving(routes=(route,)) as port:
        asked = [await ask(port) for _ in range(3)]
        for _ in asked:
            await came.acquire()
        gate.set()
        answers = [(await reader.readline()).split()[1] for reader, _ in asked]
        for _, writer in asked:
            writer.close()
    assert sorted(answers) == [b"200", b"503", b"503"]


async def test_a_stream_that_ended_leaves_its_room() -> None:
    limit = StreamLimit()
    for _ in range(2):
        reader = Reader()
        stream = limit.answer(Events(1, ends=True).come(), 1)
        await stream(reader.scope, reader.receive, reader.send)
        assert reader.sent[-1] == b""
