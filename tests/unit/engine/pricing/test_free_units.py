"""Free units: which lines they belong to, how a new line looks, and what no longer fits."""

from typing import Any

import pytest

from engine.pricing.basket import Basket, Line
from engine.pricing.discounts.stock import (
    amount_room,
    find_lines,
    new_line,
    room_on_line,
    unit_price,
)
from engine.pricing.discounts.terms import Terms
from engine.pricing.scope import Scope, Share
from schemas.api import ProductInput, SkuInput
from schemas.base import AMOUNT_MAX, QUANTITY_MAX
from schemas.discounts import Discount, UnitOff
from schemas.evaluations import ItemTaken, Replacement, Taken
from schemas.orders import Order, OrderItem
from tests.unit.engine.pricing.mugs import CATALOGUE, MUG, RED, basket, line, taken, units

ONCE = Terms(initial=False, once=True, price_of=CATALOGUE.get)
OF: dict[str, tuple[OrderItem, bool, bool, bool]] = {
    # the line; whether it is found as the product, as the SKU, as a thing that nobody knows
    "the product's id": (line(product_id="prod_mug"), True, False, False),
    "the product's source id": (line(source_id="mug"), True, False, False),
    "its source id, of a product": (
        line(source_id="mug", related_object="product"),
        True,
        False,
        False,
    ),
    "its source id, of a SKU": (line(source_id="mug", related_object="sku"), False, False, False),
    "product.id": (line(product=ProductInput(id="prod_mug")), True, False, False),
    "product.source_id": (line(product=ProductInput(source_id="mug")), True, False, False),
    "another product": (line(product=ProductInput(id="x", source_id="y")), False, False, False),
    "the SKU's id": (line(sku_id="sku_red"), False, True, False),
    "both ids": (line(product_id="prod_mug", sku_id="sku_red"), True, True, False),
    "the SKU's source id": (line(source_id="mug-red", related_object="sku"), False, True, False),
    "the SKU's source id, of a product": (line(source_id="mug-red"), False, False, False),
    "sku.id": (line(sku=SkuInput(id="sku_red")), False, True, False),
    "sku.source_id": (line(sku=SkuInput(source_id="mug-red")), False, True, False),
    "another SKU": (line(sku=SkuInput(id="x", source_id="y")), False, False, False),
    "unknown, as a product": (line(product_id="thing"), False, False, True),
    "unknown, as a SKU": (line(sku_id="thing"), False, False, True),
    "unknown, by source id": (line(source_id="thing"), False, False, True),
    "unknown, by source id of a SKU": (
        line(source_id="thing", related_object="sku"),
        False,
        False,
        True,
    ),
    "unknown, product.id": (line(product=ProductInput(id="thing")), False, False, True),
    "unknown, sku.source_id": (line(sku=SkuInput(source_id="thing")), False, False, True),
    "a SKU with the product's source id": (
        line(sku=SkuInput(source_id="mug")),
        False,
        False,
        False,
    ),
    "a product with the SKU's source id": (
        line(product=ProductInput(source_id="mug-red")),
        False,
        False,
        False,
    ),
    "without units": (line(0, product_id="prod_mug", sku_id="sku_red"), False, False, False),
}


@pytest.mark.parametrize("case", [pytest.param(each, id=name) for name, each in OF.items()])
def test_lines_are_found_however_they_are_named(case: tuple[OrderItem, bool, bool, bool]) -> None:
    item, *expected = case
    on = basket(item)
    found = [
        find_lines(on, "prod_mug", MUG),
        find_lines(on, "mug-red", RED),
        find_lines(on, "thing", None),
    ]
    assert found == [[0] if each else [] for each in expected]


EMPTY: dict[str, Any] = {"quantity": 0, "amount": 0, "initial_quantity": 0, "initial_amount": 0}


def test_a_new_line_names_what_it_is_of() -> None:
    on = basket()
    assert new_line("thing", None, on) == OrderItem(
        product_id="thing", related_object="product", **EMPTY
    )
    assert new_line("sku_x", None, on) == OrderItem(sku_id="sku_x", related_object="sku", **EMPTY)
    assert new_line("mug", MUG, on) == OrderItem(
        product_id="prod_mug",
        source_id="mug",
        related_object="product",
        price=900,
        product=ProductInput(id="prod_mug", source_id="mug", name="Mug"),
        **EMPTY,
    )
    assert new_line("sku_red", RED, on) == OrderItem(
        product_id="prod_mug",
        sku_id="sku_red",
        source_id="mug-red",
        related_object="sku",
        price=950,
        sku=SkuInput(id="sku_red", source_id="mug-red", sku="Red mug"),
        **EMPTY,
    )


def test_an_order_grows_to_its_bound_and_no_further() -> None:
    item = line()
    almost = basket(*[item] * 999)
    full = basket(*[item] * 1000)
    assert new_line("thing", None, almost) is not None
    assert new_line("thing", None, full) is None
    for effect in ("ADD_NEW_ITEMS", "REPLACE_ITEMS"):
        assert taken(units(effect, "mug"), full) == Taken()


def test_no_line_and_no_amount_grows_above_its_bound() -> None:
    plain = basket(line(3))
    assert amount_room(plain) == AMOUNT_MAX - 300
    assert amount_room(Basket(Order())) == AMOUNT_MAX

    def line_of(item: OrderItem) -> Line:
        return basket(item).lines[0]

    assert room_on_line(None, 0, 5) == QUANTITY_MAX
    assert room_on_line(None, 7, 20) == 2
    assert room_on_line(None, 1, AMOUNT_MAX) == QUANTITY_MAX
    assert room_on_line(None, AMOUNT_MAX, AMOUNT_MAX) == 1
    assert room_on_line(line_of(line(3)), 0, 0) == QUANTITY_MAX - 3
    assert room_on_line(line_of(line(QUANTITY_MAX, 0)), 0, 0) == 0
    assert room_on_line(line_of(line(1, AMOUNT_MAX - 10)), 10, AMOUNT_MAX) == 1
    assert room_on_line(line_of(line(1, None)), AMOUNT_MAX, AMOUNT_MAX) == 1
    assert room_on_line(line_of(line(1)), 7, -1) == 0
    for each in (None, line_of(line(1, None))):
        assert room_on_line(each, AMOUNT_MAX + 1, 2 * AMOUNT_MAX) == 0
    assert isinstance(room_on_line(None, 3, 10), int)


def test_a_unit_costs_what_its_line_says_else_the_catalogue() -> None:
    by_amount = OrderItem(product_id="p", quantity=3, amount=100)
    said = OrderItem(product_id="p", quantity=2, price=70, amount=100)
    assert unit_price(basket(said).lines[0], MUG) == 70
    assert unit_price(basket(by_amount).lines[0], MUG) == 33
    assert unit_price(basket(line(1, None)).lines[0], MUG) == 900
    assert unit_price(None, MUG) == 900
    assert unit_price(None, None) is None


def test_units_are_added_to_the_line_that_the_catalogue_finds() -> None:
    on = basket(line(2, 800, source_id="mug"))
    expected = Taken(items=(ItemTaken(0, 800, 1, 800, 1),))
    assert taken(units("ADD_NEW_ITEMS", "prod_mug"), on) == expected
    freed = Taken(items=(ItemTaken(0, 800, discounted=1),))
    assert taken(units("ADD_MISSING_ITEMS", "prod_mug"), on) == freed
    assert taken(units("ADD_SAME_ITEMS", "prod_mug"), on) == expected
    assert taken(units("ADD_SAME_ITEMS", "sku_red"), on) == Taken()


def test_units_go_to_the_first_line_of_the_thing() -> None:
    on = basket(line(1, 800, source_id="mug"), line(1, 700, source_id="mug"), line(1, 650))
    assert taken(units("ADD_NEW_ITEMS", "mug"), on).items == (ItemTaken(0, 800, 1, 800, 1),)
    assert taken(units("REPLACE_ITEMS", "mug"), on) == Taken(
        items=(ItemTaken(0, 150, 1, 800), ItemTaken(2, quantity=-1, amount=-650)),
        replaced=(Replacement(2, 1, 650, 0, 1, 800, 150),),
    )


def test_missing_units_are_freed_line_by_line_where_there_is_something_to_pay() -> None:
    freed = {"discount_quantity": 2, "discount_amount": 1600}
    on = basket(
        line(2, 800, source_id="mug", **freed),
        line(1, 0, source_id="mug"),
        line(1, 700, source_id="mug"),
        line(1, 600, source_id="mug"),
    )
    # the unit for nothing is free as it is, and counts
    assert taken(units("ADD_MISSING_ITEMS", "mug", 2), on).items == (
        ItemTaken(2, 700, discounted=1),
    )
    no_amount = Basket(Order(items=(OrderItem(quantity=1, source_id="mug"),)))
    assert taken(units("ADD_MISSING_ITEMS", "mug"), no_amount) == Taken()


def test_units_of_the_same_cost_what_the_line_costs_in_the_order_of_the_lines() -> None:
    on = basket(OrderItem(product_id="p", quantity=3, amount=100), line(1, 50))
    assert taken(units("ADD_SAME_ITEMS"), on, Scope((Share(1, 1), Share(0, 3)))).items == (
        ItemTaken(0, 33, 1, 33, 1),
        ItemTaken(1, 50, 1, 50, 1),
    )


def test_no_units_are_no_units() -> None:
    on = basket(line(2, 800, product_id="prod_mug"))
    for effect in ("ADD_NEW_ITEMS", "ADD_MISSING_ITEMS", "ADD_SAME_ITEMS"):
        assert taken(units(effect, "prod_mug", 0), on) == Taken()
    assert taken(units("REPLACE_ITEMS", "sku_red", 0), on) == Taken()
    many = Discount("UNIT", units=(UnitOff("mug", unit_off=0),), effect="ADD_MANY_ITEMS")
    assert taken(many, on) == Taken()


def test_what_does_not_fit_is_not_added() -> None:
    on = basket(line(1, AMOUNT_MAX - 1000, product_id="prod_other"))
    # one mug of 9.00 fits, two do not
    assert taken(units("ADD_NEW_ITEMS", "mug", 2), on).items == (ItemTaken(1, 900, 1, 900, 1),)
    two = basket(line(1, 400), line(1, 500), amount=AMOUNT_MAX - 800)
    added = taken(units("ADD_SAME_ITEMS", off=5), two).items
    # 8.00 are left: two of 4.00, and nothing is left for the second line
    assert added == (ItemTaken(0, 800, 2, 800, 2),)
    three = basket(line(1, 400), line(1, 300), line(1, 100), amount=AMOUNT_MAX - 750)
    added = taken(units("ADD_SAME_ITEMS"), three).items
    assert [(each.index, each.amount) for each in added] == [(0, 400), (1, 300)]
    for room_left, fits in ((399, False), (400, True)):
        last = basket(line(1, 400), amount=AMOUNT_MAX - room_left)
        assert bool(taken(units("ADD_SAME_ITEMS"), last).items) is fits


def test_lines_without_a_price_get_units_for_nothing() -> None:
    added = taken(units("ADD_SAME_ITEMS", off=2), basket(line(1, None))).items
    assert added == (ItemTaken(0, 0, 2, 0, 2),)


def test_once_leaves_lines_out_that_were_taken_from() -> None:
    on = basket(line(1, 500, product_id="prod_mug"), line(1, 300))
    on.take(Taken(items=(ItemTaken(0, 10),)))
    for effect in ("ADD_NEW_ITEMS", "ADD_MISSING_ITEMS"):
        assert taken(units(effect, "prod_mug"), on, terms=ONCE) == Taken()
        assert taken(units(effect, "prod_mug"), on).items
    many = Discount("UNIT", units=(UnitOff("prod_mug", unit_off=1),), effect="ADD_MANY_ITEMS")
    assert taken(many, on, terms=ONCE) == Taken()
    same = taken(units("ADD_SAME_ITEMS"), on, terms=ONCE).items
    assert [each.index for each in same] == [1]
