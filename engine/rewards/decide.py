"""Rewards of paying with points: created, changed, deleted. What they pay is in `payment.py`."""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.rewards import (
    POINTS_RATIO_MAX,
    RATIO_MAX,
    REWARDS_MAX,
    CreateReward,
    DeleteReward,
    Reward,
    RewardCreated,
    RewardDeleted,
    RewardUpdated,
    UpdateReward,
)

#: What an update may name.
UPDATABLE = frozenset({"name", "metadata", "exchange_ratio", "points_ratio"})


def create_reward(
    view: View, command: Command, body: CreateReward, now: Millis
) -> Decision | Refusal:
    """Creates a reward; its name need not be new."""
    if sum(1 for _ in view.scan(tables.REWARDS)) >= REWARDS_MAX:
        reason = f"A project has at most {REWARDS_MAX} rewards"
        return refuse("invalid_payload", reason)
    reward = structs.replace(
        body.reward, id=new_id(command.seed, "rew_"), created_at=now, updated_at=None
    )
    wrong = invalid_reward(reward)
    return wrong if wrong is not None else Decision((RewardCreated(reward),))


def update_reward(view: View, _: Command, body: UpdateReward, now: Millis) -> Decision | Refusal:
    """Sets what is named; metadata is merged."""
    reward = view.get(tables.REWARDS, body.reward_id)
    if reward is None:
        return not_found("reward", body.reward_id)
    after = change_entity(reward, body.changes, UPDATABLE)
    if isinstance(after, Refusal):
        return after
    wrong = invalid_reward(after)
    if wrong is not None:
        return wrong
    return Decision((RewardUpdated(structs.replace(after, updated_at=now)),))


def delete_reward(view: View, _: Command, body: DeleteReward, __: Millis) -> Decision | Refusal:
    """Removes a reward; no card pays by it any more."""
    reward = view.get(tables.REWARDS, body.reward_id)
    if reward is None:
        return not_found("reward", body.reward_id)
    return Decision((RewardDeleted(reward),))


def invalid_reward(reward: Reward) -> Refusal | None:
    """The refusal of ratios that pay nothing, or more than could be counted."""
    if not 0 < reward.exchange_ratio <= RATIO_MAX:
        return _invalid("exchange_ratio", f"must be above 0 and at most {RATIO_MAX}")
    if not 1 <= reward.points_ratio <= POINTS_RATIO_MAX:
        return _invalid("points_ratio", f"must be 1 to {POINTS_RATIO_MAX}")
    return None


def _invalid(name: str, reason: str) -> Refusal:
    return refuse("invalid_payload", f"Property `.parameters.coin.{name}` {reason}")


DECISIONS: Decisions = MappingProxyType(
    {
        CreateReward: create_reward,
        UpdateReward: update_reward,
        DeleteReward: delete_reward,
    }
)
