"""Which lines a discount is for: the application rules of the contract, section 6, and bundles."""

from typing import Any

import pytest

from engine.pricing.basket import Basket
from engine.pricing.scope import Scope
from engine.rules import item_entries
from engine.rules.check import wrong_bundle, wrong_items
from engine.rules.items import items_shown, scope_of
from engine.rules.refusals import violations
from schemas.rules import ApplicableItems, ItemEntry, ValidationRule
from tests.unit.engine.rule_world import (
    COLLECTION,
    MUG,
    POSTER,
    SHIRT,
    SHIRT_L,
    entry,
    facts,
    line,
    one,
    order,
    product,
    rule,
)


@pytest.fixture(autouse=True, params=[item_entries.FEW, -1], ids=["few", "many"])
def _entries(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries are asked one by one, or looked up, as many of them are: it comes to the same."""
    monkeypatch.setattr(item_entries, "FEW", request.param)


#: T-shirt 3 x 20, Poster 5 x 15, Mug 2 x 10, Socks 4 x 5.
CLOTHES = (line(SHIRT, 3, 20), line(POSTER, 5, 15), line(MUG, 2, 10), line("prod_socks", 4, 5))


def scope(rules: list[ValidationRule] | ValidationRule, *lines: Any) -> Scope | None:
    basket = Basket(order(*(lines or CLOTHES)))
    return scope_of([rules] if isinstance(rules, ValidationRule) else rules, facts(basket))


def shares(rules: list[ValidationRule] | ValidationRule, *lines: Any) -> list[tuple[int, int]]:
    found = scope(rules, *lines)
    assert found is not None
    return [(share.line, share.units) for share in found.shares]


def included(*entries: ItemEntry, **fields: Any) -> ValidationRule:
    return rule(items=ApplicableItems(included=entries, **fields))


def test_no_set_that_names_items_means_everything() -> None:
    assert scope([]) is None
    assert scope(rule(one("order.amount", {"$is": [1]}))) is None


def test_included_lines_count_and_excluded_ones_do_not() -> None:
    assert shares(included(entry(SHIRT), entry(MUG))) == [(0, 3), (2, 2)]
    excluded = ApplicableItems(excluded=(entry(SHIRT), entry(MUG)))
    assert shares(rule(items=excluded)) == [(1, 5), (3, 4)]
    everything = ApplicableItems(included_all=True, excluded=(entry(MUG),))
    assert shares(rule(items=everything)) == [(0, 3), (1, 5), (3, 4)]
    both = ApplicableItems(included=(entry(SHIRT),), excluded=(entry(SHIRT),))
    assert shares(rule(items=both)) == []


def test_a_line_belongs_to_the_first_entry_that_names_it() -> None:
    limited = entry(SHIRT, quantity_limit=1)
    found = scope(included(limited, entry(SHIRT), entry(MUG)))
    assert found is not None
    assert [(share.line, share.units, share.entry) for share in found.shares] == [
        (0, 1, 0),
        (2, 2, 2),
    ]


def test_items_are_named_by_product_sku_or_collection() -> None:
    lines = (
        line(SHIRT, 1, 20, sku_id=SHIRT_L),
        line(SHIRT, 2, 20),
        line(MUG, 3, 10),
        line(None, 4, 10, source_id="mug"),
        line(None, 5, 10, source_id="large", related_object="sku"),
    )
    in_collection = ItemEntry(object="products_collection", id=COLLECTION)
    large = ItemEntry(object="sku", id=SHIRT_L, source_id="large")
    assert shares(included(in_collection), *lines) == [(0, 1), (1, 2)]
    assert shares(included(large), *lines) == [(0, 1), (4, 5)]
    assert shares(included(entry(SHIRT)), *lines) == [(0, 1), (1, 2)]
    assert shares(included(entry(MUG, source_id="mug")), *lines) == [(2, 3), (3, 4)]


def test_a_line_belongs_to_the_first_of_the_entries_that_mean_it() -> None:
    collection = ItemEntry(object="products_collection", id=COLLECTION)
    lines = (line(SHIRT, 1, 20, sku_id=SHIRT_L), line(MUG, 1, 10), line(POSTER, 1, 15))
    named = [entry(SHIRT), ItemEntry(object="sku", id=SHIRT_L), entry(MUG), entry(SHIRT)]

    def met(*entries: ItemEntry) -> list[tuple[int, ...]]:
        shown, hidden = items_shown([included(*entries)], facts(Basket(order(*lines))))
        assert not hidden
        return [each.indices for each in shown]

    assert met(*named, collection) == [(0,), (), (1,), (), ()]
    assert met(collection, *named) == [(0,), (), (), (1,), ()]
    less = ApplicableItems(included_all=True, excluded=(*named, collection))
    _, hidden = items_shown([rule(items=less)], facts(Basket(order(*lines))))
    assert [each.indices for each in hidden] == [(0,), (0,), (1,), (0,), (0,)]
    assert shares(rule(items=less), *lines) == [(2, 1)]


VARIED: dict[str, Any] = {"object": "products_collection", "id": COLLECTION}
#: All lines of `FOUR` are in the collection, at these prices and quantities.
FOUR = tuple(
    line(SHIRT, quantity, price) for quantity, price in [(3, 20), (5, 15), (2, 10), (4, 5)]
)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [(0, 3), (1, 5), (2, 2), (3, 4)]),
        ({"effect": "APPLY_TO_CHEAPEST"}, [(3, 4)]),
        ({"effect": "APPLY_FROM_CHEAPEST"}, [(3, 4), (2, 2), (1, 5), (0, 3)]),
        ({"effect": "APPLY_TO_MOST_EXPENSIVE"}, [(0, 3)]),
        ({"effect": "APPLY_FROM_MOST_EXPENSIVE"}, [(0, 3), (1, 5), (2, 2), (3, 4)]),
        ({"skip_initially": 1}, [(1, 5), (2, 2), (3, 4)]),
        ({"repeat": 2}, [(0, 3), (2, 2)]),
        ({"repeat": 3, "skip_initially": 2}, [(2, 2)]),
        # the contract's vector 10: by line, and by unit
        (
            {"effect": "APPLY_FROM_MOST_EXPENSIVE", "skip_initially": 1, "repeat": 2},
            [(1, 5), (3, 4)],
        ),
        (
            {
                "effect": "APPLY_FROM_MOST_EXPENSIVE",
                "skip_initially": 1,
                "repeat": 2,
                "target": "UNIT",
            },
            [(0, 1), (1, 3), (2, 1), (3, 2)],
        ),
        ({"target": "UNIT", "skip_initially": 100}, []),
        ({"effect": "APPLY_TO_CHEAPEST", "target": "UNIT", "skip_initially": 3}, [(3, 1)]),
        ({"effect": "APPLY_TO_CHEAPEST", "target": "UNIT"}, [(3, 1)]),
        ({"effect": "APPLY_TO_MOST_EXPENSIVE", "target": "UNIT"}, [(0, 1)]),
        ({"effect": "APPLY_TO_CHEAPEST", "target": "UNIT", "skip_initially": 4}, [(2, 1)]),
        ({"effect": "APPLY_TO_CHEAPEST", "target": "UNIT", "repeat": 2}, [(3, 1)]),
        ({"effect": "APPLY_TO_CHEAPEST", "target": "UNIT", "quantity_limit": 3}, [(3, 1)]),
        ({"effect": "APPLY_TO_CHEAPEST", "target": "UNIT", "quantity_limit": 0}, []),
        ({"effect": "APPLY_TO_CHEAPEST", "skip_initially": 1}, [(2, 2)]),
        ({"quantity_limit": 3}, [(0, 3), (1, 3), (2, 2), (3, 3)]),
        ({"quantity_limit": 0}, []),
        ({"aggregated_quantity_limit": 9}, [(0, 3), (1, 5), (2, 1)]),
        (
            {"aggregated_quantity_limit": 5, "effect": "APPLY_FROM_CHEAPEST"},
            [(3, 4), (2, 1)],
        ),
        ({"aggregated_quantity_limit": 6, "quantity_limit": 2}, [(0, 2), (1, 2), (2, 2)]),
        ({"target": "UNIT", "repeat": 5, "quantity_limit": 1}, [(0, 1), (1, 1), (3, 1)]),
    ],
)
def test_an_entry_says_which_of_its_lines_and_units_count(
    fields: dict[str, Any], expected: list[tuple[int, int]]
) -> None:
    assert shares(included(ItemEntry(**(VARIED | fields))), *FOUR) == expected


def test_a_line_without_a_price_comes_last() -> None:
    lines = (line(SHIRT, 1, None), line(SHIRT, 2, 20), line(SHIRT, 3, 10))
    for effect, expected in [
        ("APPLY_FROM_CHEAPEST", [2, 1, 0]),
        ("APPLY_FROM_MOST_EXPENSIVE", [1, 2, 0]),
    ]:
        found = shares(included(ItemEntry(**(VARIED | {"effect": effect}))), *lines)
        assert [n for n, _ in found] == expected


def test_amounts_and_prices_go_with_the_shares() -> None:
    limited = ItemEntry(**VARIED, amount_limit=7, aggregated_amount_limit=10, price=3)
    found = scope(included(limited), *FOUR)
    assert found is not None
    assert found.named
    assert found.amounts_max == {0: 10}
    assert {(share.amount_max, share.price, share.entry) for share in found.shares} == {(7, 3, 0)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ORDER_ITEM_PRICE / 2", [10, 8, 5, 3]),
        ("ORDER_ITEM_PRICE - 100", [4, 4, 4, 4]),
        ('ORDER_ITEM_METADATA("cost")', [4, 4, 4, 4]),
        ("1/0", [4, 4, 4, 4]),
    ],
)
def test_a_price_may_be_worked_out_for_each_line(text: str, expected: list[int]) -> None:
    found = scope(included(ItemEntry(**VARIED, price=4, price_formula=text)), *FOUR)
    assert found is not None
    assert [share.price for share in found.shares] == expected


def test_a_line_has_to_be_in_the_scope_of_each_set_that_names_items() -> None:
    one_set = included(entry(SHIRT, quantity_limit=2), entry(MUG, amount_limit=5))
    other = included(entry(MUG, quantity_limit=1, amount_limit=4), entry(SHIRT), entry(POSTER))
    silent = rule(one("order.amount", {"$is": [1]}))
    found = scope([silent, one_set, other])
    assert found is not None
    assert [(share.line, share.units, share.amount_max) for share in found.shares] == [
        (0, 2, None),
        (2, 1, 4),
    ]


def test_limits_of_entries_that_share_a_line_become_the_least() -> None:
    wide = ItemEntry(**VARIED, aggregated_amount_limit=100)
    narrow = entry(SHIRT, aggregated_amount_limit=60)
    found = scope([included(wide), included(narrow)], *FOUR)
    assert found is not None
    [number] = {share.entry for share in found.shares}
    assert found.amounts_max[number] == 60
    alone = scope([included(wide), included(entry(SHIRT))], *FOUR)
    assert alone is not None
    assert {alone.amounts_max[share.entry] for share in alone.shares} == {100}


def test_older_rules_name_items_by_discount_applicable() -> None:
    within = one("product.discount_applicable", {"$is": [True]})
    rules = one("product.id", {"$is": [MUG]}, rules=within)
    assert shares(rule(rules)) == [(2, 2)]
    rules = one("product.id", {"$is_not": [MUG]}, rules=within)
    assert shares(rule(rules)) == [(0, 3), (1, 5), (3, 4)]


BUNDLE = {
    "1": {
        "name": "order.items.any",
        "conditions": {"$is": [product(SHIRT)]},
        "rules": one("order.items.aggregated_quantity", {"$is": [2]}),
    },
    "2": {"name": "order.items.any", "conditions": {"$is": [product(POSTER)]}},
    "limit": 3,
}


@pytest.mark.parametrize(
    ("quantities", "limit", "expected"),
    [
        ((3, 5), 3, [(0, 2), (1, 1)]),
        ((6, 5), 3, [(0, 6), (1, 3)]),
        ((6, 5), 2, [(0, 4), (1, 2)]),
        ((6, 1), 3, [(0, 2), (1, 1)]),
        ((600, 500), None, [(0, 200), (1, 100)]),
    ],
)
def test_a_bundle_is_for_the_units_that_make_it_up(
    quantities: tuple[int, int], limit: int | None, expected: list[tuple[int, int]]
) -> None:
    made = rule(bundle=BUNDLE | {"limit": limit})
    shirts, posters = quantities
    assert shares(made, line(SHIRT, shirts, 20), line(POSTER, posters, 15)) == expected


def test_an_order_without_the_bundle_violates_the_rules() -> None:
    made = rule(bundle=BUNDLE)
    assert list(wrong_bundle(BUNDLE)) == []
    [violation] = violations([made], facts(order(line(SHIRT, 1, 20))))
    assert violation.name == "bundle_rules"
    assert violation.value == {
        "missing": [{"id": SHIRT, "quantity": 1}, {"id": POSTER, "quantity": 1}]
    }
    whole = order(line(SHIRT, 2, 20), line(POSTER, 1, 15))
    assert violations([made], facts(whole)) == []


def test_a_unit_counts_for_one_part_of_a_bundle() -> None:
    whole: dict[str, Any] = {
        "1": {"conditions": {"$is": [{"id": COLLECTION, "type": "products_collection"}]}},
        "2": {"conditions": {"$is": [product(SHIRT)]}},
    }
    assert violations([rule(bundle=whole)], facts(order(line(SHIRT, 1, 20))))
    assert violations([rule(bundle=whole)], facts(order(line(SHIRT, 2, 20)))) == []


def test_answers_show_entries_with_the_lines_that_they_meet() -> None:
    items = ApplicableItems(included=(entry(MUG), entry("prod_x")), excluded=(entry(SHIRT),))
    known = facts(order(*CLOTHES))
    applicable, inapplicable = items_shown([rule(items=items)], known)
    assert [(each.entry.id, each.rule_id, each.indices) for each in applicable] == [
        (MUG, "val_1", (2,)),
        ("prod_x", "val_1", ()),
    ]
    assert [(each.entry.id, each.indices) for each in inapplicable] == [(SHIRT, (0,))]
    everything = rule(items=ApplicableItems(included_all=True, excluded=(entry(SHIRT),)))
    applicable, _ = items_shown([everything], known)
    assert [(each.entry.id, each.indices) for each in applicable] == [
        (POSTER, (1,)),
        (MUG, (2,)),
        ("prod_socks", (3,)),
    ]


def test_what_is_wrong_with_items_is_said() -> None:
    wrong = ApplicableItems(
        included=(
            entry(MUG, repeat=0, skip_initially=-1),
            entry(MUG, amount_limit=-1, price_formula="1 +"),
        )
    )
    assert [each.path for each in wrong_items(wrong)] == [
        ".applicable_to.included[0].repeat",
        ".applicable_to.included[0].skip_initially",
        ".applicable_to.included[1].amount_limit",
        ".applicable_to.included[1].price_formula",
    ]
