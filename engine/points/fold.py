"""Points of cards in the state: their buckets, and what is pending; time brings a sweep to both."""

from collections.abc import Iterable
from typing import Final

from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.state import State
from engine.points.stored import bucket_key, buckets_of
from schemas.pending import PendingPoints
from schemas.points import PointsBucket
from schemas.vouchers import Voucher

#: How much of what was pending once leaves with its card.
ENDED_DROPPED_MAX: Final = 10_000


def store_buckets(state: State, buckets: Iterable[PointsBucket]) -> None:
    """The buckets are as given; one without points is gone."""
    for bucket in buckets:
        if bucket.points:
            state.put(tables.POINTS_BUCKETS, bucket, *bucket_key(bucket))
        else:
            state.delete(tables.POINTS_BUCKETS, *bucket_key(bucket))


def drop_buckets(state: State, voucher: Voucher) -> None:
    """The card is gone, and its buckets with it."""
    dues = _dues(voucher)
    for bucket in list(buckets_of(state, voucher.id)) if dues else ():
        state.delete(tables.POINTS_BUCKETS, *bucket_key(bucket))
    for due in dues:
        drop_due(state, due)


def put_pending(state: State, pending: PendingPoints) -> None:
    """The points are pending: they are found by their card and their campaign, and in time."""
    state.put(tables.PENDING_POINTS, pending, pending.voucher_id, pending.id)
    state.put(tables.CAMPAIGN_PENDING, _named(pending), pending.campaign_id, pending.id)
    put_due(state, _pending_due(pending))


def end_pending(state: State, pending: PendingPoints, became: str) -> None:
    """The points are pending no longer; what became of them is known."""
    _drop_pending(state, pending)
    state.put(tables.PENDING_ENDED, became, pending.voucher_id, pending.id)


def drop_earned(state: State, voucher: Voucher) -> None:
    """The card is gone, and with it what was pending; what limits counted goes with the program.

    They are of the customer, who may have another card of it, or come again.
    """
    if voucher.loyalty_card is None:
        return
    for pending in list(state.scan(tables.PENDING_POINTS, voucher.id)):
        _drop_pending(state, pending)
    state.drop(tables.PENDING_ENDED, voucher.id, most=ENDED_DROPPED_MAX)
    if voucher.holder_id is None or voucher.campaign_id is None:
        return
    program = state.get(tables.CAMPAIGNS, voucher.campaign_id)
    if program is None or program.deleted_at is not None:
        state.delete(tables.EARNINGS, voucher.holder_id, voucher.campaign_id)


def _drop_pending(state: State, pending: PendingPoints) -> None:
    state.delete(tables.PENDING_POINTS, pending.voucher_id, pending.id)
    state.delete(tables.CAMPAIGN_PENDING, pending.campaign_id, pending.id)
    drop_due(state, _pending_due(pending))


def _pending_due(pending: PendingPoints) -> tables.Due:
    return tables.Due(tables.DUE_PENDING, _named(pending), pending.activates_at)


def _named(pending: PendingPoints) -> str:
    """Whose it is, and which."""
    return f"{pending.voucher_id}/{pending.id}"


def follow_expiration(state: State, before: Voucher, after: Voucher) -> None:
    """A sweep comes to the card when its next bucket is over, and when it is to be told before."""
    old, new = _dues(before), _dues(after)
    if old == new:
        return
    for due in old:
        drop_due(state, due)
    for due in new:
        put_due(state, due)


def _dues(voucher: Voucher) -> list[tables.Due]:
    card = voucher.loyalty_card
    if card is None or card.next_expiration_at is None:
        return []
    dues = [tables.Due(tables.DUE_POINTS, voucher.id, card.next_expiration_at + 1)]
    if card.notice_at is not None:
        dues.append(tables.Due(tables.DUE_POINTS_NOTICE, voucher.id, card.notice_at))
    return dues
