"""A small API over real connections: what it does to a stream or a file is what a test says."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.unit.dashboard.kit import me_with

EVENT = b"event: redemption.succeeded\ndata: {}\n\n"


class SmallApi:
    """Sessions, the stream of events and one export."""

    def __init__(self) -> None:
        self.address = ""
        #: Who each session is of, as `GET /users/v1/me` answers.
        self.people: dict[str, dict[str, Any]] = {}
        #: The status of the stream; 0 has it break off in the middle of an answer.
        self.status = 200
        #: Of each stream that is open, the session.
        self.open: Counter[str] = Counter()
        self.begun = 0
        self._news = asyncio.Condition()

    def sign_in(self, token: str, *privileges: str) -> str:
        """A session of its own."""
        self.people[token] = me_with(*privileges)
        return token

    async def redeem(self) -> None:
        """Something that every open stream is told."""
        async with self._news:
            self._news.notify_all()

    async def me(self, request: Request) -> Response:
        """`GET /users/v1/me`."""
        found = self.people.get(request.headers.get("x-session-token", ""))
        if found is None:
            return JSONResponse({"key": "unauthorized", "message": "Not signed in"}, 401)
        return JSONResponse(found)

    async def stream(self, request: Request) -> Response:
        """`GET /v1/audit/stream`."""
        self.begun += 1
        if self.status >= 400:
            return JSONResponse({"key": "refused", "message": "Not now"}, self.status)
        if not self.status:
            return StreamingResponse(self._broken(), headers={"content-length": "1000"})
        events = self._events(request.headers.get("x-session-token", ""))
        return StreamingResponse(events, media_type="text/event-stream")

    async def _broken(self) -> AsyncIterator[bytes]:
        yield EVENT

    async def _events(self, token: str) -> AsyncGenerator[bytes, None]:
        self.open[token] += 1
        try:
            yield b": here\n\n"
            while True:
                async with self._news:
                    await self._news.wait()
                yield EVENT
        finally:
            self.open[token] -= 1

    async def export(self, request: Request) -> Response:
        """An export that is ready, and its file when it is asked for with a token."""
        if "token" in request.query_params:
            return StreamingResponse(self._file(), media_type="text/csv")
        row = {
            "id": "exp_1",
            "exported_object": "voucher",
            "result": {"url": "/v1/exports/exp_1?token=t"},
        }
        return JSONResponse(row)

    async def _file(self) -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"code\n" * 10_000


@asynccontextmanager
async def served() -> AsyncIterator[SmallApi]:
    """One that listens on a port of this machine until the block is left."""
    api = SmallApi()
    app = Starlette(
        routes=[
            Route("/users/v1/me", api.me),
            Route("/v1/audit/stream", api.stream),
            Route("/v1/exports/exp_1", api.export),
        ]
    )
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None)
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110 - a server of uvicorn says it so
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    api.address = f"http://127.0.0.1:{port}"
    try:
        yield api
    finally:
        server.should_exit = True
        server.force_exit = True
        await serving
