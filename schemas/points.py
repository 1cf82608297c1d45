"""Points of loyalty cards: what of them expires when, and what is not active yet.

What expires lies in buckets, one for each time at which anything of a card does; a card that has
none, as every card outside a program, is its balance and nothing else.
"""

from typing import Final, Literal

from schemas.base import Millis, Shape, Unanswered
from schemas.vouchers import Voucher

#: Of which kinds what is earned expires; MONTH and FIXED_DAY_OF_YEAR are the contract's, DAY and
#: INACTIVITY (days since the card last earned or paid) our own.
PeriodType = Literal["MONTH", "FIXED_DAY_OF_YEAR", "DAY", "INACTIVITY"]
RoundingType = Literal[
    "END_OF_MONTH", "END_OF_QUARTER", "END_OF_HALF_YEAR", "END_OF_YEAR", "PARTICULAR_MONTH"
]


class PointsExpirationRules(Shape, frozen=True):
    """When points that are earned now expire: at the end of a day of the project's time zone."""

    period_type: PeriodType
    #: So many months or days.
    period_value: int | None = None
    rounding_type: RoundingType | None = None
    #: Of PARTICULAR_MONTH: the month, 1 to 12.
    rounding_value: int | None = None
    #: Of FIXED_DAY_OF_YEAR.
    fixed_month: int | None = None
    fixed_day: int | None = None
    #: So many days before points expire, it is told that they will; None: it is not.
    notice_days: int | None = None


class PointsBucket(Shape, frozen=True):
    """What of a card expires at one time. One without points is gone."""

    id: str
    voucher_id: str
    campaign_id: str
    #: What is left in it.
    points: int
    expires_at: Millis
    created_at: Millis
    updated_at: Millis | None = None
    #: Whether activity of the card moves its end.
    moves: bool = False


class BucketTaken(Shape, frozen=True):
    """Points that were taken of a bucket."""

    id: str
    expires_at: Millis
    points: int


class PointsExpired(Unanswered, tag="voucher.points_expired", frozen=True):
    """Points of a card expired; the card and its buckets are as they are after it."""

    voucher: Voucher
    points: int
    transaction_id: str
    buckets: tuple[PointsBucket, ...]


PointsEvent = PointsExpired
#: What becomes of the points of cards, beside what is redeemed and changed by hand.
POINTS_EVENTS: Final = frozenset({PointsExpired})
