"""What a card is redeemed for, every outcome of it, and how a rollback takes it back."""

from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from engine.kernel import tables
from engine.pricing.sums import left_to_pay
from schemas.assignments import AssignRule
from schemas.balances import AdjustBalance, BalanceAdjusted
from schemas.campaigns import CampaignCreated, DeleteCampaign, DisableCampaign
from schemas.publications import PublicationSucceeded
from schemas.redemptions import (
    RedemptionFailed,
    RedemptionSucceeded,
    RollBackStack,
)
from schemas.rewards import (
    AssignReward,
    DeleteRewardAssignment,
    NewRewardAssignment,
    Reward,
    RewardCampaign,
    RewardCreated,
)
from schemas.rules import ValidationRuleCreated
from schemas.sessions import SessionLocked, SessionRefused
from schemas.voucher_events import VoucherDisabled
from schemas.vouchers import DisableVoucher
from tests.unit.engine.rewards.reward_world import (
    PROGRAM,
    RewardWorld,
    buying,
    campaign,
    choice,
    code_reward,
    codes,
    explained,
    gift_reward,
    key_of,
    mug,
    other_program,
    taken,
)
from tests.unit.engine.rule_world import rule
from tests.unit.engine.world import customer, found, lock, loyalty_card, only, redeem


@pytest.fixture
def world() -> RewardWorld:
    return RewardWorld()


def test_a_card_is_redeemed_for_a_code_in_one_record(world: RewardWorld) -> None:
    card = world.join()
    record = world.redeem(card, codes(world))
    got = taken(record)
    voucher = found(got.voucher)
    published = only(record, PublicationSucceeded)
    assert published.vouchers == (voucher,)
    assert (published.publication.customer_id, voucher.holder_id) == (
        card.holder_id,
        card.holder_id,
    )
    assert got.id.startswith("rewr_")
    assert got.assignment_id == next(iter(world.view.scan(tables.REWARD_ASSIGNMENTS))).id
    assert world.balance(card) == 700
    assert world.reward("rew_codes").redeemed == 1
    assert only(record, RedemptionSucceeded).customer_id == card.holder_id
    assert world.card(voucher) == voucher


def test_a_card_is_redeemed_for_a_product_as_long_as_there_are_some(world: RewardWorld) -> None:
    card = world.join()
    world.offer(mug(stock=2), 100)
    first = taken(world.redeem(card, "rew_mug"))
    assert found(first.product).name == "Mug"
    assert (first.reward.stock, first.reward.redeemed) == (1, 1)
    world.redeem(card, "rew_mug")
    record = world.redeem(card, "rew_mug")
    assert key_of(record) == "reward_out_of_stock"
    assert explained(record.refusal) == {"rule": "reward_stock", "stock": 0, "taken": 0}
    assert (world.balance(card), world.reward("rew_mug").redeemed) == (800, 2)


def test_without_a_stock_there_is_no_end_of_it(world: RewardWorld) -> None:
    card = world.join()
    world.offer(mug(), 100)
    for _ in range(10):
        assert key_of(world.redeem(card, "rew_mug")) is None
    assert world.balance(card) == 0
    record = world.redeem(card, "rew_mug")
    assert key_of(record) == "loyalty_card_points_exceeded"
    assert explained(record.refusal) == {
        "rule": "points_balance",
        "points": 100,
        "balance": 0,
        "held_by_sessions": 0,
    }


def test_a_gift_card_gets_credits_beside_its_own(world: RewardWorld) -> None:
    card = world.join()
    world.given(CampaignCreated(campaign("gifts", "GIFT_VOUCHERS")))
    world.offer(gift_reward(250), 400)
    record = world.redeem(card, "rew_gifts")
    gift = found(found(taken(record).voucher).gift)
    assert (gift.amount, gift.balance) == (750, 750)
    assert only(record, BalanceAdjusted).source == "REWARD"


def test_who_is_no_member_of_another_program_becomes_one(world: RewardWorld) -> None:
    card = world.join()
    other_program(world)
    record = world.redeem(card, "rew_other")
    got = taken(record)
    assert found(found(got.voucher).loyalty_card).balance == 250
    assert not got.kept


def test_who_is_a_member_already_gets_points_on_the_card(world: RewardWorld) -> None:
    card = world.join()
    other_program(world)
    first = found(taken(world.redeem(card, "rew_other")).voucher)
    second = taken(world.redeem(card, "rew_other"))
    assert (found(second.voucher).id, second.kept) == (first.id, True)
    assert world.balance(first) == 450
    assert world.balance(card) == 400


def test_an_order_beside_a_reward_stays_as_it_is(world: RewardWorld) -> None:
    card = world.join()
    world.offer(mug(), 100)
    record = world.redeem(card, "rew_mug", order=5000)
    event = only(record, RedemptionSucceeded)
    assert left_to_pay(found(event.evaluation.order)) == 5000
    assert found(event.evaluation.outcomes[0].taken).total == 0
    assert world.balance(card) == 900


REFUSED: list[tuple[str, str, str]] = [
    ("no code", "no_voucher_suitable_for_publication", "reward_code"),
    ("disabled", "campaign_not_active", "reward_code"),
    ("deleted", "not_found", "exists"),
    ("joined", "voucher_cannot_be_published", "join_once"),
    ("card off", "voucher_cannot_be_published", "join_once"),
    ("program off", "campaign_not_active", "reward_code"),
    ("nobody", "missing_customer", "reward_receiver"),
    ("somebody else", "invalid_customer", "holder"),
    ("not offered", "not_found", "reward_offered"),
    ("other assignment", "not_found", "exists"),
    ("other price", "invalid_amount", "reward_cost"),
    ("unknown", "not_found", "exists"),
]


@pytest.mark.parametrize(("case", "key", "rule_name"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_cannot_be_given_takes_nothing(
    world: RewardWorld, case: str, key: str, rule_name: str
) -> None:
    card = world.join()
    more: dict[str, Any] = {"type": "STATIC"} if case == "no code" else {}
    more |= {"join_once": True} if case == "joined" else {}
    reward = codes(world, **more)
    request = buying(card, reward)
    left = 1000
    if case == "disabled":
        world.when(DisableCampaign("codes"))
    elif case == "deleted":
        world.when(DeleteCampaign("codes"))
    elif case == "joined":
        world.redeem(card, reward)
        left = 700
    elif case in ("card off", "program off"):
        other_program(world)
        held = found(taken(world.redeem(card, "rew_other")).voucher)
        world.when(DisableVoucher(held.id) if case == "card off" else DisableCampaign("other"))
        request, left = buying(card, "rew_other"), 700
    elif case == "nobody":
        world.given(loyalty_card("LOOSE", campaign="program", campaign_id=PROGRAM))
        card = world.voucher("LOOSE")
        request = buying(card, reward)
    elif case == "somebody else":
        request = buying(card, reward, customer=customer("bob"))
    elif case == "not offered":
        offered = next(iter(world.view.scan(tables.REWARD_ASSIGNMENTS)))
        world.when(DeleteRewardAssignment(offered.id))
    elif case == "other assignment":
        request = redeem(choice(card, reward, assignment_id="rewa_none"), order=None)
    elif case == "other price":
        request = buying(card, reward, points=299)
    elif case == "unknown":
        request = buying(card, "rew_none")
    record = world.when(request)
    assert key_of(record) == key
    assert explained(record.refusal)["rule"] == rule_name
    assert only(record, RedemptionFailed).evaluation.outcomes[0].refusal is not None
    assert world.balance(card) == left
    assert not [each for each in record.events if isinstance(each, PublicationSucceeded)]


def test_a_card_of_no_program_buys_nothing(world: RewardWorld) -> None:
    codes(world)
    world.given(loyalty_card("LOOSE"))
    record = world.redeem(world.voucher("LOOSE"), "rew_codes", customer=customer())
    assert (key_of(record), explained(record.refusal)["rule"]) == ("not_found", "reward_offered")


def test_the_price_may_be_named_as_it_is(world: RewardWorld) -> None:
    card = world.join()
    assert key_of(world.redeem(card, codes(world), points=300)) is None


def test_the_rules_of_an_offer_bind_its_redemption(world: RewardWorld) -> None:
    card = world.join()
    condition = {
        "1": {"name": "redemption.metadata", "property": "vip", "conditions": {"$is": [True]}}
    }
    world.given(ValidationRuleCreated(rule(condition)))
    offer = world.offer(mug(), 100)
    world.when(AssignRule("val_1", offer.id, "reward_assignment"))
    assert key_of(world.redeem(card, "rew_mug")) == "redemption_rules_violated"
    assert key_of(world.redeem(card, "rew_mug", metadata={"vip": True})) is None


def test_two_cards_of_one_request_count_for_each_other(world: RewardWorld) -> None:
    alice, bob = world.join(), world.join("bob")
    world.offer(mug(stock=1), 100)
    world.given(loyalty_card("LOOSE", campaign="program", campaign_id=PROGRAM))
    both = redeem(choice(alice, "rew_mug"), choice(world.voucher("LOOSE"), "rew_mug"), order=None)
    record = world.when(both)
    assert key_of(record) == "reward_out_of_stock"
    assert explained(record.refusal)["taken"] == 1
    assert (world.balance(alice), world.reward("rew_mug").stock) == (1000, 1)
    assert world.balance(bob) == 1000


def test_two_cards_of_one_request_get_two_codes(world: RewardWorld) -> None:
    alice = world.join()
    world.given(loyalty_card("LOOSE", campaign="program", campaign_id=PROGRAM))
    reward = codes(world)
    both = redeem(choice(alice, reward), choice(world.voucher("LOOSE"), reward), order=None)
    record = world.when(both)
    event = only(record, RedemptionSucceeded)
    first, second = (found(found(each.reward).voucher) for each in event.evaluation.outcomes)
    assert first.id != second.id
    assert first.holder_id == second.holder_id == alice.holder_id
    assert world.reward(reward).redeemed == 2
    back = world.when(RollBackStack(found(event.parent_id)))
    assert world.reward(reward).redeemed == 0
    assert len([each for each in back.events if isinstance(each, VoucherDisabled)]) == 2


def test_a_voucher_is_not_redeemed_and_given_at_once(world: RewardWorld) -> None:
    alice = world.join()
    world.given(CampaignCreated(campaign("other", "LOYALTY_PROGRAM", points=50)))
    given = RewardCampaign("camp_other", "LOYALTY_PROGRAM", 200)
    world.offer(structs.replace(code_reward("other"), campaign=given), 300)
    other = found(taken(world.redeem(alice, "rew_other")).voucher)
    world.when(AdjustBalance(other.id, 1000))
    world.given(RewardCreated(Reward("rew_coin", "Coin", 0, Decimal(1))))
    world.when(AssignReward("other", NewRewardAssignment("rew_coin")))
    both = redeem(choice(alice, "rew_other"), choice(other, "rew_coin"), order=1000)
    record = world.when(both)
    assert key_of(record) == "invalid_redeemables"
    assert explained(record.refusal)["rule"] == "reward_redeemed"
    assert (world.balance(alice), world.balance(other)) == (700, 1250)


def test_a_session_holds_the_price(world: RewardWorld) -> None:
    alice = world.join()
    world.offer(mug(), 600)
    held = world.when(lock(choice(alice, "rew_mug"), order=None, session="mine"))
    assert only(held, SessionLocked).customer_id == alice.holder_id
    assert key_of(world.redeem(alice, "rew_mug")) == "loyalty_card_points_exceeded"
    refused = world.when(lock(choice(alice, "rew_mug"), order=None, session="other"))
    assert not only(refused, SessionRefused).evaluation.valid
    mine = redeem(choice(alice, "rew_mug"), order=None, session="mine")
    assert key_of(world.when(mine)) is None
    assert world.balance(alice) == 400
