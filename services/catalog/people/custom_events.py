"""Custom events: noted for server-side and for client-side keys."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fronts.writes import Writes
from runtime.http.errors import invalid_payload
from runtime.http.lenient import Reader
from runtime.http.payload import decode_body, read_body
from schemas.custom_events import CustomEventBody, TrackCustomEvent

_body: Reader[CustomEventBody] = Reader(CustomEventBody)


def custom_event_routes(writes: Writes) -> tuple[Route, ...]:
    """`POST /v1/events` and its client-side twin."""

    async def track(request: Request) -> Response:
        content = await read_body(request)
        body = decode_body(content, _body)
        for name in ("referral", "loyalty"):
            if getattr(body, name) is not None:
                raise invalid_payload(f"Property `.{name}` is not supported")
        command = TrackCustomEvent(body.event, body.customer, body.metadata)
        return await writes.answer(request, "event.track", content, command)

    return tuple(
        Route(path, track, methods=["POST"]) for path in ("/v1/events", "/client/v1/events")
    )
