"""The description of the API: `schemas/openapi.json`, which `make reference` writes."""

from functools import cache
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

from runtime.http.errors import JSON


@cache
def _document() -> bytes:
    return (files("schemas") / "openapi.json").read_bytes()


async def answer_description(_: Request) -> Response:
    """GET /openapi.json."""
    return Response(_document(), media_type=JSON)
