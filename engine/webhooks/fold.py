"""Webhooks in the state."""

from engine.kernel import tables
from engine.kernel.state import State
from schemas.base import Millis
from schemas.webhooks import WebhookCreated, WebhookDeleted, WebhookDisabled, WebhookUpdated


def webhook_stored(
    state: State, event: WebhookCreated | WebhookUpdated | WebhookDisabled, _: Millis
) -> None:
    """The endpoint is as the event has it."""
    state.put(tables.WEBHOOKS, event.webhook, event.webhook.id)


def webhook_deleted(state: State, event: WebhookDeleted, _: Millis) -> None:
    """The endpoint is forgotten."""
    state.delete(tables.WEBHOOKS, event.webhook_id)
