"""Routes: how they capture ids, and what answers where there is none.

A hot route is a plain Starlette `Route`; a management one lies in a router made by
`management_router`, so that its body is a pydantic model and OpenAPI describes it.
"""

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BeforeValidator
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.http.auth import Caller
from runtime.http.errors import MANAGEMENT, UNMATCHED_HEADER, ApiError, error_response
from runtime.http.ignored import note_ignored, take_unknown
from runtime.http.lenient import untyped
from runtime.http.payload import decode_body, read_body
from schemas.base import ID_LENGTH_MAX
from schemas.errors import refuse

#: Of how many paths it is kept that no route here answers them.
PATHS_KEPT: Final = 256


class _Ident(Convertor[str]):
    """One segment of a path as it was sent; decoded it may hold any character."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("ident", _Ident())


def decode_ident(raw: str) -> str:
    """The id that a route captured as `{name:ident}`. Raises ApiError 404.

    An id that is not UTF-8, or longer than any id, is that of nothing.
    """
    try:
        value = unquote_to_bytes(raw.encode("latin-1")).decode()
    except UnicodeDecodeError:
        value = ""
    if not 0 < len(value) <= ID_LENGTH_MAX:
        raise ApiError(refuse("not_found"))
    return value


def read_ident(request: Request, name: str) -> str:
    """What a hot route captured as `{name:ident}`. Raises ApiError 404."""
    return decode_ident(request.path_params[name])


#: The type of a parameter that `{name:ident}` captures.
Captured = Annotated[str, BeforeValidator(decode_ident)]


def caller_of(request: Request) -> Caller:
    """Who asks; only for paths that need a key."""
    caller = request.scope["tessera.caller"]
    if not isinstance(caller, Caller):
        raise ApiError(refuse("unauthorized"))
    return caller


class _JsonRequest(Request):
    """A request whose JSON is read with the same limits and errors as on the hot routes."""

    async def json(self) -> Any:
        # Starlette keeps it under this name, too: what was taken out of it stays out.
        if not hasattr(self, "_json"):
            self._json = decode_body(await self.body(), untyped)
        return self._json

    async def take_unknown(self, errors: Sequence[Any]) -> bool:
        """Whether members were taken out of the JSON that the errors call unknown; notes them."""
        if self.scope["path"].startswith(MANAGEMENT) or not await self.body():
            return False
        unknown = take_unknown(await self.json(), errors, below=1)
        note_ignored(self, unknown)
        return bool(unknown)


class _JsonRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def read_and_handle(request: Request) -> Response:
            request = _JsonRequest(request.scope, request.receive)
            await read_body(request)
            try:
                return await handle(request)
            except RequestValidationError as error:
                # raised before the endpoint was called
                if not await request.take_unknown(error.errors()):
                    raise
            return await handle(request)

        return read_and_handle


def management_router(*tags: str) -> APIRouter:
    """A router for endpoints with pydantic bodies."""
    return APIRouter(route_class=_JsonRoute, tags=list(tags), strict_content_type=False)


class Unmatched:
    """Answers what no route does: passes it on where there is somewhere to, else 404 or 405."""

    def __init__(self, routes: Sequence[BaseRoute], forward: ASGIApp | None) -> None:
        self._routes = routes
        self._forward = forward
        #: What was asked for, by its path, and is known to go on; the oldest first.
        self._passed_on: dict[str, None] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The endpoint of a host's last route."""
        scope["tessera.is_known_path"] = partial(self._is_known, scope)
        if self._forward is None:
            await unmatched_response(scope)(scope, receive, send)
            return
        if scope["method"] == "GET" and scope["path"] not in self._passed_on:
            if len(self._passed_on) >= PATHS_KEPT:
                del self._passed_on[next(iter(self._passed_on))]
            self._passed_on[scope["path"]] = None
        await self._forward(scope, receive, send)

    def passes_on(self, scope: Scope) -> bool:
        """Whether it is known already that no route here answers it, and that it is only read."""
        return scope.get("method") == "GET" and scope.get("path") in self._passed_on

    def _is_known(self, scope: Scope) -> bool:
        return any(route.matches(scope)[0] is Match.PARTIAL for route in self._routes)


def unmatched_response(scope: Scope) -> Response:
    """405 where another method would be served, else 404."""
    if scope["tessera.is_known_path"]():
        error = ApiError(refuse("method_not_allowed"))
    else:
        error = ApiError(refuse("not_found", f"Cannot find the path {scope['path'][:200]}"))
    response = error_response(error, scope)
    response.headers[UNMATCHED_HEADER] = "1"
    return response
