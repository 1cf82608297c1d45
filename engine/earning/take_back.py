"""What an order earned goes when it is canceled: what is pending, and what was given and is left.

What was spent or expired already is told as missing; no balance falls below zero. It goes once: the
order is forgotten, and earns again when it is paid again.
"""

from collections.abc import Iterator

from msgspec import structs

from engine.earning.limits import uncounted_earnings
from engine.kernel import tables
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.state import View
from engine.points.buckets import spend_points
from engine.points.decide import points_expired_events
from engine.points.pending import Found, canceled_event
from schemas.base import Millis
from schemas.commands import Command
from schemas.earning import OrderEarned, OrderEarningsEnded, PointsTakenBack
from schemas.events import Event
from schemas.orders import Order


def take_back_order(view: View, command: Command, order: Order, now: Millis) -> Iterator[Event]:
    """What takes back all that an order earned; nothing, where it earned nothing."""
    earnings = view.get(tables.ORDER_EARNINGS, order.id)
    if earnings is None:
        return
    for number, each in enumerate(earnings.earned):
        own = numbered_command(command, "take_back", number)
        yield from _take_back(view, own, order, each, earnings.customer_id, now)
    uncounted = uncounted_earnings(view, earnings.customer_id, earnings.earned)
    yield OrderEarningsEnded(order.id, uncounted)


def _take_back(
    view: View, command: Command, order: Order, earned: OrderEarned, customer_id: str, now: Millis
) -> Iterator[Event]:
    card = view.get(tables.VOUCHERS, earned.voucher_id)
    if card is None or card.loyalty_card is None:
        return
    if earned.pending_id is not None:
        pending = view.get(tables.PENDING_POINTS, card.id, earned.pending_id)
        if pending is not None:
            yield canceled_event(Found(card, pending), now)
        return
    for expired in points_expired_events(view, numbered_command(command, "settle", 0), card, now):
        yield expired
        card = expired.voucher
    loyalty = card.loyalty_card
    assert loyalty is not None, "it is the same card"
    over = earned.expires_at is not None and earned.expires_at < now
    taken = 0 if over else min(earned.points, loyalty.balance)
    booked = spend_points(view, card, taken, now)
    left = booked.voucher.loyalty_card
    assert left is not None, "it is the same card"
    left = structs.replace(left, subtracted_points=left.subtracted_points + taken)
    yield PointsTakenBack(
        voucher=structs.replace(booked.voucher, loyalty_card=left),
        points=taken,
        missing=earned.points - taken,
        rule_id=earned.rule_id,
        order_id=order.id,
        customer_id=customer_id,
        transaction_id=new_id(command.seed, "vtx_"),
        related_transaction_id=earned.transaction_id,
        order_source_id=order.source_id,
        buckets=booked.buckets,
    )
