"""Points that become active later: pended, activated when their day begins or before, changed, canceled.

They are not in the balance, and nobody can spend them; the card says how many they are. From when
they are active on they expire as what is earned on that day does.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.calendar import Zone, day_of, wall_of
from engine.kernel.days import first_instant
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.programs import find_member
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.points.buckets import Booked, add_points_by
from engine.points.decide import points_expired_events
from engine.points.expiration import fixed_expiration
from engine.points.fold import store_buckets
from schemas.base import AMOUNT_MAX, DAY_MS, INSTANT_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.pending import (
    ActivatePendingPoints,
    AdjustPendingPoints,
    CancelPendingPoints,
    PendingPoints,
    PendingPointsActivated,
    PendingPointsAdjusted,
    PendingPointsCanceled,
)
from schemas.points import PointsExpirationRules, PointsExpired
from schemas.vouchers import Voucher

_EPOCH: Final = date(1970, 1, 1)


class Activation(NamedTuple):
    """When pending points become active: the first instant of a day, and the day."""

    at: Millis
    day: str


class Found(NamedTuple):
    """Pending points and their card."""

    card: Voucher
    pending: PendingPoints


def activation_after(days: int, now: Millis, zone: Zone) -> Activation:
    """The day so many days after today, in the project's time zone."""
    today = _EPOCH + timedelta(wall_of(day_of(now, zone), zone) // DAY_MS)
    if days > (date.max - today).days:
        return Activation(INSTANT_MAX, date.max.isoformat())
    day = today + timedelta(days)
    return Activation(first_instant(day, zone), day.isoformat())


def with_pending(card: Voucher, points: int, now: Millis) -> Voucher:
    """The card with so many pending points more, below zero: fewer."""
    loyalty = card.loyalty_card
    assert loyalty is not None, "only a loyalty card has points"
    loyalty = structs.replace(loyalty, pending_points=max(loyalty.pending_points + points, 0))
    return structs.replace(card, loyalty_card=loyalty, updated_at=now)


def activate_due(view: View, command: Command, due: Iterable[str], now: Millis) -> Iterator[Event]:
    """Makes active what a sweep finds, by the names of its dues; of a card one after the other."""
    state = view.trial()
    for number, each in enumerate(due):
        pending = pending_named(state, each)
        card = None if pending is None else state.get(tables.VOUCHERS, pending.voucher_id)
        if card is None or pending is None:
            continue
        own = numbered_command(command, "pending", number)
        for event in activation_events(state, own, Found(card, pending), now):
            state.put(tables.VOUCHERS, event.voucher, card.id)
            store_buckets(state, event.buckets)
            yield event


def pending_named(view: View, named: str) -> PendingPoints | None:
    """The pending points of a voucher's id, a slash, and their own."""
    voucher_id, _, pending_id = named.rpartition("/")
    return view.get(tables.PENDING_POINTS, voucher_id, pending_id)


def activation_events(
    view: View, command: Command, found: Found, now: Millis, *, manual: bool = False
) -> Iterator[PointsExpired | PendingPointsActivated]:
    """What makes pending points active, as many as the card can hold; what expired by now goes first."""
    state = view.trial()
    card, pending = found
    for expired in points_expired_events(view, numbered_command(command, "settle", 0), card, now):
        card = expired.voucher
        store_buckets(state, expired.buckets)
        yield expired
    points = min(pending.points, _room_on(card))
    booked = book_points(
        state,
        with_pending(card, -pending.points, now),
        points,
        pending.expiration_rules,
        new_id(command.seed, "lopb_"),
        now,
    )
    yield PendingPointsActivated(
        voucher=booked.voucher,
        pending=pending,
        transaction_id=new_id(command.seed, "vtx_"),
        buckets=booked.buckets,
        manual=manual,
        lost=pending.points - points,
        expires_at=fixed_expiration(view, pending.expiration_rules, now),
    )


def _room_on(card: Voucher) -> int:
    """How many points more a card can have."""
    loyalty = card.loyalty_card
    return 0 if loyalty is None else max(AMOUNT_MAX - max(loyalty.points, loyalty.balance), 0)


def book_points(
    view: View,
    card: Voucher,
    points: int,
    rules: PointsExpirationRules | None,
    bucket_id: str,
    now: Millis,
) -> Booked:
    """The settled card with points more, which expire by these rules, where there are any."""
    return add_points_by(view, card, points, now, bucket_id=bucket_id, rules=rules)


def activate_pending_points(
    view: View, command: Command, body: ActivatePendingPoints, now: Millis
) -> Decision | Refusal:
    """Makes pending points active before their time."""
    found = _find(view, body.member, body.pending_id)
    if isinstance(found, Refusal):
        return found
    return Decision(tuple(activation_events(view, command, found, now, manual=True)))


def adjust_pending_points(
    view: View, _: Command, body: AdjustPendingPoints, now: Millis
) -> Decision | Refusal:
    """Adds to pending points, or takes off; at least one is left."""
    found = _find(view, body.member, body.pending_id)
    if isinstance(found, Refusal):
        return found
    card, pending = found
    loyalty = card.loyalty_card
    others = 0 if loyalty is None else loyalty.pending_points - pending.points
    most = _room_on(card) - others
    after = pending.points + body.points
    if not 1 <= after <= most:
        return refuse(
            "invalid_pending_points_state",
            f"Pending points have to stay between 1 and {most}",
            resource_id=pending.id,
            resource_type="pending_points",
            explanation={"rule": "points", "points": pending.points, "change": body.points},
        )
    pending = structs.replace(pending, points=after, updated_at=now)
    adjusted = PendingPointsAdjusted(with_pending(card, body.points, now), pending, body.points)
    return Decision((adjusted,))


def cancel_pending_points(
    view: View, _: Command, body: CancelPendingPoints, now: Millis
) -> Decision | Refusal:
    """Has pending points never become active."""
    found = _find(view, body.member, body.pending_id)
    return found if isinstance(found, Refusal) else Decision((canceled_event(found, now),))


def canceled_event(found: Found, now: Millis) -> PendingPointsCanceled:
    """Pending points that never become active."""
    card, pending = found
    pending = structs.replace(pending, updated_at=now)
    return PendingPointsCanceled(with_pending(card, -pending.points, now), pending)


def _find(view: View, member: str, pending_id: str) -> Found | Refusal:
    """The pending points of a member; refuses what is none, and what is pending no longer."""
    card = find_member(view, member)
    if isinstance(card, Refusal):
        return card
    pending = view.get(tables.PENDING_POINTS, card.id, pending_id)
    if pending is not None:
        return Found(card, pending)
    became = view.get(tables.PENDING_ENDED, card.id, pending_id)
    if became is None:
        return not_found("pending_points", pending_id)
    return refuse(
        "invalid_pending_points_state",
        f"Pending points {pending_id} are {became} already",
        resource_id=pending_id,
        resource_type="pending_points",
        explanation={"rule": "state", "state": became},
    )


DECISIONS: Decisions = MappingProxyType(
    {
        ActivatePendingPoints: activate_pending_points,
        AdjustPendingPoints: adjust_pending_points,
        CancelPendingPoints: cancel_pending_points,
    }
)
