"""Which values are numbers, and what operators take: whatever callers write in metadata."""

from decimal import Decimal
from typing import Any

import pytest

from engine.qualification.keys import value_keys
from engine.rules.operators import OPERATORS, are_equal, compare_values, number_in


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (" 5 ", 5),
        (1.1, Decimal("1.1")),
        ("1.10", Decimal("1.1")),
        ("1e-99", Decimal("1e-99")),
        (True, None),
        ("five", None),
        ("nan", None),
        ("1e30", None),
        (10**30, None),
        (1e30, None),
        ("1e9999999", None),
        ("-1e9999999", None),
        ("1e-9999999", None),
    ],
)
def test_what_cannot_be_meant_is_no_number(value: Any, number: Any) -> None:
    assert number_in(value) == number


@pytest.mark.parametrize(("value", "text"), [(5, "5.0"), (1.1, "1.1"), (0.3, "0.30")])
def test_a_number_equals_the_text_that_says_it(value: Any, text: str) -> None:
    assert are_equal(value, text)
    assert compare_values(value, text) == 0
    assert list(value_keys("order_metadata", "n", value)) == list(
        value_keys("order_metadata", "n", text)
    )


@pytest.mark.parametrize("value", [[1], {}, 7, True, 1.0, "1"])
def test_days_of_the_week_are_0_to_6(value: Any) -> None:
    with pytest.raises(ValueError, match="days of the week"):
        OPERATORS["$dow"].make([0, value])
