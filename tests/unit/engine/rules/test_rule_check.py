"""What is wrong with a definition, field by field, and its logic."""

from typing import Any

import pytest

from engine.rules.check import with_logic, wrong_bundle, wrong_items, wrong_rules
from engine.rules.logic import Expression, LogicError, numbers_in, parse_logic
from schemas.rules import DEPTH_MAX, ENTRIES_MAX, RULES_MAX, ApplicableItems
from tests.unit.engine.rule_world import entry, one, product

AMOUNT: dict[str, Any] = {"name": "order.amount", "conditions": {"$is": [1]}}


def nested(levels: int) -> dict[str, Any]:
    rules: dict[str, Any] = {"1": AMOUNT}
    for _ in range(levels - 1):
        rules = {"1": AMOUNT | {"rules": rules}}
    return rules


@pytest.mark.parametrize(
    ("rules", "path", "reason"),
    [
        ([], ".rules", "has to be an object"),
        ({"1": []}, ".rules.1", "has to be an object"),
        ({"1": {}}, ".rules.1.name", "None is not the name of a rule"),
        (one("order.sum", {"$is": [1]}), ".rules.1.name", "'order.sum' is not the name of a rule"),
        (one("order.amount", {}), ".rules.1.conditions", "has to have a condition"),
        (one("order.amount", {"$like": [1]}), ".rules.1.conditions.$like", "is not an operator"),
        (one("order.amount", {"$dow": [1]}), ".rules.1.conditions.$dow", "does not fit this rule"),
        (
            one("order.amount", {"$is": []}),
            ".rules.1.conditions.$is",
            "has to be a list of 1 to 1000 values",
        ),
        (
            one("order.amount", {"$is": 5}),
            ".rules.1.conditions.$is",
            "has to be a list of 1 to 1000 values",
        ),
        (one("order.amount", {"$is": ["x"]}), ".rules.1.conditions.$is", "has to be a number"),
        (
            one("order.amount", {"$less_than": [1, 2]}),
            ".rules.1.conditions.$less_than",
            "takes one value",
        ),
        (
            one("order.metadata", {"$is": [1]}),
            ".rules.1.property",
            "is needed by order.metadata",
        ),
        (
            one("order.metadata", {"$after": ["soon"]}, property="x"),
            ".rules.1.conditions.$after",
            "has to be a date",
        ),
        (
            one("order.metadata", {"$timeframe_daily_hours": ["6:00;25:00"]}, property="x"),
            ".rules.1.conditions.$timeframe_daily_hours",
            "'6:00' is not a time of the form HH:MM",
        ),
        (
            one("order.metadata", {"$timeframe": ["2025-01-01;P1D"]}, property="x"),
            ".rules.1.conditions.$timeframe",
            "has to be of the form start;interval;duration",
        ),
        (
            one("order.metadata", {"$dow": [7]}, property="x"),
            ".rules.1.conditions.$dow",
            "has to be days of the week, 0 to 6",
        ),
        (
            one("order.metadata", {"$is_days_ago": [10**9]}, property="x"),
            ".rules.1.conditions.$is_days_ago",
            "has to be at most 400000 days",
        ),
        (
            one("order.items.any", {"$is": [{"type": "product_or_sku"}]}),
            ".rules.1.conditions.$is",
            "has to name objects with an id",
        ),
        (
            one("publication.redeemable_by_linked_customer", {"$is": ["maybe"]}),
            ".rules.1.conditions.$is",
            "has to be true or false",
        ),
        (
            one("order.items.any", {}, rules={"1": {"name": "x"}}),
            ".rules.1.rules.1.name",
            "'x' is not the name of a rule",
        ),
        (one("order.amount", {"$is": [1]}, rules=[]), ".rules.1.rules", "has to be an object"),
        (
            one("order.amount", {"$is": [1]}, error={"message": 5}),
            ".rules.1.error.message",
            "has to be a text",
        ),
        (
            one("order.amount", {"$is": [1]}, error={"message": "x" * 1001}),
            ".rules.1.error.message",
            "is longer than 1000 characters",
        ),
        ({"1": AMOUNT, "logic": 5}, ".rules.logic", "has to be a text"),
        ({"1": AMOUNT, "logic": "1 and"}, ".rules.logic", "cannot be read at character 3"),
        (
            {"1": AMOUNT, "logic": "1 or 2 or 3"},
            ".rules.logic",
            "names rules that are not there: 2, 3",
        ),
        ({"and": AMOUNT}, ".rules.and", "has to be numbered"),
        ({"1 2": AMOUNT}, ".rules.1 2", "has to be numbered"),
        (
            {str(n): AMOUNT for n in range(RULES_MAX + 1)},
            ".rules",
            f"has more than {RULES_MAX} rules",
        ),
        (nested(DEPTH_MAX + 1), ".rules", f"is deeper than {DEPTH_MAX} levels"),
        (
            one("order.metadata", {"$is": ["x" * 100_000]}, property="x"),
            ".rules",
            "is longer than 100000 characters",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(rules: Any, path: str, reason: str) -> None:
    assert list(wrong_rules(rules)) == [(path, reason)]


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"logic": ""},
        one("order.amount", {"$is": ["5"]}),
        {"1": AMOUNT, "2": AMOUNT, "logic": "NOT 1 Or (2)"},
        one("order.items.any", {"$is": [product("x")]}, rules={}, error=None, property=None),
        nested(DEPTH_MAX),
        {str(n): AMOUNT for n in range(RULES_MAX)},
    ],
)
def test_what_is_well_formed_passes(rules: Any) -> None:
    assert list(wrong_rules(rules)) == []


def test_logic_that_is_filled_in_is_bounded_as_any() -> None:
    one = {"name": "order.amount", "conditions": {"$more_than": [1]}}
    few = {f"{n:050}": one for n in range(70)}
    assert list(wrong_rules(few)) == []
    [wrong] = wrong_rules({f"{n:050}": one for n in range(80)})
    assert wrong.path == ".rules.logic"


def test_missing_logic_is_filled_in() -> None:
    assert with_logic({}) == {}
    assert with_logic({"1": AMOUNT}) == {"1": AMOUNT, "logic": "1"}
    assert with_logic({"1": AMOUNT, "2": AMOUNT})["logic"] == "1 and 2"
    within = with_logic({"1": AMOUNT | {"rules": {"1": AMOUNT}}, "logic": "1"})
    assert within["1"]["rules"]["logic"] == "1"


def quantity(*rules: Any) -> dict[str, Any]:
    """A bundle of one item whose quantity these rules say."""
    within = {str(number): rule for number, rule in enumerate(rules, 1)}
    return {"1": {"conditions": {"$is": [product("x")]}, "rules": within}}


@pytest.mark.parametrize(
    ("bundle", "path"),
    [
        ([], ".bundle_rules"),
        ({"limit": 0}, ".bundle_rules.limit"),
        ({"limit": 101}, ".bundle_rules.limit"),
        ({"1": {"name": "order.amount"}}, ".bundle_rules.1.name"),
        ({"1": {"name": ["order.items.any"]}}, ".bundle_rules.1.name"),
        (quantity({"name": {"a": 1}}), ".bundle_rules.1.rules.1.name"),
        ({"1": {"conditions": {"$is": []}}}, ".bundle_rules.1.conditions.$is"),
        (
            {
                "1": {
                    "conditions": {"$is": [product("x")]},
                    "rules": {"1": {"conditions": {"$is": [0]}}},
                }
            },
            ".bundle_rules.1.rules.1.conditions.$is",
        ),
        (quantity({"conditions": {"$more_than": [2]}}), ".bundle_rules.1.rules.1.conditions.$is"),
        (quantity({"name": "order.items.price"}), ".bundle_rules.1.rules.1.name"),
        (
            quantity({"conditions": {"$is": [2]}}, {"conditions": {"$is": [3]}}),
            ".bundle_rules.1.rules",
        ),
    ],
)
def test_what_is_wrong_with_a_bundle_is_said(bundle: Any, path: str) -> None:
    assert [each.path for each in wrong_bundle(bundle)] == [path]


def test_items_are_bounded() -> None:
    many = ApplicableItems(included=(entry("x"),) * (ENTRIES_MAX + 1))
    assert [each.path for each in wrong_items(many)] == [".applicable_to.included"]


def test_not_binds_more_strongly_than_and_and_that_more_than_or() -> None:
    one_, two, three = (Expression("rule", number=number) for number in "123")
    assert parse_logic("1 or not 2 and 3") == Expression(
        "or", parts=(one_, Expression("and", parts=(Expression("not", parts=(two,)), three)))
    )
    assert parse_logic("((1))") == one_
    assert list(numbers_in(parse_logic("1 AND (2 Or NOT 3)"))) == ["1", "2", "3"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "and",
        "1 2",
        "(1",
        "1)",
        "1 and",
        "not",
        "1 & 2",
        "not " * 40 + "1",
        "1 and " * 1000 + "1",
    ],
)
def test_logic_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises(LogicError):
        parse_logic(text)
