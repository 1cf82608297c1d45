"""Rewards in the state."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.rewards import RewardCreated, RewardDeleted, RewardUpdated


def reward_stored(state: State, event: RewardCreated | RewardUpdated, _: Millis) -> None:
    """The reward is as the event says."""
    state.put(tables.REWARDS, event.reward, event.reward.id)


def reward_deleted(state: State, event: RewardDeleted, _: Millis) -> None:
    """The reward is gone."""
    state.delete(tables.REWARDS, event.reward.id)


FOLDS: Folds = MappingProxyType(
    {
        RewardCreated: reward_stored,
        RewardUpdated: reward_stored,
        RewardDeleted: reward_deleted,
    }
)
