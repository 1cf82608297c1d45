"""What of a card's points expires when: added, spent, given back, expired.

Each function gives the card and the buckets that change, as they are afterwards; who decides puts
both into one event. What expires first is spent first, and what never expires last. A bucket is
over once its last millisecond is, whether a sweep was there already or not: whoever decides about
a card settles it first.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.state import View
from schemas.base import Millis
from schemas.points import BucketTaken, PointsBucket
from schemas.vouchers import LoyaltyCard, Voucher


class Booked(NamedTuple):
    """A card and those of its buckets that changed, as they are afterwards."""

    voucher: Voucher
    buckets: tuple[PointsBucket, ...] = ()
    #: What was taken of buckets, the first to expire first.
    taken: tuple[BucketTaken, ...] = ()
    #: How many points expired by it.
    expired: int = 0


def settle_points(view: View, voucher: Voucher, now: Millis) -> Booked:
    """The card without what expired by now; the card itself where nothing did."""
    card = voucher.loyalty_card
    if card is None or card.next_expiration_at is None or now <= card.next_expiration_at:
        return Booked(voucher)
    over = [each for each in buckets_of(view, voucher.id) if each.expires_at < now]
    points = sum(each.points for each in over)
    emptied = tuple(structs.replace(each, points=0, updated_at=now) for each in over)
    card = structs.replace(
        card, balance=card.balance - points, expired_points=card.expired_points + points
    )
    return Booked(_with_next(view, voucher, card, emptied, now), emptied, expired=points)


def add_points(
    view: View,
    voucher: Voucher,
    points: int,
    now: Millis,
    *,
    bucket_id: str = "",
    expires_at: Millis | None = None,
    moves: bool = False,
) -> Booked:
    """The settled card with so many points more; `expires_at` None: which never expire.

    `bucket_id` is the id of the bucket where there is none yet that expires then.
    """
    card = _card_of(voucher)
    card = structs.replace(card, points=card.points + points, balance=card.balance + points)
    if expires_at is None:
        return Booked(_with_next(view, voucher, card, (), now))
    found = _find_bucket(view, voucher.id, expires_at)
    bucket = found or PointsBucket(
        bucket_id, voucher.id, voucher.campaign_id or "", 0, expires_at, now, moves=moves
    )
    bucket = structs.replace(
        bucket, points=bucket.points + points, updated_at=None if found is None else now
    )
    return Booked(_with_next(view, voucher, card, (bucket,), now), (bucket,))


def take_from_buckets(
    view: View, voucher: Voucher, points: int, now: Millis
) -> tuple[tuple[PointsBucket, ...], tuple[BucketTaken, ...]]:
    """The buckets after so many points of the settled card are gone, and what each lost."""
    card = voucher.loyalty_card
    if card is None or card.next_expiration_at is None:
        return (), ()
    buckets: list[PointsBucket] = []
    taken: list[BucketTaken] = []
    for bucket in buckets_of(view, voucher.id):
        if points <= 0:
            break
        part = min(bucket.points, points)
        points -= part
        buckets.append(structs.replace(bucket, points=bucket.points - part, updated_at=now))
        taken.append(BucketTaken(bucket.id, bucket.expires_at, part))
    return tuple(buckets), tuple(taken)


def spend_points(view: View, voucher: Voucher, points: int, now: Millis) -> Booked:
    """The settled card after so many of its points, which it has, are gone."""
    buckets, taken = take_from_buckets(view, voucher, points, now)
    card = _card_of(voucher)
    card = structs.replace(card, balance=card.balance - points)
    return Booked(_with_next(view, voucher, card, buckets, now), buckets, taken)


def return_points(
    view: View, voucher: Voucher, points: int, taken: Iterable[BucketTaken], now: Millis
) -> Booked:
    """The settled card after it got points back, as if they had not been taken.

    What would have expired meanwhile is expired: it is not in the balance, and told as `expired`.
    """
    buckets: list[PointsBucket] = []
    expired = 0
    for each in taken:
        if each.expires_at < now:
            expired += each.points
            continue
        found = _find_bucket(view, voucher.id, each.expires_at)
        bucket = found or PointsBucket(
            each.id, voucher.id, voucher.campaign_id or "", 0, each.expires_at, now
        )
        buckets.append(structs.replace(bucket, points=bucket.points + each.points, updated_at=now))
    card = _card_of(voucher)
    card = structs.replace(
        card,
        balance=card.balance + points - expired,
        expired_points=card.expired_points + expired,
    )
    changed = tuple(buckets)
    return Booked(_with_next(view, voucher, card, changed, now), changed, expired=expired)


def with_next_expiration(
    view: View, voucher: Voucher, changed: tuple[PointsBucket, ...], now: Millis
) -> Voucher:
    """The card saying what of it expires next, once these of its buckets are as given."""
    return _with_next(view, voucher, _card_of(voucher), changed, now)


def buckets_of(view: View, voucher_id: str) -> Iterator[PointsBucket]:
    """The buckets of a card, the first to expire first."""
    return view.scan(tables.POINTS_BUCKETS, voucher_id)


def bucket_key(bucket: PointsBucket) -> tuple[str, str]:
    """Where a bucket is kept."""
    return bucket.voucher_id, f"{bucket.expires_at:015d}"


def _find_bucket(view: View, voucher_id: str, expires_at: Millis) -> PointsBucket | None:
    return view.get(tables.POINTS_BUCKETS, voucher_id, f"{expires_at:015d}")


def _card_of(voucher: Voucher) -> LoyaltyCard:
    card = voucher.loyalty_card
    assert card is not None, "only a loyalty card has points"
    return card


def _with_next(
    view: View,
    voucher: Voucher,
    card: LoyaltyCard,
    changed: tuple[PointsBucket, ...],
    now: Millis,
) -> Voucher:
    if changed:
        after = {each.expires_at: each for each in changed}
        stored = next(
            (each for each in buckets_of(view, voucher.id) if each.expires_at not in after), None
        )
        candidates = [each for each in after.values() if each.points]
        if stored is not None:
            candidates.append(stored)
        first = min(candidates, key=lambda each: each.expires_at, default=None)
        card = structs.replace(
            card,
            next_expiration_at=None if first is None else first.expires_at,
            next_expiration_points=0 if first is None else first.points,
        )
    return structs.replace(voucher, loyalty_card=card, updated_at=now)
