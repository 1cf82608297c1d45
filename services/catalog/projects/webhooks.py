"""Webhooks and metadata schemas over the management API, and the older endpoints of schemas."""

from collections.abc import Iterable

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.metadata.body import older_schema_body, schema_body
from engine.metadata.decide import find_schema
from engine.projects.body import list_body
from engine.webhooks.body import webhook_body
from fronts.writes import Writes
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.outbound import wrong_target
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import not_found
from schemas.metadata import (
    CreateMetadataSchema,
    DeleteMetadataSchema,
    MetadataProperty,
    UpdateMetadataSchema,
)
from schemas.webhooks import CreateWebhook, DeleteWebhook, RedeliverEvent, UpdateWebhook, Webhook
from services.catalog.projects.managed import Managed
from services.catalog.projects.project_bodies import (
    CreateSchemaBody,
    Properties,
    RedeliveryBody,
    UpdateSchemaBody,
    WebhookBody,
)
from services.catalog.reads import Reads

_WEBHOOKS = "/management/v1/projects/{project_id:ident}/webhooks"
_WEBHOOK = _WEBHOOKS + "/{webhook_id:ident}"
_SCHEMAS = "/management/v1/projects/{project_id:ident}/metadata-schemas"
_SCHEMA = _SCHEMAS + "/{schema_id:ident}"


def webhook_router(writes: Writes, view_of: Reads, *, allow_private: bool) -> APIRouter:
    """Webhooks of a project, and sending an event once more."""
    router = management_router("webhooks")
    managed = Managed(writes, view_of)

    def check(body: WebhookBody) -> None:
        wrong = wrong_target(body.target_url, allow_private=allow_private)
        if wrong is not None:
            raise invalid_payload(f"Property `.target_url`: {wrong}")

    @router.get(_WEBHOOKS)
    async def list_webhooks(request: Request, project_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        bodies = [webhook_body(each) for each in _by_age(view.scan(tables.WEBHOOKS))]
        return writes.respond(request, 200, list_body(bodies))

    @router.post(_WEBHOOKS)
    async def create(request: Request, project_id: Captured, body: WebhookBody) -> Response:
        check(body)
        active = True if body.active is None else body.active
        command = CreateWebhook(body.target_url, tuple(body.events), active)
        return await managed.write(request, project_id, "webhook.create", command)

    @router.get(_WEBHOOK)
    async def get(request: Request, project_id: Captured, webhook_id: Captured) -> Response:
        view = await managed.management.view(request, project_id)
        found = view.get(tables.WEBHOOKS, webhook_id)
        if found is None:
            raise ApiError(not_found("webhook", webhook_id))
        return writes.respond(request, 200, webhook_body(found))

    @router.put(_WEBHOOK)
    async def update(
        request: Request, project_id: Captured, webhook_id: Captured, body: WebhookBody
    ) -> Response:
        check(body)
        command = UpdateWebhook(webhook_id, body.target_url, tuple(body.events), body.active)
        return await managed.write(request, project_id, "webhook.update", command)

    @router.delete(_WEBHOOK)
    async def delete(request: Request, project_id: Captured, webhook_id: Captured) -> Response:
        command = DeleteWebhook(webhook_id)
        return await managed.write(request, project_id, "webhook.delete", command)

    @router.post(_WEBHOOK + "/redeliveries")
    async def redeliver(
        request: Request, project_id: Captured, webhook_id: Captured, body: RedeliveryBody
    ) -> Response:
        command = RedeliverEvent(webhook_id, body.event_id)
        return await managed.write(request, project_id, "webhook.redeliver", command)

    return router


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


def _by_age(webhooks: Iterable[Webhook]) -> list[Webhook]:
    return sorted(webhooks, key=lambda each: (each.created_at, each.id))


def _properties(given: Properties) -> dict[str, MetadataProperty]:
    return {
        name: msgspec.convert(each.model_dump(exclude_none=True), MetadataProperty)
        for name, each in given.items()
    }
