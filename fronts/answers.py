"""Answers as JSON."""

from starlette.responses import Response

from engine.kernel.encode import Body, to_json
from runtime.http.errors import JSON


def json_answer(body: Body) -> Response:
    """The body, its numbers as JavaScript writes them."""
    return Response(to_json(body), media_type=JSON)
