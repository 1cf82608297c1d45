"""Cards that are redeemed for a reward by themselves: with which points, for what, and what keeps it."""

from decimal import Decimal

import pytest

from engine.answers.answer import render_answer
from engine.answers.hook_events import hook_events
from engine.kernel import tables
from schemas.balances import AdjustBalance, BalanceAdjusted
from schemas.campaigns import CampaignCreated, DeleteCampaign
from schemas.earning import PointsEarned
from schemas.loyalty_tiers import CreateLoyaltyTiers, NewLoyaltyTier, PointsMapping, PointsRange
from schemas.points import PointsMove, TransferPoints
from schemas.programs import Reacting
from schemas.publications import PublicationSucceeded, PublishVouchers
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed, RedemptionSucceeded, RollBackRedemption
from schemas.rewards import DeleteRewardAssignment, Reward, RewardAssignment, UpdateRewardAssignment
from schemas.vouchers import DisableVoucher, Voucher
from tests.unit.engine.campaign_world import run_actions
from tests.unit.engine.earning_world import fixed, order, rule
from tests.unit.engine.rewards.reward_world import (
    PROGRAM,
    RewardWorld,
    campaign,
    code_reward,
    mug,
    other_program,
    taken,
)
from tests.unit.engine.world import customer, found, only


@pytest.fixture
def world() -> RewardWorld:
    """A program whose cards begin without points."""
    return RewardWorld(0)


def offered(world: RewardWorld, reward: Reward, points: int = 100) -> RewardAssignment:
    """An offer that is redeemed by itself."""
    if reward.campaign is not None:
        world.given(CampaignCreated(campaign(reward.name)))
    return world.offer(reward, points, auto_redeem=True)


def add(world: RewardWorld, card: Voucher, points: int) -> Decided:
    record = world.when(AdjustBalance(card.id, points))
    assert record.refusal is None, record.refusal
    return record


def redeemed(record: Decided) -> list[str]:
    """For which rewards."""
    return [
        found(outcome.reward).reward.id
        for event in record.events
        if isinstance(event, RedemptionSucceeded)
        for outcome in event.evaluation.outcomes
    ]


def reacting(world: RewardWorld) -> tuple[str, ...]:
    return (world.view.get(tables.REACTING, tables.THE_ONE) or Reacting()).redeeming


def test_whoever_has_the_points_gets_the_reward_with_them(world: RewardWorld) -> None:
    card = world.join()
    offered(world, code_reward("codes"))
    assert redeemed(add(world, card, 99)) == []
    record = add(world, card, 1)
    event = only(record, RedemptionSucceeded)
    assert (event.channel, event.channel_id) == ("AUTO_REDEEM", PROGRAM)
    assert event.customer_id == card.holder_id
    assert found(taken(record).voucher).holder_id == card.holder_id
    assert (world.balance(card), world.reward("rew_codes").redeemed) == (0, 1)
    told = [each.name for each in hook_events(record)]
    assert "customer.rewarded" in told and "redemption.succeeded" in told


def test_what_is_answered_is_what_was_asked(world: RewardWorld) -> None:
    card = world.join()
    offered(world, mug())
    record = add(world, card, 150)
    assert record.effects and isinstance(record.answering[-1], BalanceAdjusted)
    body = found(render_answer(record, "server").body)
    assert (body["object"], body["total"], body["balance"]) == ("balance", 150, 150)


def test_each_gain_redeems_once_for_each_reward_the_oldest_offer_first(world: RewardWorld) -> None:
    card = world.join()
    offered(world, mug())
    world.now += 1
    offered(world, code_reward("codes"), 50)
    assert redeemed(add(world, card, 120)) == ["rew_mug"]
    assert redeemed(add(world, card, 300)) == ["rew_mug", "rew_codes"]
    assert world.balance(card) == 170


def test_points_of_an_order_and_of_another_member_count_as_well(world: RewardWorld) -> None:
    card, other = world.join(), world.join("bob")
    rule(world, fixed(100), name="program")
    offered(world, mug())
    record = order(world)
    assert only(record, PointsEarned).voucher.id == card.id
    assert redeemed(record) == ["rew_mug"]
    add(world, card, 60)
    add(world, other, 60)
    moved = world.when(TransferPoints(PROGRAM, other.code, (PointsMove(card.code, 50, "m"),)))
    assert redeemed(moved) == ["rew_mug"]
    assert (world.balance(card), world.balance(other)) == (10, 10)


def test_a_new_card_is_redeemed_with_what_it_begins_with() -> None:
    world = RewardWorld(100)
    offered(world, mug())
    record = world.when(PublishVouchers(customer("alice"), campaign=PROGRAM))
    assert redeemed(record) == ["rew_mug"]
    assert world.balance(only(record, PublicationSucceeded).vouchers[0]) == 0


def test_what_cannot_be_redeemed_is_no_failure_and_is_tried_again(world: RewardWorld) -> None:
    card = world.join()
    offered(world, mug(stock=1))
    assert redeemed(add(world, card, 100)) == ["rew_mug"]
    record = add(world, card, 100)
    assert [type(each) for each in record.events if isinstance(each, RedemptionFailed)] == []
    assert (redeemed(record), world.balance(card)) == ([], 100)
    world.when(DisableVoucher(card.id))
    assert redeemed(add(world, card, 10)) == []


def test_points_that_a_rollback_gives_back_stay_until_there_are_more(world: RewardWorld) -> None:
    card = world.join()
    offered(world, mug())
    [redemption_id] = only(add(world, card, 100), RedemptionSucceeded).redemption_ids
    assert redeemed(world.when(RollBackRedemption(redemption_id))) == []
    assert world.balance(card) == 100
    assert redeemed(add(world, card, -10)) == []
    assert redeemed(add(world, card, 10)) == ["rew_mug"]


@pytest.mark.parametrize(("multiplier", "left"), [("0.5", 50), ("0", 100)])
def test_a_tier_makes_the_price_and_nothing_is_free_by_itself(
    world: RewardWorld, multiplier: str, left: int
) -> None:
    card = world.join()
    offer = offered(world, mug())
    prices = {offer.id: PointsMapping("MULTIPLY", Decimal(multiplier))}
    tier = NewLoyaltyTier("All", PointsRange(0), rewards=prices)
    world.when(CreateLoyaltyTiers(PROGRAM, (tier,)))
    run_actions(world)
    add(world, card, 100)
    assert world.balance(card) == left


def test_points_that_it_gives_on_another_card_are_followed(world: RewardWorld) -> None:
    card = world.join()
    other_program(world)
    found_offer = next(iter(world.view.scan(tables.REWARD_ASSIGNMENTS)))
    world.when(UpdateRewardAssignment(found_offer.id, auto_redeem=True))
    assert reacting(world) == (PROGRAM,)
    record = add(world, card, 300)
    assert redeemed(record) == ["rew_other"]
    assert world.balance(found(taken(record).voucher)) == 250


def test_a_program_reacts_while_it_offers_anything_so(world: RewardWorld) -> None:
    card = world.join()
    first, second = offered(world, mug()), offered(world, code_reward("codes"))
    world.when(UpdateRewardAssignment(first.id, auto_redeem=False))
    assert reacting(world) == (PROGRAM,)
    assert redeemed(add(world, card, 100)) == ["rew_codes"]
    world.when(DeleteRewardAssignment(second.id))
    assert reacting(world) == ()
    world.when(UpdateRewardAssignment(first.id, auto_redeem=True))
    world.when(DeleteCampaign("program", force=True))
    assert reacting(world) == ()
