"""Lines that redemptions changed, named again: which are the same, and what the amount grows by."""

from typing import Any

import pytest

from engine.orders.lines import growth_of, is_touched
from engine.pricing.basket import Line
from schemas.api import OrderItemInput, ProductInput, SkuInput
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.orders import Order, OrderItem
from tests.unit.engine.orders.order_lines import (
    FREE_LARGE,
    FREE_SHIRT,
    laid,
    line,
    redeemed,
    relaid,
)

POSTER = line(product_id="p", price=500)
#: What is asked for at first, what is taken of it, what it is named as then; which item is refused.
AGAIN: dict[str, tuple[OrderItemInput, OrderItemInput, int | None]] = {
    "as it is": (POSTER, POSTER, None),
    "without an amount": (POSTER, line(product_id="p"), None),
    "in other units": (POSTER, line(product_id="p", quantity=2, amount=500), 0),
    "at another amount": (POSTER, line(product_id="p", price=499), 0),
    "as another thing": (POSTER, line(product_id="q", price=500), 0),
    "without a name": (line(price=500), line(price=500), None),
    "a name where it had none": (line(price=500), POSTER, 0),
    "one name more": (
        line(sku_id="sku_l", price=500),
        line(product_id="prod_shirt", sku_id="sku_l", price=500),
        None,
    ),
    "one name less": (
        line(product_id="prod_shirt", sku_id="sku_l", price=500),
        line(sku_id="sku_l", price=500),
        None,
    ),
    "one name of two": (
        line(product_id="prod_shirt", sku_id="sku_l", price=500),
        line(product_id="prod_shirt", sku_id="sku_s", price=500),
        0,
    ),
}


@pytest.mark.parametrize("case", [pytest.param(each, id=name) for name, each in AGAIN.items()])
def test_a_line_that_was_taken_from_is_named_again(
    case: tuple[OrderItemInput, OrderItemInput, int | None],
) -> None:
    first, named, refused = case
    order, _ = redeemed(laid(Order(), items=(first,)), TENTH)
    _stays(order, (named,), refused)


TENTH = Discount("AMOUNT", amount_off=50, effect="APPLY_TO_ITEMS")
ONE_MORE = Discount("UNIT", unit_off=1, effect="ADD_SAME_ITEMS")
#: A poster of 5.00 became two: what it is named as then; which item is refused.
GROWN: dict[str, tuple[OrderItemInput, int | None]] = {
    "as before": (POSTER, None),
    "as before, without an amount": (line(product_id="p"), None),
    "as now": (line(product_id="p", quantity=2, price=500), None),
    "as now, without an amount": (line(product_id="p", quantity=2), None),
    "other units at the amount before": (line(product_id="p", quantity=3, amount=500), 0),
    "other units without an amount": (line(product_id="p", quantity=3), 0),
    "the units before at another amount": (line(product_id="p", amount=501), 0),
    "the units now as another thing": (line(product_id="q", quantity=2, price=500), 0),
}


@pytest.mark.parametrize("case", [pytest.param(each, id=name) for name, each in GROWN.items()])
def test_a_line_that_grew_is_named_again(case: tuple[OrderItemInput, int | None]) -> None:
    named, refused = case
    order, _ = redeemed(laid(Order(), items=(POSTER,)), ONE_MORE)
    _stays(order, (named,), refused)


def test_lines_before_one_that_a_discount_added_must_be_named() -> None:
    order, _ = redeemed(laid(Order(), items=(POSTER,)), FREE_SHIRT)
    _stays(order, (), 1)


def test_an_amount_that_is_said_grows_by_all_that_was_not_named() -> None:
    cart = (POSTER, line(product_id="q", price=300))
    order, _ = redeemed(laid(Order(), items=cart), ONE_MORE, FREE_SHIRT, FREE_LARGE)
    assert order.amount == 2 * 800 + 2000 + 2500
    for said in (800, 900):
        again = laid(order, items=cart, amount=said)
        assert (again.amount, again.initial_amount) == (said + 800 + 4500, said)
        assert again.items == order.items
    as_now = (line(product_id="p", price=500, quantity=2), cart[1])
    assert laid(order, items=as_now, amount=1300).amount == 1300 + 300 + 4500


def test_a_line_keeps_the_metadata_that_nobody_says_anew() -> None:
    order, _ = redeemed(laid(Order(), items=(line(price=500, metadata={"a": 1}),)), TENTH)
    (item,) = laid(order, items=(line(price=500),)).items or ()
    assert item.metadata == {"a": 1}


@pytest.mark.parametrize(
    ("fields", "touched"),
    [
        ({}, False),
        ({"discount_amount": 1}, True),
        ({"discount_void": 1}, True),
        ({"discount_quantity": 1}, True),
        ({"initial_quantity": 0}, True),
    ],
)
def test_a_line_is_touched_by_whatever_redemptions_left_on_it(
    fields: dict[str, Any], touched: bool
) -> None:
    assert is_touched(OrderItem(quantity=1, amount=5, **fields)) is touched


@pytest.mark.parametrize(
    ("fields", "price"),
    [
        ({"quantity": 2, "amount": 100, "price": 70}, 70),
        ({"quantity": 3, "amount": 99}, 33),
        ({"quantity": 3, "amount": 100}, None),
        ({"quantity": 0, "amount": 5}, None),
        ({"quantity": 3}, None),
    ],
)
def test_a_unit_has_a_price_where_one_is_said_or_the_amount_divides(
    fields: dict[str, Any], price: int | None
) -> None:
    assert Line(OrderItem(**fields)).price == price


def test_lines_without_an_amount_do_not_grow() -> None:
    assert growth_of(None) == 0
    assert growth_of((OrderItem(quantity=2, initial_quantity=1),)) == 0
    assert growth_of((OrderItem(quantity=2, amount=9, initial_quantity=1),)) == 9


def test_a_line_says_all_that_its_caller_says() -> None:
    product, sku = ProductInput(name="P", price=3), SkuInput(sku="S", price=4)
    said = line(
        product_id="p",
        sku_id="s",
        source_id="x",
        related_object="sku",
        quantity=2,
        price=5,
        amount=9,
        product=product,
        sku=sku,
        metadata={"a": 1},
    )
    assert laid(Order(), items=(said,)).items == (
        OrderItem(
            product_id="p",
            sku_id="s",
            source_id="x",
            related_object="sku",
            quantity=2,
            price=5,
            amount=9,
            product=product,
            sku=sku,
            metadata={"a": 1},
        ),
    )


def test_the_catalogue_says_what_the_caller_does_not() -> None:
    (item,) = laid(Order(), items=(line(sku=SkuInput(id="sku_l", sku="Mine")),)).items or ()
    assert item.sku == SkuInput(id="sku_l", source_id="shirt-l", sku="Mine", price=2500)
    assert item.product is not None
    assert (item.product.id, item.product.name) == ("prod_shirt", "Shirt")
    (item,) = laid(Order(), items=(line(sku_id="sku_o"),)).items or ()
    assert (item.product, item.price) == (ProductInput(id="prod_none"), 80)


def _stays(order: Order, named: tuple[OrderItemInput, ...], refused: int | None) -> None:
    """The order stays as it is, or the item of that place is refused."""
    again = relaid(order, items=named)
    if refused is None:
        assert isinstance(again, Order) and again.items == order.items
        return
    assert isinstance(again, Refusal)
    assert again.explanation == {"rule": "discounted_items", "item": refused}
    assert again.details == (
        f"Item {refused} of the order is discounted by redemptions and stays as it is until they"
        " are rolled back"
    )
