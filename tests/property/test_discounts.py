"""The laws of discounts: for every effect, on orders of up to 200 items, and 30 of them in a row."""

from collections.abc import Iterator
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from engine.kernel.money import fill_parts, split_amount
from engine.orders.body import order_body, running_sums
from engine.pricing import discounts
from engine.pricing.basket import Basket, is_built_upon, sum_taken, take_back_from_order
from engine.pricing.scope import Scope, Share
from schemas.base import AMOUNT_MAX, QUANTITY_MAX
from schemas.discounts import Discount
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.orders import Order
from tests.property.dice import MONEY, PRODUCTS, Dice
from tests.unit.engine.pricing.arithmetic import terms

SEEDS = st.integers(0, 2**32)
FEW = settings(max_examples=40)


def played(dice: Dice, order: Order, count: int) -> Iterator[tuple[Basket, Taken]]:
    """Random redeemables on an order; the basket after each, and what it took."""
    basket = Basket(order)
    for _ in range(count):
        under = terms(*PRODUCTS, initial=dice.random() < 0.3, once=dice.random() < 0.2)
        scope = dice.scope(len(basket.lines))
        if dice.random() < 0.15:
            effect = dice.choice((None, "APPLY_TO_ORDER", "APPLY_TO_ITEMS"))
            taken = discounts.take_payment(dice.randint(0, 20_000), effect, basket, scope, under)
        else:
            taken = discounts.take_discount(dice.discount(), basket, scope, under)
        basket.take(taken)
        yield basket, taken


@FEW
@given(SEEDS, st.integers(1, 30))
def test_nothing_ends_below_zero_and_all_sums_are_those_of_their_parts(
    seed: int, count: int
) -> None:
    dice = Dice(seed)
    order = dice.order()
    off = 0
    for basket, taken in played(dice, order, count):
        off += taken.total
        after = basket.order()
        items = after.items or ()
        assert all(0 <= item.discount_amount <= (item.amount or 0) for item in items)
        assert all(0 <= item.discount_quantity <= (item.quantity or 0) for item in items)
        assert (basket.left or 0) >= 0
        assert basket.left is None or basket.left == (after.amount or 0) - off
        assert basket.items_discount == sum(item.discount_amount for item in items)
        assert basket.discount + basket.items_discount == off
        assert all(each.discount >= 0 and each.discounted >= 0 for each in taken.items)
        assert (after.amount or 0) <= AMOUNT_MAX
        assert all((item.quantity or 0) <= QUANTITY_MAX for item in items)


@FEW
@given(SEEDS, st.integers(1, 30))
def test_what_is_taken_and_taken_back_restores_the_order(seed: int, count: int) -> None:
    dice = Dice(seed)
    order = dice.order()
    basket, steps = Basket(order), []
    for basket, taken in played(dice, order, count):  # noqa: B007  the last one counts
        steps.append(taken)
    assert take_back_from_order(basket.order(), sum_taken(steps)) == order


@FEW
@given(SEEDS, st.integers(1, 8))
def test_redemptions_are_rolled_back_in_any_order(seed: int, count: int) -> None:
    dice = Dice(seed)
    order = dice.order(20)
    running, steps = order, []
    for _ in range(count):
        for basket, taken in played(dice, running, dice.randint(1, 3)):
            running = basket.order()
            steps.append(taken)
    dice.shuffle(steps)
    while steps:
        taken = next(each for each in steps if not is_built_upon(running, each))
        steps = [each for each in steps if each is not taken]
        running = take_back_from_order(running, taken)
        items = running.items or ()
        assert all(0 <= item.discount_amount <= (item.amount or 0) for item in items)
        assert all((item.quantity or 0) >= 0 for item in items)
        off = running.discount_amount + sum(item.discount_amount for item in items)
        assert (running.amount or 0) >= off
    assert running == order


@FEW
@given(SEEDS, st.integers(0, 30))
def test_every_step_that_is_shown_adds_up(seed: int, count: int) -> None:
    dice = Dice(seed)
    order = dice.order(50)
    basket, outcomes, expected = Basket(order), [], []
    for basket, taken in played(dice, order, count):
        outcomes.append(Outcome(object="voucher", id="A", status="APPLICABLE", taken=taken))
        expected.append(basket.order())
    evaluation = Evaluation(tuple(outcomes), basket.order())
    sums = running_sums(evaluation)
    assert [(each.amount, each.discount, each.items) for each in sums[:-1]] == [
        (each.amount, each.discount_amount, each.items) for each in expected
    ]
    for each in sums:
        if each.amount is None:
            continue
        body = order_body(basket.order(), each)
        off, of_items = body.get("discount_amount", 0), body.get("items_discount_amount", 0)
        assert body.get("total_discount_amount", 0) == off + of_items
        assert body["total_amount"] == body["amount"] - off - of_items >= 0
        items = body.get("items", ())
        assert of_items == sum(item.get("discount_amount", 0) for item in items)
        assert body.get("total_applied_discount_amount", 0) == each.applied.total


@FEW
@given(SEEDS)
def test_the_order_of_independent_items_changes_nothing(seed: int) -> None:
    dice = Dice(seed)
    order = dice.order(whole=True)
    off = Decimal(dice.randint(0, 1000)) / 10
    row = [
        Discount("PERCENT", percent_off=off, amount_limit=dice.randint(0, 900)),
        Discount("AMOUNT", amount_off=dice.randint(0, 500)),
        Discount("FIXED", fixed_amount=dice.randint(0, 500)),
        Discount("UNIT", unit_off=1, effect="ADD_SAME_ITEMS"),
        Discount("AMOUNT", amount_off=dice.randint(0, 90), effect="APPLY_TO_ITEMS_BY_QUANTITY"),
    ]
    dice.shuffle(row)
    places = list(range(len(order.items or ())))
    dice.shuffle(places)
    one = _after(order, row)
    two = _after(structs.replace(order, items=tuple((order.items or ())[n] for n in places)), row)
    assert [(one.items or ())[n] for n in places] == list(two.items or ())
    assert (one.amount, one.discount_amount) == (two.amount, two.discount_amount)


@FEW
@given(SEEDS)
def test_the_order_of_items_changes_a_split_by_a_minor_unit_at_most(seed: int) -> None:
    dice = Dice(seed)
    order = dice.order()
    split_by = Discount(
        "AMOUNT", amount_off=dice.randint(0, 50_000), effect=dice.choice(MONEY[2:4])
    )
    places = list(range(len(order.items or ())))
    dice.shuffle(places)
    one = _after(order, [split_by])
    two = _after(
        structs.replace(order, items=tuple((order.items or ())[n] for n in places)), [split_by]
    )
    values = [item.discount_amount for item in one.items or ()]
    moved = [item.discount_amount for item in two.items or ()]
    assert sum(values) == sum(moved)
    assert all(abs(values[n] - value) <= 1 for n, value in zip(places, moved, strict=True))


@given(st.integers(0, AMOUNT_MAX), st.lists(st.integers(0, AMOUNT_MAX), max_size=200))
def test_a_split_gives_away_the_total_and_is_off_by_less_than_one(
    total: int, weights: list[int]
) -> None:
    parts = split_amount(total, weights)
    whole = sum(weights)
    assert sum(parts) == (total if whole else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - (total * weight if whole else 0)) < max(whole, 1)


BOUNDED = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 10**6)), max_size=200)


@given(st.integers(0, 10**7), BOUNDED)
def test_what_one_part_cannot_bear_others_do(total: int, rows: list[tuple[int, int]]) -> None:
    weights, bounds = [weight for weight, _ in rows], [bound for _, bound in rows]
    parts = fill_parts(total, weights, bounds)
    can_bear = sum(bound for weight, bound in rows if weight)
    assert sum(parts) == min(total, can_bear)
    assert all(0 <= part <= bound for part, bound in zip(parts, bounds, strict=True))
    assert all(not part for part, weight in zip(parts, weights, strict=True) if not weight)
    # nobody who could bear more has less for its weight than another, but for the rounding
    fullest = max(
        (part / weight for part, weight in zip(parts, weights, strict=True) if weight), default=0
    )
    for part, weight, bound in zip(parts, weights, bounds, strict=True):
        assert not weight or part == bound or (part + 1) / weight >= fullest - 1


def _after(order: Order, row: list[Discount]) -> Order:
    basket = Basket(order)
    everywhere = Scope(
        tuple(Share(n, line.quantity) for n, line in enumerate(basket.lines)), named=True
    )
    for discount in row:
        basket.take(discounts.take_discount(discount, basket, everywhere, terms()))
    return basket.order()
