"""The parameter `as_of`: which time a validation or a qualification asks for, where it is not now."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from engine.kernel.calendar import parse_iso
from fronts.query_string import invalid_parameter, read_parameters, text_of
from schemas.base import INSTANT_MAX, Millis

AS_OF: Final = "as_of"
_WORD: Final = AS_OF.encode()
_POSITION: Final = re.compile(r"([0-9]{1,4})[:/]([0-9]{1,18})")

Serve = Callable[[Request], Awaitable[Response]]


class AsOf(NamedTuple):
    """When: a time, or before the record at an offset of a partition."""

    moment: Millis | None = None
    partition: int = 0
    offset: int = 0


def serve_now(serve: Serve, past: ASGIApp) -> Serve:
    """An endpoint that passes on what asks for another time than now."""

    async def answer(request: Request) -> Any:
        if _WORD in request.scope["query_string"] and AS_OF in request.query_params:
            return past
        return await serve(request)

    return answer


def serve_only_now(serve: Serve) -> Serve:
    """An endpoint for client-side keys, which may not ask for another time."""

    async def answer(request: Request) -> Response:
        if _WORD in request.scope["query_string"] and AS_OF in request.query_params:
            raise invalid_parameter(AS_OF, "is for server-side keys")
        return await serve(request)

    return answer


def read_as_of(request: Request) -> AsOf:
    """The time or position that a query names. Raises ApiError."""
    text = text_of(read_parameters(request.query_params.multi_items()), AS_OF)
    if text is None:
        raise invalid_parameter(AS_OF, "is required")
    position = _POSITION.fullmatch(text)
    if position is not None:
        return AsOf(None, int(position[1]), int(position[2]))
    # a day is none: it would begin elsewhere for another project
    moment = None if "T" not in text.upper() else _moment_of(text)
    if moment is None or not 0 <= moment <= INSTANT_MAX:
        raise invalid_parameter(
            AS_OF, "must be an ISO 8601 date-time since 1970, or a position such as `0:4711`"
        )
    return AsOf(moment)


def _moment_of(text: str) -> Millis | None:
    try:
        return parse_iso(text)
    except ValueError:
        return None
