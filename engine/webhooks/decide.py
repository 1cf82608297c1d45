"""Webhooks: registered, changed, switched off when nobody takes what they are sent."""

from itertools import islice
from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.webhooks.ids import event_place
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.webhooks import (
    EVENT_NAMES,
    WEBHOOKS_MAX,
    CreateWebhook,
    DeleteWebhook,
    DisableWebhook,
    RedeliverEvent,
    RedeliveryRequested,
    SendTestEvent,
    UpdateWebhook,
    Webhook,
    WebhookCreated,
    WebhookDeleted,
    WebhookDisabled,
    WebhookTestRequested,
    WebhookUpdated,
)

_KNOWN = frozenset(EVENT_NAMES)


def create_webhook(
    view: View, command: Command, body: CreateWebhook, now: Millis
) -> Decision | Refusal:
    """Registers an endpoint."""
    refusal = _wrong_events(body.events)
    if refusal is not None:
        return refusal
    if len(list(islice(view.scan(tables.WEBHOOKS), WEBHOOKS_MAX))) == WEBHOOKS_MAX:
        return refuse("invalid_payload", f"A project has at most {WEBHOOKS_MAX} webhooks")
    webhook = Webhook(
        id=new_id(command.seed, "wh_"),
        target_url=body.target_url,
        events=body.events,
        created_at=now,
        active=body.active,
    )
    return Decision((WebhookCreated(webhook),))


def update_webhook(view: View, _: Command, body: UpdateWebhook, now: Millis) -> Decision | Refusal:
    """Replaces an endpoint's address and events, and switches it."""
    webhook = view.get(tables.WEBHOOKS, body.webhook_id)
    if webhook is None:
        return not_found("webhook", body.webhook_id)
    refusal = _wrong_events(body.events)
    if refusal is not None:
        return refusal
    active = webhook.active if body.active is None else body.active
    changed = structs.replace(
        webhook,
        target_url=body.target_url,
        events=body.events,
        active=active,
        updated_at=now,
        disabled_reason=None if active else webhook.disabled_reason,
    )
    return Decision((WebhookUpdated(changed),))


def delete_webhook(view: View, _: Command, body: DeleteWebhook, __: Millis) -> Decision | Refusal:
    """Forgets an endpoint."""
    if view.get(tables.WEBHOOKS, body.webhook_id) is None:
        return not_found("webhook", body.webhook_id)
    return Decision((WebhookDeleted(body.webhook_id),))


def disable_webhook(view: View, _: Command, body: DisableWebhook, now: Millis) -> Decision:
    """Switches an endpoint off; one that is off or gone stays so."""
    webhook = view.get(tables.WEBHOOKS, body.webhook_id)
    if webhook is None or not webhook.active:
        return Decision()
    changed = structs.replace(
        webhook, active=False, updated_at=now, disabled_reason=body.reason[:500]
    )
    return Decision((WebhookDisabled(changed, body.event_id),))


def redeliver_event(view: View, _: Command, body: RedeliverEvent, __: Millis) -> Decision | Refusal:
    """Asks for an event to be sent once more; whether there is one, the sender finds out."""
    webhook = view.get(tables.WEBHOOKS, body.webhook_id)
    if webhook is None:
        return not_found("webhook", body.webhook_id)
    if event_place(view.project, body.event_id) is None:
        return not_found("event", body.event_id)
    if not webhook.active:
        return refuse("invalid_payload", "The webhook is not active; switch it on first")
    return Decision((RedeliveryRequested(body.webhook_id, body.event_id),))


def send_test_event(view: View, _: Command, body: SendTestEvent, __: Millis) -> Decision | Refusal:
    """Asks for a test to be sent, behind what waits for the endpoint already."""
    webhook = view.get(tables.WEBHOOKS, body.webhook_id)
    if webhook is None:
        return not_found("webhook", body.webhook_id)
    if not webhook.active:
        return refuse("invalid_payload", "The webhook is not active; switch it on first")
    return Decision((WebhookTestRequested(webhook),))


def _wrong_events(events: tuple[str, ...]) -> Refusal | None:
    for index, name in enumerate(events):
        if name not in _KNOWN:
            return refuse("invalid_payload", f"Property `.events[{index}]` is not a known event")
    if len(set(events)) != len(events):
        return refuse("invalid_payload", "Property `.events` names an event twice")
    return None


DECISIONS: Decisions = MappingProxyType(
    {
        CreateWebhook: create_webhook,
        UpdateWebhook: update_webhook,
        DeleteWebhook: delete_webhook,
        DisableWebhook: disable_webhook,
        RedeliverEvent: redeliver_event,
        SendTestEvent: send_test_event,
    }
)
