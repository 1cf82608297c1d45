"""What is bad about bulk actions, and about what is only tried."""

from typing import Any, Final

from tests.unit.services.bad_input.asking import Rows, post, shown

_VOUCHERS: Final = "vouchers/bulk/filter/async"
_BIN: Final = "trash-bin/bulk/async"
_CHOOSING: Final = "tests/integration/lists/test_choosing.py::"
_PRODUCTS: Final = "tests/integration/lists/test_product_lists.py::"
_POINT: Final = {"lat": 50, "lon": 20}


def _action(**said: Any) -> dict[str, Any]:
    return {"action": "enable"} | said


CHOICES: Final[Rows] = {
    "a body of the wrong type; an unknown action; both or neither of filters and what is named; no code or id, or more than 10,000; metadata without the action of that name, or that without it": (
        *post(_VOUCHERS, [], {"filters": {}}, _action(action="odd", filters={}), _action(), _action(filters="x"),
              _action(filters={}, codes=["A"]), _action(codes=[]), _action(codes=[""]), _action(codes=["A"] * 10_001),
              _action(codes=["A"], metadata={}), {"action": "metadata", "codes": ["A"]}),
        *post(_BIN, {}, {"filters": {}, "ids": ["tbe_1"]}, {"ids": []}, {"ids": "tbe_1"}, {"ids": ["x"] * 10_001}),
    ),
    "filters with a field, an operator or a value that the list does not take": shown(
        f"{_CHOOSING}test_what_no_list_would_take_is_refused_by_name"
    ),
    "filters that let more than 100,000 through": shown(
        "tests/unit/services/audit/bulk/test_front.py::test_too_many_are_refused_and_nothing_is_staged"
    ),
    "a point that is none, or a shape that is none": post(
        "locations/try", {}, {"point": "here"}, {"point": {"lat": 91, "lon": 0}}, {"point": {"lat": 1}},
        {"point": _POINT, "shape": {"type": "circle"}}, {"point": _POINT, "shape": {"type": "square"}},
    ),
    "the uses of an unknown location": shown(f"{_PRODUCTS}test_a_filter_may_ask_where_products_are"),
    "the filter of a collection with an unknown field or operator, or with a value that does not fit it; a limit that is none": shown(
        f"{_PRODUCTS}test_a_filter_is_tried_before_it_is_kept"
    ),
}  # fmt: skip
