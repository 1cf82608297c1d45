"""The roles of a project, over the management API: those that every project has, and its own."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.projects.body import list_body
from engine.users.body import predefined_role_body, role_body
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, management_router
from schemas.errors import not_found
from schemas.privileges import ROLES
from schemas.user_commands import CreateRole, DeleteRole, UpdateRole
from schemas.user_events import RoleStored
from services.catalog.projects.management import Management
from services.catalog.users.bodies import RoleBody, UpdateRoleBody
from services.catalog.users.control import Control
from services.catalog.users.team import PROJECT

PATH = PROJECT + "/roles"
ROLE = PATH + "/{role_id:ident}"


class OwnRoles:
    """The handlers."""

    def __init__(self, control: Control, management: Management) -> None:
        self._control = control
        self._management = management

    async def list(self, request: Request, project_id: str) -> Response:
        await self._management.project(request, project_id)
        own = (await self._control.view()).scan(tables.ROLES, project_id)
        ordered = sorted(own, key=lambda each: (each.created_at, each.id))
        bodies = [*map(predefined_role_body, ROLES), *map(role_body, ordered)]
        return self._control.respond(request, list_body(bodies))

    async def get(self, request: Request, project_id: str, role_id: str) -> Response:
        await self._management.project(request, project_id)
        if role_id in ROLES:
            return self._control.respond(request, predefined_role_body(role_id))
        found = (await self._control.view()).get(tables.ROLES, project_id, role_id)
        if found is None:
            raise ApiError(not_found("role", role_id))
        return self._control.respond(request, role_body(found))

    async def create(self, request: Request, project_id: str, body: RoleBody) -> Response:
        await self._management.project(request, project_id)
        command = CreateRole(project_id, body.name, _unique(body.privileges))
        return await self._store(request, "role.create", command)

    async def update(
        self, request: Request, project_id: str, role_id: str, body: UpdateRoleBody
    ) -> Response:
        await self._management.project(request, project_id)
        _check_own(role_id)
        privileges = None if body.privileges is None else _unique(body.privileges)
        command = UpdateRole(project_id, role_id, body.name, privileges)
        return await self._store(request, "role.update", command)

    async def delete(self, request: Request, project_id: str, role_id: str) -> Response:
        await self._management.project(request, project_id)
        _check_own(role_id)
        await self._control.decide_named(request, "role.delete", DeleteRole(project_id, role_id))
        return self._control.respond(request, None)

    async def _store(
        self, request: Request, route: str, command: CreateRole | UpdateRole
    ) -> Response:
        record = await self._control.decide_named(request, route, command)
        stored = next(each for each in record.events if isinstance(each, RoleStored))
        return self._control.respond(request, role_body(stored.role))


def role_router(roles: OwnRoles) -> APIRouter:
    """Roles: list, read, create, change, delete."""
    router = management_router("users")

    @router.get(PATH)
    async def list_roles(request: Request, project_id: Captured) -> Response:
        return await roles.list(request, project_id)

    @router.post(PATH)
    async def create_role(request: Request, project_id: Captured, body: RoleBody) -> Response:
        return await roles.create(request, project_id, body)

    @router.get(ROLE)
    async def get_role(request: Request, project_id: Captured, role_id: Captured) -> Response:
        return await roles.get(request, project_id, role_id)

    @router.put(ROLE)
    async def update_role(
        request: Request, project_id: Captured, role_id: Captured, body: UpdateRoleBody
    ) -> Response:
        return await roles.update(request, project_id, role_id, body)

    @router.delete(ROLE)
    async def delete_role(request: Request, project_id: Captured, role_id: Captured) -> Response:
        return await roles.delete(request, project_id, role_id)

    return router


def _unique(privileges: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(privileges))


def _check_own(role_id: str) -> None:
    """Raises ApiError for a role that every project has."""
    if role_id in ROLES:
        raise invalid_payload(f"The role {role_id} is one that every project has")
