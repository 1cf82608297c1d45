"""Buckets of points in the state; which expires next brings a sweep to its card."""

from collections.abc import Iterable

from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.state import State
from engine.points.buckets import bucket_key, buckets_of
from schemas.points import PointsBucket
from schemas.vouchers import Voucher


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
