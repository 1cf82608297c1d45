"""What is taken back of an order, what is left of it, and how far it grows."""

from typing import Any

import pytest
from msgspec import structs

from engine.pricing.basket import is_built_upon, take_back_from_order
from engine.pricing.sums import budget_amount, left_to_pay
from schemas.discounts import Discount
from schemas.evaluations import ItemTaken, Taken
from schemas.orders import Order, OrderItem
from tests.unit.engine.orders.order_lines import CART, laid, line, redeemed

#: A line, what is taken back of it, and what it is then.
TAKEN_BACK: dict[str, tuple[dict[str, Any], ItemTaken, dict[str, Any]]] = {
    "what counted for nothing counts again": (
        {"quantity": 1, "amount": 100, "discount_amount": 100, "discount_void": 50},
        ItemTaken(0, 30),
        {"quantity": 1, "amount": 100, "discount_amount": 100, "discount_void": 20},
    ),
    "all that counted for nothing": (
        {"quantity": 1, "amount": 100, "discount_amount": 100, "discount_void": 50},
        ItemTaken(0, 60),
        {"quantity": 1, "amount": 100, "discount_amount": 90},
    ),
    "no more units are free than there are": (
        {"quantity": 3, "amount": 300, "discount_amount": 200, "discount_quantity": 2},
        ItemTaken(0, 0, 2, 200),
        {
            "quantity": 1,
            "amount": 100,
            "discount_amount": 100,
            "discount_void": 100,
            "discount_quantity": 1,
        },
    ),
    "no fewer units are free than none": (
        {"quantity": 3, "amount": 300, "discount_amount": 100, "discount_quantity": 1},
        ItemTaken(0, 100, discounted=2),
        {"quantity": 3, "amount": 300},
    ),
    "nobody said an amount": (
        {"quantity": 4, "amount": None, "initial_quantity": 1, "discount_quantity": 3},
        ItemTaken(0, 0, 2, 0, 2),
        {"quantity": 2, "amount": None, "initial_quantity": 1, "discount_quantity": 1},
    ),
    "nobody said an amount, as at first": (
        {"quantity": 4, "amount": None, "initial_quantity": 1, "discount_quantity": 3},
        ItemTaken(0, 0, 3, 0, 3),
        {"quantity": 1, "amount": None},
    ),
    "as many units as at first, at another amount": (
        {"quantity": 2, "amount": 250, "initial_quantity": 1, "initial_amount": 100},
        ItemTaken(0, 0, 1, 100),
        {"quantity": 1, "amount": 150, "initial_quantity": 1, "initial_amount": 100},
    ),
}


@pytest.mark.parametrize("case", [pytest.param(each, id=name) for name, each in TAKEN_BACK.items()])
def test_what_is_taken_back_of_a_line(
    case: tuple[dict[str, Any], ItemTaken, dict[str, Any]],
) -> None:
    before, taken, after = case
    order = Order(amount=1000, initial_amount=1000, items=(OrderItem(**before),))
    assert take_back_from_order(order, Taken(items=(taken,))).items == (OrderItem(**after),)


def test_an_order_that_is_not_there_has_nothing_left_and_counts_as_nothing() -> None:
    assert left_to_pay(None) is left_to_pay(Order()) is None
    assert budget_amount(None) == budget_amount(Order(amount=5)) == 0
    assert budget_amount(Order(amount=5, initial_amount=3)) == 3


#: Units that came, what they cost; what is there of either; whether it is built upon.
BUILT_UPON: list[tuple[int, int, int, int, bool]] = [
    (2, 2000, 2, 2000, False),
    (2, 2000, 1, 2000, True),
    (2, 2000, 2, 1999, True),
    (1, 0, 1, 0, False),
    (1, 0, 0, 0, True),
    (1, 1, 1, 0, True),
    (0, 0, 0, 0, False),
    (-2, -2000, 0, 0, False),
]


@pytest.mark.parametrize(("units", "cost", "left", "amount", "expected"), BUILT_UPON)
def test_units_that_came_are_built_upon_where_fewer_or_less_is_there(
    units: int, cost: int, left: int, amount: int, expected: bool
) -> None:
    order = Order(items=(OrderItem(quantity=left, amount=amount),))
    assert is_built_upon(order, Taken(items=(ItemTaken(0, 0, units, cost),))) is expected


def test_nothing_grows_above_its_bound() -> None:
    many = Discount("UNIT", unit_off=10**9, unit_type="prod_shirt", effect="ADD_NEW_ITEMS")
    dear = laid(Order(), items=(line(product_id="prod_shirt", price=10**15, quantity=1),))
    assert redeemed(dear, many)[1] == [Taken()]
    full = laid(Order(), items=tuple(line(product_id=f"p{n}") for n in range(500)))
    lines = structs.replace(full, items=(full.items or ()) * 2)
    assert redeemed(lines, many)[1] == [Taken()]
    assert redeemed(lines, Discount("UNIT", unit_type="z", effect="REPLACE_ITEMS"))[1] == [Taken()]
    after, _ = redeemed(laid(Order(), items=CART), many)
    assert [item.quantity for item in after.items or ()] == [10**9, 1]


def test_the_amount_of_an_order_grows_up_to_its_bound() -> None:
    cart = (line(product_id="a", price=100), line(product_id="b", price=100))
    order = laid(Order(), items=cart, amount=10**15 - 100)
    after, (step,) = redeemed(order, Discount("UNIT", unit_off=1, effect="ADD_SAME_ITEMS"))
    assert [item.quantity for item in after.items or ()] == [2, 1]
    assert (after.amount, step.total) == (10**15, 100)
