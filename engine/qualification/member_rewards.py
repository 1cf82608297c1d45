"""What the holder of a program's card may be rewarded with, and for how many points."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import structs

from engine.evaluation.evaluate import Asker, FoundRedeemables, evaluate_found
from engine.kernel import tables
from engine.kernel.lookup import holds_of_others
from engine.kernel.state import View
from engine.loyalty_tiers.find import tier_of
from engine.points.buckets import settle_points
from engine.rewards.find import assignments_of_program
from engine.rewards.payment import cost_of
from schemas.api import Redeemable, RewardChoice
from schemas.base import Millis
from schemas.evaluations import RequestContext
from schemas.rewards import Reward, RewardAssignment
from schemas.vouchers import Voucher

#: What keeps a card from paying for an order that nobody spoke of.
_WANTS_ORDER = frozenset({"missing_order", "missing_amount"})


class MemberReward(NamedTuple):
    """A reward, and its offer with what it costs this member."""

    reward: Reward
    assignment: RewardAssignment


def member_rewards(
    view: View, card: Voucher, now: Millis, *, affordable_only: bool
) -> Iterator[MemberReward]:
    """What a redemption of the card would give now, were there points enough; or only what it does.

    Nothing is said of an order or of metadata, so rules that ask for them keep a reward out.
    """
    settled = settle_points(view, card, now).voucher
    if settled.loyalty_card is None or card.campaign_id is None:
        return
    available = settled.loyalty_card.balance - holds_of_others(view, card, None, now).points
    tier = tier_of(view, card.id, now)
    for assignment in assignments_of_program(view, card.campaign_id):
        reward = view.get(tables.REWARDS, assignment.reward_id)
        if reward is None:
            continue
        cost, _ = cost_of(assignment, tier)
        least = 1 if assignment.points is None else cost
        if affordable_only and least > available:
            continue
        if _is_to_be_had(view, settled, reward, max(least - available, 0), now):
            if assignment.points is not None:
                assignment = structs.replace(assignment, points=cost)  # noqa: PLW2901
            yield MemberReward(reward, assignment)


def _is_to_be_had(view: View, card: Voucher, reward: Reward, missing: int, now: Millis) -> bool:
    """Whether the card could be redeemed for it, with the points that are missing."""
    asked = Redeemable("voucher", card.id, reward=RewardChoice(reward.id))
    found = FoundRedeemables.of(view, (asked,))
    points = card.loyalty_card
    if points is None or found.offers[0].voucher is None:
        return False
    filled = structs.replace(points, balance=points.balance + missing)
    offer = found.offers[0]._replace(voucher=structs.replace(card, loyalty_card=filled))
    holder = None if card.holder_id is None else view.get(tables.CUSTOMERS, card.holder_id)
    found = found._replace(offers=[offer])
    request = RequestContext((asked,))
    (outcome,) = evaluate_found(view, request, found, Asker(holder, "server"), now).outcomes
    return outcome.refusal is None or outcome.refusal.key in _WANTS_ORDER
