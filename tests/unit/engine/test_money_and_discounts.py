"""Rounding, each discount, and the contract's own numbers."""

from decimal import Decimal

import pytest

from engine.discounts import discounted, gift_credits
from engine.money import half_up, percent_of
from schemas.api import Redeemable
from schemas.entities import Voucher
from schemas.events import RedemptionSucceeded
from tests.unit.engine.world import (
    World,
    amount,
    card,
    gift_card,
    only,
    percent,
    redeem,
    voucher,
)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (0, 7, 0),
        (1, 3, 0),
        (1, 2, 1),
        (2, 3, 1),
        (3, 2, 2),
        (5, 2, 3),
        (10**18 + 1, 2, 5 * 10**17 + 1),
    ],
)
def test_halves_are_rounded_up(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


@pytest.mark.parametrize(
    ("off", "of", "taken"),
    [
        ("10", 26_500, 2650),
        ("10", 5, 1),
        ("10", 4, 0),
        ("33.3", 1000, 333),
        ("0.05", 1000, 1),
        ("0.0499999999", 1000, 0),
        ("100", 10**15, 10**15),
        ("1E+1", 200, 20),
    ],
)
def test_a_percentage_is_exact_and_rounded_once(off: str, of: int, taken: int) -> None:
    assert percent_of(of, Decimal(off)) == taken


def test_an_amount_takes_no_more_than_is_left() -> None:
    assert discounted(amount(500), 800) == 500
    assert discounted(amount(500), 300) == 300
    assert discounted(amount(500), 0) == 0


def test_a_percentage_takes_no_more_than_its_limit_and_than_is_left() -> None:
    assert discounted(percent("50", amount_limit=100), 1000) == 100
    assert discounted(percent("50", amount_limit=100), 150) == 75
    assert discounted(percent("100"), 150) == 150


def test_a_gift_card_gives_what_is_asked_for_else_all_it_has() -> None:
    assert gift_credits(None, 700, 1000) == 700
    assert gift_credits(None, 700, 500) == 500
    assert gift_credits(200, 700, 1000) == 200
    assert gift_credits(0, 700, 1000) == 0
    assert gift_credits(600, 700, 500) == 500


#: Vectors of the contract, section 6, that need neither items nor rules:
#: amount, what is redeemed, cumulative discounts, total.
VECTORS: dict[str, tuple[int, list[tuple[Voucher, Redeemable | str]], list[int], int]] = {
    "1": (
        200_000,
        [
            (gift_card("GIFT", 100), card("GIFT", 100)),
            (voucher("P20", percent("20")), "P20"),
            (voucher("A80", amount(8000)), "A80"),
        ],
        [100, 40_080, 48_080],
        151_920,
    ),
    "2": (
        26_500,
        [(voucher("P10", percent("10")), "P10"), (voucher("A20", amount(2000)), "A20")],
        [2650, 4650],
        21_850,
    ),
    "11, 10% first": (
        10_500,
        [(voucher("P10", percent("10")), "P10"), (voucher("P20", percent("20")), "P20")],
        [1050, 2940],
        7560,
    ),
    "11, 20% first": (
        10_500,
        [(voucher("P20", percent("20")), "P20"), (voucher("P10", percent("10")), "P10")],
        [2100, 2940],
        7560,
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_contracts_numbers(name: str) -> None:
    paid, stack, cumulative, total = VECTORS[name]
    world = World().given(*(each for each, _ in stack))
    record = world.when(redeem(*(named for _, named in stack), order=paid))
    event = only(record, RedemptionSucceeded)
    taken = [outcome.taken.order for outcome in event.evaluation.outcomes if outcome.taken]
    assert [sum(taken[: n + 1]) for n in range(len(taken))] == cumulative
    order = event.evaluation.order
    assert order is not None and order.amount is not None
    assert order.amount - order.discount_amount == total
