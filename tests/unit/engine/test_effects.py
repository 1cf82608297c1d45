"""What follows of a decision stops somewhere, and leaves members in the tiers of their points."""

from typing import Any

import pytest

from engine.effects import ROUNDS_MAX
from engine.kernel import tables
from engine.kernel.state import encode
from schemas.campaigns import CampaignCreated
from schemas.earning import EarningLimits
from schemas.loyalty_tiers import (
    CreateLoyaltyTiers,
    NewLoyaltyTier,
    PointsRange,
    TiersExpiration,
)
from schemas.programs import ReactionsStopped
from schemas.publications import PublishVouchers
from schemas.records import Decided
from schemas.rewards import AssignReward, NewRewardAssignment, Reward, RewardCampaign, RewardCreated
from schemas.topics import RECORD_BYTES_MAX
from tests.unit.engine.campaign_world import publish, run_actions
from tests.unit.engine.earning_world import PROGRAM, card, fixed, points, program, rule
from tests.unit.engine.rewards.reward_world import RewardWorld, campaign
from tests.unit.engine.world import NOON, World, customer, found, only

YEARLY = TiersExpiration("POINTS_IN_PERIOD", "IMMEDIATE", "END_OF_PERIOD", "YEAR")


def _tiers(world: World, *begins: int) -> None:
    ends = [*(each - 1 for each in begins[1:]), None]
    made = (
        NewLoyaltyTier(str(begin), PointsRange(begin, end))
        for begin, end in zip(begins, ends, strict=True)
    )
    record = world.when(CreateLoyaltyTiers(PROGRAM, tuple(made)))
    assert record.refusal is None, record.refusal
    run_actions(world)


def _standing_tier(world: World) -> str:
    standing = found(world.view.get(tables.STANDINGS, card(world).id))
    tier = world.view.get(tables.LOYALTY_TIERS, standing.campaign_id, standing.tier_id or "")
    return found(tier).name


@pytest.mark.parametrize(
    "terms", [{}, {"loyalty_tiers_expiration": YEARLY}], ids=["balance", "year"]
)
def test_rules_that_feed_one_another_leave_the_member_in_the_tier_of_its_points(
    terms: dict[str, Any],
) -> None:
    world = World()
    program(world, **terms)
    _tiers(world, *range(0, 2000, 100))
    rule(world, fixed(100), "customer.loyalty.tier.joined")
    rule(world, fixed(100), "customer.loyalty.tier.upgraded")

    record = world.when(publish(PROGRAM))

    assert only(record, ReactionsStopped).dropped == {"voucher.points_earned": 1}
    assert points(world).balance == 400
    assert _standing_tier(world) == "400"


def test_a_tier_that_is_reached_last_is_told_and_what_would_follow_of_it() -> None:
    world = World()
    program(world)
    _tiers(world, *range(0, 500, 100))
    rule(world, fixed(100), "customer.loyalty.tier.joined")
    upgraded = "customer.loyalty.tier.upgraded"
    rule(world, fixed(100), upgraded, limits=EarningLimits(count=3))

    record = world.when(publish(PROGRAM))

    assert points(world).balance == 400
    assert _standing_tier(world) == "400"
    assert only(record, ReactionsStopped).dropped == {"customer.earning_refused": 1}


@pytest.mark.parametrize("offers", [1, 4])
def test_programs_that_give_cards_of_one_another_fit_a_record(offers: int) -> None:
    world = RewardWorld()
    for name in ("A", "B"):
        made = campaign(name, "LOYALTY_PROGRAM", points=100, join_once=False)
        world.given(CampaignCreated(made))
    for name, other in (("A", "B"), ("B", "A")):
        for number in range(offers):
            _give_by_itself(world, name, other, number)

    record = world.when(PublishVouchers(customer("alice"), campaign="camp_A"))

    stopped = only(record, ReactionsStopped)
    assert stopped.unasked["publication.succeeded"] > 0
    assert stopped.rounds < ROUNDS_MAX
    assert not stopped.dropped
    assert _bytes_of(record) < RECORD_BYTES_MAX


def _give_by_itself(world: RewardWorld, name: str, other: str, number: int) -> None:
    """A program's cards are redeemed by themselves for cards of the other."""
    given = RewardCampaign(f"camp_{other}", "LOYALTY_PROGRAM", balance=1)
    reward = Reward(f"rew_{name}_{number}", name, NOON, type="CAMPAIGN", campaign=given)
    world.given(RewardCreated(reward))
    wanted = NewRewardAssignment(reward.id, 1, priced=True, auto_redeem=True)
    assert world.when(AssignReward(f"camp_{name}", wanted)).refusal is None


def _bytes_of(record: Decided) -> int:
    return sum(len(encode(each)) for each in record.events)
