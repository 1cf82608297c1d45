"""Stacking in mode ALL, orders and requests that are wrong as a whole."""

from typing import Any

import pytest

from engine.evaluation.evaluate import Asker, evaluate_for
from schemas.api import OrderInput, OrderItemInput, ProductInput, Redeemable, SkuInput
from schemas.assignments import AssignRule
from schemas.base import AMOUNT_MAX
from schemas.campaigns import Campaign, CampaignCreated
from schemas.evaluations import Evaluation
from schemas.orders import Order
from schemas.rules import ValidationRuleCreated
from tests.unit.engine.promotion_world import as_tier, promotion
from tests.unit.engine.rule_world import one, rule
from tests.unit.engine.world import DAY, NOON, World, amount, card, gift_card, redeem, voucher


def evaluated(world: World, *codes: str | Redeemable, **fields: Any) -> Evaluation:
    """A validation."""
    return evaluate_for(world.view, redeem(*codes, **fields), Asker(None, "server"), world.now)


def statuses(evaluation: Evaluation) -> list[str]:
    """What became of each redeemable."""
    return [outcome.status for outcome in evaluation.outcomes]


def keys(evaluation: Evaluation) -> list[str | None]:
    """Why each redeemable was refused or skipped."""
    return [
        outcome.skipped_by or (outcome.refusal.key if outcome.refusal else None)
        for outcome in evaluation.outcomes
    ]


def refusal_key(evaluation: Evaluation) -> str | None:
    """Why the first redeemable failed."""
    return keys(evaluation)[0]


def test_the_first_failure_skips_all_that_follow() -> None:
    world = World().given(voucher("A"), voucher("OFF", active=False), voucher("C"))
    evaluation = evaluated(world, "A", "OFF", "C", "NONE")
    assert not evaluation.valid
    assert statuses(evaluation) == ["APPLICABLE", "INAPPLICABLE", "SKIPPED", "SKIPPED"]
    preceding = "preceding_validation_failed"
    assert keys(evaluation) == [None, "voucher_disabled", preceding, preceding]


@pytest.mark.parametrize("period", ["", ".daily"])
def test_what_applies_counts_for_the_rules_of_those_after_it(period: str) -> None:
    most_one = one(f"campaign.redemptions.count{period}", {"$less_than_or_equal": [1]})
    world = World().given(
        CampaignCreated(Campaign("camp_1", "Codes", "DISCOUNT_COUPONS", "STATIC", NOON)),
        *(voucher(code, amount(1), campaign_id="camp_1") for code in ("A", "B")),
        ValidationRuleCreated(rule(most_one)),
    )
    tiers = promotion(world, "first", "second")
    for campaign_id in ("camp_1", tiers.id):
        world.when(AssignRule("val_1", campaign_id, "campaign"))
    both = (as_tier(world, "first"), as_tier(world, "second"))
    for asked in (("A", "B"), both):
        assert statuses(evaluated(world, *asked)) == ["APPLICABLE", "INAPPLICABLE"]
    assert evaluated(world, "A", both[0]).valid
    # and so does what was redeemed before, of the same day or of any
    assert world.when(redeem("A")).refusal is None
    assert not evaluated(world, "B").valid
    world.now += DAY
    assert evaluated(world, "B").valid is bool(period)


def test_rules_ask_for_the_key() -> None:
    world = World().given(
        voucher("A"),
        ValidationRuleCreated(rule(one("redemption.api_key", {"$is": ["app_1"]}))),
    )
    world.when(AssignRule("val_1", "v_A", "voucher"))
    for key, valid in (("app_1", True), ("app_2", False)):
        asker = Asker(None, "server", key)
        assert evaluate_for(world.view, redeem("A"), asker, world.now).valid is valid


def test_at_most_five_apply_and_the_rest_is_skipped() -> None:
    codes = [f"V{n}" for n in range(30)]
    world = World().given(*(voucher(code, amount(1)) for code in codes))
    evaluation = evaluated(world, *codes)
    assert evaluation.valid
    assert statuses(evaluation) == ["APPLICABLE"] * 5 + ["SKIPPED"] * 25
    assert set(keys(evaluation)[5:]) == {"applicable_redeemables_limit_exceeded"}
    assert evaluation.order is not None
    assert evaluation.order.discount_amount == 5


def test_the_sixth_is_skipped_even_when_it_would_fail() -> None:
    codes = [f"V{n}" for n in range(5)]
    world = World().given(*(voucher(code) for code in codes))
    assert evaluated(world, *codes, "NONE").valid


def test_what_takes_nothing_applies_all_the_same() -> None:
    world = World().given(voucher("ALL", amount(10_000)), voucher("MORE"))
    evaluation = evaluated(world, "ALL", "MORE")
    assert evaluation.valid
    assert [outcome.taken.order for outcome in evaluation.outcomes if outcome.taken] == [10_000, 0]


def test_a_discount_without_an_order_takes_nothing() -> None:
    world = World().given(voucher("A"))
    evaluation = evaluated(world, "A", order=None)
    assert evaluation.valid
    assert evaluation.order is None
    assert evaluation.outcomes[0].taken is not None
    assert evaluation.outcomes[0].taken.order == 0


def test_a_gift_card_without_an_amount_is_refused() -> None:
    world = World().given(gift_card())
    assert refusal_key(evaluated(world, card(), order=None)) == "missing_amount"
    assert refusal_key(evaluated(world, card(), order=OrderInput())) == "missing_amount"


def test_a_gift_card_takes_its_balance_up_to_what_is_left() -> None:
    world = World().given(gift_card(balance=1000), voucher("A", amount(9500)))
    alone, after = evaluated(world, card()), evaluated(world, "A", card())
    assert alone.outcomes[0].taken is not None and alone.outcomes[0].taken.credits == 1000
    assert after.outcomes[1].taken is not None and after.outcomes[1].taken.credits == 500


def test_credits_above_the_balance_are_refused_and_above_the_order_capped() -> None:
    world = World().given(gift_card(balance=1000))
    assert refusal_key(evaluated(world, card(credits=1001))) == "gift_amount_exceeded"
    capped = evaluated(world, card(credits=1000), order=300).outcomes[0].taken
    assert capped is not None and capped.credits == 300


@pytest.mark.parametrize("kind", ["promotion_tier", "promotion_stack"])
def test_promotions_are_not_found(kind: Any) -> None:
    evaluation = evaluated(World(), Redeemable(object=kind, id="promo_1"))
    refusal = evaluation.outcomes[0].refusal
    assert refusal is not None
    assert refusal.details == f"Cannot find {kind} with id promo_1"


def test_a_voucher_is_found_by_code_and_by_id() -> None:
    world = World().given(voucher("A"))
    assert evaluated(world, "A").valid
    assert evaluated(world, "v_A").valid
    assert not evaluated(world, "a").valid


def test_the_same_voucher_by_code_and_by_id_is_a_duplicate() -> None:
    world = World().given(voucher("A"), voucher("B"))
    for codes in (("A", "A"), ("A", "B", "v_A"), ("NONE", "NONE")):
        evaluation = evaluated(world, *codes)
        assert refusal_key(evaluation) == "duplicated_redeemables"
        assert statuses(evaluation)[1:] == ["SKIPPED"] * (len(codes) - 1)


def test_a_validation_changes_nothing_and_sets_no_status() -> None:
    world = World().given(voucher("A"))
    before = world.bytes
    order = evaluated(world, "A").order
    assert order is not None
    assert (order.id, order.status) == ("", None)
    assert world.bytes == before


# --- orders


def order_of(given: OrderInput) -> Order:
    """The order that a validation calculates."""
    world = World().given(voucher("A", amount(100)))
    order = evaluated(world, "A", order=given).order
    assert order is not None
    return order


MUG = OrderItemInput(product_id="mug", quantity=2, price=1000)
POSTER = OrderItemInput(source_id="poster", quantity=3, amount=4500)


def test_the_amount_is_the_sum_of_the_items() -> None:
    order = order_of(OrderInput(items=(MUG, POSTER)))
    assert order.amount == order.initial_amount == 6500
    assert order.items is not None
    assert [item.amount for item in order.items] == [2000, 4500]


def test_the_callers_amount_wins_over_the_sum() -> None:
    items = (OrderItemInput(amount=3300), OrderItemInput(amount=3400))
    assert order_of(OrderInput(amount=6000, items=items)).amount == 6000


def test_prices_may_come_with_the_product_or_the_sku() -> None:
    product = OrderItemInput(quantity=2, product=ProductInput(price=70))
    sku = OrderItemInput(sku=SkuInput(price=5), product=ProductInput(price=70))
    assert order_of(OrderInput(items=(product, sku))).amount == 145


def test_items_without_prices_leave_the_amount_unknown() -> None:
    order = order_of(OrderInput(items=(OrderItemInput(product_id="p"),)))
    assert order.amount is None
    assert order.discount_amount == 0
    assert order.items is not None
    assert order.items[0].quantity == 1


def test_a_sum_above_the_bound_is_refused() -> None:
    world = World().given(voucher("A"))
    for items in (
        (OrderItemInput(price=AMOUNT_MAX, quantity=10**9),),
        (OrderItemInput(amount=AMOUNT_MAX), OrderItemInput(amount=1)),
    ):
        evaluation = evaluated(world, "A", order=OrderInput(items=items))
        assert refusal_key(evaluation) == "invalid_amount"
        assert evaluation.order is None
    over_an_amount = OrderInput(amount=1, items=(OrderItemInput(price=AMOUNT_MAX, quantity=2),))
    assert refusal_key(evaluated(world, "A", order=over_an_amount)) == "invalid_amount"


def test_an_unknown_order_id_is_refused_and_an_unknown_source_id_is_new() -> None:
    world = World().given(voucher("A"))
    evaluation = evaluated(world, "A", order=OrderInput(id="ord_none", amount=1))
    assert refusal_key(evaluation) == "not_found"
    assert evaluated(world, "A", order=OrderInput(source_id="new", amount=1)).valid
