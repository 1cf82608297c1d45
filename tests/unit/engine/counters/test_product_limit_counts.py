"""What limits of products count: whose units, by which name, and how often."""

from typing import Any

import pytest

from engine.kernel import tables
from schemas.api import OrderInput, OrderItemInput
from schemas.assignments import AssignRule
from schemas.redemptions import RedemptionSucceeded, RollBackRedemption, RollBackStack
from schemas.rules import (
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
    MUG,
    PER_CAMPAIGN,
    PER_TIER,
    SALE,
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
from tests.unit.engine.world import customer, only, redeem, refused, voucher


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


def test_without_such_limits_nothing_is_counted() -> None:
    made = world(entry(MUG, quantity_limit=2, aggregated_quantity_limit=3))
    record = made.when(redeem("A", order=order(mug=9)))
    assert only(record, RedemptionSucceeded).evaluation.outcomes[0].units == ()
    assert counts(made) == {}


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
