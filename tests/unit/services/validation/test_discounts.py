"""Discounts over HTTP: every type and effect is kept as it was given, what does not fit is named."""

from typing import Any

import pytest

from tests.contract.shapes import assert_shape
from tests.unit.services.world import World

ITEM_EFFECTS = (
    "APPLY_TO_ORDER",
    "APPLY_TO_ITEMS",
    "APPLY_TO_ITEMS_PROPORTIONALLY",
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
    "APPLY_TO_ITEMS_BY_QUANTITY",
)
AMOUNT: dict[str, Any] = {"type": "AMOUNT", "amount_off": 500}
PERCENT: dict[str, Any] = {"type": "PERCENT", "percent_off": 12.5}
FIXED: dict[str, Any] = {"type": "FIXED", "fixed_amount": 700}
UNIT: dict[str, Any] = {"type": "UNIT", "unit_off": 2, "unit_type": "prod_x"}
MANY: dict[str, Any] = {
    "type": "UNIT",
    "effect": "ADD_MANY_ITEMS",
    "units": [
        {"effect": "ADD_NEW_ITEMS", "unit_off": 1, "unit_type": "prod_x"},
        {"effect": "ADD_MISSING_ITEMS", "unit_off_formula": "1 + 1", "unit_type": "prod_y"},
    ],
}
DISCOUNTS: list[dict[str, Any]] = [
    AMOUNT,
    *(AMOUNT | {"effect": effect} for effect in ITEM_EFFECTS),
    AMOUNT | {"amount_off_formula": "ORDER_AMOUNT / 10", "aggregated_amount_limit": 300},
    PERCENT | {"amount_limit": 100, "aggregated_amount_limit": 300, "effect": "APPLY_TO_ITEMS"},
    PERCENT | {"percent_off_formula": "MIN(10;20)", "effect": "APPLY_TO_ORDER"},
    FIXED | {"fixed_amount_formula": "100", "effect": "APPLY_TO_ITEMS"},
    UNIT | {"effect": "ADD_NEW_ITEMS"},
    UNIT | {"effect": "ADD_MISSING_ITEMS", "unit_off_formula": "ORDER_ITEMS_QUANTITY"},
    UNIT | {"effect": "ADD_SAME_ITEMS"},
    MANY,
]


async def created(world: World, discount: dict[str, Any]) -> dict[str, Any]:
    """What a new voucher shows of its discount."""
    body = {"type": "DISCOUNT_VOUCHER", "discount": discount}
    response = await world.call("POST", "/v1/vouchers", body)
    assert response.status_code == 200, response.text
    voucher = response.json()
    assert_shape(voucher, "VouchersCreateResponseBody")
    return dict(voucher["discount"])


@pytest.mark.parametrize("discount", DISCOUNTS)
async def test_a_discount_is_shown_as_it_was_given(world: World, discount: dict[str, Any]) -> None:
    assert await created(world, discount) == discount


async def test_units_take_the_place_of_others(world: World) -> None:
    discount = UNIT | {"effect": "REPLACE_ITEMS"}
    body = {"type": "DISCOUNT_VOUCHER", "discount": discount}
    response = await world.call("POST", "/v1/vouchers", body)
    assert response.json()["discount"] == discount


async def test_products_of_free_units_are_called_as_in_the_catalogue(world: World) -> None:
    mug = (await world.call("POST", "/v1/products", {"source_id": "mug", "name": "Mug"})).json()
    red = {"source_id": "mug-red", "sku": "Red mug"}
    sku = (await world.call("POST", f"/v1/products/{mug['id']}/skus", red)).json()
    product = {"id": mug["id"], "name": "Mug", "source_id": "mug"}
    shown = await created(world, UNIT | {"unit_type": "mug"})
    assert shown == UNIT | {"unit_type": "mug", "product": product}
    shown = await created(
        world,
        {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [{"unit_type": sku["id"]}]},
    )
    assert shown["units"] == [
        {
            "effect": "ADD_NEW_ITEMS",
            "unit_type": sku["id"],
            "product": product,
            "sku": {"id": sku["id"], "name": "Red mug", "source_id": "mug-red"},
        }
    ]
    # what was read may be sent back, and does not say what a product is called
    again = UNIT | {
        "unit_type": "mug",
        "product": product | {"name": "Cup"},
        "sku": None,
        "is_dynamic": False,
    }
    assert (await created(world, again))["product"]["name"] == "Mug"


async def test_an_update_replaces_the_discount(world: World) -> None:
    await world.call("POST", "/v1/products", {"source_id": "mug", "name": "Mug"})
    body = {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}
    await world.call("POST", "/v1/vouchers/ONE", body)
    free = UNIT | {"unit_type": "mug"}
    updated = await world.call("PUT", "/v1/vouchers/ONE", {"discount": free})
    shown = updated.json()["discount"]
    assert shown.pop("product")["name"] == "Mug"
    assert shown == free


async def test_campaigns_and_tiers_take_the_same_discounts(world: World) -> None:
    await world.call("POST", "/v1/products", {"source_id": "mug", "name": "Mug"})
    free = UNIT | {"unit_type": "mug"}
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": free}
    campaign = await world.call("POST", "/v1/campaigns", {"name": "Free", "voucher": voucher})
    assert campaign.json()["voucher"]["discount"]["product"]["name"] == "Mug"
    changed = await world.call("PUT", "/v1/campaigns/Free", {"discount": free | {"unit_off": 3}})
    assert changed.json()["voucher"]["discount"]["product"]["name"] == "Mug"
    promotion = {"name": "Promo", "campaign_type": "PROMOTION"}
    await world.call("POST", "/v1/campaigns", promotion)
    tier = {"name": "Tier", "action": {"discount": free}}
    made = await world.call("POST", "/v1/promotions/Promo/tiers", tier)
    assert made.json()["action"]["discount"]["product"]["name"] == "Mug"


@pytest.mark.parametrize(
    ("discount", "where", "reason"),
    [
        ({"amount_off": 1}, "type", "is required"),
        ({"type": "HALF"}, "type", "AMOUNT"),
        ({"type": "AMOUNT"}, "amount_off", "it is required by AMOUNT"),
        ({"type": "PERCENT", "amount_off": 5}, "amount_off", "it does not belong to PERCENT"),
        ({"type": "FIXED"}, "fixed_amount", "it is required by FIXED"),
        ({"type": "UNIT"}, "unit_type", "it is required by UNIT"),
        (AMOUNT | {"amount_off": -1}, "amount_off", "greater than or equal to 0"),
        (AMOUNT | {"amount_off": 1.5}, "amount_off", "a whole number is wanted"),
        (AMOUNT | {"amount_limit": 5}, "amount_limit", "it does not belong to AMOUNT"),
        (AMOUNT | {"unit_type": "x"}, "unit_type", "it does not belong to AMOUNT"),
        (AMOUNT | {"effect": "ADD_NEW_ITEMS"}, "effect", "does not belong to the type AMOUNT"),
        (
            PERCENT | {"effect": "APPLY_TO_ITEMS_PROPORTIONALLY"},
            "effect",
            "does not belong to the type PERCENT",
        ),
        (PERCENT | {"percent_off": 101}, "percent_off", "less than or equal to 100"),
        (
            AMOUNT | {"amount_off_formula": "1 + + *"},
            "amount_off_formula",
            "at character 7: cannot be read",
        ),
        (
            FIXED | {"fixed_amount_formula": "NOTHING"},
            "fixed_amount_formula",
            "at character 1: NOTHING is not known",
        ),
        (UNIT | {"effect": "APPLY_TO_ORDER"}, "effect", ": APPLY_TO_ORDER does not belong"),
        (UNIT | {"effect": "ADD_MANY_ITEMS"}, "units", "it is required by ADD_MANY_ITEMS"),
        (UNIT | {"units": MANY["units"]}, "unit_type", "it does not belong to ADD_MANY_ITEMS"),
        (MANY | {"units": []}, "units", "at least 1"),
        (MANY | {"units": [{"unit_off": 1}]}, "units[0].unit_type", "is required"),
        (
            MANY | {"units": [{"unit_type": "x", "unit_off_formula": "("}]},
            "units[0].unit_off_formula",
            "cannot be read",
        ),
    ],
)
async def test_what_does_not_fit_is_named(
    world: World, discount: dict[str, Any], where: str, reason: str
) -> None:
    body = {"type": "DISCOUNT_VOUCHER", "discount": discount}
    response = await world.call("POST", "/v1/vouchers", body)
    assert (response.status_code, response.json()["key"]) == (400, "invalid_payload")
    details = response.json()["details"]
    assert f"`.discount.{where}`" in details
    assert reason in details


async def test_a_gift_card_may_pay_for_items(world: World) -> None:
    gift = {"amount": 100, "effect": "APPLY_TO_ITEMS"}
    response = await world.call("POST", "/v1/vouchers", {"type": "GIFT_VOUCHER", "gift": gift})
    assert response.json()["gift"] == gift | {"balance": 100}
