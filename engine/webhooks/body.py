"""Webhooks. Source: the API contract, section 10."""

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.webhooks import Webhook


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
