"""Rewards: what points of a loyalty card pay for.

Of the kinds that the API knows there is paying with points (COIN): so many points are worth so
much of the order.
"""

from decimal import Decimal
from typing import Final, Literal

import msgspec
from msgspec import field

from schemas.base import Metadata, Millis, Shape

REWARDS_MAX = 1000
RATIO_MAX = 1_000_000_000
POINTS_RATIO_MAX = 1_000_000_000


class Reward(Shape, frozen=True):
    """A reward by which `points_ratio` points pay `exchange_ratio` major units of the order."""

    id: str
    name: str
    created_at: Millis
    exchange_ratio: Decimal
    points_ratio: int = 1
    type: Literal["COIN"] = "COIN"
    metadata: Metadata = field(default_factory=dict)
    updated_at: Millis | None = None


class CreateReward(Shape, tag="create_reward", frozen=True):
    """Creates a reward; id and times are filled in by `decide`."""

    reward: Reward


class UpdateReward(Shape, tag="update_reward", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    reward_id: str
    changes: msgspec.Raw


class DeleteReward(Shape, tag="delete_reward", frozen=True):
    """Removes a reward; redemptions keep showing it."""

    reward_id: str


class RewardCreated(Shape, tag="reward.created", frozen=True):
    """A reward exists."""

    reward: Reward


class RewardUpdated(Shape, tag="reward.updated", frozen=True):
    """A reward changed; `reward` is the whole after it."""

    reward: Reward


class RewardDeleted(Shape, tag="reward.deleted", frozen=True):
    """A reward is gone."""

    reward: Reward


RewardCommand = CreateReward | UpdateReward | DeleteReward
RewardEvent = RewardCreated | RewardUpdated | RewardDeleted
#: Rewards by themselves: nobody gets one by them.
REWARD_EVENTS: Final = frozenset({RewardCreated, RewardUpdated, RewardDeleted})
