"""Redemptions and their rollbacks."""

from typing import Final, Literal

from schemas.api import CustomerInput, OrderInput, OrderStatus
from schemas.base import Metadata, Millis, Shape, Unanswered
from schemas.categories import Category
from schemas.errors import Refusal
from schemas.evaluations import Evaluation, RequestContext, Taken
from schemas.orders import Order
from schemas.points import PointsBucket
from schemas.promotions import PromotionTier
from schemas.rewards import RewardGiven, RewardTaken
from schemas.tallies import Periods, UnitCount
from schemas.vouchers import Voucher


class Redemption(Shape, frozen=True):
    """A redemption as far as its rollback needs it; the audit log has the whole."""

    id: str
    at: Millis
    status: Literal["SUCCEEDED", "FAILED", "ROLLED_BACK"]
    related_object_type: Literal["voucher", "promotion_tier", "redemption"]
    #: The voucher's id, or the redemption's own id for a stack's parent.
    related_object_id: str
    #: The voucher's code; for an unknown one what the caller asked for; empty for a parent.
    code: str = ""
    taken: Taken | None = None
    order_id: str | None = None
    customer_id: str | None = None
    tracking_id: str | None = None
    parent_id: str | None = None
    children: tuple[str, ...] = ()
    rollback_id: str | None = None
    #: What the tallies counted it with: the campaign, the key, the order before discounts.
    campaign_id: str | None = None
    key_id: str = ""
    order_amount: int = 0
    units: tuple[UnitCount, ...] = ()
    #: The day, week and month that it counts in; None: those of UTC.
    periods: Periods | None = None
    #: What a card was redeemed for, where that was not an order.
    reward: RewardGiven | None = None


class RollBack(Shape, frozen=True):
    """What the two rollbacks have in common."""

    redemption_id: str
    reason: str | None = None
    tracking_id: str | None = None
    customer: CustomerInput | None = None
    order: OrderInput | None = None
    metadata: Metadata | None = None


class RolledBack(Shape, frozen=True):
    """One redemption that was taken back, with its voucher or tier after it (None: it is gone)."""

    rollback_id: str
    redemption_id: str
    #: Empty for a tier's.
    voucher_id: str
    #: The voucher's code when it was redeemed.
    code: str = ""
    voucher: Voucher | None = None
    tier_id: str | None = None
    tier: PromotionTier | None = None
    #: The name of a tier's campaign; a voucher has it itself.
    campaign_name: str | None = None
    discount: int = 0
    credits: int | None = None
    points: int | None = None
    #: Of the points, those that would have expired meanwhile: the voucher has them no more.
    expired: int = 0
    #: The category that the voucher is in.
    categories: tuple[Category, ...] = ()
    #: What the card was redeemed for, as it is after it; None: it paid for an order, or the reward
    #: is gone.
    reward: RewardTaken | None = None


class RedeemStack(RequestContext, tag="redeem_stack", frozen=True):
    """Redeems all redeemables or none."""

    #: What is wrong with the request beyond its redeemables; the attempt is recorded as failed.
    fault: Refusal | None = None
    #: The program, by id or name, that the one redeemable has to be a card of; empty: any.
    of_program: str | None = None


class RollBackRedemption(RollBack, tag="roll_back_redemption", frozen=True):
    """Takes one redemption back."""


class RollBackStack(RollBack, tag="roll_back_stack", frozen=True):
    """Takes a stack back, or a single redemption through the stack's endpoint."""


class RedemptionSucceeded(Shape, tag="redemption.succeeded", frozen=True):
    """One redeemable, or a stack with its parent, was redeemed.

    `redemption_ids` belong to the applicable outcomes in their order; `evaluation.order` is the
    order as saved, `None` when the request had none.
    """

    evaluation: Evaluation
    redemption_ids: tuple[str, ...]
    parent_id: str | None = None
    order_created: bool = False
    #: What the order was before, where it is not new.
    status_before: OrderStatus | None = None
    customer_id: str | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
    session_key: str | None = None
    channel: str = "API"
    channel_id: str = ""
    #: The day, week and month that it counts in, so that no fold needs the rules of a time zone;
    #: None: those of UTC.
    periods: Periods | None = None
    #: The buckets of the cards that paid, as they are after it.
    buckets: tuple[PointsBucket, ...] = ()


class RedemptionFailed(Unanswered, tag="redemption.failed", frozen=True):
    """An attempt that took nothing; `redemption_ids` belong to the inapplicable outcomes."""

    evaluation: Evaluation
    redemption_ids: tuple[str, ...]
    customer_id: str | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
    session_key: str | None = None
    channel: str = "API"
    channel_id: str = ""


class RedemptionRolledBack(Shape, tag="redemption.rolled_back", frozen=True):
    """A redemption, or a stack with its parent, was taken back; `order` is as saved after it."""

    rollbacks: tuple[RolledBack, ...]
    parent_rollback_id: str | None = None
    parent_redemption_id: str | None = None
    order: Order | None = None
    status_before: OrderStatus | None = None
    redeemed_at: Millis = 0
    reason: str | None = None
    customer_id: str | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
    channel: str = "API"
    channel_id: str = ""
    #: The buckets of the cards that got points back, as they are after it.
    buckets: tuple[PointsBucket, ...] = ()


class RollbackFailed(Unanswered, tag="rollback.failed", frozen=True):
    """A rollback of an existing redemption was refused."""

    rollback_id: str
    redemption_id: str
    voucher_id: str
    refusal: Refusal
    tier_id: str | None = None
    #: As in `RolledBack`; empty for a stack's parent.
    code: str = ""
    reason: str | None = None
    customer_id: str | None = None
    tracking_id: str | None = None
    metadata: Metadata | None = None
    channel: str = "API"
    channel_id: str = ""


class RedemptionsRetired(Unanswered, tag="redemptions.retired", frozen=True):
    """Redemptions too old to be rolled back left the state; the audit log keeps them."""

    redemption_ids: tuple[str, ...]


RedemptionCommand = RedeemStack | RollBackRedemption | RollBackStack
RedemptionEvent = (
    RedemptionSucceeded
    | RedemptionFailed
    | RedemptionRolledBack
    | RollbackFailed
    | RedemptionsRetired
)
#: What is redeemed and taken back, or was refused.
REDEMPTION_EVENTS: Final = frozenset(
    {
        RedemptionSucceeded,
        RedemptionFailed,
        RedemptionRolledBack,
        RollbackFailed,
        RedemptionsRetired,
    }
)
