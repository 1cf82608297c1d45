"""Rewards: created, changed, deleted. What they cost is in `payment.py`, who offers them in `assign.py`."""

from collections.abc import Mapping
from typing import Final

from msgspec import structs

from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_campaign
from engine.kernel.room import Decisions, unite_tables
from engine.kernel.state import View
from engine.rewards import assign
from engine.rewards.find import assignments_of_reward, find_assignment
from schemas.base import AMOUNT_MAX, Millis
from schemas.campaigns import Campaign
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.rewards import (
    POINTS_RATIO_MAX,
    RATIO_MAX,
    REWARDS_MAX,
    CreateReward,
    DeleteReward,
    Reward,
    RewardCampaign,
    RewardCampaignType,
    RewardCreated,
    RewardDeleted,
    RewardUpdated,
    UpdateReward,
)
from schemas.vouchers import VoucherType

#: What an update may name.
UPDATABLE = frozenset(
    {
        "name",
        "metadata",
        "exchange_ratio",
        "points_ratio",
        "campaign",
        "product",
        "stock",
        "attributes",
    }
)
#: What it may name as it is.
FIXED = ("type",)
#: The member that says what a reward of each type is, as the API calls it.
PARAMETERS: Final = {"COIN": "coin", "CAMPAIGN": "campaign", "MATERIAL": "product"}
#: The types of campaigns whose codes are rewards, and whether something can be added to them.
_HAS_BALANCE: Final[Mapping[RewardCampaignType, bool]] = {
    "DISCOUNT_COUPONS": False,
    "GIFT_VOUCHERS": True,
    "LOYALTY_PROGRAM": True,
}
#: The type of campaign that a giveaway with such codes counts as; cards of one are no rewards.
_COUNTS_AS: Final[Mapping[VoucherType, RewardCampaignType]] = {
    "DISCOUNT_VOUCHER": "DISCOUNT_COUPONS",
    "GIFT_VOUCHER": "GIFT_VOUCHERS",
}


def create_reward(
    view: View, command: Command, body: CreateReward, now: Millis
) -> Decision | Refusal:
    """Creates a reward; its name need not be new."""
    if sum(1 for _ in view.scan(tables.REWARDS)) >= REWARDS_MAX:
        reason = f"A project has at most {REWARDS_MAX} rewards"
        return refuse("invalid_payload", reason)
    reward = structs.replace(
        body.reward, id=new_id(command.seed, "rew_"), created_at=now, updated_at=None, redeemed=0
    )
    sound = _check_reward(view, reward)
    return sound if isinstance(sound, Refusal) else Decision((RewardCreated(sound),))


def update_reward(view: View, _: Command, body: UpdateReward, now: Millis) -> Decision | Refusal:
    """Sets what is named; metadata is merged."""
    reward = view.get(tables.REWARDS, body.reward_id)
    if reward is None:
        return not_found("reward", body.reward_id)
    after = change_entity(reward, body.changes, UPDATABLE, FIXED)
    if isinstance(after, Refusal):
        return after
    sound = _check_reward(view, after)
    if isinstance(sound, Refusal):
        return sound
    return Decision((RewardUpdated(structs.replace(sound, updated_at=now)),))


def delete_reward(view: View, _: Command, body: DeleteReward, __: Millis) -> Decision | Refusal:
    """Removes a reward that no program offers; no card pays by it any more."""
    reward = view.get(tables.REWARDS, body.reward_id)
    if reward is None:
        return not_found("reward", body.reward_id)
    offered = next(assignments_of_reward(view, reward.id), None)
    if offered is not None:
        return refuse(
            "resource_in_use",
            f"Reward {reward.id} is assigned to the campaign {offered.campaign_id}",
            resource_id=reward.id,
            resource_type="reward",
        )
    return Decision((RewardDeleted(reward),))


def _check_reward(view: View, reward: Reward) -> Reward | Refusal:
    """The reward with what is looked up, or what is wrong with it."""
    wrong = _other_parameters(reward) or _invalid_stock(reward)
    if wrong is not None:
        return wrong
    if reward.type == "COIN":
        return _invalid_ratios(reward) or reward
    if reward.type == "MATERIAL":
        return _with_product(view, reward)
    return _with_campaign(view, reward)


def _other_parameters(reward: Reward) -> Refusal | None:
    """The refusal of parameters of another type, or of none."""
    given = {
        "COIN": reward.exchange_ratio != 0,
        "CAMPAIGN": reward.campaign is not None,
        "MATERIAL": reward.product is not None,
    }
    for kind, is_given in given.items():
        if is_given and kind != reward.type:
            return _invalid(PARAMETERS[kind], f"does not go with the type {reward.type}")
    if not given[reward.type] and reward.type != "COIN":
        return _invalid(PARAMETERS[reward.type], "is required")
    return None


def _invalid_stock(reward: Reward) -> Refusal | None:
    if reward.stock is None:
        return None
    if reward.type != "MATERIAL":
        return refuse("invalid_payload", "Property `.stock` is only of rewards of products")
    if not 0 <= reward.stock <= AMOUNT_MAX:
        return refuse("invalid_payload", f"Property `.stock` must be 0 to {AMOUNT_MAX}")
    return None


def _invalid_ratios(reward: Reward) -> Refusal | None:
    """The refusal of ratios that pay nothing, or more than could be counted."""
    if not 0 < reward.exchange_ratio <= RATIO_MAX:
        return _invalid("coin.exchange_ratio", f"must be above 0 and at most {RATIO_MAX}")
    if not 1 <= reward.points_ratio <= POINTS_RATIO_MAX:
        return _invalid("coin.points_ratio", f"must be 1 to {POINTS_RATIO_MAX}")
    return None


def _with_product(view: View, reward: Reward) -> Reward | Refusal:
    assert reward.product is not None
    product = view.get(tables.PRODUCTS, reward.product.id)
    if product is None or product.deleted_at is not None:
        return not_found("product", reward.product.id)
    if reward.product.sku_id is not None:
        sku = view.get(tables.SKUS, reward.product.sku_id)
        if sku is None or sku.deleted_at is not None or sku.product_id != product.id:
            return not_found("sku", reward.product.sku_id)
    return reward


def _with_campaign(view: View, reward: Reward) -> Reward | Refusal:
    """The reward with its campaign's id and type; refuses a campaign that gives no codes."""
    assert reward.campaign is not None
    named = reward.campaign
    campaign = find_campaign(view, named.id)
    if campaign is None:
        return not_found("campaign", named.id)
    kind = _type_of(campaign)
    if kind is None:
        reason = f"{campaign.name}, a {campaign.campaign_type}, has no codes that can be rewards"
        return refuse("invalid_campaign", reason)
    if not _HAS_BALANCE[kind] and named.balance is not None:
        return refuse(
            "invalid_balance", f"A code of a {kind} has no balance", message="Invalid balance"
        )
    if _HAS_BALANCE[kind] and not (named.balance is not None and 1 <= named.balance <= AMOUNT_MAX):
        return refuse("invalid_balance", f"Balance has to be 1 to {AMOUNT_MAX} for a {kind}")
    if find_assignment(view, campaign.id, reward.id) is not None:
        return assign.own_program(campaign)
    found = RewardCampaign(campaign.id, kind, named.balance)
    return structs.replace(reward, campaign=found)


def _type_of(campaign: Campaign) -> RewardCampaignType | None:
    """The type of campaign that it counts as in a reward; None: its codes cannot be one."""
    if campaign.campaign_type == "GIVEAWAY":
        return None if campaign.voucher is None else _COUNTS_AS.get(campaign.voucher.type)
    return next((kind for kind in _HAS_BALANCE if kind == campaign.campaign_type), None)


def _invalid(name: str, reason: str) -> Refusal:
    return refuse("invalid_payload", f"Property `.parameters.{name}` {reason}")


DECISIONS: Decisions = unite_tables(
    {
        CreateReward: create_reward,
        UpdateReward: update_reward,
        DeleteReward: delete_reward,
    },
    assign.DECISIONS,
)
