"""Webhooks over the management API."""

from collections.abc import Iterable

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.projects.body import list_body
from engine.webhooks.body import webhook_body
from engine.webhooks.ids import event_id
from fronts.writes import Writes, note_record
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.outbound import wrong_target
from runtime.http.routing import Captured, caller_of, management_router
from schemas.errors import not_found
from schemas.webhooks import (
    CreateWebhook,
    DeleteWebhook,
    RedeliverEvent,
    SendTestEvent,
    UpdateWebhook,
    Webhook,
)
from services.catalog.projects.managed import Managed
from services.catalog.projects.webhook_bodies import RedeliveryBody, UpdateWebhookBody, WebhookBody
from services.catalog.reads import Reads

_WEBHOOKS = "/management/v1/projects/{project_id:ident}/webhooks"
_WEBHOOK = _WEBHOOKS + "/{webhook_id:ident}"


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
        request: Request, project_id: Captured, webhook_id: Captured, body: UpdateWebhookBody
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

    @router.post(_WEBHOOK + "/test")
    async def send_test(request: Request, project_id: Captured, webhook_id: Captured) -> Response:
        await managed.management.project(request, project_id)
        caller = caller_of(request)
        identity = writes.identity(request, "webhook.test", await request.body())
        command = SendTestEvent(webhook_id)
        answered = await writes.decide(caller, command, identity, project=project_id)
        note_record(request, answered, project_id)
        status, shown = writes.render(answered.record, caller.kind)
        if status == 202 and shown is not None:
            shown = shown | {"event_id": event_id(project_id, answered.offset, 0)}
        return writes.respond(request, status, shown)

    return router


def _by_age(webhooks: Iterable[Webhook]) -> list[Webhook]:
    return sorted(webhooks, key=lambda each: (each.created_at, each.id))
