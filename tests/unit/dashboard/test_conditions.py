"""The editor of a filter: what is typed, and what the API keeps."""

from typing import Any

import pytest

from services.dashboard.parts.condition_words import say_in_one
from services.dashboard.parts.conditions import (
    Asked,
    Draft,
    Line,
    draft_of,
    read_draft,
    rule_of,
)
from services.dashboard.parts.show import Show

SHOW = Show("Europe/Warsaw", "EUR")
FIELDS = (
    Asked("name", "Name"),
    Asked("spent", "Spent", "money"),
    Asked("orders", "Orders", "number"),
    Asked("seen", "Last seen", "time"),
    Asked("metadata", "Metadata", "any"),
)
RULES: list[Any] = [
    {"name": {"conditions": {"$contains": ["Ada, the first"]}}},
    {"name": {"conditions": {"$in": ["Ada", "Ben"]}}},
    {"spent": {"conditions": {"$more_than": [1250], "$less_than": [999900]}}},
    {"orders": {"conditions": {"$more_than_or_equal": [3]}}},
    {"seen": {"conditions": {"$after": ["2026-01-31T23:00:00Z"]}}},
    {"seen": {"conditions": {"$more_than_ago": [30]}}},
    {"metadata.vip": {"conditions": {"$is": [True]}}},
    {"metadata.number": {"conditions": {"$is": ["12"]}}},
    {"metadata.at": {"conditions": {"$inside": ["loc_1"]}}},
    {"metadata.level": {"conditions": {"$in": [1, "two"]}}},
    {"name": {"conditions": {"$has_value": [True]}}},
    {"address.other": {"conditions": {"$is": ["x"]}}},
]


@pytest.mark.parametrize("junction", ["and", "or"])
@pytest.mark.parametrize("rule", RULES)
def test_a_filter_comes_out_of_the_form_as_it_went_in(rule: dict[str, Any], junction: str) -> None:
    errors: dict[str, str] = {}
    draft = draft_of({"junction": junction} | rule, FIELDS, SHOW)
    typed = {"junction": draft.junction}
    for at, line in enumerate(draft.lines):
        typed |= {f"c{at}-field": line.field, f"c{at}-op": line.op}
        typed |= {f"c{at}-value": line.value, f"c{at}-key": line.key}
    assert rule_of(read_draft(typed, FIELDS), FIELDS, SHOW, errors) == {"junction": junction} | rule
    assert not errors


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (Line("spent", "$is", "dear"), "c0-value"),
        (Line("orders", "$is", "many"), "c0-value"),
        (Line("orders", "$is", "true"), "c0-value"),
        (Line("seen", "$after", "yesterday"), "c0-value"),
        (Line("seen", "$more_than_ago", "some"), "c0-value"),
        (Line("name", "$is", ""), "c0-value"),
        (Line("metadata", "$is", "x"), "c0-key"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_line(line: Line, place: str) -> None:
    errors: dict[str, str] = {}
    rule_of(Draft((line,)), FIELDS, SHOW, errors)
    assert list(errors) == [place]


def test_the_same_asked_twice_is_one_of_several_or_a_mistake() -> None:
    lines = (Line("name", "$contains", "a"), Line("name", "$contains", "b"))
    errors: dict[str, str] = {}
    rule = rule_of(Draft(lines, "or"), FIELDS, SHOW, errors)
    assert rule["name"] == {"conditions": {"$contains": ["a", "b"]}}
    assert not errors
    rule_of(Draft(lines, "and"), FIELDS, SHOW, errors)
    assert list(errors) == ["c1-op"]


def test_an_operator_that_the_field_has_not_becomes_one_that_it_has() -> None:
    typed = {"c0-field": "spent", "c0-op": "$contains", "c0-value": "5"}
    assert read_draft(typed, FIELDS).lines[0].op == "$is"


def test_a_filter_is_said_in_one_sentence() -> None:
    rule = {
        "junction": "or",
        "spent": {"conditions": {"$more_than": [1250]}},
        "metadata.vip": {"conditions": {"$is": [True]}},
    }
    said = say_in_one(rule, {"spent": "Spent"}, SHOW, ("spent",))
    assert said == "Spent is more than €12.50, or metadata vip is yes"
