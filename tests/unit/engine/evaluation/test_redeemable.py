"""What answers show of a redeemable's bundle and of the single units that its rules mean."""

from typing import Any

import pytest
from msgspec import structs

from engine.evaluation.redeemable_body import (
    UNITS_NAMED_MAX,
    inapplicable_body,
    items_body,
    result_body,
)
from engine.rules.bundles import bundle_shown
from engine.rules.items import items_shown
from schemas.errors import refuse
from schemas.evaluations import Outcome
from schemas.rules import ApplicableItems, ItemEntry
from tests.contract.shapes import assert_shape
from tests.unit.engine.rule_world import COLLECTION, MUG, SHIRT, SHIRT_L, facts, line, order, rule
from tests.unit.engine.world import voucher

LINES = (line(SHIRT, 3, 3000, sku_id=SHIRT_L), line("prod_poster", 5, 1500), line(MUG, 2, 1000))


def units(*included: ItemEntry) -> list[dict[str, Any]]:
    """What an answer shows of entries for an order of the lines."""
    made = rule(items=ApplicableItems(included=included))
    applicable, _ = items_shown([made], facts(order(*LINES)))
    body = items_body(applicable)
    assert_shape(body, "ApplicableToResultList")
    return [dict(each) for each in body["data"]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [(0, [0, 1, 2])]),
        ({"skip_initially": 2}, [(0, [2])]),
        ({"repeat": 2}, [(0, [0, 2])]),
        ({"repeat": 2, "skip_initially": 1}, [(0, [1])]),
        ({"quantity_limit": 1}, [(0, [0])]),
        ({"skip_initially": 3}, []),
    ],
)
def test_single_units_are_named_by_their_places(
    fields: dict[str, Any], expected: list[tuple[int, list[int]]]
) -> None:
    (shown,) = units(ItemEntry("product", SHIRT, target="UNIT", **fields))
    found = [(each["index"], each["units"]) for each in shown["order_item_units"]]
    assert found == expected
    assert not any(each["units_limit_exceeded"] for each in shown["order_item_units"])


def test_units_of_several_lines_are_counted_on() -> None:
    known = facts(order(*LINES, line(SHIRT, 4, 3000)))
    made = rule(
        items=ApplicableItems(included=(ItemEntry("product", SHIRT, target="UNIT", repeat=2),))
    )
    ((shown,), _) = items_shown([made], known)
    assert [(each.index, each.first, each.count) for each in shown.units] == [(0, 0, 2), (3, 1, 2)]


def test_more_units_than_are_named_are_told() -> None:
    known = facts(order(line(SHIRT, 10**9, 1)))
    made = rule(items=ApplicableItems(included=(ItemEntry("product", SHIRT, target="UNIT"),)))
    shown, _ = items_shown([made], known)
    (entry,) = items_body(shown)["data"]
    (told,) = entry["order_item_units"]
    assert told["units_limit_exceeded"]
    assert told["units"] == list(range(UNITS_NAMED_MAX))


def test_lines_are_not_named_by_their_units() -> None:
    (shown,) = units(ItemEntry("product", SHIRT))
    assert "order_item_units" not in shown
    assert list(shown["order_item_indices"]) == [0]


BUNDLE: dict[str, Any] = {
    "1": {
        "name": "order.items.any",
        "conditions": {"$is": [{"id": SHIRT_L, "type": "product_or_sku", "object": "sku"}]},
        "rules": {
            "1": {"name": "order.items.aggregated_quantity", "conditions": {"$is": [2]}},
            "logic": "1",
        },
    },
    "2": {
        "name": "order.items.any",
        "conditions": {"$is": [{"id": MUG, "type": "product_or_sku", "object": "product"}]},
    },
    "limit": 2,
}


def test_a_bundle_is_shown_with_its_lines_and_with_what_one_more_lacks() -> None:
    found = bundle_shown([rule(), rule(bundle=BUNDLE)], facts(order(*LINES)))
    outcome = Outcome("voucher", "TEN", "APPLICABLE", voucher=voucher(), bundle=found)
    result = result_body(outcome)
    assert_shape(result, "RedeemableResultVoucherCode")
    assert result["bundle"] == {
        "quantity": 1,
        "limit": 2,
        "identified": [
            {"id": SHIRT_L, "object": "sku", "item_index": 0, "item_quantity": 2},
            {"id": MUG, "object": "product", "item_index": 2, "item_quantity": 1},
        ],
        "missing": [{"id": SHIRT_L, "object": "sku", "item_quantity": 1}],
    }


def test_a_bundle_that_is_not_there_is_shown_with_what_it_lacks() -> None:
    of_collection = {
        "1": {
            "name": "order.items.any",
            "conditions": {"$is": [{"id": COLLECTION, "type": "products_collection"}]},
        },
        "2": BUNDLE["2"],
    }
    known = facts(order(line(SHIRT, 1, 20, sku_id=SHIRT_L)))
    found = bundle_shown([rule(bundle=of_collection)], known)
    refusal = refuse("order_rules_violated", "rules")
    outcome = Outcome("voucher", "TEN", "INAPPLICABLE", refusal=refusal, bundle=found)
    shown = inapplicable_body(outcome, "server")["result"]["bundle"]
    assert shown["quantity"] == 0
    assert shown["identified"] == []
    assert shown["missing"] == [{"id": MUG, "object": "product", "item_quantity": 1}]
    whole = facts(order(line(SHIRT, 1, 20, sku_id=SHIRT_L), line(MUG, 1, 10)))
    found = bundle_shown([rule(bundle=of_collection)], whole)
    assert found is not None
    assert [(each.id, each.object) for each in found.identified] == [
        (MUG, "product"),
        (SHIRT_L, "sku"),
    ]
    assert bundle_shown([rule()], whole) is None
    assert "bundle" not in result_body(structs.replace(outcome, bundle=None))
