"""Filters of a body say what those of a query string say."""

from typing import Any

import pytest

from runtime.http.errors import ApiError
from services.audit.exports.asking import read_filters, spell_filters


def test_values_become_the_texts_that_a_query_string_has() -> None:
    filters = {
        "junction": "OR",
        "code": {"conditions": {"$in": ["A", "B"], "$is": None}},
        "active": {"$active": True},
        "gift.amount": {"conditions": {"$more_than": 3, "$less_than": [5.5]}},
        "id": None,
    }
    conditions, junction = read_filters(filters, None)
    assert junction == "or"
    assert [(each.field, each.operator, each.values) for each in conditions] == [
        ("code", "$in", ("A", "B")),
        ("active", "$active", ("true",)),
        ("gift.amount", "$more_than", ("3",)),
        ("gift.amount", "$less_than", ("5.5",)),
    ]
    assert conditions[0].name == ".parameters.filters.code.conditions.$in"


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"code": 1}, ".parameters.filters.code`"),
        ({"code": {"conditions": {"$is": {"a": 1}}}}, ".code.conditions.$is`"),
        ({"junction": "xor"}, ".parameters.filters.junction`"),
    ],
)
def test_what_is_wrong_is_told_by_its_property(filters: dict[str, Any], said: str) -> None:
    with pytest.raises(ApiError) as caught:
        read_filters(filters, None)
    assert caught.value.refusal.key == "invalid_payload"
    assert said in (caught.value.refusal.details or "")


def test_whole_codes_are_spelled_as_their_vouchers_have_them() -> None:
    filters = {
        "code": {"conditions": {"$in": ["ten", 5]}},
        "voucher_code": {"conditions": {"$is": "ten"}},
        "category": {"conditions": {"$is": "ten"}},
        "junction": "and",
    }
    spelled = spell_filters(filters, str.upper)
    assert spelled == filters | {
        "code": {"conditions": {"$in": ["TEN", 5]}},
        "voucher_code": {"conditions": {"$is": "TEN"}},
    }
