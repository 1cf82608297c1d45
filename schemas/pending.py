"""Points that were earned and become active later: the contract's pending points."""

from typing import Final

from schemas.base import Millis, Shape
from schemas.points import PointsBucket, PointsExpirationRules
from schemas.vouchers import Voucher


class TierNamed(Shape, frozen=True):
    """A tier of a program, as what was earned in it names it."""

    id: str
    name: str


class PendingPoints(Shape, frozen=True):
    """Points of a card that are not in its balance yet."""

    id: str
    voucher_id: str
    campaign_id: str
    customer_id: str
    rule_id: str
    points: int
    #: When the day begins, in the project's time zone; and the day itself, YYYY-MM-DD.
    activates_at: Millis
    activates_on: str
    created_at: Millis
    order_id: str | None = None
    order_source_id: str | None = None
    banner: str | None = None
    tier: TierNamed | None = None
    #: When they expire, counted from when they become active; None: never.
    expiration_rules: PointsExpirationRules | None = None
    updated_at: Millis | None = None


class ActivatePendingPoints(Shape, tag="activate_pending_points", frozen=True):
    """Makes pending points of a member active before their time."""

    member: str
    pending_id: str


class AdjustPendingPoints(Shape, tag="adjust_pending_points", frozen=True):
    """Adds to pending points of a member, or takes off; never 0."""

    member: str
    pending_id: str
    points: int


class CancelPendingPoints(Shape, tag="cancel_pending_points", frozen=True):
    """Pending points of a member never become active."""

    member: str
    pending_id: str


class PendingPointsActivated(Shape, tag="voucher.pending_points_activated", frozen=True):
    """Pending points are in the balance; the card and its buckets are as they are after it.

    What a card could hold no more, as it got others meanwhile, is lost.
    """

    voucher: Voucher
    pending: PendingPoints
    transaction_id: str
    buckets: tuple[PointsBucket, ...] = ()
    #: Whether somebody asked for it.
    manual: bool = False
    #: None: never, or when the card does nothing for long enough.
    expires_at: Millis | None = None
    #: How many of them the card could hold no more.
    lost: int = 0

    @property
    def points(self) -> int:
        """How many are in the balance by it."""
        return self.pending.points - self.lost


class PendingPointsAdjusted(Shape, tag="voucher.pending_points_adjusted", frozen=True):
    """Pending points are more or fewer; they and the card are as they are after it."""

    voucher: Voucher
    pending: PendingPoints
    #: What came, below zero: what went.
    points: int


class PendingPointsCanceled(Shape, tag="voucher.pending_points_canceled", frozen=True):
    """Pending points never become active; the card is as it is after it."""

    voucher: Voucher
    pending: PendingPoints


PendingCommand = ActivatePendingPoints | AdjustPendingPoints | CancelPendingPoints
PendingEvent = PendingPointsActivated | PendingPointsAdjusted | PendingPointsCanceled
#: What becomes of points that were pending.
PENDING_EVENTS: Final = frozenset(
    {PendingPointsActivated, PendingPointsAdjusted, PendingPointsCanceled}
)
