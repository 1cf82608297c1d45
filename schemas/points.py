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
#: From how many cards at once points may go to one.
MOVES_MAX: Final = 20
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
    #: The day that it ends with, in the project's time zone, for example `2026-12-31`.
    expires_on: str = ""


class BucketTaken(Shape, frozen=True):
    """Points that were taken of a bucket."""

    id: str
    expires_at: Millis
    points: int
    #: Whether activity of the card would have moved its end.
    moves: bool = False


class PointsMove(Shape, frozen=True):
    """Points that are to go from a card, which code or id names, to another."""

    code: str
    points: int
    #: The shop's own id of it.
    source_id: str
    reason: str | None = None


class TransferPoints(Shape, tag="transfer_points", frozen=True):
    """Moves points of members of a program to another member of it, all or none of them."""

    campaign: str
    #: The card that gets them.
    member: str
    moves: tuple[PointsMove, ...]
    #: The client that asks, as it names itself.
    source: str | None = None


class PointsMoved(Shape, frozen=True):
    """Points that went from one card to another; both are as they are after it."""

    origin: Voucher
    destination: Voucher
    points: int
    #: The transactions of both.
    out_id: str
    in_id: str
    source_id: str
    reason: str | None = None


class PointsTransferred(Shape, tag="voucher.points_transferred", frozen=True):
    """A card got points of others; `voucher` is that card after all of it."""

    voucher: Voucher
    moves: tuple[PointsMoved, ...]
    #: The buckets of all cards that it changes, as they are after it.
    buckets: tuple[PointsBucket, ...] = ()
    source: str | None = None


class PointsExpired(Unanswered, tag="voucher.points_expired", frozen=True):
    """Points of a card expired; the card and its buckets are as they are after it."""

    voucher: Voucher
    points: int
    transaction_id: str
    buckets: tuple[PointsBucket, ...]


class PointsExpiring(Unanswered, tag="voucher.points_expiring", frozen=True):
    """Points of a card will have expired in so many days as its program says, in these buckets."""

    voucher: Voucher
    points: int
    buckets: tuple[PointsBucket, ...]


PointsCommand = TransferPoints
PointsEvent = PointsExpired | PointsExpiring | PointsTransferred
#: What becomes of the points of cards, beside what is redeemed and changed by hand.
POINTS_EVENTS: Final = frozenset({PointsExpired, PointsExpiring, PointsTransferred})
