"""Whole numbers of forms and addresses: read where they are some, never a fault."""

import pytest

from services.dashboard.parts.numbers import read_whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("999999999999", 999_999_999_999),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("9" * 13, None),
        ("9" * 100_000, None),
    ],
)
def test_a_number_is_read_where_it_is_one(text: str, number: int | None) -> None:
    assert read_whole(text) == number
