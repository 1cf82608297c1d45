"""Schemas of custom events over the management API."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, StrictBool, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from engine.event_schemas.body import event_schema_body
from engine.event_schemas.decide import find_event_schema
from engine.kernel import tables
from engine.projects.body import list_body
from fronts.fields import Body, Short, Shown
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, management_router
from schemas.custom_events import CUSTOM_EVENT_NAME_LENGTH_MAX
from schemas.errors import not_found
from schemas.event_schemas import (
    EVENT_PROPERTIES_MAX,
    CreateEventSchema,
    DeleteEventSchema,
    UpdateEventSchema,
)
from schemas.metadata import MetadataProperty
from services.catalog.projects.managed import Managed
from services.catalog.projects.metadata_schema_bodies import PropertyName
from services.catalog.reads import Reads

_SCHEMAS = "/management/v1/projects/{project_id:ident}/custom-event-schemas"
_SCHEMA = _SCHEMAS + "/{schema_id:ident}"


class EventPropertyBody(Body):
    """What one property of an event's metadata may hold."""

    type: Literal["string", "number", "date", "datetime", "boolean"]
    optional: StrictBool = False
    deleted: StrictBool = False


class PropertiesBody(Body):
    """The properties by their names."""

    properties: Annotated[
        dict[PropertyName, EventPropertyBody], Field(max_length=EVENT_PROPERTIES_MAX)
    ]

    def as_kept(self) -> dict[str, MetadataProperty]:
        """The properties, as the state has them."""
        return {
            name: MetadataProperty(each.type, optional=each.optional, deleted=each.deleted)
            for name, each in self.properties.items()
        }


class CreateEventSchemaBody(Body):
    """The schema of the events of one name."""

    name: Annotated[StrictStr, Field(min_length=1, max_length=CUSTOM_EVENT_NAME_LENGTH_MAX)]
    # a model of pydantic has a method of that name
    properties_of: Annotated[PropertiesBody, Field(alias="schema")]


class UpdateEventSchemaBody(Body):
    """The properties take the place of those before; the rest is as it is shown."""

    properties_of: Annotated[PropertiesBody, Field(alias="schema")]
    name: Short | None = None
    id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["custom-event-schema"] | None = None


def event_schema_router(writes: Writes, view_of: Reads) -> APIRouter:
    """Schemas of a project's custom events."""
    router = management_router("custom event schemas")
    managed = Managed(writes, view_of)

    @router.get(_SCHEMAS)
    async def list_schemas(request: Request, project_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        bodies = [event_schema_body(each) for each in view.scan(tables.EVENT_SCHEMAS)]
        return writes.respond(request, 200, list_body(bodies))

    @router.post(_SCHEMAS)
    async def create(
        request: Request, project_id: Captured, body: CreateEventSchemaBody
    ) -> Response:
        command = CreateEventSchema(body.name, body.properties_of.as_kept())
        return await managed.write(request, project_id, "event_schema.create", command)

    @router.get(_SCHEMA)
    async def get(request: Request, project_id: Captured, schema_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        found = find_event_schema(view, schema_id)
        if found is None:
            raise ApiError(not_found("custom-event-schema", schema_id))
        return writes.respond(request, 200, event_schema_body(found))

    @router.put(_SCHEMA)
    async def update(
        request: Request, project_id: Captured, schema_id: Captured, body: UpdateEventSchemaBody
    ) -> Response:
        found = find_event_schema(await managed.management.view(request, project_id), schema_id)
        if found is not None and body.name not in (None, found.name):
            raise invalid_payload("Property `.name` cannot be changed")
        command = UpdateEventSchema(schema_id, body.properties_of.as_kept())
        return await managed.write(request, project_id, "event_schema.update", command)

    @router.delete(_SCHEMA)
    async def delete(request: Request, project_id: Captured, schema_id: Captured) -> Response:
        command = DeleteEventSchema(schema_id)
        return await managed.write(request, project_id, "event_schema.delete", command)

    return router
