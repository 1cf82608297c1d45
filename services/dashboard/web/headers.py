"""What every answer carries so that a browser protects who looks at it, and where writes may come from."""

from typing import Final
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types htmx"
)
#: What each answer says besides.
GUARDS: Final = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
ADDRESS_LENGTH_MAX: Final = 64


class GuardHeaders:
    """Adds the headers to each answer; pages and parts are kept by nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in GUARDS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_guarded)


class AsSent:
    """Has paths matched as they were sent, so that a code may hold a slash or be a word of ours.

    What a page captures is decoded once it is found (routes.py).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
            scope = {**scope, "path": raw.partition(b"?")[0].decode("latin-1")}
        await self._app(scope, receive, send)


class FoundAt:
    """Has every request know the address by which its browser found the dashboard.

    That is what was set for the installation. Else it is the host that the request names, by the
    scheme that whatever stands in front of the dashboard tells in `X-Forwarded-Proto`: of whoever
    sends it, since it is about the own request alone, and no page of others can send it.
    """

    def __init__(self, app: ASGIApp, url: str | None) -> None:
        self._app = app
        self._url = None if url is None else urlsplit(url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = dict(scope)
            headers = MutableHeaders(scope=scope)
            if self._url is not None:
                scope["scheme"] = self._url.scheme
                headers["host"] = self._url.netloc
            elif headers.get("x-forwarded-proto") in ("http", "https"):
                scope["scheme"] = headers["x-forwarded-proto"]
        await self._app(scope, receive, send)


def is_foreign_write(method: str, headers: Headers) -> bool:
    """Whether a write was not sent by a page of ours (CSRF).

    Browsers tell by `Sec-Fetch-Site`; those that do not, by `Origin`, which must be the host.
    """
    if method in _READS:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site != "same-origin"
    origin = headers.get("origin", "")
    return origin.partition("://")[2] != headers.get("host", "-")


def address_of(request: Request) -> str:
    """The address that somebody comes from.

    Of a caller on this machine, which stands in front of the dashboard, it is what that one says:
    else the guesses of one person would slow the sign-in of all.
    """
    host = request.client.host if request.client else ""
    said = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return said[:ADDRESS_LENGTH_MAX] if said and host in LOOPBACK else host
