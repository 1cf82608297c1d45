"""What a loyalty card pays for: which reward, by whose offer, and for how many points.

Paying with points (COIN) lowers an order: `points_ratio` points are worth `exchange_ratio` major
units. What an order is lowered by is rounded down to what whole points pay, so a customer never
pays a point for nothing and the shop never gives more than the points are worth. Rewards of the
other types cost what their program says. A card of a program pays for what the program offers; one
of no program may pay for an order by any reward, as there is nobody who could offer it one.
"""

from fractions import Fraction

from msgspec import structs

from engine.kernel import tables
from engine.kernel.state import View
from engine.loyalty_tiers.ladder import mapped_points
from engine.rewards.find import find_assignment
from engine.rewards.paid import Payment
from schemas.api import Redeemable
from schemas.errors import Refusal, not_found, refuse
from schemas.loyalty_tiers import LoyaltyTier
from schemas.rewards import COST_MAX, Reward, RewardAssignment
from schemas.vouchers import Voucher

#: Minor units of a major one.
MINOR = 100


def payment_of(
    view: View, asked: Redeemable, voucher: Voucher | None, tier: LoyaltyTier | None
) -> Payment | Refusal | None:
    """What the request says of the reward; None: nothing. Refuses what the card cannot pay for.

    `tier` is that of the card's holder.
    """
    if asked.reward is None:
        return None
    reward = view.get(tables.REWARDS, asked.reward.id)
    if reward is None:
        return _unknown("reward", asked.reward.id)
    found = _assignment(view, reward, voucher)
    named = asked.reward.assignment_id
    if named is not None and (found is None or found.id != named):
        return _unknown("reward_assignment", named)
    if found is None and not _pays_without_offer(reward, voucher):
        return _not_offered(reward, voucher)
    if found is None or found.points is None:
        return Payment(reward, asked.reward.points, found)
    points, tier_id = cost_of(found, tier)
    if asked.reward.points not in (None, points):
        return refuse(
            "invalid_amount",
            f"The reward {reward.id} costs {points} points",
            explanation={"rule": "reward_cost", "points": asked.reward.points, "cost": points},
        )
    return Payment(reward, points, found, tier_id)


def cost_of(assignment: RewardAssignment, tier: LoyaltyTier | None) -> tuple[int, str | None]:
    """What the offer costs a member of that tier, and the tier's id if it makes the price."""
    points = assignment.points or 0
    if tier is None or tier.rewards is None:
        return points, None
    mapping = tier.rewards.get(assignment.id) or tier.rewards.get(assignment.reward_id)
    if mapping is None:
        return points, None
    return min(max(mapped_points(mapping, points), 0), COST_MAX), tier.id


def _assignment(view: View, reward: Reward, voucher: Voucher | None) -> RewardAssignment | None:
    if voucher is None or voucher.loyalty_card is None or voucher.campaign_id is None:
        return None
    return find_assignment(view, voucher.campaign_id, reward.id)


def _pays_without_offer(reward: Reward, voucher: Voucher | None) -> bool:
    """Whether no offer is needed: what is no card pays nothing, whatever is said of a reward."""
    if reward.type != "COIN":
        return False
    return voucher is None or voucher.loyalty_card is None or voucher.campaign_id is None


def _not_offered(reward: Reward, voucher: Voucher | None) -> Refusal:
    campaign_id = None if voucher is None else voucher.campaign_id
    explanation = {"rule": "reward_offered", "reward_id": reward.id, "campaign_id": campaign_id}
    return structs.replace(not_found("reward", reward.id), explanation=explanation)


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
