"""Webhooks. Source: the API contract, section 10."""

from types import MappingProxyType

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered, shows, shows_nothing
from schemas.webhooks import (
    TEST_NAME,
    RedeliveryRequested,
    Webhook,
    WebhookCreated,
    WebhookDeleted,
    WebhookTestRequested,
    WebhookUpdated,
)


def webhook_body(webhook: Webhook) -> Body:
    """The endpoint; why this system switched it off is an addition to the contract."""
    body: Body = {
        "id": webhook.id,
        "target_url": webhook.target_url,
        "events": webhook.events,
        "active": webhook.active,
        "created_at": iso(webhook.created_at),
        "object": "webhook",
    }
    if webhook.disabled_reason is not None:
        body["disabled_reason"] = webhook.disabled_reason
    return body


def _redelivery(event: RedeliveryRequested, *_: object) -> Rendered:
    return Rendered(202, {"event_id": event.event_id, "webhook_id": event.webhook_id})


def _test(event: WebhookTestRequested, *_: object) -> Rendered:
    """Without the id of what is sent, which says where the record came to lie."""
    return Rendered(202, {"webhook_id": event.webhook.id, "event": TEST_NAME})


ANSWERS: Answers = MappingProxyType(
    {
        WebhookCreated: shows(webhook_body, "webhook"),
        WebhookUpdated: shows(webhook_body, "webhook"),
        WebhookDeleted: shows_nothing,
        RedeliveryRequested: _redelivery,
        WebhookTestRequested: _test,
    }
)
