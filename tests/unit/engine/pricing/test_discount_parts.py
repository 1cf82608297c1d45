"""What lines and shares can give, to the last minor unit."""

from decimal import Decimal
from typing import Any

import pytest

from engine.pricing import discounts
from engine.pricing.basket import Basket
from engine.pricing.discounts import Terms, effect_of, gift_credits, is_scoped, take_payment
from engine.pricing.discounts.parts import Part, parts_of
from engine.pricing.scope import Scope, Share
from schemas.discounts import EFFECTS, Discount, UnitOff
from schemas.evaluations import ItemTaken, Taken
from schemas.orders import Order, OrderItem

LEFT = Terms(initial=False, once=False, price_of=lambda _: None)
INITIAL = Terms(initial=True, once=False, price_of=lambda _: None)
ONCE = Terms(initial=False, once=True, price_of=lambda _: None)


def basket(*items: OrderItem, amount: int | None = None) -> Basket:
    """An order of these lines."""
    whole = sum(item.amount or 0 for item in items) if amount is None else amount
    return Basket(Order(amount=whole, initial_amount=whole, items=items))


def line(quantity: int | None, amount: int | None, **fields: Any) -> OrderItem:
    """A line."""
    return OrderItem(quantity=quantity, amount=amount, **fields)


def values(discount: Discount, on: Basket, scope: Scope | None = None, terms: Terms = LEFT) -> Any:
    """What is taken of each line that gives something."""
    return {
        each.index: each.discount
        for each in discounts.take_discount(discount, on, scope, terms).items
    }


@pytest.mark.parametrize(
    ("asked", "available", "left", "pays"),
    [(None, 5, 3, 3), (None, 3, 5, 3), (2, 5, 9, 2), (10, 5, 20, 5), (10, 20, 5, 5), (0, 5, 5, 0)],
)
def test_a_card_pays_what_is_asked_what_it_has_and_what_is_left(
    asked: int | None, available: int, left: int, pays: int
) -> None:
    assert gift_credits(asked, available, left) == pays


def test_what_pays_is_for_items_where_the_rules_name_some() -> None:
    on = basket(line(1, 300), line(1, 100))
    named = Scope((Share(1, 1),), named=True)
    assert take_payment(200, None, on, named, LEFT) == Taken(items=(ItemTaken(1, 100),))
    assert take_payment(200, None, on, Scope((Share(1, 1),)), LEFT) == Taken(order=200)
    assert take_payment(200, None, on, None, LEFT) == Taken(order=200)


def test_a_discount_does_what_it_says_where_its_type_can() -> None:
    named = Scope((), named=True)
    of_items, of_order = Discount("AMOUNT", effect="APPLY_TO_ITEMS"), Discount("AMOUNT")
    assert effect_of(of_items, None) == "APPLY_TO_ITEMS"
    assert (effect_of(of_order, None), effect_of(of_order, named)) == (
        "APPLY_TO_ORDER",
        "APPLY_TO_ITEMS",
    )
    assert effect_of(of_order, Scope(())) == "APPLY_TO_ORDER"
    wrong = Discount("PERCENT", effect="APPLY_TO_ITEMS_BY_QUANTITY")
    assert effect_of(wrong, None) == "APPLY_TO_ORDER"
    assert effect_of(Discount("UNIT"), None) == "ADD_NEW_ITEMS"
    assert effect_of(Discount("UNIT", units=(UnitOff("x"),)), None) == "ADD_MANY_ITEMS"
    assert effect_of(Discount("UNIT", effect="APPLY_TO_ORDER"), None) == "ADD_NEW_ITEMS"


@pytest.mark.parametrize("effect", sorted(frozenset.union(*EFFECTS.values())))
def test_items_in_scope_bind_what_takes_from_them(effect: str) -> None:
    free = {"APPLY_TO_ORDER", "ADD_NEW_ITEMS", "ADD_MISSING_ITEMS", "ADD_MANY_ITEMS"}
    assert is_scoped(effect) is (effect not in free)


# --- parts


def test_a_line_gives_what_is_left_of_it_down_to_the_last_unit_of_money() -> None:
    on = basket(line(1, 0), line(1, 1), line(0, 5), line(2, 10, discount_quantity=2))
    assert parts_of(on, None, LEFT) == [Part(1, 1, 1, 1)]
    shares = Scope(tuple(Share(n, 2) for n in range(4)))
    assert parts_of(on, shares, LEFT) == [Part(1, 1, 1, 1)]


def test_shares_of_one_line_do_not_overlap() -> None:
    on = basket(line(6, 600, discount_quantity=1, discount_amount=100), line(1, 50))
    shares = Scope((Share(0, 2), Share(1, 9, entry=3), Share(0, 2), Share(0, 2), Share(0, 2)))
    assert parts_of(on, shares, LEFT) == [
        Part(0, 2, 200, 200),
        Part(1, 1, 50, 50, None, 3),
        Part(0, 2, 200, 200),
        Part(0, 1, 100, 100),
    ]


def test_once_passes_over_lines_that_were_taken_from_and_no_others() -> None:
    on = basket(line(1, 100), line(1, 50))
    on.take(Taken(items=(ItemTaken(0, 10),)))
    assert [part.line for part in parts_of(on, None, ONCE)] == [1]
    assert [part.line for part in parts_of(on, Scope((Share(0, 1), Share(1, 1))), ONCE)] == [1]


def test_the_base_of_initial_percentages_is_what_there_was_before_the_request() -> None:
    stored = line(5, 500, discount_quantity=1, discount_amount=100)
    on = basket(stored, line(None, None), line(1, 7, discount_quantity=1, discount_amount=7))
    on.take(Taken(items=(ItemTaken(0, 300), ItemTaken(1, 0, 2, 40), ItemTaken(2, 0, 1, 9))))
    assert [(part.worth, part.base) for part in parts_of(on, None, INITIAL)] == [
        (100, 400),
        (40, 0),
        (9, 0),
    ]
    grown = basket(line(2, 101), line(1, None), line(None, 100))
    grown.take(Taken(items=tuple(ItemTaken(n, 0, 2, 102) for n in range(3))))
    assert [part.base for part in parts_of(grown, None, INITIAL)] == [101, 0, 0]
    halves = Scope((Share(0, 1), Share(0, 3)))
    assert [(part.worth, part.base) for part in parts_of(on, halves, INITIAL)] == [
        (25, 100),
        (75, 300),
    ]


# --- the values


def test_item_percentages_are_exact() -> None:
    eighth = Discount("PERCENT", percent_off=Decimal("12.5"), effect="APPLY_TO_ITEMS")
    assert values(eighth, basket(line(1, 800), line(1, 4))) == {0: 100, 1: 1}


def test_the_limit_of_all_bounds_every_effect() -> None:
    on = basket(line(1, 300), line(1, 100))
    for effect in (
        "APPLY_TO_ITEMS",
        "APPLY_TO_ITEMS_PROPORTIONALLY",
        "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
        "APPLY_TO_ITEMS_BY_QUANTITY",
    ):
        for limit in (0, 1, 2, 50, 199, 200, 201):
            off = Discount(
                "AMOUNT",
                amount_off=100,
                aggregated_amount_limit=limit,
                effect=effect,
            )
            all_of_it = 200 if effect in ("APPLY_TO_ITEMS", "APPLY_TO_ITEMS_BY_QUANTITY") else 100
            assert sum(values(off, on).values()) == min(limit, all_of_it)


def test_what_may_be_taken_is_split_before_it_is_limited() -> None:
    """What one entry's limit cuts off is not given elsewhere, so the order of the two counts."""
    on = basket(line(1, 300), line(1, 100))
    split_by = Discount(
        "AMOUNT",
        amount_off=400,
        aggregated_amount_limit=100,
        effect="APPLY_TO_ITEMS_PROPORTIONALLY",
    )
    limited = Scope((Share(0, 1, 50), Share(1, 1)), named=True)
    assert values(split_by, on, limited) == {0: 50, 1: 25}


def test_what_is_taken_stands_in_the_order_of_the_lines_not_of_the_shares() -> None:
    on = basket(line(1, 300), line(2, 100))
    each = Discount("AMOUNT", amount_off=20, effect="APPLY_TO_ITEMS")
    shares = Scope((Share(1, 1), Share(0, 1), Share(1, 1)))
    assert discounts.take_discount(each, on, shares, LEFT).items == (
        ItemTaken(0, 20),
        ItemTaken(1, 20),
    )


def test_an_order_without_an_amount_gives_nothing() -> None:
    on = Basket(Order(items=(line(1, None),)))
    for terms in (LEFT, INITIAL):
        for effect in ("APPLY_TO_ORDER", "APPLY_TO_ITEMS"):
            for off in (
                Discount("PERCENT", percent_off=Decimal(50), effect=effect),
                Discount("AMOUNT", amount_off=50, effect=effect),
            ):
                assert discounts.take_discount(off, on, None, terms) == Taken()
            assert take_payment(50, effect, on, None, terms) == Taken()


@pytest.mark.parametrize(
    "effect",
    [
        "APPLY_TO_ORDER",
        "APPLY_TO_ITEMS",
        "APPLY_TO_ITEMS_PROPORTIONALLY",
        "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
        "APPLY_TO_ITEMS_BY_QUANTITY",
    ],
)
def test_an_amount_without_a_value_takes_nothing(effect: Any) -> None:
    on = basket(line(2, 300), line(1, 100))
    assert discounts.take_discount(Discount("AMOUNT", effect=effect), on, None, LEFT) == Taken()


def test_a_percentage_of_nothing_before_takes_nothing() -> None:
    on = basket(amount=0)
    on.amount = 100
    all_of_it = Discount("PERCENT", percent_off=Decimal(100))
    assert discounts.take_discount(all_of_it, on, None, INITIAL) == Taken()
    assert discounts.take_discount(all_of_it, on, None, LEFT) == Taken(order=100)
