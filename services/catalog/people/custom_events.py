"""Custom events: noted for server-side and for client-side keys."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fronts.writes import Writes
from runtime.http.errors import invalid_payload
from runtime.http.payload import read_body
from runtime.http.reading import ShapeReader, read_shape
from schemas.custom_events import CustomEventBody, TrackCustomEvent

_body: Final = ShapeReader[CustomEventBody](CustomEventBody)


def custom_event_routes(writes: Writes) -> tuple[Route, ...]:
    """`POST /v1/events` and its client-side twin."""

    async def track(request: Request) -> Response:
        content = await read_body(request)
        body = read_shape(request, content, _body)
        if body.loyalty is not None:
            raise invalid_payload("Property `.loyalty` is not supported")
        command = TrackCustomEvent(body.event, body.customer, body.metadata, body.referral)
        return await writes.answer(request, "event.track", content, command)

    return tuple(
        Route(path, track, methods=["POST"]) for path in ("/v1/events", "/client/v1/events")
    )
