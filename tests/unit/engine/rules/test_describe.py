"""What is told of rules to whoever builds them is what the check lets in, and nothing else."""

from typing import Any

import pytest

from engine.rules import labels
from engine.rules.check import wrong_rules
from engine.rules.describe import SAME, rule_fields_body
from engine.rules.names import CHOOSING, OF_LINE, PLAIN
from engine.rules.operators import OPERATORS

BODY = rule_fields_body()
FIELDS: list[dict[str, Any]] = BODY["fields"]
#: A value of each kind that operators say they are asked with.
SAMPLES: dict[str, Any] = {
    "money": 10_00,
    "number": 3,
    "text": "blue",
    "date": "2026-01-15",
    "bool": True,
    "any": 3,
    "days": 7,
    "weekday": 0,
    "recurring": "2026-01-15;P1D;PT1H",
    "period": "2026-01-15;",
    "hours": "18:00;20:00;2,3",
    "location": "loc_1",
    "segment": "seg_1",
    "items": {"id": "pc_1", "object": "products_collection"},
    "product": {"id": "prod_1", "object": "product"},
    "sku": "sku_1",
}


def offered(field: dict[str, Any]) -> list[dict[str, Any]]:
    """The operators of a field."""
    found: list[dict[str, Any]] = BODY["kinds"][field["kind"]]["operators"]
    return found


def rule(field: dict[str, Any], name: str, values: list[Any]) -> dict[str, Any]:
    """A set of one rule."""
    made: dict[str, Any] = {"name": field["name"], "conditions": {name: values}}
    return {"1": made | {"property": "size"} if field["needs_property"] else made}


def test_every_name_and_operator_is_described_and_nothing_else() -> None:
    names = {**PLAIN, **OF_LINE, **CHOOSING}.keys()
    assert {each["name"] for each in FIELDS} == names == labels.NAMES.keys()
    assert labels.OPERATORS.keys() == OPERATORS.keys()
    told = {each["name"] for kind in BODY["kinds"].values() for each in kind["operators"]}
    assert told == OPERATORS.keys()


@pytest.mark.parametrize("field", FIELDS, ids=lambda each: each["name"])
def test_what_is_offered_is_let_in_and_what_is_not_is_refused(field: dict[str, Any]) -> None:
    for each in offered(field):
        sample = SAMPLES[each["value"]]
        assert not list(wrong_rules(rule(field, each["name"], [sample]))), each
        if each["takes"] == "many":
            assert not list(wrong_rules(rule(field, each["name"], [sample, sample]))), each
        elif each["takes"] == "one":
            assert list(wrong_rules(rule(field, each["name"], [sample, sample]))), each
    for name in OPERATORS.keys() - {each["name"] for each in offered(field)}:
        assert list(wrong_rules(rule(field, name, ["1"])))


@pytest.mark.parametrize("field", FIELDS, ids=lambda each: each["name"])
def test_what_a_rule_needs_is_told(field: dict[str, Any]) -> None:
    bare = {"1": {"name": field["name"], "property": "size"}}
    assert bool(list(wrong_rules(bare))) is not field["conditions_optional"]
    first = offered(field)[0]
    whole = rule(field, first["name"], [SAMPLES[first["value"]]])
    whole["1"].pop("property", None)
    assert bool(list(wrong_rules(whole))) is field["needs_property"]


def test_operators_that_ask_the_same_are_made_for_the_same_kinds() -> None:
    for name, other in SAME.items():
        assert OPERATORS[name].kinds <= OPERATORS[other].kinds
    assert {"$in", "$not_in"} == {
        name for name, other in SAME.items() if OPERATORS[name].make is OPERATORS[other].make
    }


def test_amounts_and_objects_are_told_from_other_numbers_and_names() -> None:
    kinds = {each["name"]: each["kind"] for each in FIELDS}
    assert kinds["order.amount"] == kinds["sku.price"] == "money"
    assert kinds["order.items.count"] == kinds["campaign.redemptions.count"] == "number"
    objects = {name: BODY["kinds"][kind]["objects"] for name, kind in kinds.items()}
    assert objects["product.id"] == ["product", "products_collection"]
    assert objects["sku.id"] == ["sku", "products_collection"]
    assert objects["order.items.any"] == ["product", "sku", "products_collection"]
    assert objects["customer.segment"] == ["segment"]
    assert objects["order.amount"] == []
