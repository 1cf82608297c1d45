"""Limits of products over all redemptions: what they let in, what they count, who is refused."""

from typing import Any

import pytest

from engine.kernel import tables
from engine.rules.check import wrong_items
from schemas.api import OrderInput, OrderItemInput
from schemas.assignments import AssignRule
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption, RollBackStack
from schemas.rules import (
    PRODUCT_LIMITS,
    ApplicableItems,
    ItemEntry,
    ProductLimit,
    ProductLimitName,
    ValidationRuleCreated,
)
from schemas.sessions import LockSession, SessionLocked
from tests.unit.engine.catalogue_world import product, sku
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
from tests.unit.engine.world import customer, found, only, redeem, refused, voucher


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


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("product_campaign_quantity_limit", "campaign/prom/products_collection/pc_sale"),
        (
            "product_customer_campaign_quantity_limit",
            "campaign/prom/customer/*/products_collection/pc_sale",
        ),
        ("product_in_collection_campaign_quantity_limit", "campaign/prom/product/prod_mug"),
        (
            "product_in_collection_customer_campaign_quantity_limit",
            "campaign/prom/customer/*/product/prod_mug",
        ),
        (
            "product_promotion_tier_quantity_limit",
            "promotion_tier/promo_1/products_collection/pc_sale",
        ),
        (
            "product_customer_promotion_tier_quantity_limit",
            "promotion_tier/promo_1/customer/*/products_collection/pc_sale",
        ),
        (
            "product_in_collection_promotion_tier_quantity_limit",
            "promotion_tier/promo_1/product/prod_mug",
        ),
        (
            "product_in_collection_customer_promotion_tier_quantity_limit",
            "promotion_tier/promo_1/customer/*/product/prod_mug",
        ),
    ],
)
def test_what_a_limit_counts_follows_from_its_name(name: ProductLimitName, key: str) -> None:
    made = world(in_sale(**limit(name, 2)))
    assert totals(made.when(redeem(tier(1), order=order(mug=3), customer=customer()))) == [1000]
    [(found, units)] = counts(made).items()
    assert units == 2
    [alice] = made.view.scan(tables.CUSTOMERS)
    assert found == key.replace("*", alice.id)


def test_a_voucher_without_a_campaign_counts_for_itself() -> None:
    for name in (PER_CAMPAIGN, PER_TIER):
        made = world(entry(MUG, **limit(name, 2)))
        assert totals(made.when(redeem("ALONE", order=order(mug=3)))) == [1000]
        assert counts(made) == {f"voucher/v_ALONE/product/{MUG}": 2}


def test_units_of_the_same_request_count() -> None:
    made = world(entry(MUG, **limit(quantity=3)))
    # 50% of two, then of the one that is left of the limit: a quarter of the line's 20.00
    assert totals(made.when(redeem("A", "B", order=order(mug=2)))) == [1000, 250]
    made = world(entry(MUG, **limit(quantity=2)))
    record = made.when(redeem("A", "B", order=order(mug=2)))
    assert refused(record) == "order_rules_violated"
    assert counts(made) == {}


def test_lines_of_one_product_share_its_limit_in_the_order_of_the_entry() -> None:
    items = tuple(
        OrderItemInput(product_id=MUG, quantity=2, price=price) for price in (1000, 300, 2000)
    )
    made = world(entry(MUG, effect="APPLY_FROM_MOST_EXPENSIVE", **limit(quantity=3)))
    [found] = taken(made.when(redeem("A", order=OrderInput(items=items))))
    assert {each.index: each.discount for each in found.items} == {0: 500, 2: 2000}


def test_a_sold_out_cheapest_line_is_not_replaced_by_the_next() -> None:
    made = world(in_sale(effect="APPLY_TO_CHEAPEST", **limit(EACH, 1)))
    assert totals(made.when(redeem("A", order=order(mug=1, socks=1)))) == [200]
    assert refused(made.when(redeem("A", order=order(mug=1, socks=1)))) == "order_rules_violated"


def test_a_rollback_gives_the_units_back() -> None:
    made = world(entry(MUG, **limit(quantity=3)))
    record = made.when(redeem("A", order=order(mug=2)))
    [one] = only(record, RedemptionSucceeded).redemption_ids
    made.when(RollBackRedemption(one))
    assert counts(made) == {}
    record = made.when(redeem("A", "B", order=order(mug=1)))
    parent = only(record, RedemptionSucceeded).parent_id
    assert parent is not None
    assert counts(made) == {f"campaign/camp/product/{MUG}": 2}
    made.when(RollBackStack(parent))
    assert counts(made) == {}


def test_sessions_hold_no_units() -> None:
    made = world(entry(MUG, **limit(quantity=2)))
    asked = redeem("A", order=order(mug=2))
    locked = made.when(LockSession(asked.redeemables, asked.order))
    assert only(locked, SessionLocked).evaluation.valid
    assert counts(made) == {}
    assert totals(made.when(redeem("B", order=order(mug=2)))) == [1000]


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


def test_a_product_counts_as_itself_whatever_it_goes_by() -> None:
    made = world(in_sale())
    mug = product(made, "mug-1")
    large = sku(made, "large", "mug-1")
    limited = rule(
        items=ApplicableItems(included=(entry(mug.id, source_id="mug-1", **limit(quantity=5)),)),
        rule_id="val_2",
    )
    made.given(voucher("C"), ValidationRuleCreated(limited))
    made.when(AssignRule("val_2", "v_C", "voucher"))
    names: list[dict[str, Any]] = [
        {"product_id": mug.id},
        {"source_id": "mug-1"},
        {"sku_id": large.id},
        {"source_id": "large", "related_object": "sku"},
    ]
    for name in names:
        line = OrderItemInput(**name, quantity=1, price=1000)
        assert made.when(redeem("C", order=OrderInput(items=(line,)))).refusal is None
    assert counts(made) == {f"voucher/v_C/product/{mug.id}": 4}


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


def test_without_such_limits_nothing_is_counted() -> None:
    made = world(entry(MUG, quantity_limit=2, aggregated_quantity_limit=3))
    record = made.when(redeem("A", order=order(mug=9)))
    assert only(record, RedemptionSucceeded).evaluation.outcomes[0].units == ()
    assert counts(made) == {}


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


def test_two_limits_that_count_the_same_count_it_once() -> None:
    limits = (ProductLimit(PER_CAMPAIGN, 4), ProductLimit(EACH, 5))
    made = world(entry(MUG, product_limits=limits))
    items = tuple(OrderItemInput(product_id=MUG, quantity=2, price=1000) for _ in range(2))
    assert totals(made.when(redeem("A", order=OrderInput(items=items)))) == [2000]
    assert counts(made) == {f"campaign/camp/product/{MUG}": 4}
    record = made.when(redeem("A", order=order(mug=1)))
    assert record.refusal is not None
    [told] = (record.refusal.explanation or {})["violations"]
    assert told["name"] == f"applicable_to.{PER_CAMPAIGN}"


def test_of_limits_that_leave_nothing_the_first_is_told() -> None:
    limits = (ProductLimit(PER_CAMPAIGN, 0), ProductLimit(EACH, 0))
    record = world(entry(MUG, product_limits=limits)).when(redeem("A", order=order(mug=1)))
    assert record.refusal is not None
    [told] = (record.refusal.explanation or {})["violations"]
    assert told["name"] == f"applicable_to.{PER_CAMPAIGN}"


@pytest.mark.parametrize(("of_campaign", "of_voucher", "told"), [(9, 3, "val_2"), (3, 9, "val_1")])
def test_what_several_sets_count_is_all_counted_and_any_may_be_reached(
    of_campaign: int, of_voucher: int, told: str
) -> None:
    made = world(entry(MUG, **limit(quantity=of_campaign)))
    items = ApplicableItems(included=(in_sale(**limit(quantity=of_voucher)),))
    own = rule(items=items, rule_id="val_2")
    made.given(ValidationRuleCreated(own))
    made.when(AssignRule("val_2", "v_A", "voucher"))
    assert totals(made.when(redeem("A", order=order(mug=5)))) == [1500]
    assert counts(made) == {
        f"campaign/camp/product/{MUG}": 3,
        f"campaign/camp/products_collection/{SALE}": 3,
    }
    record = made.when(redeem("A", order=order(mug=5)))
    assert record.refusal is not None
    [violation] = (record.refusal.explanation or {})["violations"]
    assert violation["validation_rule_id"] == told


def test_a_sku_counts_by_its_id() -> None:
    made = world(in_sale())
    product(made, "mug-1")
    large = sku(made, "large", "mug-1")
    named = ItemEntry(object="sku", id="large", source_id="large", **limit(quantity=2))
    limited = rule(items=ApplicableItems(included=(named,)), rule_id="val_2")
    made.given(voucher("C"), ValidationRuleCreated(limited))
    made.when(AssignRule("val_2", "v_C", "voucher"))
    for line in (
        OrderItemInput(sku_id=large.id, quantity=1, price=1000),
        OrderItemInput(source_id="large", related_object="sku", quantity=1, price=1000),
    ):
        assert made.when(redeem("C", order=OrderInput(items=(line,)))).refusal is None
    assert counts(made) == {f"voucher/v_C/sku/{large.id}": 2}
