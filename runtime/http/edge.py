"""What every request passes before a route sees it, and every answer on its way out.

In: a request id; a head within bounds; at most so many requests at once; a body within bounds, also
a chunked one; the caller. Out: the request id, CORS headers for browsers that are allowed to see
the answer, and an error in the API's shape for every fault, whose cause only the log holds.

The path is matched as it was sent, percent-encoded, so that a code or a source id may hold a
slash; the convertor `ident` (routing.py) decodes what a route captures.
"""

import time
from collections.abc import Callable
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.http.api_calls import (
    HEADER_NOTED_MAX,
    NO_RECORD,
    OTHER_KEY,
    PATH_NOTED_MAX,
    QUERY_NOTED_MAX,
    RECORD_KEY,
    VALIDATION_KEY,
    Noted,
    mask_path,
    sent_of,
)
from runtime.http.auth import Caller, Gate, Headers
from runtime.http.call_bodies import SentBody, keeps_body
from runtime.http.errors import ApiError, as_api_error, error_response, new_request_id, unavailable
from runtime.http.ignored import IGNORED_HEADER, ignored_of
from runtime.http.limits import check_head
from runtime.http.payload import body_bytes_max
from schemas.errors import refuse

REQUESTS_AT_ONCE_MAX = 2000
#: What a browser may send to the client-side API.
PREFLIGHT_HEADERS: Final = {
    "access-control-allow-methods": "GET, POST, PUT, DELETE",
    "access-control-allow-headers": (
        "Content-Type, Accept, Authorization, Idempotency-Key, X-Client-Application-Id, "
        "X-Client-Token, X-Voucherify-Channel, X-Voucherify-API-Version"
    ),
    "access-control-max-age": "600",
}

log = structlog.get_logger(__name__)


class Edge:
    """The outermost application of a host."""

    def __init__(
        self,
        app: ASGIApp,
        gate: Gate,
        *,
        requests_max: int = REQUESTS_AT_ONCE_MAX,
        make_request_id: Callable[[], str] = new_request_id,
        note: Callable[[Noted], None] | None = None,
    ) -> None:
        self._app = app
        self._gate = gate
        self._requests_max = requests_max
        self._make_request_id = make_request_id
        self._requests = 0
        self._note = note
        #: Requests with members that nobody read.
        self.ignoring = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection's scope."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._requests += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self._requests -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Headers = dict(scope["headers"])
        request_id = self._gate.request_id(headers) or self._make_request_id()
        scope["tessera.request_id"] = request_id
        scope["path"] = _raw_path(scope)
        origin = headers.get(b"origin", b"").decode("latin-1")
        out = _Exit(send, request_id, scope)
        started = time.perf_counter()
        sent: SentBody | None = None
        try:
            check_head(scope)
            if origin and _is_preflight(scope, headers):
                await self._answer_preflight(scope["path"], origin, out)(scope, receive, out)
                return
            self._limit(scope, headers)
            scope["tessera.caller"] = await self._admit(scope, headers, origin, out)
            if b"content-length" not in headers:
                receive = _bound_body(receive, body_bytes_max(scope["path"]))
            if self._note is not None and keeps_body(scope["method"], scope["path"]):
                receive = sent = SentBody(receive)
            await self._app(scope, receive, out)
        except ClientDisconnect:
            log.info("client went away", request_id=request_id)
        except Exception as fault:
            error = as_api_error(fault)
            if error.refusal.status == 500:
                # a path may name a person
                path, _ = mask_path(scope["path"])
                log.exception("request failed", request_id=request_id, path=path)
            if out.started:
                return
            await error_response(error, scope)(scope, receive, out)
        finally:
            if out.ignored:
                self.ignoring += 1
            caller = scope.get("tessera.caller")
            if self._note is not None and caller is not None:
                seconds = time.perf_counter() - started
                self._note(_note_call(scope, headers, caller, out, seconds, sent))

    async def _admit(
        self, scope: Scope, headers: Headers, origin: str, out: "_Exit"
    ) -> Caller | None:
        """The caller; a browser may see the answer also where its key is refused."""
        path = scope["path"]
        query = scope["query_string"] if scope["method"] == "GET" else b""
        try:
            caller = await self._gate.admit(path, headers, query, scope["method"])
        except ApiError:
            if origin and self._gate.allows_origin(path, origin):
                out.allow(origin)
            raise
        if origin and caller is not None and caller.kind == "client":
            out.allow(origin)
        return caller

    def _answer_preflight(self, path: str, origin: str, out: "_Exit") -> Response:
        if not self._gate.allows_origin(path, origin):
            raise ApiError(refuse("forbidden", "The origin is not one that a project trusts"))
        out.allow(origin)
        return Response(status_code=204, headers=PREFLIGHT_HEADERS)

    def _limit(self, scope: Scope, headers: Headers) -> None:
        if self._requests > self._requests_max and scope["path"] != "/health":
            raise unavailable("Too many requests at once")
        length = headers.get(b"content-length")
        if length is not None and int(length) > body_bytes_max(scope["path"]):
            raise _too_large(body_bytes_max(scope["path"]))


class _Exit:
    """Adds to the answer what the edge knows."""

    __slots__ = ("_extra", "_scope", "_send", "ignored", "started", "status")

    def __init__(self, send: Send, request_id: str, scope: Scope) -> None:
        self._send = send
        self._scope = scope
        self.ignored: tuple[str, ...] = ()
        self._extra = [(b"x-request-id", request_id.encode())]
        self.started = False
        self.status = 0

    def allow(self, origin: str) -> None:
        """Lets a browser at `origin` see the answer."""
        self._extra += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-expose-headers", b"X-Request-Id, Retry-After, X-Ignored-Members"),
            (b"vary", b"Origin"),
        ]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            self.ignored = ignored_of(self._scope)
            if self.ignored:
                self._extra.append((IGNORED_HEADER, ", ".join(self.ignored).encode()))
            message["headers"] = [*message["headers"], *self._extra]
        await self._send(message)


def _note_call(
    scope: Scope,
    headers: Headers,
    caller: Caller,
    out: _Exit,
    seconds: float,
    sent: SentBody | None,
) -> Noted:
    return Noted(
        caller,
        scope["tessera.request_id"],
        scope["method"],
        scope["path"][:PATH_NOTED_MAX],
        out.status,
        time.time(),
        seconds,
        headers.get(b"origin", b"")[:HEADER_NOTED_MAX],
        headers.get(b"x-voucherify-channel", b"")[:HEADER_NOTED_MAX],
        out.ignored,
        scope["query_string"][:QUERY_NOTED_MAX],
        scope.get(RECORD_KEY, NO_RECORD),
        *sent_of(sent),
        scope.get(VALIDATION_KEY, ""),
        scope.get(OTHER_KEY, ""),
    )


def _raw_path(scope: Scope) -> str:
    """The path as it was sent, without a slash at its end: one client writes one."""
    raw: bytes | None = scope.get("raw_path")
    path: str = scope["path"] if raw is None else raw.partition(b"?")[0].decode("latin-1")
    return path[:-1] if path[-1:] == "/" and len(path) > 1 else path


def _bound_body(receive: Receive, bytes_max: int) -> Receive:
    """Ends the request when a body of unknown length grows too large."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > bytes_max:
            raise _too_large(bytes_max)
        return message

    return bounded


def _too_large(bytes_max: int) -> ApiError:
    details = f"The body is larger than {bytes_max} bytes"
    return ApiError(refuse("payload_too_large", details), {"connection": "close"})


def _is_preflight(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "OPTIONS" and b"access-control-request-method" in headers
