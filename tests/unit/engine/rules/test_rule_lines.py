"""Rules that choose lines of an order, and the rules within them."""

from typing import Any

import pytest

from tests.unit.engine.rule_world import (
    COLLECTION,
    MUG,
    POSTER,
    SHIRT,
    SHIRT_L,
    holds,
    one,
    product,
)

SHIRTS = {"$is": [product(SHIRT)]}
CLOTHES = {"$is": [{"id": COLLECTION, "type": "products_collection"}]}
LARGE = {"$is": [{"id": SHIRT_L, "object": "sku"}]}
MUGS = {"$is": [product(MUG)]}
NO_SHIRTS = {"$is_not": [product(SHIRT)]}
QUANTITY = "order.items.quantity"
TOGETHER = "order.items.aggregated_quantity"


@pytest.mark.parametrize(
    ("name", "conditions", "within", "expected"),
    [
        ("order.items.any", SHIRTS, None, True),
        ("order.items.any", {"$in": [product("prod_x"), product(MUG)]}, None, True),
        ("order.items.any", {"$is": [product("prod_x")]}, None, False),
        ("order.items.any", CLOTHES, None, True),
        ("order.items.any", LARGE, None, True),
        ("order.items.any", NO_SHIRTS, None, True),
        ("order.items.any", SHIRTS, one(QUANTITY, {"$more_than": [2]}), True),
        ("order.items.any", SHIRTS, one(QUANTITY, {"$more_than": [3]}), False),
        ("order.items.any", SHIRTS, one("order.items.price", {"$is": [30_00]}), True),
        ("order.items.any", SHIRTS, one("order.items.price", {"$is": [10_00]}), False),
        ("order.items.any", NO_SHIRTS, one(TOGETHER, {"$is": [7]}), True),
        ("order.items.any", {}, one(TOGETHER, {"$is": [10]}), True),
        (
            "order.items.any",
            NO_SHIRTS,
            one("order.items.aggregated_amount", {"$is": [12000]}),
            True,
        ),
        ("order.items.any", {}, one("order.items.metadata", {"$is": [5]}, property="number"), True),
        ("order.items.every", SHIRTS, None, False),
        ("order.items.every", {"$is_not": [product("prod_x")]}, None, True),
        ("order.items.every", {}, one(QUANTITY, {"$more_than": [1]}), True),
        ("order.items.every", {}, one(QUANTITY, {"$more_than": [2]}), False),
        ("order.items.none", SHIRTS, None, False),
        ("order.items.none", {"$is": [product("prod_x")]}, None, True),
        ("order.items.none", SHIRTS, one(QUANTITY, {"$more_than": [3]}), True),
        ("order.items.cheapest", MUGS, None, True),
        ("order.items.cheapest", SHIRTS, None, False),
        ("order.items.cheapest", MUGS, one(QUANTITY, {"$is": [2]}), True),
        ("order.items.most_expensive", SHIRTS, None, True),
        ("order.items.most_expensive", SHIRTS, one(QUANTITY, {"$is": [2]}), False),
        ("product.id", {"$is": [MUG]}, None, True),
        ("product.id", {"$is": ["prod_x"]}, None, False),
        ("product.id", CLOTHES, None, True),
        ("product.id", {"$is_not": CLOTHES["$is"]}, None, False),
        ("product.id", {"$from": [*CLOTHES["$is"], MUG, POSTER]}, None, True),
        ("product.id", {"$from": [*CLOTHES["$is"], MUG]}, None, False),
        ("product.id", {"$is_not": [MUG]}, None, False),
        ("product.id", {"$is_not": ["prod_x"]}, None, True),
        ("product.id", {"$contains": ["mug"]}, None, False),
        ("product.id", {"$starts_with": ["prod_m"]}, one("product.quantity", {"$is": [2]}), True),
        ("product.id", {"$starts_with": ["prod_m"]}, one("product.quantity", {"$is": [3]}), False),
        ("product.id", {"$count": [3]}, None, True),
        ("product.id", {"$count_less": [3]}, None, False),
        ("product.id", {"$from": [MUG, SHIRT, POSTER, "prod_x"]}, None, True),
        ("product.id", {"$from": [MUG, SHIRT]}, None, False),
        ("product.id", {"$not_differ": [MUG, SHIRT, POSTER]}, None, True),
        ("product.id", {"$not_differ": [MUG]}, None, False),
        ("product.id", {"$not_intersect": ["prod_x"]}, None, True),
        ("product.id", {"$not_intersect": [MUG]}, None, False),
        ("product.id", {"$is": [MUG]}, one("product.quantity", {"$more_than": [1]}), True),
        ("product.id", {"$is": [MUG]}, one("product.quantity", {"$more_than": [2]}), False),
        ("product.id", {"$is": [MUG]}, one("product.price", {"$is": [10_00]}), True),
        ("product.id", {"$is": [MUG]}, one("product.discount_applicable", {"$is": [True]}), True),
        ("sku.id", {"$is": [SHIRT_L]}, one("sku.quantity", {"$is": [3]}), True),
        ("sku.id", {"$is": [SHIRT_L]}, one("sku.price", {"$is": [1]}), False),
        ("sku.id", {"$is": [SHIRT_L]}, one("sku.discount_applicable", {"$is": [True]}), True),
        ("sku.id", {"$is": ["sku_x"]}, None, False),
    ],
)
def test_lines_are_chosen_and_looked_at(
    name: str, conditions: dict[str, Any], within: dict[str, Any] | None, expected: bool
) -> None:
    assert holds(name, conditions, rules=within or {}) is expected


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (None, True),
        (one("product.metadata.aggregated_quantity", {"$is": [5]}), True),
        (one("product.metadata.aggregated_quantity", {"$is": [10]}), False),
        (one("product.metadata.aggregated_amount", {"$is": [100_00]}), True),
        (one("product.metadata.match_all", {"$is": [True]}), False),
        (one("product.metadata.match_all", {"$is": [False]}), True),
        (one("product.metadata.discount_applicable", {"$is": [True]}), True),
    ],
)
def test_metadata_of_products_chooses_lines(within: dict[str, Any] | None, expected: bool) -> None:
    conditions = {"$is": ["thick"]}
    known = holds("product.metadata", conditions, property="paper", rules=within or {})
    assert known is expected
    assert not holds("product.metadata", {"$is": ["thin"]}, property="paper")
