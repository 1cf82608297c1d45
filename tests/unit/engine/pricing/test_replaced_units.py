"""Units that take the place of others: what they cost, and how many are replaced."""

from engine.pricing.basket import Basket
from engine.pricing.discounts.stock import new_line
from engine.pricing.scope import Scope, Share
from schemas.base import AMOUNT_MAX, QUANTITY_MAX
from schemas.evaluations import ItemTaken, Replacement, Taken
from schemas.orders import Order, OrderItem
from tests.unit.engine.pricing.mugs import MUG, basket, line, taken, units

# --- replacing


def replaced(on: Basket, scope: Scope | None = None, off: int | None = None) -> Taken:
    """The units in scope become mugs of 9.00."""
    return taken(units("REPLACE_ITEMS", "prod_mug", off), on, scope)


def test_dearer_units_take_the_place_and_the_difference_is_the_discount() -> None:
    assert replaced(basket(line(2, 500))) == Taken(
        items=(ItemTaken(0, quantity=-2, amount=-1000), ItemTaken(1, 800, 2, 1800)),
        added=(new_line("prod_mug", MUG, basket()),),  # type: ignore[arg-type]
        replaced=(Replacement(0, 2, 1000, 1, 2, 1800, 800),),
    )


def test_units_go_to_the_line_of_the_thing_where_there_is_one() -> None:
    on = basket(line(1, 500), line(1, 900, source_id="mug"))
    assert replaced(on).items == (
        ItemTaken(0, quantity=-1, amount=-500),
        ItemTaken(1, 400, 1, 900),
    )


def test_cheaper_units_cost_their_own_price_and_equal_ones_nothing() -> None:
    assert replaced(basket(line(1, 1000))).items[1] == ItemTaken(1, 0, 1, 900)
    assert replaced(basket(line(1, 900))).items[1] == ItemTaken(1, 0, 1, 900)


def test_nothing_is_replaced_where_the_order_would_end_below_zero() -> None:
    # 10.00 becomes 9.00, so 1.00 has to be left of the order
    for amount, happens in ((0, False), (99, False), (100, True), (101, True)):
        on = basket(line(1, 1000), amount=amount)
        assert bool(replaced(on).items) is happens
    assert replaced(basket(line(1, 901), amount=0)) == Taken()
    assert replaced(Basket(Order(items=(line(1, 1000),)))) == Taken()
    assert replaced(basket(line(1, 500), amount=0)).items


def test_as_many_are_replaced_as_limits_let_in() -> None:
    on = basket(line(5, 500), line(5, 600))
    # 4.00 a unit for the first line, 3.00 for the second; 14.00 for both
    limited = Scope((Share(0, 5, 900), Share(1, 5)), {0: 1400}, named=True)
    swaps = [
        (each.source_quantity, each.target_discount) for each in replaced(on, limited).replaced
    ]
    assert swaps == [(2, 800), (2, 600)]
    own = Scope((Share(0, 5, entry=0), Share(1, 5, entry=1)), {0: 400, 1: 600}, named=True)
    swaps = [(each.source_quantity, each.target_discount) for each in replaced(on, own).replaced]
    assert swaps == [(1, 400), (2, 600)]
    assert [each.source_quantity for each in replaced(on, off=7).replaced] == [5, 2]
    three = basket(line(1, 500), line(1, 600), line(1, 700))
    # 4.00, 3.00 and 2.00 of one limit
    pool = Scope((Share(0, 1), Share(1, 1), Share(2, 1)), {0: 800}, named=True)
    assert [each.source_index for each in replaced(three, pool).replaced] == [0, 1]


def test_what_units_count_as_does_not_change_what_is_replaced() -> None:
    on = basket(line(2, 500))
    assert replaced(on, Scope((Share(0, 2, None, 100),))) == replaced(on)


def test_as_many_are_replaced_as_fit() -> None:
    full = basket(line(3, 500), line(QUANTITY_MAX - 2, 0, source_id="mug"))
    assert [each.source_quantity for each in replaced(full).replaced] == [2]
    dear = basket(line(3, 500), amount=AMOUNT_MAX - 1800)
    assert [each.source_quantity for each in replaced(dear).replaced] == [2]
    unpriced = basket(line(3, 500), amount=AMOUNT_MAX)
    swaps = taken(units("REPLACE_ITEMS", "nobody's", None), unpriced).replaced
    assert [(each.source_quantity, each.target_amount) for each in swaps] == [(3, 1500)]


def test_limits_let_in_units_of_large_lines() -> None:
    on = basket(line(10**9, 500))
    limited = Scope((Share(0, 10**9, 400 * 10**8 + 399),), named=True)
    (swap,) = replaced(on, limited).replaced
    assert (swap.source_quantity, swap.target_discount) == (10**8, 400 * 10**8)


def test_a_limit_holds_when_what_is_left_does_not_divide() -> None:
    """Three units of 10.01 together: the rounding of each share's worth must not break a limit."""
    on = basket(OrderItem(product_id="x", quantity=3, amount=1000))
    for limit in range(1800):
        for each in replaced(on, Scope((Share(0, 3, limit),), named=True)).replaced:
            assert each.target_discount <= limit
            assert each.target_amount == 900 * each.target_quantity
    counts = {
        limit: sum(
            each.source_quantity
            for each in replaced(on, Scope((Share(0, 3, limit),), named=True)).replaced
        )
        for limit in (565, 566, 567, 1132, 1133, 1134, 1699, 1700)
    }
    assert counts == {565: 0, 566: 0, 567: 1, 1132: 1, 1133: 2, 1134: 2, 1699: 2, 1700: 3}


def test_parts_of_one_line_are_replaced_together() -> None:
    on = basket(line(5, 500))
    parts = Scope((Share(0, 2), Share(0, 1)), named=True)
    assert replaced(on, parts).items[0] == ItemTaken(0, quantity=-3, amount=-1500)
