"""What the core itself refuses of a discount, whoever asks, and rows of files."""

from decimal import Decimal
from typing import Any

import pytest

from engine.terms.discounts import with_items, wrong_discount
from schemas.base import AMOUNT_MAX, QUANTITY_MAX
from schemas.discounts import UNITS_MAX, Discount, UnitItem, UnitOff
from tests.unit.engine.catalogue_world import product, sku
from tests.unit.engine.world import World


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"type": "AMOUNT"}, "amount_off is required when the type is AMOUNT"),
        ({"type": "PERCENT"}, "percent_off is required when the type is PERCENT"),
        ({"type": "FIXED"}, "fixed_amount is required when the type is FIXED"),
        ({"type": "AMOUNT", "amount_off": AMOUNT_MAX + 1}, f"amount_off must be 0 to {AMOUNT_MAX}"),
        ({"type": "FIXED", "fixed_amount": -1}, f"fixed_amount must be 0 to {AMOUNT_MAX}"),
        (
            {"type": "AMOUNT", "amount_off": 1, "aggregated_amount_limit": -1},
            f"aggregated_amount_limit must be 0 to {AMOUNT_MAX}",
        ),
        (
            {"type": "PERCENT", "percent_off": Decimal("100.1")},
            "percent_off must be 0 to 100 with at most 10 decimals",
        ),
        (
            {"type": "PERCENT", "percent_off": Decimal("NaN")},
            "percent_off must be 0 to 100 with at most 10 decimals",
        ),
        (
            {"type": "PERCENT", "percent_off": Decimal("0.00000000001")},
            "percent_off must be 0 to 100 with at most 10 decimals",
        ),
        (
            {"type": "PERCENT", "percent_off": Decimal(1), "percent_off_formula": "1 +"},
            "percent_off_formula is not valid: cannot be read at character 3",
        ),
        (
            {"type": "PERCENT", "percent_off": Decimal(1), "effect": "ADD_NEW_ITEMS"},
            "effect ADD_NEW_ITEMS does not belong to the type PERCENT",
        ),
        ({"type": "UNIT"}, "unit_type is required when the type is UNIT"),
        (
            {"type": "UNIT", "effect": "REPLACE_ITEMS"},
            "unit_type is required when the type is UNIT",
        ),
        (
            {"type": "UNIT", "effect": "ADD_MANY_ITEMS"},
            "units is required when the effect is ADD_MANY_ITEMS",
        ),
        ({"type": "UNIT", "unit_type": ""}, "unit_type must have 1 to 512 characters"),
        (
            {"type": "UNIT", "unit_type": "x", "unit_off": QUANTITY_MAX + 1},
            f"unit_off must be 0 to {QUANTITY_MAX}",
        ),
        (
            {"type": "UNIT", "units": (UnitOff("x"), UnitOff("y", unit_off_formula="("))},
            "units[1].unit_off_formula is not valid: cannot be read at character 1",
        ),
        (
            {"type": "UNIT", "units": (UnitOff("x"),) * (UNITS_MAX + 1)},
            f"units must be at most {UNITS_MAX}",
        ),
    ],
)
def test_what_makes_no_sense_is_named(fields: dict[str, Any], wrong: str) -> None:
    assert wrong_discount(Discount(**fields)) == wrong


@pytest.mark.parametrize(
    "discount",
    [
        Discount("AMOUNT", amount_off=0),
        Discount("PERCENT", percent_off=Decimal("33.3333333333")),
        Discount("FIXED", fixed_amount=AMOUNT_MAX, fixed_amount_formula="ORDER_AMOUNT"),
        Discount("UNIT", unit_type="x"),
        Discount("UNIT", effect="ADD_SAME_ITEMS"),
        Discount("UNIT", units=(UnitOff("x"),) * UNITS_MAX),
    ],
)
def test_what_makes_sense_is_taken(discount: Discount) -> None:
    assert wrong_discount(discount) is None


def test_units_are_called_as_the_catalogue_calls_them_now() -> None:
    world = World()
    mug = product(world, "mug", name="Mug")
    red = sku(world, "mug-red", "mug")
    plain = product(world, None)
    named = UnitItem(mug.id, "Mug", "mug")
    assert with_items(world.view, Discount("UNIT", unit_type="mug")).product == named
    many = Discount("UNIT", units=(UnitOff(red.id), UnitOff(plain.id), UnitOff("elsewhere")))
    one, two, three = with_items(world.view, many).units
    assert (one.product, one.sku) == (named, UnitItem(red.id, "mug-red", "mug-red"))
    assert (two.product, two.sku) == (UnitItem(plain.id, plain.id), None)
    assert (three.product, three.sku) == (None, None)
    money = Discount("AMOUNT", amount_off=1)
    assert with_items(world.view, money) is money
