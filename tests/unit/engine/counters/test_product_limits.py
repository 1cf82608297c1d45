"""Limits of products over all redemptions: what they let in, and who is refused."""

import pytest

from engine.rules.check import wrong_items
from schemas.assignments import AssignRule
from schemas.redemptions import RedemptionSucceeded
from schemas.rules import (
    PRODUCT_LIMITS,
    ApplicableItems,
    ProductLimit,
    ProductLimitName,
    ValidationRuleCreated,
)
from tests.unit.engine.product_limit_world import (
    EACH,
    EACH_PER_CUSTOMER,
    MUG,
    PER_CAMPAIGN,
    PER_CUSTOMER,
    PER_TIER,
    SALE,
    SOCKS,
    counts,
    in_sale,
    limit,
    order,
    taken,
    tier,
    totals,
    world,
)
from tests.unit.engine.rule_world import entry, rule
from tests.unit.engine.world import customer, found, only, redeem, refused


def test_units_beyond_the_limit_are_not_discounted() -> None:
    made = world(entry(MUG, **limit(quantity=5)))
    assert totals(made.when(redeem("A", order=order(mug=3)))) == [1500]
    # two are left, whichever voucher of the campaign it is
    record = made.when(redeem("B", order=order(mug=3)))
    assert totals(record) == [1000]
    assert counts(made) == {f"campaign/camp/product/{MUG}": 5}
    [outcome] = only(record, RedemptionSucceeded).evaluation.outcomes
    assert [each.indices for each in outcome.applicable_to] == [(0,)]


def test_when_nothing_is_left_the_refusal_says_which_limit_it_was() -> None:
    made = world(entry(MUG, **limit(quantity=5)), error_message="Sold out")
    made.when(redeem("A", order=order(mug=5)))
    record = made.when(redeem("B", order=order(mug=1)))
    assert refused(record) == "order_rules_violated"
    assert record.refusal is not None
    assert record.refusal.custom_message == "Sold out"
    assert found(record.refusal.details).startswith("Discount Coupon cannot be redeemed")
    assert record.refusal.explanation == {
        "rule": "validation_rules",
        "violations": [
            {
                "validation_rule_id": "val_1",
                "name": f"applicable_to.{PER_CAMPAIGN}",
                "number": "",
                "conditions": {PER_CAMPAIGN: 5},
                "value": {"object": "product", "id": MUG, "used": 5},
            }
        ],
    }
    assert counts(made) == {f"campaign/camp/product/{MUG}": 5}


def test_what_is_left_of_other_items_is_still_discounted() -> None:
    made = world(entry(MUG, **limit(quantity=1)), entry(SOCKS))
    made.when(redeem("A", order=order(mug=1)))
    record = made.when(redeem("A", order=order(mug=2, socks=2)))
    assert totals(record) == [400]
    [outcome] = only(record, RedemptionSucceeded).evaluation.outcomes
    assert [each.indices for each in outcome.applicable_to] == [(), (1,)]


@pytest.mark.parametrize(
    ("name", "first", "second", "key"),
    [
        # all of the collection together
        (PER_CAMPAIGN, 3 * 500 + 200, 200, f"products_collection/{SALE}"),
        # each product of it alone
        (EACH, 3 * 500 + 3 * 200, 500 + 200, f"product/{MUG}"),
    ],
)
def test_a_limit_is_for_a_collection_or_for_each_product_in_it(
    name: ProductLimitName, first: int, second: int, key: str
) -> None:
    made = world(in_sale(**limit(name, 4 if name == EACH else 5)))
    record = made.when(redeem("A", order=order(mug=3, socks=3 if name == EACH else 1)))
    assert totals(record) == [first]
    record = made.when(redeem("A", order=order(socks=2, mug=2)))
    assert totals(record) == [second]
    assert counts(made)[f"campaign/camp/{key}"] == (4 if name == EACH else 5)


@pytest.mark.parametrize("name", [PER_CUSTOMER, EACH_PER_CUSTOMER])
def test_each_customer_has_a_limit_of_its_own(name: ProductLimitName) -> None:
    made = world(entry(MUG, **limit(name, 2)))
    for who in ("alice", "bob"):
        record = made.when(redeem("A", order=order(mug=3), customer=customer(who)))
        assert totals(record) == [1000]
        record = made.when(redeem("B", order=order(mug=3), customer=customer(who)))
        assert refused(record) == "order_rules_violated"
    record = made.when(redeem("A", order=order(mug=3)))
    assert refused(record) == "missing_customer"


def test_the_least_of_several_limits_counts() -> None:
    limits = (ProductLimit(PER_CAMPAIGN, 5), ProductLimit(PER_CUSTOMER, 2))
    made = world(entry(MUG, product_limits=limits))
    given = [
        taken(made.when(redeem("A", order=order(mug=3), customer=customer(who))))[0].total // 500
        for who in ("alice", "bob", "eve")
    ]
    assert given == [2, 2, 1]
    assert refused(made.when(redeem("A", order=order(mug=1), customer=customer("eve"))))


def test_a_tier_counts_for_itself_or_for_its_campaign() -> None:
    made = world(entry(MUG, **limit(PER_TIER, 2)))
    for number in (1, 2):
        assert totals(made.when(redeem(tier(number), order=order(mug=3)))) == [1000]
    assert counts(made) == {f"promotion_tier/promo_{n}/product/{MUG}": 2 for n in (1, 2)}
    made = world(entry(MUG, **limit(PER_CAMPAIGN, 3)))
    assert totals(made.when(redeem(tier(1), order=order(mug=2)))) == [1000]
    assert totals(made.when(redeem(tier(2), order=order(mug=2)))) == [500]
    assert counts(made) == {f"campaign/prom/product/{MUG}": 3}


def test_a_sold_out_cheapest_line_is_not_replaced_by_the_next() -> None:
    made = world(in_sale(effect="APPLY_TO_CHEAPEST", **limit(EACH, 1)))
    assert totals(made.when(redeem("A", order=order(mug=1, socks=1)))) == [200]
    assert refused(made.when(redeem("A", order=order(mug=1, socks=1)))) == "order_rules_violated"


@pytest.mark.parametrize(
    ("formula", "quantity", "units"),
    [
        ("ORDER_ITEMS_QUANTITY + 1.9", None, 2),
        ("0 - 1", None, 0),
        ('ORDER_METADATA("n")', 2, 2),
        ('ORDER_METADATA("n")', None, 0),
    ],
)
def test_a_formula_goes_before_the_number(formula: str, quantity: int | None, units: int) -> None:
    made = world(entry(MUG, **limit(quantity=quantity, formula=formula)))
    record = made.when(redeem("A", order=order(mug=3)))
    if units:
        assert totals(record) == [units * 500]
    else:
        assert refused(record) == "order_rules_violated"
        assert record.refusal is not None
        [told] = (record.refusal.explanation or {})["violations"]
        assert told["conditions"] == {PER_CAMPAIGN: 0}


def test_with_several_sets_each_limit_holds() -> None:
    made = world(entry(MUG, **limit(quantity=4)))
    own = rule(items=ApplicableItems(included=(in_sale(**limit(EACH, 3)),)), rule_id="val_2")
    made.given(ValidationRuleCreated(own))
    made.when(AssignRule("val_2", "v_A", "voucher"))
    assert totals(made.when(redeem("A", order=order(mug=9)))) == [1500]
    # both sets count the same units of the product, once
    assert counts(made) == {f"campaign/camp/product/{MUG}": 3}
    assert totals(made.when(redeem("B", order=order(mug=9)))) == [500]


def test_with_several_sets_the_one_whose_limit_is_used_up_is_told() -> None:
    made = world(entry(MUG, **limit(quantity=4)))
    own = rule(
        items=ApplicableItems(excluded=(entry("prod_hat"),), included_all=True), rule_id="v2"
    )
    made.given(ValidationRuleCreated(own))
    made.when(AssignRule("v2", "v_A", "voucher"))
    assert totals(made.when(redeem("A", order=order(mug=4)))) == [2000]
    refusal = found(made.when(redeem("A", order=order(mug=1))).refusal)
    [told] = found(refusal.explanation)["violations"]
    assert told["conditions"] == {PER_CAMPAIGN: 4}


def test_what_is_wrong_with_limits_is_told_by_name() -> None:
    wrong = ApplicableItems(
        included=(
            entry(MUG, **limit(PRODUCT_LIMITS[0], -1)),
            entry(MUG, **limit(PRODUCT_LIMITS[7], None, formula="1 +")),
        )
    )
    assert [each.path for each in wrong_items(wrong)] == [
        f".applicable_to.included[0].{PRODUCT_LIMITS[0]}",
        f".applicable_to.included[1].{PRODUCT_LIMITS[7]}_formula",
    ]


def test_of_limits_that_leave_nothing_the_first_is_told() -> None:
    limits = (ProductLimit(PER_CAMPAIGN, 0), ProductLimit(EACH, 0))
    record = world(entry(MUG, product_limits=limits)).when(redeem("A", order=order(mug=1)))
    assert record.refusal is not None
    [told] = (record.refusal.explanation or {})["violations"]
    assert told["name"] == f"applicable_to.{PER_CAMPAIGN}"
