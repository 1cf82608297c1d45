"""Webhooks in the state."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
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


FOLDS: Folds = MappingProxyType(
    {
        WebhookCreated: webhook_stored,
        WebhookUpdated: webhook_stored,
        WebhookDisabled: webhook_stored,
        WebhookDeleted: webhook_deleted,
    }
)
