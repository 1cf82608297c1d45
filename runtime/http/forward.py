"""Passing on what this host does not serve to the one that does.

The request goes on as it came, without the caller's secrets and with who it is from and how far
the other host has to be. Both bodies are streamed. What the other host does not know either is
answered here, where it is known whether either of the two would serve another method.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import httpx
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.base.plain_http import trust_nobody
from runtime.http.auth import TOKEN_HEADERS, Caller
from runtime.http.errors import UNMATCHED_HEADER, ApiError, request_id_of, unavailable
from runtime.http.internal import (
    BASE_URL_HEADER,
    KEY_ID_HEADER,
    KEY_KIND_HEADER,
    LOGIN_HEADER,
    OWN_PREFIX,
    POSITIONS_HEADER,
    PROJECT_HEADER,
    REQUEST_ID_HEADER,
    SECRET_HEADER,
    TIME_ZONE_HEADER,
    Positions,
    write_login,
    write_positions,
)
from runtime.http.routing import unmatched_response
from runtime.http.sse import MEDIA_TYPE, watch_reader
from schemas.errors import refuse

CONNECTIONS_MAX = 100
#: How long the other host may take: it waits for its tables, then for a query, each bounded.
TIMEOUT_SECONDS = 40.0
#: How long a connection may take, or the wait for one of those that are open. A host that is down
#: refuses at once; one that is slow is waited for.
CONNECT_SECONDS = 10.0
#: How long a connection is kept for the next request. The other host keeps it much longer, so that
#: it closes none, be it stopped for a while, just as a request comes.
IDLE_SECONDS = 5.0
METHOD_NOT_ALLOWED = 405

_HOP_BY_HOP: Final = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"host",
    )
)
#: The edge of this host sets its own.
_NOT_RETURNED: Final = _HOP_BY_HOP | {b"x-request-id", b"date", b"server"}
#: What says of a body how it comes.
_OF_A_BODY: Final = frozenset(
    (b"content-length", b"transfer-encoding", b"content-type", b"content-encoding")
)
_JSON: Final = (b"content-type", b"application/json")
_DOTS: Final = frozenset((".", ".."))

log = structlog.get_logger(__name__)


def make_client(
    base_url: str, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client for one other host, bounded in connections and time."""
    return httpx.AsyncClient(
        base_url=base_url,
        transport=transport,
        timeout=httpx.Timeout(TIMEOUT_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        limits=httpx.Limits(
            max_connections=CONNECTIONS_MAX,
            max_keepalive_connections=20,
            keepalive_expiry=IDLE_SECONDS,
        ),
        trust_env=False,
        verify=trust_nobody(),
    )


class Forward:
    """The ASGI application that passes requests on.

    `positions` gives, for a project, how far a reader must be to see all that this host answered,
    `time_zone` the name of the zone that it reckons in, `spell` path and query as the other host
    knows them.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        secret: str,
        positions: Callable[[str], Awaitable[Positions]],
        time_zone: Callable[[str], str],
        spell: Callable[[str, str, bytes], tuple[str, bytes]] = lambda _, *target: target,
    ) -> None:
        self._client = client
        self._secret = secret
        self._positions = positions
        self._time_zone = time_zone
        self._spell = spell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request. Raises ApiError when the other host cannot be had."""
        caller: Caller | None = scope["tessera.caller"]
        # The client below resolves dots, so such a path would arrive as one that nobody admitted.
        if caller is None or not _DOTS.isdisjoint(scope["path"].split("/")):
            await unmatched_response(scope)(scope, receive, send)
            return
        request = await self._request(Request(scope, receive), caller)
        try:
            response = await self._client.send(request, stream=True)
        except httpx.PoolTimeout as fault:
            raise unavailable("Too many requests to that part of the system at once") from fault
        except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
            log.warning("host not reached", reason=type(fault).__name__)
            raise unavailable("The part of the system that serves this is not up") from fault
        except httpx.TransportError as fault:
            log.warning("host did not answer", reason=type(fault).__name__)
            if scope["method"] in ("GET", "HEAD"):
                raise unavailable("The part of the system that serves this is not up") from fault
            raise ApiError(refuse("outcome_unknown")) from fault
        try:
            await _pass_back(response, scope, receive, send)
        finally:
            await response.aclose()

    async def _request(self, request: Request, caller: Caller) -> httpx.Request:
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name not in _HOP_BY_HOP
            and name not in TOKEN_HEADERS
            and not name.startswith(OWN_PREFIX)
        ]
        positions = await self._positions(caller.project)
        for name, text in (
            (SECRET_HEADER, self._secret),
            (PROJECT_HEADER, caller.project),
            (KEY_KIND_HEADER, caller.kind),
            (KEY_ID_HEADER, caller.key_id),
            (LOGIN_HEADER, write_login(caller.login)),
            (POSITIONS_HEADER, write_positions(positions)),
            (TIME_ZONE_HEADER, self._time_zone(caller.project)),
            (REQUEST_ID_HEADER, request_id_of(request)),
            (BASE_URL_HEADER, str(request.base_url)),
        ):
            headers.append((name.encode(), text.encode("latin-1")))
        path, query = self._spell(
            caller.project, request.scope["path"], request.scope["query_string"]
        )
        target = path.encode("latin-1") + (b"?" + query if query else b"")
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        return self._client.build_request(
            request.method,
            self._client.base_url.copy_with(raw_path=target),
            headers=headers,
            content=_chunks(request) if has_body else None,
        )


class PassedOn(Response):
    """The answer of the other host to the request with another body."""

    def __init__(self, app: ASGIApp, content: bytes) -> None:
        super().__init__()
        self._app = app
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        kept = [each for each in scope["headers"] if each[0] not in _OF_A_BODY]
        headers = [*kept, (b"content-length", b"%d" % len(self._content)), _JSON]

        async def receive_content() -> Message:
            return {"type": "http.request", "body": self._content, "more_body": False}

        await self._app({**scope, "headers": headers}, receive_content, send)


async def ask_other(app: ASGIApp, request: Request, path: str, content: bytes) -> tuple[int, bytes]:
    """Status and body of what the other host answers to JSON, as whoever makes the request.

    The path is one between hosts. Raises ApiError when the other host cannot be had.
    """
    kept = [each for each in request.scope["headers"] if each[0] not in _OF_A_BODY]
    headers = [*kept, (b"content-length", b"%d" % len(content)), _JSON]
    target = {"path": path, "raw_path": path.encode(), "query_string": b"", "method": "POST"}
    status, parts = 0, bytearray()

    async def receive_content() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def take(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)
        parts.extend(message.get("body", b""))

    await app({**request.scope, **target, "headers": headers}, receive_content, take)
    return status, bytes(parts)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        yield chunk


async def _pass_back(response: httpx.Response, scope: Scope, receive: Receive, send: Send) -> None:
    if UNMATCHED_HEADER in response.headers:
        if response.status_code == METHOD_NOT_ALLOWED:
            scope["tessera.is_known_path"] = lambda: True
        await unmatched_response(scope)(scope, receive, send)
        return
    headers = [
        (name.lower(), value)
        for name, value in response.headers.raw
        if name.lower() not in _NOT_RETURNED
    ]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    if response.headers.get("content-type") == MEDIA_TYPE:
        await _pass_events(response, scope, receive, send)
    else:
        await _pass_body(response, send)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pass_body(response: httpx.Response, send: Send) -> None:
    async for chunk in response.aiter_raw():
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _pass_events(
    response: httpx.Response, scope: Scope, receive: Receive, send: Send
) -> None:
    """Passes on what has no end, as long as somebody reads it."""
    passing = asyncio.create_task(_pass_body(response, send))
    async with watch_reader(scope, receive) as gone:
        await asyncio.wait((passing, gone), return_when=asyncio.FIRST_COMPLETED)
    passing.cancel()
    await asyncio.wait((passing,))
