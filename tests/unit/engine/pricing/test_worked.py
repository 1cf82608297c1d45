"""What a result shows of a discount: as it worked for the request, not only as it is defined."""

from decimal import Decimal
from typing import Any

import pytest

from engine.answers.answer import render_answer
from engine.evaluation.evaluate import Asker, evaluate_for
from engine.evaluation.redeemable_body import result_body
from schemas.api import CustomerInput, OrderInput, OrderItemInput
from schemas.assignments import RuleAssigned, RuleAssignment
from schemas.discounts import Discount
from schemas.evaluations import Evaluation, Outcome
from schemas.publications import PublishVouchers
from schemas.redemptions import RedemptionSucceeded
from schemas.rules import ApplicableItems, ItemEntry, ValidationRule, ValidationRuleCreated
from tests.unit.engine.world import NOON, World, only, redeem, voucher

ITEMS = (
    OrderItemInput(product_id="mug", quantity=2, price=1000),
    OrderItemInput(product_id="hat", quantity=1, price=3000),
)
FOR_MUGS = ApplicableItems(included=(ItemEntry("product", "mug"),))
PERCENT = Discount("PERCENT", percent_off=Decimal(10))


def outcome(
    discount: Discount,
    items: ApplicableItems | None = None,
    order: tuple[OrderItemInput, ...] = ITEMS,
) -> Outcome:
    """What became of a voucher with the discount, for two mugs and a hat."""
    world = World().given(voucher("TEN", discount))
    if items is not None:
        rule = ValidationRule("val_1", "Items", NOON, applicable_to=items)
        assignment = RuleAssignment("asgm_1", "val_1", "v_TEN", "voucher", NOON)
        world.given(ValidationRuleCreated(rule), RuleAssigned(assignment, 1))
    record = world.when(redeem("TEN", order=OrderInput(items=order)))
    (found,) = only(record, RedemptionSucceeded).evaluation.outcomes
    return found


def by_line(**fields: Any) -> Discount:
    """An amount that is worked out for each line: half of a unit's price."""
    half = "ORDER_ITEM_PRICE / 2"
    return Discount("AMOUNT", amount_off=1, amount_off_formula=half, **fields)


def evaluated(world: World, order: OrderInput) -> Evaluation:
    """What a validation of the voucher comes to."""
    return evaluate_for(world.view, redeem("TEN", order=order), Asker(None, "server"), world.now)


@pytest.mark.parametrize(
    ("discount", "items", "shown"),
    [
        (PERCENT, None, {"percent_off": 10, "effect": "APPLY_TO_ORDER", "is_dynamic": False}),
        (PERCENT, FOR_MUGS, {"percent_off": 10, "effect": "APPLY_TO_ITEMS", "is_dynamic": False}),
        (
            Discount("PERCENT", percent_off=Decimal(10), effect="APPLY_TO_ORDER"),
            FOR_MUGS,
            {"effect": "APPLY_TO_ORDER"},
        ),
        (
            Discount("AMOUNT", amount_off=1, amount_off_formula="ORDER_AMOUNT / 10"),
            None,
            {"amount_off": 500, "effect": "APPLY_TO_ORDER", "is_dynamic": True},
        ),
        (
            Discount("AMOUNT", amount_off=1, amount_off_formula='ORDER_METADATA("none")'),
            None,
            {"amount_off": 1, "is_dynamic": False},
        ),
        (by_line(), None, {"amount_off": 1, "effect": "APPLY_TO_ITEMS", "is_dynamic": True}),
        (Discount("UNIT", unit_type="mug"), FOR_MUGS, {"effect": "ADD_NEW_ITEMS"}),
    ],
)
def test_a_result_shows_the_discount_as_it_worked(
    discount: Discount, items: ApplicableItems | None, shown: dict[str, Any]
) -> None:
    result = result_body(outcome(discount, items))["discount"]
    assert {name: result[name] for name in shown} == shown


def test_a_discount_that_works_as_it_is_defined_is_not_kept_twice() -> None:
    found = outcome(PERCENT)
    assert (found.worked, found.reward_id, found.reward_name) == (None, None, "")
    for effect in ("APPLY_TO_ITEMS", "APPLY_TO_ITEMS_BY_QUANTITY"):
        found = outcome(by_line(effect=effect))
        assert (found.worked, found.dynamic) == (None, True)


def test_an_outcome_shows_the_items_and_the_bundles_that_its_rules_name() -> None:
    bundle = '{"1": {"conditions": {"$is": [{"id": "mug", "object": "product"}]}}, "limit": 9}'
    items = ApplicableItems(excluded=(ItemEntry("product", "hat"),))
    world = World().given(
        voucher("TEN", PERCENT),
        ValidationRuleCreated(ValidationRule("val_1", "B", NOON, bundle=bundle)),
        ValidationRuleCreated(ValidationRule("val_2", "X", NOON, applicable_to=items)),
    )
    for n in (1, 2):
        assignment = RuleAssignment(f"asgm_{n}", f"val_{n}", "v_TEN", "voucher", NOON)
        world.given(RuleAssigned(assignment, n))
    (shown,) = evaluated(world, OrderInput(items=ITEMS)).outcomes
    assert shown.bundle is not None
    assert (shown.bundle.quantity, shown.bundle.limit) == (2, 9)
    assert [(each.rule_id, each.indices) for each in shown.inapplicable_to] == [("val_2", (1,))]
    (failed,) = evaluated(world, OrderInput(items=ITEMS[1:])).outcomes
    assert (failed.object, failed.id, failed.status) == ("voucher", "TEN", "INAPPLICABLE")
    assert failed.bundle is not None and failed.bundle.quantity == 0


def test_a_formula_about_a_line_has_no_value_off_the_order() -> None:
    found = outcome(by_line(effect="APPLY_TO_ORDER"))
    assert found.taken is not None
    assert (found.taken.order, found.taken.items) == (1, ())
    assert found.dynamic is False
    found = outcome(by_line())
    assert found.taken is not None
    assert [each.discount for each in found.taken.items] == [500, 1500]


def test_a_limit_over_the_lines_of_an_entry_holds_for_formulas_about_a_line() -> None:
    mugs = ItemEntry("product", "mug", aggregated_amount_limit=1200)
    hats = ItemEntry("product", "hat", aggregated_amount_limit=700)
    items = ApplicableItems(included=(mugs, hats))
    found = outcome(by_line(), items, (ITEMS[0], ITEMS[1], ITEMS[0], ITEMS[0]))
    assert found.taken is not None
    taken = {each.index: each.discount for each in found.taken.items}
    assert taken == {0: 500, 1: 700, 2: 500, 3: 200}


def test_a_formula_knows_the_publication_that_gave_the_voucher() -> None:
    given = 'PUBLICATION_METADATA("off")'
    world = World().given(
        voucher("TEN", Discount("AMOUNT", amount_off=1, amount_off_formula=given))
    )
    for off, expected in ((None, 1), (700, 700), (500, 500)):
        if off is not None:
            world.when(
                PublishVouchers(CustomerInput(source_id="anna"), "TEN", metadata={"off": off})
            )
        record = world.when(redeem("TEN", order=OrderInput(items=ITEMS)))
        (found,) = only(record, RedemptionSucceeded).evaluation.outcomes
        assert found.taken is not None and found.taken.order == expected


def test_a_redemption_without_effect_succeeds_and_says_zero() -> None:
    """Source: the API contract, section 6, 12: the rules name a product, the order has no items."""
    world = World().given(voucher("TEN", PERCENT))
    rule = ValidationRule("val_1", "Items", NOON, applicable_to=FOR_MUGS)
    assignment = RuleAssignment("asgm_1", "val_1", "v_TEN", "voucher", NOON)
    world.given(ValidationRuleCreated(rule), RuleAssigned(assignment, 1))
    status, body = render_answer(world.when(redeem("TEN", order=10_000)), "server")
    assert status == 200 and body is not None
    (redemption,) = body["redemptions"]
    assert redemption["result"] == "SUCCESS"
    for order in (redemption["order"], body["order"]):
        assert order["applied_discount_amount"] == order["total_applied_discount_amount"] == 0
        assert order["total_amount"] == order["amount"] == 10_000
