"""Webhooks: where a project's events are sent, and what became of each attempt to send one."""

from typing import Final, Literal

from schemas.base import Instant, Millis, Shape, Unanswered

#: How many a project may have.
WEBHOOKS_MAX = 50
#: What an endpoint gets that is tested; nobody subscribes to it.
TEST_NAME: Final = "webhook.test"
#: The names that can be subscribed to, as the contract spells them.
EVENT_NAMES = (
    # not among the names of the contract, which knows no alerts
    "alert.raised",
    "business_validation_rule.assignment.created",
    "business_validation_rule.assignment.deleted",
    "business_validation_rule.created",
    "business_validation_rule.deleted",
    "business_validation_rule.updated",
    "campaign.created",
    "campaign.deleted",
    "campaign.disabled",
    "campaign.enabled",
    "campaign.earning_rule.assigned",
    "campaign.earning_rule.deleted",
    "campaign.earning_rule.disabled",
    "campaign.earning_rule.enabled",
    "campaign.earning_rule.updated",
    "campaign.loyalty_tier.created",
    "campaign.loyalty_tier.deleted",
    "campaign.loyalty_tier.updated",
    "campaign.promotion_stack.created",
    "campaign.promotion_stack.updated",
    "campaign.promotion_tier.created",
    "campaign.promotion_tier.deleted",
    "campaign.promotion_tier.disabled",
    "campaign.promotion_tier.enabled",
    "campaign.promotion_tier.updated",
    "campaign.referral_tier.created",
    "campaign.referral_tier.deleted",
    "campaign.referral_tier.updated",
    "campaign.reward.assignment.created",
    "campaign.reward.assignment.deleted",
    "campaign.reward.assignment.updated",
    "campaign.updated",
    "campaign.vouchers.aded",
    "campaign.vouchers.generation.completed",
    "campaign.vouchers.generation.failed",
    "campaign.vouchers.generation.started",
    "customer.confirmed",
    "customer.created",
    "customer.deleted",
    "customer.rewarded",
    "customer.rewarded.loyalty_points",
    # not among the names of the contract, which tells of them in activities alone
    "customer.segment.entered",
    "customer.segment.left",
    "publication.succeeded",
    "redemption.failed",
    "redemption.rollback.failed",
    "redemption.rollback.succeeded",
    "redemption.succeeded",
    "voucher.created",
    "voucher.deleted",
    "voucher.disabled",
    "voucher.enabled",
    "voucher.gift.balance_aded",
    "voucher.gift.transaction.created",
    "voucher.loyalty_card.pending_points.activated",
    "voucher.loyalty_card.pending_points.aded",
    "voucher.loyalty_card.pending_points.canceled",
    "voucher.loyalty_card.pending_points.updated",
    "voucher.loyalty_card.points_aded",
    "voucher.loyalty_card.points_expired",
    # not among the names of the contract, which tells of it when it is too late
    "voucher.loyalty_card.points_expiring",
    "voucher.loyalty_card.transaction.created",
    "voucher.published",
    "voucher.updated",
)


class Webhook(Shape, frozen=True):
    """An endpoint of a project and the events that it gets."""

    id: str
    target_url: str
    events: tuple[str, ...]
    created_at: Millis
    active: bool = True
    updated_at: Millis | None = None
    #: Why this system switched it off; None when it did not.
    disabled_reason: str | None = None


class CreateWebhook(Shape, tag="create_webhook", frozen=True):
    """Registers an endpoint; it gets what happens from then on."""

    target_url: str
    events: tuple[str, ...]
    active: bool = True


class UpdateWebhook(Shape, tag="update_webhook", frozen=True):
    """Replaces an endpoint's address and events; `active` None leaves the switch."""

    webhook_id: str
    target_url: str
    events: tuple[str, ...]
    active: bool | None = None


class DeleteWebhook(Shape, tag="delete_webhook", frozen=True):
    """Forgets an endpoint and what waits for it."""

    webhook_id: str


class DisableWebhook(Shape, tag="disable_webhook", frozen=True):
    """Switches an endpoint off after the last try of an event."""

    webhook_id: str
    event_id: str
    reason: str


class RedeliverEvent(Shape, tag="redeliver_event", frozen=True):
    """Sends an event to an endpoint once more, behind what waits for it already."""

    webhook_id: str
    event_id: str


class SendTestEvent(Shape, tag="send_test_event", frozen=True):
    """Sends an endpoint an event that says only that it is a test."""

    webhook_id: str


class WebhookCreated(Shape, tag="webhook.created", frozen=True):
    """An endpoint is registered."""

    webhook: Webhook


class WebhookUpdated(Shape, tag="webhook.updated", frozen=True):
    """An endpoint changed; `webhook` is the whole after it."""

    webhook: Webhook


class WebhookDisabled(Unanswered, tag="webhook.disabled", frozen=True):
    """An endpoint gets nothing until it is switched on: it did not take an event in all tries."""

    webhook: Webhook
    event_id: str


class WebhookDeleted(Shape, tag="webhook.deleted", frozen=True):
    """An endpoint is forgotten."""

    webhook_id: str


class RedeliveryRequested(Shape, tag="webhook.redelivery_requested", frozen=True):
    """An event is to be sent to an endpoint once more."""

    webhook_id: str
    event_id: str


class WebhookTestRequested(Shape, tag="webhook.test_requested", frozen=True):
    """An endpoint is to be sent a test; it tells how the endpoint was then."""

    webhook: Webhook


class DeliveryAttempted(Shape, tag="webhook.delivery_attempted", frozen=True):
    """One attempt to send an event to an endpoint.

    `offset` and `index` are its place in the endpoint's queue: where in the project's ledger it
    came from, or was asked for again. After a crash an attempt may be there twice; `id` tells.
    """

    id: str
    project: str
    webhook_id: str
    event_id: str
    event: str
    offset: int
    index: int
    #: Counted from 1.
    attempt: int
    at: Instant
    #: `delivered`, `failed` (it is tried again) or `dead` (it is not).
    result: Literal["delivered", "failed", "dead"]
    duration_ms: int
    http_status: int | None = None
    #: Why it failed; never holds what the endpoint answered.
    error: str | None = None
    next_attempt_at: Millis | None = None
    #: Whether it was asked for by hand.
    redelivery: bool = False


WebhookCommand = (
    CreateWebhook | UpdateWebhook | DeleteWebhook | DisableWebhook | RedeliverEvent | SendTestEvent
)
WebhookEvent = (
    WebhookCreated
    | WebhookUpdated
    | WebhookDisabled
    | WebhookDeleted
    | RedeliveryRequested
    | WebhookTestRequested
)
#: Webhooks and what is asked of them.
WEBHOOK_EVENTS: Final = frozenset(
    {
        WebhookCreated,
        WebhookUpdated,
        WebhookDisabled,
        WebhookDeleted,
        RedeliveryRequested,
        WebhookTestRequested,
    }
)
