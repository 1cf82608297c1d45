"""What points of a loyalty card pay: the arithmetic of a pay-with-points reward.

`points_ratio` points are worth `exchange_ratio` major units. What an order is lowered by is rounded
down to what whole points pay, so a customer never pays a point for nothing and the shop never gives
more than the points are worth.
"""

from fractions import Fraction
from typing import NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.state import View
from schemas.api import Redeemable
from schemas.errors import Refusal, not_found
from schemas.rewards import Reward

#: Minor units of a major one.
MINOR = 100


class Payment(NamedTuple):
    """What a loyalty card is asked to pay with; `points` None: as many as are needed."""

    reward: Reward
    points: int | None


def payment_of(view: View, asked: Redeemable) -> Payment | Refusal | None:
    """What the request says of the reward; None: nothing. Refuses an unknown one, and an assignment."""
    if asked.reward is None:
        return None
    reward = view.get(tables.REWARDS, asked.reward.id)
    if reward is None:
        return _unknown("reward", asked.reward.id)
    if asked.reward.assignment_id is not None:
        return _unknown("reward_assignment", asked.reward.assignment_id)
    return Payment(reward, asked.reward.points)


def _unknown(kind: str, named: str) -> Refusal:
    explanation = {"rule": "exists", "object": kind, "id": named}
    return structs.replace(not_found(kind, named), explanation=explanation)


def worth_of_points(reward: Reward, points: int) -> int:
    """What so many points pay, in minor units, rounded down."""
    return int(points * _each(reward))


def points_for(reward: Reward, amount: int) -> int:
    """The fewest points that pay the amount, in minor units."""
    each = _each(reward)
    return -int(-Fraction(amount) // each) if each else 0


def _each(reward: Reward) -> Fraction:
    """What a point is worth, in minor units."""
    return Fraction(reward.exchange_ratio) * MINOR / reward.points_ratio
