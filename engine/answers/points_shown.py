"""What feeds and webhooks show of balances: what was added, earned, pending, expired, taken back.

What is earned is told as a reward and as points that came; what is taken back as points that went:
the contract knows one name for both, and the number says which.
"""

from typing import assert_never

from engine.answers.transactions import transactions_of
from engine.balances.body import balance_body
from engine.earning.body import pending_points_body
from engine.kernel.encode import Body
from engine.vouchers.simple_body import campaign_of_voucher_body, simple_voucher_body
from schemas.earning import (
    EarningRefused,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
    RefusedCard,
    Trigger,
)
from schemas.pending import (
    PendingPoints,
    PendingPointsActivated,
    PendingPointsAdjusted,
    PendingPointsCanceled,
)
from schemas.vouchers import Voucher


def trigger_body(trigger: Trigger) -> Body:
    """What points were given for."""
    return {"id": trigger.id, "type": trigger_type(trigger), "entity_id": trigger.id}


def trigger_type(trigger: Trigger) -> str:
    """The event as feeds call it; a custom one has the customer's name for it in the transaction."""
    if trigger.event.startswith("customer."):
        return trigger.event
    return "customer.order.paid" if trigger.event == "order.paid" else "customer.custom_event"


def refusal_data(event: EarningRefused, card: RefusedCard) -> Body:
    """Which rules gave a card nothing, and why."""
    return {
        "voucher": {"id": card.voucher_id, "object": "voucher"},
        "campaign": {"id": card.campaign_id, "object": "campaign"},
        "event": trigger_body(event.trigger),
        "earning_rules": [{"id": each.rule_id, "reason": each.reason} for each in card.rules],
    }


def earned_data(event: PointsEarned) -> Body:
    """What a reward of points shows in a feed."""
    return _card_data(event.voucher) | {
        "balance": balance_body(event.voucher, event.points, operation="AUTOMATIC"),
        "event": trigger_body(event.trigger),
    }


def added_data(event: PointsEarned | PointsTakenBack) -> Body:
    """What points that came or went show in a feed."""
    amount = event.points if isinstance(event, PointsEarned) else -event.points
    booked = transactions_of(event, event.voucher.updated_at or 0)
    data = _card_data(event.voucher) | {
        "balance": balance_body(event.voucher, amount, operation="AUTOMATIC")
    }
    return data if not booked else data | {"transaction": booked[0].body}


def pending_data(
    event: PointsPending | PendingPointsAdjusted | PendingPointsCanceled,
) -> Body:
    """What pending points show in a feed."""
    pending = event.pending
    return _pending_data(event.voucher, pending) | {
        "voucher_pending_points_balance": _pending_balance(event)
    }


def activated_data(event: PendingPointsActivated) -> Body:
    """What pending points that are active now show in a feed."""
    points, operation = event.points, "MANUAL" if event.manual else "AUTOMATIC"
    [transaction] = transactions_of(event, event.voucher.updated_at or 0)
    return _pending_data(event.voucher, event.pending) | {
        "balance": balance_body(event.voucher, points, operation=operation),
        "transaction": transaction.body,
    }


def _card_data(voucher: Voucher) -> Body:
    return {"voucher": simple_voucher_body(voucher), "campaign": campaign_of_voucher_body(voucher)}


def _pending_data(voucher: Voucher, pending: PendingPoints) -> Body:
    order = {"id": pending.order_id, "source_id": pending.order_source_id, "object": "order"}
    return _card_data(voucher) | {"order": order, "pending_points": pending_points_body(pending)}


def _pending_balance(event: PointsPending | PendingPointsAdjusted | PendingPointsCanceled) -> Body:
    """How many points of the card are pending, and by how many it changed."""
    match event:
        case PointsPending():
            points = event.pending.points
        case PendingPointsAdjusted():
            points = event.points
        case PendingPointsCanceled():
            points = -event.pending.points
        case _:
            assert_never(event)
    card = event.voucher.loyalty_card
    pending = 0 if card is None else card.pending_points
    return {
        "points": points,
        "total": pending,
        "balance": pending,
        "type": "loyalty_card",
        "object": "balance",
        "operation_type": "AUTOMATIC" if isinstance(event, PointsPending) else "MANUAL",
        "related_object": {"type": "voucher", "id": event.voucher.id},
    }
