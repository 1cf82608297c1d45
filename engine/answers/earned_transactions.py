"""Transactions of points that rules gave: at once, when they become active, and when they are taken back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.booking import Transaction, book_transaction
from engine.earning.body import pending_points_body
from engine.kernel.encode import Body
from schemas.base import Millis
from schemas.earning import (
    ORDER_PAID,
    SEGMENT_ENTERED,
    TIER_CHANGES,
    PointsEarned,
    PointsTakenBack,
    Trigger,
)
from schemas.pending import PendingPointsActivated, TierNamed

#: Why points are taken that nobody took off.
CANCELED: Final = "Order canceled"


def _points_earned(event: PointsEarned, at: Millis) -> Iterator[Transaction]:
    yield book_transaction(
        event.voucher,
        event.transaction_id,
        "ACCRUAL",
        event.points,
        at,
        details=_earned(event.rule_id, event.banner, event.tier) | _triggered(event.trigger),
    )


def _pending_activated(event: PendingPointsActivated, at: Millis) -> Iterator[Transaction]:
    pending = event.pending
    order = {"order": {"id": pending.order_id, "source_id": pending.order_source_id}}
    transaction = book_transaction(
        event.voucher,
        event.transaction_id,
        "ACTIVATION",
        event.points,
        at,
        details=_earned(pending.rule_id, pending.banner, pending.tier)
        | (order if pending.order_id is not None else {})
        | {"pending_points": pending_points_body(pending)},
        operation="MANUAL" if event.manual else "AUTOMATIC",
    )
    yield transaction._replace(body=transaction.body | {"type": "PENDING_POINTS_ACTIVATION"})


def _points_taken_back(event: PointsTakenBack, at: Millis) -> Iterator[Transaction]:
    """What is missing was taken before: of nothing there is no transaction."""
    if event.points:
        yield book_transaction(
            event.voucher,
            event.transaction_id,
            "REMOVAL",
            -event.points,
            at,
            reason=CANCELED,
            related=event.related_transaction_id,
            details={"order": {"id": event.order_id, "source_id": event.order_source_id}}
            | _earned(event.rule_id, None, None),
        )


def _earned(rule_id: str, banner: str | None, tier: TierNamed | None) -> Body:
    """By which rule points were given, and in which tier."""
    body: Body = {"earning_rule": {"id": rule_id, "source": {"banner": banner or ""}}}
    if tier is not None:
        named = {"id": tier.id, "name": tier.name}
        body |= {"loyalty_tier": named, "holder_loyalty_tier": named}
    return body


def _triggered(trigger: Trigger) -> Body:
    """For what points were given."""
    if trigger.event == ORDER_PAID:
        return {
            "order": {"id": trigger.id, "source_id": trigger.name},
            "event": {"id": trigger.id, "type": "customer.order.paid"},
        }
    if trigger.event == SEGMENT_ENTERED:
        return {
            "segment": {"id": trigger.id, "name": trigger.name},
            "event": {"id": trigger.id, "type": trigger.event},
        }
    if trigger.event in TIER_CHANGES:
        return {"event": {"id": trigger.id, "type": trigger.event}}
    body: Body = {
        "custom_event": {"id": trigger.id, "type": trigger.event},
        "event": {"id": trigger.id, "type": "customer.custom_event"},
    }
    if trigger.schema_id is not None:
        body["event_schema"] = {"id": trigger.schema_id, "name": trigger.event}
    return body


#: What each event books.
BOOKS: Final[Mapping[type[Any], Callable[[Any, Millis], Iterable[Transaction]]]] = MappingProxyType(
    {
        PointsEarned: _points_earned,
        PendingPointsActivated: _pending_activated,
        PointsTakenBack: _points_taken_back,
    }
)
