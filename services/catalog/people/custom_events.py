"""Custom events: noted for server-side and for client-side keys."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from engine.kernel import tables
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.payload import read_body
from runtime.http.reading import ShapeReader, read_shape
from runtime.http.routing import caller_of
from schemas.custom_events import CustomEventBody, TrackCustomEvent
from schemas.errors import refuse
from schemas.projects import CONTROL_PROJECT
from services.catalog.reads import Reads

_body: Final = ShapeReader[CustomEventBody](CustomEventBody)


def custom_event_routes(writes: Writes, view_of: Reads) -> tuple[Route, ...]:
    """`POST /v1/events` and its client-side twin."""

    async def require_loyalty_events(request: Request) -> None:
        """Raises ApiError 403 for a browser that the project does not let name a loyalty card."""
        caller = caller_of(request)
        if caller.kind != "client":
            return
        control = await view_of(CONTROL_PROJECT)
        project = control.get(tables.PROJECTS, caller.project)
        if project is None or not project.terms.client_loyalty_events_enabled:
            told = "The project does not let client-side keys name a loyalty card"
            raise ApiError(refuse("forbidden", told))

    async def track(request: Request) -> Response:
        content = await read_body(request)
        body = read_shape(request, content, _body)
        if body.loyalty is not None:
            await require_loyalty_events(request)
        command = TrackCustomEvent(
            body.event, body.customer, body.metadata, body.referral, body.loyalty
        )
        return await writes.answer(request, "event.track", content, command)

    return tuple(
        Route(path, track, methods=["POST"]) for path in ("/v1/events", "/client/v1/events")
    )
