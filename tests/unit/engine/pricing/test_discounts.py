"""What discounts take: the contract's numbers, each effect within each scope, free units."""

import msgspec
import pytest

from engine.orders.body import order_body, running_sums
from engine.pricing import discounts
from engine.pricing.basket import Basket, sum_taken, take_back_from_order
from engine.pricing.discounts import effect_of
from schemas.discounts import EFFECTS
from schemas.evaluations import Evaluation, Outcome
from tests.unit.engine.pricing.arithmetic import (
    NUMBERS,
    Case,
    Effects,
    by_line,
    order_of,
    take,
    terms,
)

SCOPES = ("all", "units", "amounts", "aggregated", "price")
ALL_CASES = (*NUMBERS.contract, *NUMBERS.more)


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.name)
def test_the_numbers(case: Case) -> None:
    order = order_of(case.order)
    basket = Basket(order)
    steps = []
    for step in case.steps:
        taken = take(step, basket, case.products)
        assert taken.order == step.order
        if step.items is not None:
            assert by_line(taken, basket) == step.items
        steps.append(taken)
    outcomes = tuple(
        Outcome(object="voucher", id=str(n), status="APPLICABLE", taken=each)
        for n, each in enumerate(steps)
    )
    evaluation = Evaluation(outcomes, basket.order())
    bodies = [order_body(basket.order(), sums) for sums in running_sums(evaluation)]
    assert tuple(each.get("discount_amount", 0) for each in bodies[:-1]) == (
        case.cumulative or tuple(each.get("discount_amount", 0) for each in bodies[:-1])
    )
    assert bodies[-1]["total_amount"] == case.total
    assert bodies[-1].get("initial_amount") == case.initial_amount
    for body, line in zip(bodies[-1].get("items", ()), case.lines, strict=False):
        assert {name: body.get(name) for name in line} == line
        assert {name for name in body if name.startswith(("applied_", "initial_"))} <= set(line)
    assert take_back_from_order(basket.order(), sum_taken(steps)) == order


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("row", NUMBERS.effects, ids=lambda row: str(row.discount)[9:80])
def test_each_effect_within_each_scope(row: Effects, scope: str) -> None:
    basket = Basket(order_of("sample"))
    taken = discounts.take_discount(row.discount, basket, NUMBERS.scopes[scope].scope(), terms())
    assert by_line(taken, basket) == (*getattr(row, scope), 0)


@pytest.mark.parametrize("row", NUMBERS.effects, ids=lambda row: str(row.discount)[9:80])
def test_values_are_cut_back_to_the_limit_of_all_items_and_to_what_is_left(row: Effects) -> None:
    scope = NUMBERS.scopes["all"].scope()
    basket = Basket(order_of("sample"))
    limited = msgspec.structs.replace(row.discount, aggregated_amount_limit=1100)
    assert by_line(discounts.take_discount(limited, basket, scope, terms()), basket) == (
        *row.limited,
        0,
    )
    small = Basket(msgspec.structs.replace(basket.initial, amount=1100))
    assert by_line(discounts.take_discount(row.discount, small, scope, terms()), small) == (
        *row.limited,
        0,
    )


def test_the_data_has_every_vector_of_the_contract_and_every_effect_of_every_type() -> None:
    """Source: the API contract, section 6, which numbers its vectors so."""
    vectors = [case.name.partition(":")[0] for case in NUMBERS.contract]
    assert {each: vectors.count(each) for each in vectors} == {
        "1": 1,
        "2": 1,
        "5": 1,
        "6": 6,
        "9": 3,
        "10": 2,
        "11": 2,
        "12": 1,
    }
    steps = [step for case in ALL_CASES for step in case.steps]
    given = [step.discount for step in steps if step.discount is not None]
    given += [row.discount for row in NUMBERS.effects]
    shown = {(each.type, effect_of(each, None)) for each in given}
    for each in given:
        shown |= {("UNIT", unit.effect) for unit in each.units}
    assert shown == {(kind, effect) for kind, effects in EFFECTS.items() for effect in effects}
    paid = {step.effect for step in steps if step.credits is not None}
    assert paid == {None, "APPLY_TO_ORDER", "APPLY_TO_ITEMS"}
