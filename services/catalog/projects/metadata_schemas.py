"""Metadata schemas over the management API, and their older endpoints."""

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.metadata.body import older_schema_body, schema_body
from engine.metadata.decide import find_schema
from engine.projects.body import list_body
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import not_found
from schemas.metadata import (
    CreateMetadataSchema,
    DeleteMetadataSchema,
    MetadataProperty,
    UpdateMetadataSchema,
)
from services.catalog.projects.managed import Managed
from services.catalog.projects.metadata_schema_bodies import (
    CreateSchemaBody,
    Properties,
    UpdateSchemaBody,
)
from services.catalog.reads import Reads

_SCHEMAS = "/management/v1/projects/{project_id:ident}/metadata-schemas"
_SCHEMA = _SCHEMAS + "/{schema_id:ident}"


def schema_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Metadata schemas of a project."""
    router = management_router("metadata schemas")
    managed = Managed(writes, view_of)

    @router.get(_SCHEMAS)
    async def list_schemas(request: Request, project_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        bodies = [schema_body(each) for each in view.scan(tables.METADATA_SCHEMAS)]
        return writes.respond(request, 200, list_body(bodies))

    @router.post(_SCHEMAS)
    async def create(request: Request, project_id: Captured, body: CreateSchemaBody) -> Response:
        command = CreateMetadataSchema(
            body.related_object, _properties(body.properties), body.allow_defined_only or False
        )
        return await managed.write(request, project_id, "metadata_schema.create", command)

    @router.get(_SCHEMA)
    async def get(request: Request, project_id: Captured, schema_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        found = find_schema(view, schema_id)
        if found is None:
            raise ApiError(not_found("metadata_schema", schema_id))
        return writes.respond(request, 200, schema_body(found))

    @router.put(_SCHEMA)
    async def update(
        request: Request, project_id: Captured, schema_id: Captured, body: UpdateSchemaBody
    ) -> Response:
        found = find_schema(await managed.management.view(request, project_id), schema_id)
        if found is not None and body.related_object not in (None, found.related_object):
            raise invalid_payload("Property `.related_object` cannot be changed")
        command = UpdateMetadataSchema(
            schema_id, _properties(body.properties), body.allow_defined_only
        )
        return await managed.write(request, project_id, "metadata_schema.update", command)

    @router.delete(_SCHEMA)
    async def delete(request: Request, project_id: Captured, schema_id: Captured) -> Response:
        command = DeleteMetadataSchema(schema_id)
        return await managed.write(request, project_id, "metadata_schema.delete", command)

    return router


def older_schema_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Metadata schemas for server-side keys."""
    router = management_router("metadata schemas")

    @router.get("/v1/metadata-schemas")
    async def list_schemas(request: Request) -> Response:
        view = await view_of(caller_of(request).project)
        bodies = [older_schema_body(each) for each in view.scan(tables.METADATA_SCHEMAS)]
        # The contract's description wants `data` besides what `data_ref` names.
        listed = {"object": "list", "data_ref": "schemas", "schemas": bodies, "data": bodies}
        return writes.respond(request, 200, listed | {"total": len(bodies)})

    @router.get("/v1/metadata-schemas/{resource:ident}")
    async def get(request: Request, resource: Captured) -> Response:
        view = await view_of(caller_of(request).project)
        found = view.get(tables.METADATA_SCHEMAS, resource)
        if found is None:
            raise ApiError(not_found("metadata_schema", resource))
        return writes.respond(request, 200, older_schema_body(found))

    return router


def _properties(given: Properties) -> dict[str, MetadataProperty]:
    return {
        name: msgspec.convert(each.model_dump(exclude_none=True), MetadataProperty)
        for name, each in given.items()
    }
