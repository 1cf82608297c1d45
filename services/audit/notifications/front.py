"""Marking notifications as read, in the host that has commands decided."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from fronts.fields import Body, Short
from fronts.writes import Writes
from runtime.http.errors import invalid_payload
from runtime.http.routing import caller_of, management_router
from runtime.http.service import Service
from schemas.notifications import IDS_MAX, ReadNotifications


class ReadBody(Body):
    """Which were read; without ids all that there are by now."""

    ids: list[Short] | None = None


def notification_service(writes: Writes) -> Service:
    """The endpoint, to be mounted in the host that faces clients."""
    return Service("notifications", routers=(_router(writes),))


def _router(writes: Writes) -> APIRouter:
    router = management_router("notifications")

    @router.post("/v1/notifications/read")
    async def read(request: Request, body: ReadBody | None = None) -> Response:
        ids = None if body is None else body.ids
        if ids is not None and not 1 <= len(ids) <= IDS_MAX:
            raise invalid_payload(f"Property `.ids` must have 1 to {IDS_MAX} ids")
        named = None if ids is None else tuple(dict.fromkeys(ids))
        command = ReadNotifications(named, caller_of(request).key_id)
        return await writes.write(request, "notifications.read", command)

    return router
