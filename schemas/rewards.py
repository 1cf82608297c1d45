"""Rewards: what points of a loyalty card pay for, and which loyalty program offers what for how many.

There are three kinds. COIN: so many points are worth so much of an order. CAMPAIGN: the member gets
a code of a campaign. MATERIAL: a product or SKU, of which there may be a stock.
"""

from decimal import Decimal
from typing import Final, Literal

import msgspec
from msgspec import field

from schemas.base import Metadata, Millis, Shape
from schemas.products import Product, Sku
from schemas.vouchers import Voucher

REWARDS_MAX = 1000
RATIO_MAX = 1_000_000_000
POINTS_RATIO_MAX = 1_000_000_000
#: How many rewards a program offers at most, and what one costs.
REWARD_ASSIGNMENTS_MAX = 100
COST_MAX = 1_000_000_000

RewardType = Literal["COIN", "CAMPAIGN", "MATERIAL"]
#: Of which campaigns a code can be a reward.
RewardCampaignType = Literal["DISCOUNT_COUPONS", "GIFT_VOUCHERS", "LOYALTY_PROGRAM"]


class RewardCampaign(Shape, frozen=True):
    """The campaign that a reward is a code of."""

    id: str
    #: Looked up; of a giveaway the type of campaign that has such codes.
    type: RewardCampaignType = "DISCOUNT_COUPONS"
    #: What is added to the gift card, in minor units, or to the loyalty card, in points.
    balance: int | None = None


class RewardProduct(Shape, frozen=True):
    """The product or SKU that a reward is."""

    id: str
    sku_id: str | None = None


class RewardAttributes(Shape, frozen=True):
    """How a reward is presented; a member that was not given is not shown."""

    image_url: str | None = None
    description: str | None = None


class Reward(Shape, frozen=True):
    """A reward.

    COIN: `points_ratio` points pay `exchange_ratio` major units of the order. Of the other kinds
    both say nothing.
    """

    id: str
    name: str
    created_at: Millis
    exchange_ratio: Decimal = Decimal(0)
    points_ratio: int = 1
    type: RewardType = "COIN"
    metadata: Metadata = field(default_factory=dict)
    updated_at: Millis | None = None
    #: Of CAMPAIGN.
    campaign: RewardCampaign | None = None
    #: Of MATERIAL.
    product: RewardProduct | None = None
    #: Of MATERIAL: how many are left; None is without limit.
    stock: int | None = None
    #: Of CAMPAIGN and MATERIAL: how often it was redeemed, what was rolled back not counted.
    redeemed: int = 0
    attributes: RewardAttributes | None = None


class RewardAssignment(Shape, frozen=True):
    """That a loyalty program offers a reward."""

    id: str
    reward_id: str
    #: The loyalty program.
    campaign_id: str
    created_at: Millis
    #: What it costs; None for COIN, which costs what it pays.
    points: int | None = None
    auto_redeem: bool | None = None
    #: The sets of validation rules that bind it; kept by the fold of their assignments.
    rule_ids: tuple[str, ...] = ()
    updated_at: Millis | None = None


class NewRewardAssignment(Shape, frozen=True):
    """A reward that a program is to offer, as the request says."""

    reward_id: str
    points: int | None = None
    auto_redeem: bool | None = None
    #: The ids of the sets of rules that are to bind it.
    validation_rules: tuple[str, ...] = ()
    #: Whether the request says anything of points.
    priced: bool = False


class RewardTaken(Shape, frozen=True):
    """What a card was redeemed for; all of it as it is after the redemption."""

    #: Its own.
    id: str
    reward: Reward
    assignment_id: str | None = None
    #: The voucher that the customer got, or the card that got points.
    voucher: Voucher | None = None
    product: Product | None = None
    sku: Sku | None = None
    #: The tier of the member that made it cheaper or dearer.
    loyalty_tier_id: str | None = None
    #: Whether the customer had the card before.
    kept: bool = False
    #: Of points: when what is left of them expires, whatever the card does; None: never, or later.
    expires_at: Millis | None = None


class RewardGiven(Shape, frozen=True):
    """What a card was redeemed for, as far as the rollback of the redemption needs it."""

    #: As in `RewardTaken`.
    id: str
    reward_id: str
    assignment_id: str | None = None
    loyalty_tier_id: str | None = None
    #: The voucher that the customer got, or the card that got points; empty of MATERIAL.
    voucher_id: str = ""
    #: What was added to it.
    balance: int = 0
    #: Whether the customer had the card before: then it keeps working.
    kept: bool = False
    #: As in `RewardTaken`.
    expires_at: Millis | None = None
    #: What was on a card that the customer got new, in points or minor units.
    began: int = 0


class CreateReward(Shape, tag="create_reward", frozen=True):
    """Creates a reward; id and times are filled in by `decide`, and the type of its campaign."""

    reward: Reward


class UpdateReward(Shape, tag="update_reward", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    reward_id: str
    changes: msgspec.Raw


class DeleteReward(Shape, tag="delete_reward", frozen=True):
    """Removes a reward that no program offers; redemptions keep showing it."""

    reward_id: str


class AssignReward(Shape, tag="assign_reward", frozen=True):
    """A loyalty program, by id or name, offers a reward from now on."""

    campaign: str
    assignment: NewRewardAssignment


class AssignRewards(Shape, tag="assign_rewards", frozen=True):
    """A loyalty program, by id or name, offers all of these rewards from now on, or none."""

    campaign: str
    assignments: tuple[NewRewardAssignment, ...]


class UpdateRewardAssignment(Shape, tag="update_reward_assignment", frozen=True):
    """Sets what a reward costs; the program or the reward that the path names has to be its own."""

    assignment_id: str
    campaign: str | None = None
    reward_id: str | None = None
    points: int | None = None
    auto_redeem: bool | None = None
    #: Whether the request says anything of points.
    priced: bool = False


class DeleteRewardAssignment(Shape, tag="delete_reward_assignment", frozen=True):
    """The program offers the reward no more; named as for its update."""

    assignment_id: str
    campaign: str | None = None
    reward_id: str | None = None


class RewardCreated(Shape, tag="reward.created", frozen=True):
    """A reward exists."""

    reward: Reward


class RewardUpdated(Shape, tag="reward.updated", frozen=True):
    """A reward changed; `reward` is the whole after it."""

    reward: Reward


class RewardDeleted(Shape, tag="reward.deleted", frozen=True):
    """A reward is gone."""

    reward: Reward


class RewardAssigned(Shape, tag="reward_assignment.created", frozen=True):
    """A loyalty program offers a reward."""

    assignment: RewardAssignment


class RewardAssignmentUpdated(Shape, tag="reward_assignment.updated", frozen=True):
    """What a reward costs in a program changed; the assignment is the whole after it."""

    assignment: RewardAssignment


class RewardUnassigned(Shape, tag="reward_assignment.deleted", frozen=True):
    """A loyalty program offers a reward no more."""

    assignment: RewardAssignment


RewardCommand = (
    CreateReward
    | UpdateReward
    | DeleteReward
    | AssignReward
    | AssignRewards
    | UpdateRewardAssignment
    | DeleteRewardAssignment
)
RewardEvent = (
    RewardCreated
    | RewardUpdated
    | RewardDeleted
    | RewardAssigned
    | RewardAssignmentUpdated
    | RewardUnassigned
)
#: Rewards by themselves: nobody gets one by them.
REWARD_EVENTS: Final = frozenset({RewardCreated, RewardUpdated, RewardDeleted})
#: Which program offers them for how many points.
REWARD_ASSIGNMENT_EVENTS: Final = frozenset(
    {RewardAssigned, RewardAssignmentUpdated, RewardUnassigned}
)
