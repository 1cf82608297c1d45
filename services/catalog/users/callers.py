"""What those are called who call the API of a project, over the management API.

Logs and lists tell callers by id. Whoever may read a log may know who that was, and no more of them:
no address, no role, no token.
"""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.keys.decide import keys_of
from engine.projects.body import list_body
from engine.users.body import caller_body
from engine.users.store import members_of
from runtime.http.routing import Captured, management_router
from services.catalog.projects.management import Management
from services.catalog.users.control import Control


def caller_router(control: Control, management: Management) -> APIRouter:
    """The members and keys of a project by their names."""
    router = management_router("users")

    @router.get("/management/v1/projects/{project_id:ident}/callers")
    async def list_callers(request: Request, project_id: Captured) -> Response:
        await management.project(request, project_id)
        view = await control.view()
        members = sorted(members_of(view, project_id), key=lambda each: (each.created_at, each.id))
        bodies = [caller_body(each.id, "user", each.name) for each in members]
        bodies += [caller_body(each.id, each.kind, each.name) for each in keys_of(view, project_id)]
        return control.respond(request, list_body(bodies))

    return router
