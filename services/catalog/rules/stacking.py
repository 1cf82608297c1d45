"""Stacking rules over the management API: a project has one set of its own, or the defaults."""

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.projects.body import list_body
from engine.stacking_rules.body import stacking_rules_body
from fronts.writes import Writes
from runtime.http.errors import ApiError
from runtime.http.routing import Captured, management_router
from schemas.errors import not_found
from schemas.stacking import (
    CreateStackingRules,
    DeleteStackingRules,
    StackingRules,
    UpdateStackingRules,
)
from services.catalog.projects.managed import Managed
from services.catalog.reads import Reads
from services.catalog.rules.stacking_bodies import StackingRulesBody, UpdateStackingRulesBody

_ALL = "/management/v1/projects/{project_id:ident}/stacking-rules"
_ONE = _ALL + "/{rules_id:ident}"


def stacking_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Stacking rules of a project."""
    router = management_router("stacking rules")
    managed = Managed(writes, view_of)

    @router.get(_ALL)
    async def list_rules(request: Request, project_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        bodies = [stacking_rules_body(each) for each in view.scan(tables.STACKING)]
        return writes.respond(request, 200, list_body(bodies))

    @router.post(_ALL)
    async def create(request: Request, project_id: Captured, body: StackingRulesBody) -> Response:
        command = CreateStackingRules(msgspec.convert(body.said(), StackingRules))
        return await managed.write(request, project_id, "stacking_rules.create", command)

    @router.get(_ONE)
    async def get(request: Request, project_id: Captured, rules_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        found = view.get(tables.STACKING, tables.THE_ONE)
        if found is None or found.id != rules_id:
            raise ApiError(not_found("stacking_rules", rules_id))
        return writes.respond(request, 200, stacking_rules_body(found))

    @router.put(_ONE)
    async def update(
        request: Request, project_id: Captured, rules_id: Captured, body: UpdateStackingRulesBody
    ) -> Response:
        changes = msgspec.Raw(msgspec.json.encode(body.said()))
        command = UpdateStackingRules(rules_id, changes)
        return await managed.write(request, project_id, "stacking_rules.update", command)

    @router.delete(_ONE)
    async def delete(request: Request, project_id: Captured, rules_id: Captured) -> Response:
        command = DeleteStackingRules(rules_id)
        return await managed.write(request, project_id, "stacking_rules.delete", command)

    return router
