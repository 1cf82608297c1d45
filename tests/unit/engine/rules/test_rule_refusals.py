"""What a violation tells, and the refusal that it leads to."""

from decimal import Decimal
from typing import Any

import pytest

from engine.kernel.error_body import failure_error_body
from engine.rules.check import wrong_rules
from engine.rules.compile import TOLD_LENGTH_MAX, TOLD_MAX
from engine.rules.refusals import refusal_after_taking, refusal_before_taking
from schemas.api import Redeemable, RewardChoice
from schemas.assignments import AssignRule
from schemas.campaigns import Campaign, CampaignCreated
from schemas.evaluations import Taken
from schemas.rewards import Reward, RewardCreated
from schemas.rules import ValidationRuleCreated
from tests.unit.engine.promotion_world import as_tier, promotion
from tests.unit.engine.rule_world import (
    MUG,
    POSTER,
    SEGMENT,
    SHIRT,
    SHIRT_L,
    everything_known,
    one,
    product,
    rule,
    violation,
)
from tests.unit.engine.world import NOON, World, amount, gift_card, loyalty_card, redeem, voucher


@pytest.mark.parametrize(
    ("rules", "number", "value"),
    [
        (one("order.amount", {"$more_than": [500_00]}), "1", 210_00),
        (one("customer.metadata", {"$is": ["red"]}, property="text"), "1", "(personal)"),
        (one("customer.metadata", {"$is": ["red"]}, property="none"), "1", None),
        (one("redemption.metadata", {"$is": ["red"]}, property="text"), "1", "blue moon"),
        (one("customer.segment", {"$is_not": [SEGMENT]}), "1", [SEGMENT]),
        (one("order.items.any", {"$is": [product("x")]}), "1", [MUG, SHIRT_L, POSTER]),
        (
            one(
                "order.items.any",
                {"$is": [product(SHIRT)]},
                rules=one("order.items.quantity", {"$more_than": [9]}),
            ),
            "1.1",
            3,
        ),
    ],
)
def test_a_violation_tells_the_rule_and_the_value(
    rules: dict[str, Any], number: str, value: Any
) -> None:
    found = violation(rules)
    assert found is not None
    assert (found.rule_id, found.number, found.value) == ("val_1", number, value)


def test_of_long_conditions_the_first_values_are_told() -> None:
    found = violation(one("order.items.any", {"$is": [product(str(n)) for n in range(1000)]}))
    assert found is not None
    assert found.conditions == {"$is": [product(str(n)) for n in range(TOLD_MAX)]}


def test_of_a_long_text_the_beginning_is_told() -> None:
    asked = one("order.metadata", {"$is": ["x" * 1000]}, property="text")
    found = violation(asked)
    assert found is not None
    assert found.conditions == {"$is": ["x" * TOLD_LENGTH_MAX]}


@pytest.mark.parametrize(
    ("logic", "number"),
    [
        ("1 and 2", "2"),
        ("2 and 3", "2"),
        ("2 or 3", "2"),
        ("not 1", "1"),
        ("1 and not (2 or 4)", "4"),
        ("not (1 and 4)", "1"),
        ("NOT 1 OR 3", "1"),
    ],
)
def test_the_first_rule_that_is_in_the_way_is_told(logic: str, number: str) -> None:
    """Rules 1 and 4 hold, 2 and 3 do not."""
    amounts = {"1": 1, "2": 10**6, "3": 10**6, "4": 2}
    rules: dict[str, Any] = {
        each: {"name": "order.amount", "conditions": {"$more_than": [amount]}}
        for each, amount in amounts.items()
    }
    found = violation(rules | {"logic": logic})
    assert found is not None
    assert found.number == number


def _messages(outer: str | None, inner: str | None) -> dict[str, Any]:
    within = one("order.items.quantity", {"$more_than": [9]}, **_said(inner))
    return one("order.items.any", {"$is": [product(SHIRT)]}, rules=within, **_said(outer))


def _said(message: str | None) -> dict[str, Any]:
    return {} if message is None else {"error": {"message": message}}


@pytest.mark.parametrize(
    ("rules", "of_set", "expected"),
    [
        (one("order.amount", {"$is": [1]}, **_said("own")), "the set's", "own"),
        (one("order.amount", {"$is": [1]}), "the set's", "the set's"),
        (one("order.amount", {"$is": [1]}), None, None),
        (_messages("outer", "inner"), "the set's", "inner"),
        (_messages("outer", None), "the set's", "outer"),
        (_messages(None, None), "the set's", "the set's"),
        (_messages(None, "inner"), None, "inner"),
        ({**one("order.amount", {"$more_than": [1]}, **_said("no")), "logic": "not 1"}, "x", "no"),
    ],
)
def test_the_message_is_of_the_rule_else_of_the_one_around_it_else_of_the_set(
    rules: dict[str, Any], of_set: str | None, expected: str | None
) -> None:
    refusal = refusal_before_taking(
        [rule(rules, error_message=of_set)], everything_known(), "Discount Coupon"
    )
    assert refusal is not None
    assert refusal.custom_message == expected
    for body in (failure_error_body(refusal, "server"), failure_error_body(refusal, "client")):
        assert body.get("error") == (None if expected is None else {"message": expected})


def test_of_several_sets_the_first_that_says_something_is_told() -> None:
    failing = one("order.amount", {"$is": [1]})
    sets = [rule(failing), rule(failing, rule_id="val_2", error_message="second")]
    refusal = refusal_before_taking(sets, everything_known(), "Discount Coupon")
    assert refusal is not None
    assert refusal.custom_message == "second"


@pytest.mark.parametrize(
    ("name", "conditions", "key"),
    [
        ("order.amount", {"$is": [1]}, "order_rules_violated"),
        ("order.items.any", {"$is": [product("x")]}, "order_rules_violated"),
        ("product.id", {"$is": ["x"]}, "order_rules_violated"),
        ("customer.segment", {"$is": ["x"]}, "customer_rules_violated"),
        ("customer.metadata", {"$is": ["x"]}, "customer_rules_violated"),
        ("redemption.metadata", {"$is": ["x"]}, "redemption_rules_violated"),
        ("campaign.redemptions.count", {"$is": [1]}, "redemption_rules_violated"),
        ("redemption.api_key", {"$is": ["x"]}, "redemption_rules_violated"),
    ],
)
def test_the_refusal_has_the_key_of_what_failed(
    name: str, conditions: dict[str, Any], key: str
) -> None:
    rules = [
        rule(one(name, conditions, property="text")),
        rule(one("order.amount", {"$is": [1]}), rule_id="val_2"),
        rule(one("order.amount", {"$more_than": [1]}), rule_id="val_3"),
    ]
    refusal = refusal_before_taking(rules, everything_known(), "Gift Card")
    assert refusal is not None
    assert refusal.key == key
    assert refusal.details == (
        "Gift Card cannot be redeemed because of violated validation rules: val_1, val_2"
    )


def test_rules_about_a_customer_ask_for_one() -> None:
    rules = [rule(one("redemption.count.per_customer", {"$less_than": [5]}))]
    refusal = refusal_before_taking(rules, everything_known(customer=None), "Discount Coupon")
    assert refusal is not None
    assert (refusal.key, refusal.details) == (
        "missing_customer",
        "Customer is required to validate rules",
    )


def test_a_budget_of_discounts_is_asked_when_the_discount_is_known() -> None:
    rules = [rule(one("campaign.orders.amount_discounted", {"$less_than_or_equal": [54_99]}))]
    assert refusal_before_taking(rules, everything_known(), "Discount Coupon") is None
    assert refusal_after_taking(rules, everything_known(), "Discount Coupon") is not None
    assert (
        refusal_after_taking(rules, everything_known(taken=Taken(order=14_99)), "Discount Coupon")
        is None
    )


#: What is redeemed, what it is called, and a rule that fails once it is known what it takes.
KINDS: list[tuple[str, str, str]] = [
    ("A", "Discount Coupon", "campaign.orders.amount_discounted"),
    ("tier", "Promotion Tier", "campaign.orders.amount_discounted"),
    ("CARD", "Gift Card", "redemption.gift.amount"),
    ("POINTS", "Loyalty Card", "redemption.reward.pay_with_points.points_used"),
]


@pytest.mark.parametrize(("asked", "called", "name"), KINDS)
def test_a_refusal_calls_the_redeemable_what_it_is(asked: str, called: str, name: str) -> None:
    cases = [
        (one("order.amount", {"$is": [1]}), True),
        (one(name, {"$less_than": [1]}), True),
        (one(name, {"$less_than": [10**9]}), False),
    ]
    for rules, fails in cases:
        world = World().given(
            CampaignCreated(Campaign("camp_1", "Sale", "DISCOUNT_COUPONS", "STATIC", NOON)),
            *(voucher("A", amount(100), campaign_id="camp_1"), gift_card(), loyalty_card()),
            RewardCreated(Reward("rew_1", "R", NOON, Decimal(1))),
            ValidationRuleCreated(rule(rules)),
        )
        promotion(world, "tier", name="Deal")
        if asked == "tier":
            redeemable = as_tier(world, "tier")
            world.when(AssignRule("val_1", redeemable.id, "promotion_tier"))
        else:
            reward = RewardChoice("rew_1") if asked == "POINTS" else None
            redeemable = Redeemable("voucher", asked, reward=reward)
            world.when(AssignRule("val_1", f"v_{asked}", "voucher"))
        refusal = world.when(redeem(redeemable)).refusal
        details = f"{called} cannot be redeemed because of violated validation rules: val_1"
        assert (refusal and refusal.details) == (details if fails else None)


def test_what_is_not_well_formed_holds_for_nobody() -> None:
    for rules in [
        one("order.nothing", {"$is": [1]}),
        one("order.amount", {"$like": [1]}),
        one("order.amount", {"$is": 1}),
        one("order.amount", {"$less_than": []}),
        one("order.amount", {"$dow": ["x"]}),
        {**one("order.amount", {"$more_than": [1]}), "logic": "1 and 2"},
        {**one("order.amount", {"$more_than": [1]}), "logic": "1 and"},
    ]:
        assert violation(rules) is not None
        assert list(wrong_rules(rules))


def test_no_rules_hold_for_everybody() -> None:
    assert violation({}) is None
    assert violation({"logic": ""}) is None
