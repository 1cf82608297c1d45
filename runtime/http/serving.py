"""How a host is served until it is told to stop, or a part of it fails."""

import asyncio
from typing import Protocol

import uvicorn
from starlette.types import Receive, Scope, Send

from runtime.http.connection import Connection
from runtime.http.server import Server

#: How long requests in progress may take to end when the host stops.
GRACE_SECONDS = 10
#: How long a connection without a request is kept.
KEEP_ALIVE_SECONDS = 60


class HostFailed(Exception):
    """A part of the host failed; it was logged when it did."""


class Served(Protocol):
    """An application that says when a part of it failed."""

    fault: str | None
    failed: asyncio.Event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...


async def serve_host(host: Served, *, bind: str, port: int) -> None:
    """Serves until a signal or a failed task; run it with uvloop.

    Raises HostFailed when a task failed or the port cannot be had.
    """
    server = Server(
        uvicorn.Config(
            host,
            host=bind,
            port=port,
            http=Connection,
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    watch = asyncio.create_task(_stop_on_failure(host, server))
    try:
        await server.serve()
    except SystemExit as ended:
        raise HostFailed("the port cannot be had") from ended
    finally:
        watch.cancel()
    if host.fault is not None or not server.started:
        raise HostFailed(host.fault or "the server did not start")


async def _stop_on_failure(host: Served, server: Server) -> None:
    await host.failed.wait()
    server.end()
