"""What of a card's points expires when: added, spent, given back, expired.

Each function gives the card and the buckets that change, as they are afterwards; who decides puts
both into one event. What expires first is spent first, and what never expires last. A bucket is
over once its last millisecond is, whether a sweep was there already or not: whoever decides about
a card settles it first. What expires by inactivity lies in one bucket, which moves with whatever
is earned or paid.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Final, NamedTuple

from msgspec import structs

from engine.kernel.ids import new_id
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.points.expiration import (
    day_ending_at,
    days_kept,
    expiration_rules_of,
    expires_at_of,
    kept_by_activity,
    moves_with_activity,
    notice_at,
)
from engine.points.stored import BucketKey, bucket_key, buckets_of
from schemas.base import Millis
from schemas.points import BucketTaken, PointsBucket, PointsExpirationRules
from schemas.vouchers import LoyaltyCard, Voucher

#: How many buckets a card has at most; beyond it, points share the bucket that ends next after
#: them, and the last bucket lasts as long as what is newer.
BUCKETS_MAX: Final = 500


class Booked(NamedTuple):
    """A card and those of its buckets that changed, as they are afterwards."""

    voucher: Voucher
    buckets: tuple[PointsBucket, ...] = ()
    #: What was taken of buckets, the first to expire first.
    taken: tuple[BucketTaken, ...] = ()
    #: How many points expired by it.
    expired: int = 0


class Received(NamedTuple):
    """Points of another card, and what of them expires when, with the ids of the buckets here."""

    points: int
    taken: tuple[BucketTaken, ...]


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
    return Booked(_Buckets(view, voucher, now).shown(card), emptied, expired=points)


def add_points(
    view: View,
    voucher: Voucher,
    points: int,
    now: Millis,
    *,
    bucket_id: str = "",
    expires_at: Millis | None = None,
    moves: bool = False,
    kept_until: Millis | None = None,
) -> Booked:
    """The settled card with so many points more; `expires_at` None: which never expire.

    `bucket_id` is the id of the bucket where there is none yet that expires then; with `moves`, by
    inactivity. What of the card expires so already does it at `kept_until`, if it is given.
    """
    card = _card_of(voucher)
    card = structs.replace(card, points=card.points + points, balance=card.balance + points)
    buckets = _Buckets(view, voucher, now)
    if kept_until is not None:
        buckets.move(kept_until)
        card = structs.replace(card, moves_to=kept_until)
    if expires_at is not None:
        buckets.put(bucket_id, expires_at, points, moves=moves)
    return Booked(buckets.shown(card), buckets.changed)


def add_points_by(
    view: View,
    voucher: Voucher,
    points: int,
    now: Millis,
    *,
    bucket_id: str,
    rules: PointsExpirationRules | None,
) -> Booked:
    """As `add_points`, of points that expire by these rules, where there are any.

    The card does something by it: whatever of it expires by inactivity lasts on.
    """
    moves = moves_with_activity(rules)
    voucher, kept_until = kept_by_activity(view, voucher, now, zone_of(view), days_kept(rules))
    expires_at = kept_until if moves else expires_at_of(rules, now, zone_of(view))
    return add_points(
        view,
        voucher,
        points,
        now,
        bucket_id=bucket_id,
        expires_at=expires_at,
        moves=moves,
        kept_until=kept_until,
    )


def fixed_expiration(view: View, rules: PointsExpirationRules | None, now: Millis) -> Millis | None:
    """When what is given now expires, whatever the card does; None: never, or as long as it does."""
    if rules is None or rules.period_type == "INACTIVITY":
        return None
    return expires_at_of(rules, now, zone_of(view))


def note_expiring(view: View, voucher: Voucher, now: Millis) -> Booked:
    """The settled card, its time to be told of being there; the buckets are what is told, unchanged.

    What is told next is told also where the program tells of nothing any more, so that the card is
    not looked at again.
    """
    card = _card_of(voucher)
    buckets = _Buckets(view, voucher, now)
    soon = buckets.untold(card, now)
    if not soon:
        return Booked(voucher)
    card = structs.replace(card, noticed_until=soon[-1].expires_at)
    return Booked(buckets.shown(card), soon)


def spend_points(view: View, voucher: Voucher, points: int, now: Millis) -> Booked:
    """The settled card after so many of its points, which it has, are gone."""
    return _spend(_Buckets(view, voucher, now), voucher, points)


def pay_points(view: View, voucher: Voucher, points: int, now: Millis) -> Booked:
    """As `spend_points`, by the customer: what expires by inactivity lasts on."""
    buckets = _Buckets(view, voucher, now)
    voucher, kept_until = kept_by_activity(view, voucher, now, zone_of(view))
    if kept_until is not None:
        buckets.move(kept_until)
        card = structs.replace(_card_of(voucher), moves_to=kept_until)
        voucher = structs.replace(voucher, loyalty_card=card)
    return _spend(buckets, voucher, points)


def return_points(
    view: View, voucher: Voucher, points: int, taken: Iterable[BucketTaken], now: Millis
) -> Booked:
    """The settled card after it got points back, as if they had not been taken.

    What would have expired meanwhile is expired: it is not in the balance, and told as `expired`.
    """
    card = _card_of(voucher)
    buckets = _Buckets(view, voucher, now)
    expired = 0
    for each in taken:
        # what moves would have moved with all that the card did meanwhile
        ends = max(each.expires_at, card.moves_to or 0) if each.moves else each.expires_at
        if ends < now:
            expired += each.points
        else:
            buckets.put(each.id, ends, each.points, moves=each.moves)
    card = structs.replace(
        card,
        balance=card.balance + points - expired,
        expired_points=card.expired_points + expired,
    )
    return Booked(buckets.shown(card), buckets.changed, expired=expired)


def receive_points(
    view: View, voucher: Voucher, parts: Iterable[Received], now: Millis
) -> list[Booked]:
    """The settled card after each time that it got points of another, which expire when they did there.

    The last has all the buckets that change.
    """
    card = _card_of(voucher)
    buckets = _Buckets(view, voucher, now)
    booked: list[Booked] = []
    for points, taken in parts:
        for each in taken:
            buckets.put(each.id, each.expires_at, each.points, moves=each.moves)
            if each.moves:
                moves_to = max(each.expires_at, card.moves_to or 0)
                card = structs.replace(card, moves_to=moves_to)
        card = structs.replace(card, points=card.points + points, balance=card.balance + points)
        booked.append(Booked(buckets.shown(card), buckets.changed))
    return booked


class _Buckets:
    """The buckets of a settled card while something is decided about it."""

    __slots__ = ("_changed", "_living", "_now", "_view", "_voucher")

    def __init__(self, view: View, voucher: Voucher, now: Millis) -> None:
        self._view, self._voucher, self._now = view, voucher, now
        self._changed: dict[BucketKey, PointsBucket] = {}
        self._living: dict[BucketKey, PointsBucket] = {}
        card = voucher.loyalty_card
        if card is not None and card.next_expiration_at is not None:
            found = (each for each in buckets_of(view, voucher.id) if each.expires_at >= now)
            self._living = {bucket_key(each): each for each in found}

    @property
    def changed(self) -> tuple[PointsBucket, ...]:
        """Those that are not as they were, as they are."""
        return tuple(self._changed.values())

    def take(self, points: int) -> tuple[BucketTaken, ...]:
        """Takes points, what expires first first; what it does not find never expires."""
        taken: list[BucketTaken] = []
        for bucket in self._sorted():
            if points <= 0:
                break
            part = min(bucket.points, points)
            points -= part
            taken.append(BucketTaken(bucket.id, bucket.expires_at, part, bucket.moves))
            self._set(bucket, bucket.points - part)
        return tuple(taken)

    def put(self, bucket_id: str, ends: Millis, points: int, *, moves: bool = False) -> None:
        """Puts points into the bucket that ends then, or a new one; none change nothing."""
        if points <= 0:
            return
        voucher, day = self._voucher, day_ending_at(ends, zone_of(self._view))
        bucket = PointsBucket(
            id=bucket_id,
            voucher_id=voucher.id,
            campaign_id=voucher.campaign_id or "",
            points=0,
            expires_at=ends,
            created_at=self._now,
            moves=moves,
            expires_on=day,
        )
        found = self._living.get(bucket_key(bucket))
        if found is None and len(self._living) >= BUCKETS_MAX:
            found = self._shared(bucket)
        bucket = found or bucket
        self._set(bucket, bucket.points + points)

    def move(self, ends: Millis) -> None:
        """All that expires by inactivity ends then."""
        for bucket in self._sorted():
            if bucket.moves and bucket.expires_at != ends:
                self._set(bucket, 0)
                self.put(_moved_id(bucket, ends), ends, bucket.points, moves=True)

    def shown(self, card: LoyaltyCard) -> Voucher:
        """The card with what of it expires next."""
        key = min(self._living, default=None)
        first = None if key is None else self._living[key]
        ends = None if first is None else first.expires_at
        card = structs.replace(
            card,
            notice_at=self._notice_at(card),
            next_expiration_at=ends,
            next_expiration_date=None if first is None else first.expires_on,
            next_expiration_points=sum(
                each.points for each in self._living.values() if each.expires_at == ends
            ),
        )
        return structs.replace(self._voucher, loyalty_card=card, updated_at=self._now)

    def untold(self, card: LoyaltyCard, now: Millis) -> tuple[PointsBucket, ...]:
        """The first that was not told of, with whatever else is to be told by now."""
        rules = expiration_rules_of(self._view, self._voucher)
        soon: list[PointsBucket] = []
        for each in self._sorted():
            at = notice_at(rules, each.expires_at)
            if each.expires_at > card.noticed_until and (
                not soon or (at is not None and at <= now)
            ):
                soon.append(each)
        return tuple(soon)

    def _notice_at(self, card: LoyaltyCard) -> Millis | None:
        """From when on it is to be told of the first bucket that nobody was told of."""
        ends = [each.expires_at for each in self._living.values()]
        untold = min((each for each in ends if each > card.noticed_until), default=None)
        if untold is None:
            return None
        return notice_at(expiration_rules_of(self._view, self._voucher), untold)

    def _sorted(self) -> list[PointsBucket]:
        return [self._living[key] for key in sorted(self._living)]

    def _shared(self, bucket: PointsBucket) -> PointsBucket | None:
        """The bucket that takes what would be one too many: a later one, or the last for longer."""
        alike = [each for each in self._living.values() if each.moves == bucket.moves]
        if not alike:
            return None
        later = [each for each in alike if each.expires_at > bucket.expires_at]
        if later:
            return min(later, key=attrgetter("expires_at"))
        last = max(alike, key=attrgetter("expires_at"))
        self._set(last, 0)
        ends, day = bucket.expires_at, bucket.expires_on
        return structs.replace(last, id=_moved_id(last, ends), expires_at=ends, expires_on=day)

    def _set(self, bucket: PointsBucket, points: int) -> None:
        """So many points are in the bucket; one without any is gone."""
        key = bucket_key(bucket)
        is_new = not bucket.points
        after = structs.replace(bucket, points=points, updated_at=None if is_new else self._now)
        self._changed[key] = after
        if points:
            self._living[key] = after
        else:
            self._living.pop(key, None)


def _moved_id(bucket: PointsBucket, ends: Millis) -> str:
    """The id of what was in a bucket and ends at another time."""
    return new_id(f"{bucket.id}/{ends}", "lopb_")


def _spend(buckets: _Buckets, voucher: Voucher, points: int) -> Booked:
    card = _card_of(voucher)
    taken = buckets.take(points)
    card = structs.replace(card, balance=card.balance - points)
    return Booked(buckets.shown(card), buckets.changed, taken)


def _card_of(voucher: Voucher) -> LoyaltyCard:
    card = voucher.loyalty_card
    assert card is not None, "only a loyalty card has points"
    return card
