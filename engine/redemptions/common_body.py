"""What the bodies of redemptions and rollbacks have in common."""

from engine.customers.body import simple_customer_body
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.base import Millis
from schemas.customers import Customer
from schemas.errors import Refusal
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollbackFailed,
)

Recorded = RedemptionSucceeded | RedemptionFailed | RedemptionRolledBack | RollbackFailed


def common_body(
    kind: str, entry_id: str, at: Millis, event: Recorded, customer: Customer | None
) -> Body:
    """What every redemption and rollback says."""
    return {
        "id": entry_id,
        "object": kind,
        "date": iso(at),
        "customer_id": event.customer_id,
        "tracking_id": event.tracking_id,
        "metadata": event.metadata,
        "channel": {"channel_id": event.channel_id, "channel_type": event.channel},
        "customer": simple_customer_body(customer) if customer else None,
    }


def put_paid(body: Body, credits: int | None, points: int | None, sign: int) -> None:
    """What a card paid, or, with sign -1, was given back."""
    if credits is not None:
        body["amount"] = sign * credits
        body["gift"] = {"amount": sign * credits}
    elif points is not None:
        body["amount"] = sign * points
        body["loyalty_card"] = {"points": sign * points}


def put_failure(body: Body, refusal: Refusal) -> None:
    """Why it failed, as lists show and filter it."""
    body["failure_code"] = refusal.key
    body["failure_message"] = refusal.message
