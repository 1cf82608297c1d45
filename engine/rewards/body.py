"""Rewards. Source: the API contract's schema of rewards."""

from types import MappingProxyType

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body, nearest_number
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.evaluations import Outcome
from schemas.rewards import Reward, RewardCreated, RewardDeleted, RewardUpdated


def reward_body(reward: Reward) -> Body:
    """The reward as its endpoints show it; paying with points knows no stock."""
    return {
        "id": reward.id,
        "name": reward.name,
        "stock": None,
        "redeemed": None,
        "metadata": reward.metadata,
        "type": reward.type,
        "parameters": {
            "coin": {
                "exchange_ratio": nearest_number(reward.exchange_ratio),
                "points_ratio": reward.points_ratio,
            }
        },
        "created_at": iso(reward.created_at),
        "updated_at": iso_or_none(reward.updated_at),
        "object": "reward",
    }


def redeemed_reward_body(outcome: Outcome) -> Body:
    """The reward that a loyalty card paid for, as its redemption shows it; it gives nothing else."""
    return {
        "id": outcome.reward_id,
        "customer": None,
        "assignment_id": None,
        "voucher": None,
        "product": None,
        "sku": None,
        "loyalty_tier_id": None,
        "reward": {"id": outcome.reward_id, "name": outcome.reward_name},
        "object": "reward",
    }


ANSWERS: Answers = MappingProxyType(
    {
        RewardCreated: shows(reward_body, "reward"),
        RewardUpdated: shows(reward_body, "reward"),
        RewardDeleted: shows_nothing,
    }
)
