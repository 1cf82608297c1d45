"""What a rollback takes back of what a card was redeemed for."""

from typing import Any

import pytest

from engine.kernel import tables
from schemas.balances import AdjustBalance
from schemas.base import DAY_MS
from schemas.campaigns import CampaignCreated, CampaignType, DeleteCampaign, VoucherTemplate
from schemas.points import PointsExpirationRules
from schemas.products import DeleteProduct
from schemas.publications import PublicationSucceeded, PublishVouchers
from schemas.redemptions import (
    RedeemStack,
    RedemptionRolledBack,
    RedemptionSucceeded,
    RollBackRedemption,
    RollBackStack,
)
from schemas.rewards import (
    AssignReward,
    DeleteReward,
    DeleteRewardAssignment,
    NewRewardAssignment,
    UpdateRewardAssignment,
)
from schemas.voucher_events import VoucherDisabled
from schemas.vouchers import Gift
from tests.unit.engine.rewards.reward_world import (
    RewardWorld,
    campaign,
    choice,
    codes,
    explained,
    gift_reward,
    key_of,
    mug,
    other_program,
    taken,
)
from tests.unit.engine.world import customer, found, only, redeem


@pytest.fixture
def world() -> RewardWorld:
    return RewardWorld()


def test_a_rollback_gives_points_back_and_switches_the_code_off(world: RewardWorld) -> None:
    card = world.join()
    record = world.redeem(card, codes(world))
    voucher = found(taken(record).voucher)
    back = rolled_back(world, record)
    assert only(back, VoucherDisabled).voucher.id == voucher.id
    event = only(back, RedemptionRolledBack).rollbacks[0]
    assert not found(found(event.reward).voucher).active
    assert found(event.reward).id == taken(record).id
    assert not world.card(voucher).active
    assert (world.balance(card), world.reward("rew_codes").redeemed) == (1000, 0)


def test_a_rollback_gives_the_product_back(world: RewardWorld) -> None:
    card = world.join()
    world.offer(mug(stock=1), 100)
    record = world.redeem(card, "rew_mug")
    rolled_back(world, record)
    assert (world.balance(card), world.reward("rew_mug").stock) == (1000, 1)
    assert world.reward("rew_mug").redeemed == 0
    assert key_of(rolled_back(world, record)) == "already_rolled_back"
    assert world.reward("rew_mug").stock == 1


def test_a_code_that_was_used_stays_and_so_does_its_redemption(world: RewardWorld) -> None:
    card = world.join()
    record = world.redeem(card, codes(world))
    voucher = found(taken(record).voucher)
    used = world.when(redeem(voucher.code))
    refused = rolled_back(world, record)
    assert key_of(refused) == "invalid_redemption"
    assert explained(refused.refusal)["rule"] == "reward_used"
    assert (world.balance(card), world.card(voucher).active) == (700, True)
    rolled_back(world, used)
    assert key_of(rolled_back(world, record)) is None
    assert world.balance(card) == 1000


@pytest.mark.parametrize("kind", ["GIFT_VOUCHERS", "GIVEAWAY"])
@pytest.mark.parametrize("spent", [0, 1])
def test_credits_that_were_spent_keep_a_redemption(
    world: RewardWorld, spent: int, kind: CampaignType
) -> None:
    card = world.join()
    template = VoucherTemplate("GIFT_VOUCHER", gift=Gift(500, 500))
    world.given(CampaignCreated(campaign("gifts", kind, voucher=template)))
    world.offer(gift_reward(250), 400)
    record = world.redeem(card, "rew_gifts")
    gift = found(taken(record).voucher)
    if spent:
        world.when(redeem(gift.code, order=100))
    refused = rolled_back(world, record)
    assert key_of(refused) == ("invalid_redemption" if spent else None)
    assert world.balance(card) == (600 if spent else 1000)


@pytest.mark.parametrize("left", [200, 199])
def test_points_on_a_card_of_before_are_taken_off_as_far_as_they_are_there(
    world: RewardWorld, left: int
) -> None:
    card = world.join()
    other_program(world)
    first = found(taken(world.redeem(card, "rew_other")).voucher)
    record = world.redeem(card, "rew_other")
    world.when(AdjustBalance(first.id, left - world.balance(first)))
    refused = rolled_back(world, record)
    assert key_of(refused) == (None if left == 200 else "invalid_redemption")
    assert world.balance(first) == (0 if left == 200 else left)
    assert world.card(first).active


def test_nothing_is_taken_for_points_that_expired(world: RewardWorld) -> None:
    card = world.join()
    other_program(world, expiration_rules=PointsExpirationRules("DAY", 10))
    first = found(taken(world.redeem(card, "rew_other")).voucher)
    record = world.redeem(card, "rew_other")
    assert found(taken(record).expires_at) > world.now + 9 * DAY_MS
    world.now += 20 * DAY_MS
    world.when(AdjustBalance(first.id, 300, expiration_type="NON_EXPIRING"))
    assert key_of(rolled_back(world, record)) is None
    assert world.balance(first) == 350
    assert world.balance(card) == 700


@pytest.mark.parametrize("before", [0, 200])
def test_points_of_a_stack_on_one_card_are_all_taken_off(world: RewardWorld, before: int) -> None:
    card = world.join()
    world.given(CampaignCreated(campaign("second", "LOYALTY_PROGRAM", points=1000)))
    published = world.when(PublishVouchers(customer("alice"), campaign="camp_second"))
    second = only(published, PublicationSucceeded).vouchers[0]
    other_program(world)
    world.when(AssignReward("camp_second", NewRewardAssignment("rew_other", 300, priced=True)))
    if before:
        world.redeem(card, "rew_other")
    record = world.when(RedeemStack((choice(card, "rew_other"), choice(second, "rew_other"))))
    event = only(record, RedemptionSucceeded)
    got = found(found(event.evaluation.outcomes[0].reward).voucher)
    assert world.balance(got) == before + 450
    world.when(RollBackStack(found(event.parent_id)))
    # what came with a card stays on it, which is switched off
    assert world.balance(got) == 250
    assert world.card(got).active is (before > 0)
    assert (world.balance(card), world.balance(second)) == (1000 - 1.5 * before, 1000)


def test_a_card_that_got_more_since_keeps_that_and_works(world: RewardWorld) -> None:
    card = world.join()
    other_program(world)
    record = world.redeem(card, "rew_other")
    got = found(taken(record).voucher)
    began = world.balance(got)
    world.when(AdjustBalance(got.id, 750))
    assert key_of(rolled_back(world, record)) is None
    assert (began > 0, world.balance(got), world.card(got).active) == (True, 750, True)
    assert world.balance(card) == 1000


def test_what_is_gone_is_taken_back_no_more(world: RewardWorld) -> None:
    card = world.join()
    reward = codes(world)
    record = world.redeem(card, reward)
    offered = next(iter(world.view.scan(tables.REWARD_ASSIGNMENTS)))
    world.when(DeleteRewardAssignment(offered.id))
    world.when(DeleteReward(reward))
    world.when(DeleteCampaign("codes"))
    assert key_of(rolled_back(world, record)) is None
    assert world.balance(card) == 1000


def test_a_price_that_changed_is_given_back_as_it_was(world: RewardWorld) -> None:
    card = world.join()
    world.offer(mug(), 100)
    record = world.redeem(card, "rew_mug")
    offered = next(iter(world.view.scan(tables.REWARD_ASSIGNMENTS)))
    world.when(UpdateRewardAssignment(offered.id, points=500, priced=True))
    world.when(DeleteProduct("prod_mug"))
    rolled_back(world, record)
    assert world.balance(card) == 1000
    assert key_of(world.redeem(card, "rew_mug")) is None
    assert world.balance(card) == 500


def rolled_back(world: RewardWorld, record: Any) -> Any:
    (redemption_id,) = only(record, RedemptionSucceeded).redemption_ids
    return world.when(RollBackRedemption(redemption_id))
