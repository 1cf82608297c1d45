"""Lists as the user who asks saved them: list, create, change, delete."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.projects.body import list_body
from engine.users.body import saved_view_body, saved_views_of
from runtime.http.routing import Captured, caller_of, management_router
from schemas.user_commands import CreateSavedView, DeleteSavedView, UpdateSavedView
from schemas.user_events import SavedViewStored
from services.catalog.users.bodies import SavedViewBody, UpdateSavedViewBody
from services.catalog.users.control import Control
from services.catalog.users.me import ME

PATH = f"{ME}/views"
SAVED_VIEW = PATH + "/{saved_view_id:ident}"


class SavedViews:
    """The handlers."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def list(self, request: Request) -> Response:
        _, view, user = await self._control.asking(request)
        bodies = [saved_view_body(each) for each in saved_views_of(view, user.id)]
        return self._control.respond(request, list_body(bodies))

    async def create(self, request: Request, body: SavedViewBody) -> Response:
        user_id = caller_of(request).key_id
        command = CreateSavedView(user_id, body.project_id, body.section, body.name, body.query)
        return await self._store(request, "saved_view.create", command)

    async def update(
        self, request: Request, saved_view_id: str, body: UpdateSavedViewBody
    ) -> Response:
        user_id = caller_of(request).key_id
        command = UpdateSavedView(user_id, saved_view_id, body.name, body.query)
        return await self._store(request, "saved_view.update", command)

    async def delete(self, request: Request, saved_view_id: str) -> Response:
        caller = caller_of(request)
        identity = self._control.writes.identity(request, "saved_view.delete", b"")
        command = DeleteSavedView(caller.key_id, saved_view_id)
        await self._control.decide(request, caller, command, identity)
        return self._control.respond(request, None)

    async def _store(
        self, request: Request, route: str, command: CreateSavedView | UpdateSavedView
    ) -> Response:
        identity = self._control.writes.identity(request, route, await request.body())
        record = await self._control.decide(request, caller_of(request), command, identity)
        stored = next(each for each in record.events if isinstance(each, SavedViewStored))
        return self._control.respond(request, saved_view_body(stored.saved_view))


def saved_view_router(saved_views: SavedViews) -> APIRouter:
    """`/users/v1/me/views` and what lies below it."""
    router = management_router("users")

    @router.get(PATH)
    async def list_saved_views(request: Request) -> Response:
        return await saved_views.list(request)

    @router.post(PATH)
    async def create_saved_view(request: Request, body: SavedViewBody) -> Response:
        return await saved_views.create(request, body)

    @router.put(SAVED_VIEW)
    async def update_saved_view(
        request: Request, saved_view_id: Captured, body: UpdateSavedViewBody
    ) -> Response:
        return await saved_views.update(request, saved_view_id, body)

    @router.delete(SAVED_VIEW)
    async def delete_saved_view(request: Request, saved_view_id: Captured) -> Response:
        return await saved_views.delete(request, saved_view_id)

    return router
