"""What a project asks of its members before they may do anything there."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.users.body import security_body
from runtime.http.routing import Captured, management_router
from schemas.user_commands import RequireSecondFactor
from services.catalog.projects.management import Management
from services.catalog.users.bodies import SecurityBody
from services.catalog.users.control import Control
from services.catalog.users.team import PROJECT

PATH = PROJECT + "/security"


class Security:
    """The handlers."""

    def __init__(self, control: Control, management: Management) -> None:
        self._control = control
        self._management = management

    async def get(self, request: Request, project_id: str) -> Response:
        project = await self._management.project(request, project_id)
        view = await self._control.view()
        found = view.get(tables.PROJECTS, project_id) or project
        return self._control.respond(request, security_body(view, found))

    async def update(self, request: Request, project_id: str, body: SecurityBody) -> Response:
        await self._management.project(request, project_id)
        command = RequireSecondFactor(project_id, body.second_factor_required)
        await self._control.decide_named(request, "project.security", command)
        return await self.get(request, project_id)


def security_router(security: Security) -> APIRouter:
    """`/management/v1/projects/{id}/security`."""
    router = management_router("users")

    @router.get(PATH)
    async def get_security(request: Request, project_id: Captured) -> Response:
        return await security.get(request, project_id)

    @router.put(PATH)
    async def update_security(
        request: Request, project_id: Captured, body: SecurityBody
    ) -> Response:
        return await security.update(request, project_id, body)

    return router
