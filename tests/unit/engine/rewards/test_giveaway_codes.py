"""Codes of a giveaway as rewards: what they count as, and what is left for the draw."""

from typing import Any

import pytest
from msgspec import Raw, json, structs

from engine.answers.answer import render_answer
from engine.kernel import tables
from schemas.campaigns import CampaignCreated, CardTemplate, VoucherTemplate
from schemas.rewards import CreateReward, RewardCampaign, RewardCreated, UpdateReward
from schemas.vouchers import Gift
from tests.unit.engine.giveaway_world import CODES, draw, drawn, enter, giveaway
from tests.unit.engine.rewards.reward_world import (
    RewardWorld,
    campaign,
    code_reward,
    key_of,
    taken,
)
from tests.unit.engine.world import found, only

GIFTS = VoucherTemplate("GIFT_VOUCHER", gift=Gift(500, 500))


@pytest.fixture
def world() -> RewardWorld:
    return RewardWorld()


@pytest.mark.parametrize(
    ("template", "balance", "shown"),
    [
        (CODES, None, {"type": "DISCOUNT_COUPONS"}),
        (CODES, 100, "invalid_balance"),
        (GIFTS, 100, {"type": "GIFT_VOUCHERS"}),
        (GIFTS, None, "invalid_balance"),
        (VoucherTemplate("LOYALTY_CARD", loyalty_card=CardTemplate(5)), 100, "invalid_campaign"),
    ],
)
def test_codes_of_a_giveaway_are_rewards_like_those_of_other_campaigns(
    world: RewardWorld, template: VoucherTemplate, balance: int | None, shown: Any
) -> None:
    world.given(CampaignCreated(campaign("raffle", "GIVEAWAY", voucher=template)))
    record = world.when(CreateReward(code_reward("raffle", balance=balance)))
    if isinstance(shown, str):
        assert key_of(record) == shown
        return
    expected = {"id": "camp_raffle"} | shown | ({"balance": balance} if balance else {})
    assert found(render_answer(record, "server").body)["parameters"] == {"campaign": expected}


def test_an_update_looks_up_what_the_codes_of_a_giveaway_are(world: RewardWorld) -> None:
    world.given(RewardCreated(code_reward("codes")))
    world.given(CampaignCreated(campaign("raffle", "GIVEAWAY", voucher=GIFTS)))
    changes = {"campaign": {"id": "raffle", "balance": 50}}
    world.when(UpdateReward("rew_codes", Raw(json.encode(changes))))
    expected = RewardCampaign("camp_raffle", "GIFT_VOUCHERS", 50)
    assert world.reward("rew_codes").campaign == expected


def test_codes_of_a_giveaway_are_given_for_points_and_by_the_draw(world: RewardWorld) -> None:
    card = world.join()
    made = giveaway(world)
    enter(world, "bob")
    reward = structs.replace(code_reward("lottery"), campaign=RewardCampaign(made.id))
    offered = only(world.when(CreateReward(reward)), RewardCreated).reward
    world.offer(offered, 300)
    bought = found(taken(world.redeem(card, offered.id)).voucher)
    draw(world)
    won = found(drawn(world, made).drawn[0].given)
    assert (bought.campaign_id, bought.holder_id) == (made.id, card.holder_id)
    assert found(world.view.get(tables.VOUCHERS, won.voucher_id)).campaign_id == made.id
    assert won.code != bought.code
    assert world.balance(card) == 700


def test_who_bought_a_code_of_what_is_joined_once_wins_no_other(world: RewardWorld) -> None:
    card = world.join()
    made = giveaway(world, join_once=True)
    enter(world, "alice")
    reward = structs.replace(code_reward("lottery"), campaign=RewardCampaign(made.id))
    world.offer(reward, 300)
    assert key_of(world.redeem(card, "rew_lottery")) is None
    draw(world)
    (place,) = drawn(world, made).drawn
    assert place.customer_id == card.holder_id
    told = (place.status, place.given, place.withheld)
    assert told == ("WINNER", None, "voucher_cannot_be_published")
