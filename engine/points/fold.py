"""Buckets of points in the state; which expires next brings a sweep to its card."""

from collections.abc import Iterable

from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.state import State
from engine.points.buckets import bucket_key, buckets_of
from schemas.base import Millis
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
    for bucket in list(buckets_of(state, voucher.id)) if _expires_at(voucher) is not None else ():
        state.delete(tables.POINTS_BUCKETS, *bucket_key(bucket))
    _drop_due(state, voucher)


def follow_expiration(state: State, before: Voucher, after: Voucher) -> None:
    """A sweep comes to the card when its next bucket is over."""
    if _expires_at(before) == _expires_at(after):
        return
    _drop_due(state, before)
    at = _expires_at(after)
    if at is not None:
        put_due(state, tables.Due(tables.DUE_POINTS, after.id, at + 1))


def _drop_due(state: State, voucher: Voucher) -> None:
    at = _expires_at(voucher)
    if at is not None:
        drop_due(state, tables.Due(tables.DUE_POINTS, voucher.id, at + 1))


def _expires_at(voucher: Voucher) -> Millis | None:
    card = voucher.loyalty_card
    return None if card is None else card.next_expiration_at
