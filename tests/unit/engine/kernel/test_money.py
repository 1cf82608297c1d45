"""Rounding and splitting; what a gift card gives."""

from decimal import Decimal

import pytest

from engine.kernel.money import divide_half_up, fill_parts, percent_of, split_amount
from engine.pricing.discounts import gift_credits


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
    assert divide_half_up(numerator, denominator) == rounded


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


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (5, [1, 1, 1], [2, 2, 1]),
        (300, [3300, 3400], [148, 152]),
        (7, [0, 3, 0], [0, 7, 0]),
        (7, [0, 0], [0, 0]),
        (0, [1, 2], [0, 0]),
        (7, [], []),
    ],
)
def test_a_split_gives_the_largest_remainders_more_and_earlier_parts_in_ties(
    total: int, weights: list[int], parts: list[int]
) -> None:
    assert split_amount(total, weights) == parts


@pytest.mark.parametrize(
    ("total", "weights", "bounds", "parts"),
    [
        (9, [1, 1, 1], [9, 9, 9], [3, 3, 3]),
        (9, [1, 1, 1], [1, 9, 9], [1, 4, 4]),
        (9, [1, 1, 1], [9, 0, 3], [6, 0, 3]),
        (9, [1, 1, 1], [1, 2, 3], [1, 2, 3]),
        (9, [0, 1, 2], [9, 2, 9], [0, 2, 7]),
        (9, [9, 1], [1, 100], [1, 8]),
        (9, [0, 0], [5, 5], [0, 0]),
        # of equal remainders the earlier part's goes first, whichever is full first
        (5, [1, 1, 1], [9, 5, 0], [3, 2, 0]),
        # a plain split is kept where every part can bear its own
        (2, [3, 1, 1], [3, 5, 0], [1, 1, 0]),
    ],
)
def test_what_one_part_cannot_bear_is_split_among_the_others(
    total: int, weights: list[int], bounds: list[int], parts: list[int]
) -> None:
    assert fill_parts(total, weights, bounds) == parts


def test_a_gift_card_gives_what_is_asked_for_else_all_it_has() -> None:
    assert gift_credits(None, 700, 1000) == 700
    assert gift_credits(None, 700, 500) == 500
    assert gift_credits(200, 700, 1000) == 200
    assert gift_credits(0, 700, 1000) == 0
    assert gift_credits(600, 700, 500) == 500
