"""The laws of whole requests: up to 30 redeemables of every kind on orders of up to 200 lines."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from engine.decide import decide
from engine.evaluation.evaluate import Asker, evaluate_for
from engine.evolve import evolve
from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from engine.orders.calculation import order_of
from schemas.api import OrderInput, OrderItemInput, Redeemable
from schemas.commands import Command, CommandBody
from schemas.discounts import Discount
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.events import Event
from schemas.orders import Order
from schemas.records import Decided
from schemas.redemptions import RedeemStack, RedemptionFailed, RedemptionSucceeded, RollBackStack
from schemas.rules import ApplicableItems, ItemEntry, ValidationRule
from schemas.stacking import StackingRules, StoredStackingRules
from schemas.tallies import Sums
from schemas.vouchers import Voucher
from tests.property.order_laws import (
    every_step_is_amount_less_discounts,
    parts_sum_to_the_whole,
    redeemed_as_validated,
    without_ids,
)
from tests.property.shop import SORTINGS, Asked, Mode, ShopDice, Sorting
from tests.property.stacking_laws import LAWS, cases_of
from tests.unit.engine.world import NOON, World

SEEDS = st.integers(0, 2**32)
SHOPS = st.integers(0, 7)
FEW = settings(max_examples=40)


def evaluated(asked: Asked) -> Evaluation:
    """What a validation comes to."""
    return evaluate_for(asked.state, asked.body, Asker(None, "server"), NOON)


@FEW
@given(SEEDS, SHOPS)
def test_every_outcome_obeys_every_stacking_rule(seed: int, shop: int) -> None:
    asked = ShopDice(seed).asked(shop, items_max=20)
    cases = cases_of(asked, evaluated(asked))
    for law in LAWS:
        law(asked, cases)


@FEW
@given(SEEDS, SHOPS)
def test_the_order_is_what_it_was_with_all_that_was_taken(seed: int, shop: int) -> None:
    parts_sum_to_the_whole(evaluated(ShopDice(seed).asked(shop)))


@FEW
@given(SEEDS, SHOPS)
def test_every_step_that_is_shown_is_amount_less_discounts(seed: int, shop: int) -> None:
    every_step_is_amount_less_discounts(evaluated(ShopDice(seed).asked(shop, items_max=60)))


@FEW
@given(SEEDS, SHOPS)
def test_what_is_taken_off_the_order_follows_from_what_was_there(seed: int, shop: int) -> None:
    asked = ShopDice(seed).asked(shop, items_max=20)
    evaluation = evaluated(asked)
    running = evaluation.order.initial_amount if evaluation.order else None
    initial = running
    for case in cases_of(asked, evaluation):
        outcome, taken = case.outcome, case.outcome.taken
        if taken is None or running is None:
            continue
        assert initial is not None
        on_initial = _on_initial(asked, outcome)
        expected = _expected(outcome, running, initial if on_initial else running)
        if expected is not None:
            assert taken == Taken(order=expected, credits=taken.credits, points=taken.points)
        running += sum(each.amount for each in taken.items) - taken.total


def _on_initial(asked: Asked, outcome: Outcome) -> bool:
    shown = sorted(
        (each.category for each in outcome.categories), key=lambda c: (c.hierarchy, c.id)
    )
    for category in shown:
        if category.id in asked.rules.initial_amount_mode_categories:
            return True
        if category.id in asked.rules.discounted_amount_mode_categories:
            return False
    return asked.rules.discount_calculation_mode == "INITIAL_AMOUNT"


def _expected(outcome: Outcome, left: int, base: int) -> int | None:
    """What it takes off the order; None where it is for items or has a formula."""
    bound = outcome.tier or outcome.voucher
    discount = bound.discount if bound is not None else None
    if discount is None or discount.effect != "APPLY_TO_ORDER" or outcome.dynamic:
        return None
    value = left
    if discount.type == "AMOUNT":
        value = discount.amount_off or 0
    elif discount.type == "FIXED":
        value = max(left - (discount.fixed_amount or 0), 0)
    elif discount.percent_off is not None:
        value = int(Fraction(discount.percent_off) * base / 100 + Fraction(1, 2))
        value = min(value, left if discount.amount_limit is None else discount.amount_limit)
    limit = discount.aggregated_amount_limit
    return min(value, left, left if limit is None else limit)


@FEW
@given(SEEDS, SHOPS)
def test_what_is_validated_is_what_is_redeemed_and_rolled_back_it_is_as_before(
    seed: int, shop: int
) -> None:
    redeemed_and_rolled_back(ShopDice(seed).asked(shop, items_max=40))


FULL = [(mode, sorting) for mode in ("ALL", "PARTIAL") for sorting in SORTINGS]


@pytest.mark.parametrize(("mode", "sorting"), FULL)
@settings(max_examples=5)
@given(SEEDS, SHOPS)
def test_thirty_redeemables_on_two_hundred_items_obey_all_laws(
    mode: Mode, sorting: Sorting, seed: int, shop: int
) -> None:
    asked = ShopDice(seed).full(shop, mode, sorting)
    assert asked.body.order is not None and len(asked.body.order.items or ()) == 200
    evaluation = evaluated(asked)
    assert len(evaluation.outcomes) == 30
    cases = cases_of(asked, evaluation)
    for law in LAWS:
        law(asked, cases)
    parts_sum_to_the_whole(evaluation)
    every_step_is_amount_less_discounts(evaluation)
    redeemed_and_rolled_back(asked)


def redeemed_and_rolled_back(asked: Asked) -> None:
    """Redeems what was validated, with the same numbers; and back it leaves no trace in what counts."""
    validated = evaluated(asked)
    before = counters(asked.state)
    [event] = [
        each
        for each in _happens(asked.state, asked.body, 1)
        if isinstance(each, RedemptionSucceeded | RedemptionFailed)
    ]
    assert isinstance(event, RedemptionSucceeded) == validated.valid
    redeemed_as_validated(validated, event.evaluation)
    if isinstance(event, RedemptionFailed):
        assert counters(asked.state) == before
        return
    [redeemed] = asked.state.scan(tables.ORDERS)
    _happens(asked.state, RollBackStack(event.parent_id or event.redemption_ids[0]), 2)
    assert counters(asked.state) == before
    [back] = asked.state.scan(tables.ORDERS)
    begun = order_of(asked.state, asked.body.order, None, "server")
    assert isinstance(begun, Order)
    assert back.status == "CANCELED"
    assert back.id == redeemed.id
    assert without_ids(back) == without_ids(begun)


def _happens(state: ProjectState, body: CommandBody, number: int) -> tuple[Event, ...]:
    """Decides a command and folds what is decided."""
    ids = (f"cmd_{number}", state.project, NOON, NOON, f"{number:032x}")
    decided = decide(state, Command(*ids, "server", "", body), NOON)
    record = Decided(number, NOON, ids[0], "", state.project, "", events=decided.events)
    evolve(state, record, number)
    return decided.events


def counters(state: ProjectState) -> tuple[object, ...]:
    """All that redemptions count."""
    tallies = [each for each in state.scan(tables.TALLIES) if each.ever != Sums()]
    return (
        list(state.scan(tables.VOUCHERS)),
        list(state.scan(tables.TIERS)),
        list(state.scan(tables.CAMPAIGNS)),
        tallies,
    )


# --- what does not depend on the order of what is independent


def _disjoint(dice: ShopDice, products: int, lines_max: int) -> Asked:
    """Redeemables each of which is for the lines of a product of its own."""
    state = World().view.trial()
    sorting = dice.choice(SORTINGS)
    rules = StackingRules(applicable_redeemables_limit=30, redeemables_sorting_rule=sorting)
    state.put(tables.STACKING, StoredStackingRules("stk_1", rules, 0), tables.THE_ONE)
    named = [f"p{n}" for n in range(products)]
    for n, product in enumerate(named):
        items = ApplicableItems((ItemEntry("product", product),))
        state.put(tables.RULES, ValidationRule(f"val_{n}", "", 0, applicable_to=items), f"val_{n}")
        worth = dice.choice(
            (
                Discount("AMOUNT", amount_off=dice.randint(0, 900), effect="APPLY_TO_ITEMS"),
                Discount("AMOUNT", amount_off=5000, effect="APPLY_TO_ITEMS_PROPORTIONALLY"),
                Discount("PERCENT", percent_off=Decimal(dice.randint(0, 100))),
                Discount("FIXED", fixed_amount=dice.randint(0, 900)),
                Discount("UNIT", unit_off=1, effect="ADD_SAME_ITEMS"),
            )
        )
        voucher = Voucher(
            f"v_{n}", f"V{n}", "DISCOUNT_VOUCHER", 0, discount=worth, rule_ids=(f"val_{n}",)
        )
        state.put(tables.VOUCHERS, voucher, voucher.id)
        state.put(tables.VOUCHER_CODES, voucher.id, voucher.code)
    lines = tuple(
        OrderItemInput(product_id=dice.choice(named), quantity=2, price=dice.randint(0, 900))
        for _ in range(dice.randint(lines_max // 2, lines_max))
    )
    asked = tuple(Redeemable("voucher", f"V{n}") for n in range(products))
    return Asked(state, RedeemStack(asked, OrderInput(items=lines)), rules)


SIZES = st.sampled_from([(2, 4), (3, 8), (6, 20), (6, 60), (30, 200)])


@FEW
@given(SEEDS, SIZES)
def test_the_order_of_redeemables_for_different_items_changes_nothing(
    seed: int, size: tuple[int, int]
) -> None:
    dice = ShopDice(seed)
    asked = _disjoint(dice, *size)
    one = evaluated(asked)
    moved = list(asked.body.redeemables)
    dice.shuffle(moved)
    two = evaluated(asked._replace(body=structs.replace(asked.body, redeemables=tuple(moved))))
    assert one.valid and one.order == two.order
    assert {each.id: each.taken for each in one.outcomes} == {
        each.id: each.taken for each in two.outcomes
    }


@FEW
@given(SEEDS, SIZES)
def test_the_order_of_lines_changes_at_most_who_gets_the_last_minor_unit(
    seed: int, size: tuple[int, int]
) -> None:
    """A split gives what is left over by the largest remainder, and of equal ones to the earlier."""
    dice = ShopDice(seed)
    asked = _disjoint(dice, *size)
    lines = (asked.body.order or OrderInput()).items or ()
    places = list(range(len(lines)))
    dice.shuffle(places)
    order = OrderInput(items=tuple(lines[n] for n in places))
    one = evaluated(asked)
    two = evaluated(asked._replace(body=structs.replace(asked.body, order=order)))
    assert [each.taken and each.taken.total for each in one.outcomes] == [
        each.taken and each.taken.total for each in two.outcomes
    ]
    assert one.order is not None and two.order is not None
    for place, item in zip(places, two.order.items or (), strict=True):
        same = (one.order.items or ())[place]
        assert abs(same.discount_amount - item.discount_amount) <= 1
        assert (same.quantity, same.amount) == (item.quantity, item.amount)
