"""Every rule name with every operator: which fit, what holds, what is found."""

from collections.abc import Callable
from typing import Any

import pytest

from engine.counters.pending import Pending
from engine.rules.check import wrong_rules
from engine.rules.name_kinds import Choosing, OfLine, Plain
from engine.rules.names import CHOOSING, OF_LINE, PLAIN, dotted_name, find_name
from engine.rules.operators import OPERATORS
from schemas.evaluations import Taken
from tests.unit.engine.rule_world import SEGMENT, everything_known, facts, holds, one, violation
from tests.unit.engine.world import voucher

NOTHING = facts()
NAMES: dict[str, Plain | OfLine | Choosing] = {**PLAIN, **OF_LINE, **CHOOSING}
#: What each name of a number comes to in the request of which everything is known.
NUMBERS = {
    "order.amount": 210_00,
    "order.total_amount": 210_00,
    "order.initial_amount": 210_00,
    "order.items.count": 3,
    "campaign.orders.amount": 610_00,
    "campaign.orders.amount_discounted": 55_00,
    "campaign.redemptions.count": 5,
    "campaign.redemptions.count.daily": 3,
    "campaign.redemptions.count.weekly": 4,
    "campaign.redemptions.count.monthly": 4,
    "campaign.redemptions.customers_count": 2,
    "campaign.redemptions.customers_count.daily": 2,
    "campaign.redemptions.customers_count.weekly": 2,
    "campaign.redemptions.customers_count.monthly": 2,
    "redemption.count.daily": 3,
    "redemption.count.weekly": 4,
    "redemption.count.monthly": 4,
    "redemption.count.per_customer": 4,
    "redemption.count.per_customer.daily": 2,
    "redemption.count.per_customer.weekly": 3,
    "redemption.count.per_customer.monthly": 3,
    "redemption.count.per_api_key": 4,
    "redemption.count.per_api_key.daily": 2,
    "redemption.count.per_api_key.weekly": 3,
    "redemption.count.per_api_key.monthly": 3,
    "redemption.gift.amount": 15_00,
    "redemption.reward.pay_with_points.points_used": 30,
    "order.items.aggregated_quantity": 10,
    "order.items.aggregated_amount": 210_00,
    "product.metadata.aggregated_quantity": 10,
    "product.metadata.aggregated_amount": 210_00,
}
METADATA_NAMES = [
    name
    for name, meant in NAMES.items()
    if meant.kind == "any" and name not in {"order.items.metadata_each", "product.metadata"}
]

#: Conditions that hold for a number, and ones that do not.
Pair = tuple[list[Any], list[Any]]
OF_NUMBER: dict[str, Callable[[int], Pair]] = {
    "$is": lambda n: ([n], [n + 1]),
    "$is_not": lambda n: ([n + 1], [n]),
    "$in": lambda n: ([n + 1, n], [n + 1, n - 1]),
    "$not_in": lambda n: ([n + 1], [n + 1, n]),
    "$has_value": lambda _: ([True], [False]),
    "$is_unknown": lambda _: ([False], [True]),
    "$less_than": lambda n: ([n + 1], [n]),
    "$less_than_or_equal": lambda n: ([n], [n - 1]),
    "$more_than": lambda n: ([n - 1], [n]),
    "$more_than_or_equal": lambda n: ([n], [n + 1]),
    "$greater_than_or_equal": lambda n: ([n], [n + 1]),
    "$count": lambda n: ([n], [n + 1]),
    "$count_more": lambda n: ([n - 1], [n]),
    "$count_less": lambda n: ([n + 1], [n]),
}
#: Of texts.
OF_TEXT: dict[str, Callable[[str], Pair]] = {
    "$is": lambda text: ([text], ["x"]),
    "$is_not": lambda text: (["x"], [text]),
    "$in": lambda text: (["x", text], ["x"]),
    "$not_in": lambda text: (["x"], ["x", text]),
    "$has_value": lambda _: ([True], [False]),
    "$is_unknown": lambda _: ([False], [True]),
    "$starts_with": lambda text: (["x", text[:2]], [text[1:]]),
    "$ends_with": lambda text: ([text[-2:]], [text[:-1]]),
    "$contains": lambda text: ([text[1:-1]], ["%"]),
    "$not_contain": lambda text: (["%"], [text[1:-1]]),
}
#: Of dates; the request is of Wednesday 2025-01-15, 12:00, the date Monday 2025-01-13, 18:30.
OF_DATE: dict[str, Pair] = {
    "$after": (["2025-01-13"], ["2025-01-13T18:30:00Z"]),
    "$before": (["2025-01-14"], ["2025-01-13"]),
    "$more_than": (["2025-01-13"], ["2025-01-13T18:30:00Z"]),
    "$more_than_or_equal": (["2025-01-13T18:30:00Z"], ["2025-01-14"]),
    "$greater_than_or_equal": (["2025-01-13T18:30:00Z"], ["2025-01-14"]),
    "$less_than": (["2025-01-14"], ["2025-01-13T18:30:00Z"]),
    "$less_than_or_equal": (["2025-01-13T18:30:00Z"], ["2025-01-13"]),
    "$more_than_ago": ([1], [2]),
    "$less_than_ago": ([2], [1]),
    "$is_days_ago": ([2], [1]),
    "$timeframe": (["2025-01-01T18:00:00Z;P1D;PT1H"], ["2025-01-01T18:00:00Z;P1D;PT30M"]),
    "$timeframe_absolute": (["2025-01-13;2025-01-14"], ["2025-01-14;"]),
    "$timeframe_daily_hours": (["18:00;20:01;1,2"], ["18:00;20:01;2,3"]),
    "$dow": ([1], [0, 2]),
}
OF_FUTURE: dict[str, Pair] = {
    "$more_than_future": ([2], [3]),
    "$less_than_future": ([3], [2]),
    "$is_days_in_future": ([3], [2]),
}
OF_LIST: dict[str, Pair] = {
    "$is": (["a"], ["c"]),
    "$contains": (["b", "c"], ["c"]),
    "$not_contain": (["c"], ["b"]),
    "$count": ([2], [3]),
    "$count_more": ([1], [2]),
    "$count_less": ([3], [2]),
    "$from": (["a", "b", "c"], ["a", "c"]),
    "$not_differ": (["b", "a"], ["a", "b", "c"]),
    "$not_intersect": (["c"], ["c", "b"]),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_compared(name: str) -> None:
    for operator, make in OF_NUMBER.items():
        met, missed = make(NUMBERS[name])
        assert holds(name, {operator: met}), operator
        assert not holds(name, {operator: missed}), operator


@pytest.mark.parametrize("name", METADATA_NAMES)
def test_a_property_of_metadata_is_compared(name: str) -> None:
    pairs = [
        *(("number", op, make(5)) for op, make in OF_NUMBER.items() if "count" not in op),
        *(("text", op, make("blue moon")) for op, make in OF_TEXT.items()),
        *(("deep.er", op, make("value")) for op, make in OF_TEXT.items()),
        *(("date", op, pair) for op, pair in OF_DATE.items()),
        *(("list", op, pair) for op, pair in OF_LIST.items()),
    ]
    any_of_lines = name.endswith("_any") or name == "order.items.metadata"
    for key, operator, (met, missed) in pairs:
        assert holds(name, {operator: met}, property=key), (key, operator, met)
        if any_of_lines and operator in {"$is_not", "$not_in", "$is_unknown", "$not_contain"}:
            continue  # lines without that metadata meet it
        if any_of_lines and operator in {"$count_less", "$not_intersect", "$has_value"}:
            continue
        assert not holds(name, {operator: missed}, property=key), (key, operator, missed)


def test_days_ahead_are_counted_from_now() -> None:
    known = everything_known(redemption_metadata={"date": "2025-01-18T01:00:00Z"})
    for operator, (met, missed) in OF_FUTURE.items():
        assert holds("redemption.metadata", {operator: met}, known, property="date")
        assert not holds("redemption.metadata", {operator: missed}, known, property="date")


def test_every_line_has_to_meet_what_each_asks() -> None:
    assert holds("order.items.price_each", {"$more_than_or_equal": [10_00]})
    assert not holds("order.items.price_each", {"$more_than": [10_00]})
    assert holds("order.items.price_any", {"$more_than": [20_00]})
    assert not holds("order.items.price_any", {"$more_than": [30_00]})
    assert not holds("order.items.metadata_each", {"$is": ["blue moon"]}, property="text")
    assert not holds("order.items.price_each", {"$more_than": [0]}, facts())


@pytest.mark.parametrize("operator", OF_TEXT)
@pytest.mark.parametrize(
    ("name", "text"),
    [("redemption.api_key", "app_1"), ("redemption.user.login", "anna@shop.test")],
)
def test_who_asks_is_compared(name: str, text: str, operator: str) -> None:
    met, missed = OF_TEXT[operator](text)
    assert holds(name, {operator: met})
    assert not holds(name, {operator: missed})


def test_the_time_of_the_request_is_compared() -> None:
    assert holds("redemption.date", {"$dow": [3]})
    assert not holds("redemption.date", {"$dow": [0]})
    assert holds("redemption.date", {"$timeframe_daily_hours": ["11:00;12:30"]})
    assert not holds("redemption.date", {"$timeframe_daily_hours": ["11:00;12:00"]})


def test_a_segment_is_asked_for() -> None:
    assert holds("customer.segment", {"$is": [SEGMENT]})
    assert holds("customer.segment", {"$in": ["seg_other", {"id": SEGMENT}]})
    assert not holds("customer.segment", {"$is": ["seg_other"]})
    assert not holds("customer.segment", {"$is_not": [SEGMENT]})
    assert not holds("customer.segment", {"$not_in": ["seg_other", SEGMENT]})
    nobody = everything_known(customer=None)
    assert not holds("customer.segment", {"$is": [SEGMENT]}, nobody)
    assert holds("customer.segment", {"$is_not": [SEGMENT]}, nobody)


def test_only_the_holder_may_redeem_where_the_rules_say_so() -> None:
    name = "publication.redeemable_by_linked_customer"
    assert holds(name, {"$is": [True]})
    other = everything_known(voucher=voucher(holder_id="cust_2"))
    assert not holds(name, {"$is": [True]}, other)
    assert holds(name, {"$is": [False]}, other)


@pytest.mark.parametrize("name", NAMES)
def test_whatever_fits_can_be_asked_of_everything_and_of_nothing(name: str) -> None:
    """With every operator: what does not fit is refused; what fits is decided."""
    meant = NAMES[name]
    for operator, known_operator in OPERATORS.items():
        rules = one(name, {operator: _sample(meant, operator)}, property="text")
        wrong = list(wrong_rules(rules))
        if meant.kind not in known_operator.kinds:
            assert [each.reason for each in wrong] == ["does not fit this rule"], operator
            continue
        assert wrong == [], operator
        for known in (None, NOTHING):
            found = violation(rules, known)
            assert found is None or (found.name, found.number) == (name, "1"), operator


def _sample(meant: Plain | OfLine | Choosing, operator: str) -> list[Any]:
    dates = {"$after", "$before"}
    frames = {
        "$timeframe": "2025-01-01;P1D;PT1H",
        "$timeframe_absolute": "2025-01-01;2025-02-01",
        "$timeframe_daily_hours": "18:00;20:01;2,3",
    }
    if operator in frames or operator in dates:
        return [frames.get(operator, "2025-01-01")]
    if operator in {"$has_value", "$is_unknown"} or meant.kind == "flag":
        return [True]
    if operator in {"$inside", "$not_inside"}:
        return ["loc_1"]
    if meant.kind in {"items", "segment", "list"} and not operator.startswith("$count"):
        return ["some_id"]
    return [3]


@pytest.mark.parametrize("name", [name for name, each in PLAIN.items() if each.kind == "number"])
def test_a_number_that_is_missing_meets_nothing(name: str) -> None:
    if name == "order.items.count":
        assert holds(name, {"$is": [0]}, NOTHING)
        return
    assert not holds(name, {"$less_than": [10**9]}, NOTHING)
    assert holds(name, {"$is_not": [5]}, NOTHING)
    if PLAIN[name].quantifier is None:
        assert holds(name, {"$is_unknown": [True]}, NOTHING)


def test_legacy_names_mean_the_same() -> None:
    for name, meant in NAMES.items():
        assert dotted_name(name.replace(".", "_")) == name
        assert find_name(name.replace(".", "_")) is meant
    found = violation(one("order_items_count", {"$more_than": [3]}))
    assert found is not None
    assert (found.name, found.value) == ("order.items.count", 3)


def test_what_applies_before_in_the_same_request_counts() -> None:
    pending = Pending()
    pending.add((("campaign", "camp_1"),), Taken(order=7_00))
    known = everything_known(pending=pending)
    assert holds("campaign.redemptions.count", {"$is": [6]}, known)
    assert holds("redemption.count.per_customer", {"$is": [5]}, known)
    assert holds("campaign.orders.amount", {"$is": [610_00]}, known)
    assert holds("campaign.orders.amount_discounted", {"$is": [62_00]}, known)
    assert holds("campaign.redemptions.customers_count", {"$is": [2]}, known)


def test_a_limit_of_five_lets_the_fifth_happen_and_not_the_sixth() -> None:
    for operator, limit, expected in [
        ("$less_than_or_equal", 5, True),
        ("$less_than_or_equal", 4, False),
        ("$less_than", 6, True),
        ("$less_than", 5, False),
    ]:
        assert holds("campaign.redemptions.count", {operator: [limit]}) is expected
