"""Lines of orders: catalogue prices, and orders that are named again after discounts changed them."""

from typing import Any

import pytest
from msgspec import structs

from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from engine.orders.calculation import laid_over
from engine.pricing import discounts
from engine.pricing.basket import Basket, is_built_upon, taken_back
from engine.pricing.discounts import Terms
from engine.pricing.sums import amount_of, left_of
from engine.products.find import find_item, item_meant
from schemas.api import OrderInput, OrderItemInput, ProductInput, SkuInput
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.evaluations import ItemTaken, Taken
from schemas.orders import Order, OrderItem
from schemas.products import Product, Sku
from tests.unit.engine.pricing.arithmetic import empty_view
from tests.unit.engine.world import found

SHIRT = Product("prod_shirt", 0, source_id="shirt", name="Shirt", price=2000)
SOLD_OUT = Product("prod_gone", 0, source_id="gone", price=1, deleted_at=5)
LARGE = Sku("sku_l", "prod_shirt", 0, source_id="shirt-l", sku="L", price=2500)
SMALL = Sku("sku_s", "prod_shirt", 0, source_id="shirt-s", sku="S")
ORPHAN = Sku("sku_o", "prod_none", 0, source_id="orphan", price=80)
FREE_LARGE = Discount("UNIT", unit_off=1, unit_type="sku_l", effect="ADD_NEW_ITEMS")
FREE_SHIRT = Discount("UNIT", unit_off=1, unit_type="prod_shirt", effect="ADD_NEW_ITEMS")


def stocked() -> ProjectState:
    view = empty_view()
    for product in (SHIRT, SOLD_OUT):
        view.put(tables.PRODUCTS, product, product.id)
        view.put(tables.PRODUCT_SOURCES, product.id, product.source_id or "")
    for sku in (LARGE, SMALL, ORPHAN):
        view.put(tables.SKUS, sku, sku.id)
        view.put(tables.SKU_SOURCES, sku.id, sku.source_id or "")
    return view


VIEW = stocked()


def relaid(stored: Order, **given: Any) -> Order | Refusal:
    return laid_over(VIEW, stored, OrderInput(**given))


def laid(stored: Order, **given: Any) -> Order:
    order = relaid(stored, **given)
    assert isinstance(order, Order)
    return order


def line(**fields: Any) -> OrderItemInput:
    return OrderItemInput(**fields)


def redeemed(order: Order, *offers: Discount) -> tuple[Order, list[Taken]]:
    basket, steps = Basket(order), []
    under = Terms(initial=False, once=False, price_of=lambda named: find_item(VIEW, named))
    for discount in offers:
        steps.append(discounts.taken(discount, basket, None, under))
        basket.take(steps[-1])
    return basket.order(), steps


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
    assert small == find_item(VIEW, "sku_s") == item_meant(VIEW, line(sku_id="sku_s"))
    assert (small.price, small.source_id, small.sku_source_id) == (2000, "shirt", "shirt-s")
    assert find_item(VIEW, "gone") is find_item(VIEW, "prod_gone") is None


CART = (line(product_id="prod_shirt", price=2000, quantity=1), line(product_id="p", price=500))


def test_an_order_that_is_named_again_keeps_what_discounts_added() -> None:
    order, _ = redeemed(laid(Order(id="ord_1"), items=CART), FREE_SHIRT)
    assert (order.amount, order.initial_amount, left_of(order)) == (4500, 2500, 2500)
    as_before = laid(order, items=CART)
    as_now = laid(order, items=(structs.replace(CART[0], quantity=2), CART[1]))
    for again in (as_before, as_now, laid(order, items=CART, amount=2500), laid(order)):
        assert (again.amount, again.initial_amount, left_of(again)) == (4500, 2500, 2500)
        assert again.items == order.items
    with_more = laid(order, items=(*CART, line(price=100)), amount=2600)
    assert (with_more.amount, with_more.initial_amount, left_of(with_more)) == (4600, 2600, 2600)


def test_a_line_that_a_discount_added_need_not_be_named() -> None:
    cart = (line(product_id="p", price=500),)
    order, _ = redeemed(laid(Order(), items=cart), FREE_SHIRT)
    more = laid(order, items=(*cart, line(product_id="q", price=70)))
    assert [item.product_id for item in more.items or ()] == ["p", "prod_shirt", "q"]
    assert (more.amount, more.initial_amount, left_of(more)) == (2570, 570, 570)
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
        assert isinstance(laid_over(VIEW, order, OrderInput(items=(named,))), Refusal)


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
    refused = laid_over(VIEW, order, OrderInput(items=items))
    assert isinstance(refused, Refusal)
    assert (refused.key, refused.explanation) == (
        "invalid_order",
        {"rule": "discounted_items", "item": 0},
    )
    assert (
        laid(taken_back(order, step), items=items).amount
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
    without_one = taken_back(second, one)
    assert [item.quantity for item in without_one.items or ()] == [1, 0, 1]
    assert taken_back(without_one, two) == order
    assert taken_back(second, two) == first


def test_what_was_taken_of_units_that_left_counts_for_nothing() -> None:
    replace = Discount("UNIT", unit_type="prod_shirt", effect="REPLACE_ITEMS")
    half = Discount("AMOUNT", amount_off=250, effect="APPLY_TO_ITEMS")
    order = laid(Order(), items=CART[1:])
    first, (one,) = redeemed(order, replace)
    second, (two,) = redeemed(first, half)
    assert left_of(second) == 250
    without_one = taken_back(second, one)
    shirts = (without_one.items or ())[1]
    assert (shirts.quantity, shirts.discount_amount, shirts.discount_void) == (0, 0, 250)
    assert left_of(without_one) == 500
    assert taken_back(without_one, two) == order


def test_a_redemption_whose_units_were_replaced_is_built_upon() -> None:
    order = laid(Order(), items=CART[1:])
    first, (one,) = redeemed(order, Discount("UNIT", unit_type="x", effect="REPLACE_ITEMS"))
    second, (two,) = redeemed(first, Discount("UNIT", unit_type="y", effect="REPLACE_ITEMS"))
    assert is_built_upon(second, one)
    assert not is_built_upon(second, two)
    assert not is_built_upon(taken_back(second, two), one)
    assert not is_built_upon(second, Taken(order=5, items=(ItemTaken(0, 5),)))


def test_an_order_without_an_amount_has_none_again() -> None:
    order = laid(Order(), items=(line(product_id="p"),))
    assert order.amount is None
    after, (step,) = redeemed(order, FREE_SHIRT)
    assert (after.amount, left_of(after)) == (2000, 0)
    assert taken_back(after, step) == order
    assert laid(after, items=(line(product_id="p"),)).initial_amount is None
    both, (_, large) = redeemed(after, Discount("UNIT", unit_type="z"), FREE_LARGE)
    without_one = taken_back(both, step)
    assert (without_one.amount, without_one.initial_amount) == (2500, None)
    assert taken_back(without_one, large).amount is None
    # units that cost nothing leave the amounts unsaid
    more, (same,) = redeemed(order, Discount("UNIT", unit_off=2, effect="ADD_SAME_ITEMS"))
    assert [(item.quantity, item.amount) for item in more.items or ()] == [(3, None)]
    assert more.amount is None
    assert taken_back(more, same) == order
    # and an amount of nothing is one
    nothing = laid(Order(), items=(line(product_id="p", price=0),))
    after, (step,) = redeemed(nothing, FREE_SHIRT)
    assert taken_back(after, step) == nothing


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
    assert taken_back(order, Taken(items=(taken,))).items == (OrderItem(**after),)


def test_an_order_that_is_not_there_has_nothing_left_and_counts_as_nothing() -> None:
    assert left_of(None) is left_of(Order()) is None
    assert amount_of(None) == amount_of(Order(amount=5)) == 0
    assert amount_of(Order(amount=5, initial_amount=3)) == 3


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
