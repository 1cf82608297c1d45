"""Lines of orders: catalogue prices, and orders that are named again after discounts changed them."""

from typing import Any

import pytest
from msgspec import structs

from engine.orders.calculation import lay_over_order
from engine.pricing.basket import Basket, is_built_upon, take_back_from_order
from engine.pricing.sums import left_to_pay
from engine.products.find import find_item, find_meant_item
from schemas.api import OrderInput, OrderItemInput, ProductInput, SkuInput
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.evaluations import ItemTaken, Taken
from schemas.orders import Order
from tests.unit.engine.orders.order_lines import (
    CART,
    FREE_LARGE,
    FREE_SHIRT,
    VIEW,
    laid,
    line,
    redeemed,
)
from tests.unit.engine.world import found


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"product_id": "prod_shirt"}, ("prod_shirt", None, 2000, 2000)),
        ({"product_id": "shirt"}, ("prod_shirt", None, 2000, 2000)),
        ({"sku_id": "sku_l", "quantity": 3}, ("prod_shirt", "sku_l", 2500, 7500)),
        ({"sku_id": "sku_s"}, ("prod_shirt", "sku_s", 2000, 2000)),
        ({"product_id": "prod_shirt", "sku_id": "sku_l"}, ("prod_shirt", "sku_l", 2500, 2500)),
        ({"source_id": "shirt", "quantity": 2}, ("prod_shirt", None, 2000, 4000)),
        ({"source_id": "shirt", "related_object": "product"}, ("prod_shirt", None, 2000, 2000)),
        ({"source_id": "shirt-l", "related_object": "sku"}, ("prod_shirt", "sku_l", 2500, 2500)),
        ({"source_id": "shirt-l"}, (None, None, None, None)),
        ({"product": ProductInput(source_id="shirt")}, ("prod_shirt", None, 2000, 2000)),
        ({"product": ProductInput(id="prod_shirt")}, ("prod_shirt", None, 2000, 2000)),
        ({"sku": SkuInput(source_id="shirt-l")}, ("prod_shirt", "sku_l", 2500, 2500)),
        ({"sku": SkuInput(id="sku_l", price=9)}, ("prod_shirt", "sku_l", 9, 9)),
        ({"product_id": "prod_shirt", "price": 5}, ("prod_shirt", None, 5, 5)),
        ({"product_id": "prod_shirt", "amount": 70}, ("prod_shirt", None, None, 70)),
        ({"sku_id": "sku_l", "price": 9}, (None, "sku_l", 9, 9)),
        (
            {"sku_id": "x", "sku": SkuInput(id="x"), "product": ProductInput(price=7)},
            (None, "x", 7, 7),
        ),
        ({"product_id": "prod_gone"}, ("prod_gone", None, None, None)),
        ({"source_id": "nobody's"}, (None, None, None, None)),
    ],
)
def test_an_item_without_a_price_costs_what_the_catalogue_says(
    given: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    (item,) = laid(Order(), items=(line(**given),)).items or ()
    assert (item.product_id, item.sku_id, item.price, item.amount) == expected


def test_an_item_of_the_catalogue_is_found_by_id_and_by_source_id() -> None:
    shirt = found(find_item(VIEW, "shirt"))
    assert shirt == find_item(VIEW, "prod_shirt")
    assert (shirt.object, shirt.product_id, shirt.name) == ("product", "prod_shirt", "Shirt")
    small = found(find_item(VIEW, "shirt-s"))
    assert small == find_item(VIEW, "sku_s") == find_meant_item(VIEW, line(sku_id="sku_s"))
    assert (small.price, small.source_id, small.sku_source_id) == (2000, "shirt", "shirt-s")
    assert find_item(VIEW, "gone") is find_item(VIEW, "prod_gone") is None


def test_an_order_that_is_named_again_keeps_what_discounts_added() -> None:
    order, _ = redeemed(laid(Order(id="ord_1"), items=CART), FREE_SHIRT)
    assert (order.amount, order.initial_amount, left_to_pay(order)) == (4500, 2500, 2500)
    as_before = laid(order, items=CART)
    as_now = laid(order, items=(structs.replace(CART[0], quantity=2), CART[1]))
    for again in (as_before, as_now, laid(order, items=CART, amount=2500), laid(order)):
        assert (again.amount, again.initial_amount, left_to_pay(again)) == (4500, 2500, 2500)
        assert again.items == order.items
    with_more = laid(order, items=(*CART, line(price=100)), amount=2600)
    assert (with_more.amount, with_more.initial_amount, left_to_pay(with_more)) == (
        4600,
        2600,
        2600,
    )


def test_a_line_that_a_discount_added_need_not_be_named() -> None:
    cart = (line(product_id="p", price=500),)
    order, _ = redeemed(laid(Order(), items=cart), FREE_SHIRT)
    more = laid(order, items=(*cart, line(product_id="q", price=70)))
    assert [item.product_id for item in more.items or ()] == ["p", "prod_shirt", "q"]
    assert (more.amount, more.initial_amount, left_to_pay(more)) == (2570, 570, 570)
    changed = laid(order, items=(line(product_id="r", price=9, metadata={"a": 1}),))
    assert [item.product_id for item in changed.items or ()] == ["r", "prod_shirt"]


def test_metadata_of_a_discounted_line_can_be_said_anew() -> None:
    order, _ = redeemed(laid(Order(), items=CART), FREE_SHIRT)
    again = laid(order, items=(structs.replace(CART[0], metadata={"gift": True}), CART[1]))
    assert [item.metadata for item in again.items or ()] == [{"gift": True}, None]


def test_a_line_is_the_same_by_any_name_that_it_has() -> None:
    by_both = line(product_id="prod_shirt", sku_id="sku_l", source_id="shirt-l", price=2500)
    order, _ = redeemed(laid(Order(), items=(by_both,)), FREE_SHIRT)
    by_one = line(sku_id="sku_l", price=2500)
    assert laid(order, items=(by_one,)).items == order.items
    other = line(product_id="prod_shirt", sku_id="sku_s", price=2500)
    nameless = line(price=2500)
    for named in (other, nameless):
        assert isinstance(lay_over_order(VIEW, order, OrderInput(items=(named,))), Refusal)


@pytest.mark.parametrize(
    "items",
    [
        (),
        (CART[1], CART[0]),
        (structs.replace(CART[0], quantity=3), CART[1]),
        (structs.replace(CART[0], quantity=2, price=1), CART[1]),
        (structs.replace(CART[0], amount=1), CART[1]),
        (structs.replace(CART[0], product_id="p"), CART[1]),
    ],
)
def test_a_discounted_line_stays_as_it_is(items: tuple[OrderItemInput, ...]) -> None:
    order, (step,) = redeemed(laid(Order(), items=CART), FREE_SHIRT)
    refused = lay_over_order(VIEW, order, OrderInput(items=items))
    assert isinstance(refused, Refusal)
    assert (refused.key, refused.explanation) == (
        "invalid_order",
        {"rule": "discounted_items", "item": 0},
    )
    assert (
        laid(take_back_from_order(order, step), items=items).amount
        == sum(
            each.amount if each.amount is not None else (each.quantity or 1) * (each.price or 0)
            for each in items
        )
        or not items
    )


def test_an_added_line_goes_with_its_redemption_once_none_stands_behind_it() -> None:
    order = laid(Order(), items=CART[1:])
    first, (one,) = redeemed(order, FREE_SHIRT)
    bottle = structs.replace(FREE_SHIRT, unit_type="prod_bottle")
    second, (two,) = redeemed(first, bottle)
    assert len(second.items or ()) == 3
    without_one = take_back_from_order(second, one)
    assert [item.quantity for item in without_one.items or ()] == [1, 0, 1]
    assert take_back_from_order(without_one, two) == order
    assert take_back_from_order(second, two) == first


def test_what_was_taken_of_units_that_left_counts_for_nothing() -> None:
    replace = Discount("UNIT", unit_type="prod_shirt", effect="REPLACE_ITEMS")
    half = Discount("AMOUNT", amount_off=250, effect="APPLY_TO_ITEMS")
    order = laid(Order(), items=CART[1:])
    first, (one,) = redeemed(order, replace)
    second, (two,) = redeemed(first, half)
    assert left_to_pay(second) == 250
    without_one = take_back_from_order(second, one)
    shirts = (without_one.items or ())[1]
    assert (shirts.quantity, shirts.discount_amount, shirts.discount_void) == (0, 0, 250)
    assert left_to_pay(without_one) == 500
    assert take_back_from_order(without_one, two) == order


def test_a_redemption_whose_units_were_replaced_is_built_upon() -> None:
    order = laid(Order(), items=CART[1:])
    first, (one,) = redeemed(order, Discount("UNIT", unit_type="x", effect="REPLACE_ITEMS"))
    second, (two,) = redeemed(first, Discount("UNIT", unit_type="y", effect="REPLACE_ITEMS"))
    assert is_built_upon(second, one)
    assert not is_built_upon(second, two)
    assert not is_built_upon(take_back_from_order(second, two), one)
    assert not is_built_upon(second, Taken(order=5, items=(ItemTaken(0, 5),)))


def test_an_order_without_an_amount_has_none_again() -> None:
    order = laid(Order(), items=(line(product_id="p"),))
    assert order.amount is None
    after, (step,) = redeemed(order, FREE_SHIRT)
    assert (after.amount, left_to_pay(after)) == (2000, 0)
    assert take_back_from_order(after, step) == order
    assert laid(after, items=(line(product_id="p"),)).initial_amount is None
    both, (_, large) = redeemed(after, Discount("UNIT", unit_type="z"), FREE_LARGE)
    without_one = take_back_from_order(both, step)
    assert (without_one.amount, without_one.initial_amount) == (2500, None)
    assert take_back_from_order(without_one, large).amount is None
    # units that cost nothing leave the amounts unsaid
    more, (same,) = redeemed(order, Discount("UNIT", unit_off=2, effect="ADD_SAME_ITEMS"))
    assert [(item.quantity, item.amount) for item in more.items or ()] == [(3, None)]
    assert more.amount is None
    assert take_back_from_order(more, same) == order
    # and an amount of nothing is one
    nothing = laid(Order(), items=(line(product_id="p", price=0),))
    after, (step,) = redeemed(nothing, FREE_SHIRT)
    assert take_back_from_order(after, step) == nothing


def test_a_line_that_grows_again_keeps_what_it_was_at_first() -> None:
    once, _ = redeemed(laid(Order(), items=CART), FREE_SHIRT)
    (shirts, _) = redeemed(once, FREE_SHIRT)[0].items or ()
    assert (shirts.quantity, shirts.initial_quantity) == (3, 1)
    assert (shirts.amount, shirts.initial_amount) == (6000, 2000)


def test_a_fork_is_as_its_origin_and_changes_on_its_own() -> None:
    origin = Basket(laid(Order(), items=CART))
    origin.take(Taken(order=7, items=(ItemTaken(1, 50),)))
    before = origin.order()
    fork = origin.fork()
    assert fork.order() == before
    fork.take(Taken(order=1, items=(ItemTaken(0, 9), ItemTaken(1, 450))))
    assert (fork.left, origin.left) == (1983, 2443)
    assert origin.order() == before
