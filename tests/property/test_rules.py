"""Laws of rules: logic is that of Python, and a scope is never more than the order."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.counters.pending import Pending
from engine.pricing.basket import Basket
from engine.rules.check import wrong_rules
from engine.rules.compile import compile_rules
from engine.rules.items import scope_of
from schemas.evaluations import Taken
from schemas.rules import ApplicableItems, ItemEntry
from tests.unit.engine.rule_world import MUG, POSTER, SHIRT, facts, line, order, rule

PRODUCTS = (MUG, SHIRT, POSTER)
BASKET = facts(order(line(MUG, 1, 100)))

#: Words of logic as Python and the rules write it, of rules 1 to 4.
logics = st.recursive(
    st.sampled_from(["1", "2", "3", "4"]),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["and", "or"]), part).map(" ".join),
        part.map("not {}".format),
        part.map("({})".format),
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(logics, st.lists(st.booleans(), min_size=4, max_size=4), st.booleans())
def test_logic_means_what_it_means_in_python(text: str, truths: list[bool], upper: bool) -> None:
    rules: dict[str, Any] = {
        str(n): {"name": "order.amount", "conditions": {"$is": [100 if truth else 1]}}
        for n, truth in enumerate(truths, 1)
    }
    rules["logic"] = text.upper() if upper else text
    assert list(wrong_rules(rules)) == []
    values = {str(n): truth for n, truth in enumerate(truths, 1)}
    expected = eval(" ".join(str(values.get(word, word)) for word in _words(text)))
    made = rule(rules)
    violation = compile_rules(made.definition).violation(made, BASKET)
    assert (violation is None) is expected
    if violation is not None:
        assert violation.number in values


def _words(text: str) -> list[str]:
    return text.replace("(", " ( ").replace(")", " ) ").split()


entries = st.builds(
    ItemEntry,
    object=st.just("product"),
    id=st.sampled_from(PRODUCTS),
    effect=st.sampled_from(
        [
            "APPLY_TO_EVERY",
            "APPLY_TO_CHEAPEST",
            "APPLY_FROM_CHEAPEST",
            "APPLY_TO_MOST_EXPENSIVE",
            "APPLY_FROM_MOST_EXPENSIVE",
        ]
    ),
    quantity_limit=st.none() | st.integers(0, 5),
    aggregated_quantity_limit=st.none() | st.integers(0, 8),
    amount_limit=st.none() | st.integers(0, 500),
    aggregated_amount_limit=st.none() | st.integers(0, 500),
    repeat=st.integers(1, 4),
    skip_initially=st.integers(0, 4),
    target=st.sampled_from(["ITEM", "UNIT"]),
)
sets = st.builds(
    ApplicableItems,
    included=st.lists(entries, max_size=3).map(tuple),
    excluded=st.lists(entries, max_size=1).map(tuple),
    included_all=st.booleans(),
)
lines = st.lists(
    st.builds(line, st.sampled_from(PRODUCTS), st.integers(0, 9), st.none() | st.integers(0, 500)),
    max_size=6,
)


@settings(max_examples=150)
@given(st.lists(sets, max_size=3), lines)
def test_a_scope_is_never_more_than_the_order(items: list[ApplicableItems], of: list[Any]) -> None:
    basket = Basket(order(*of))
    rules = [rule(items=each, rule_id=f"val_{n}") for n, each in enumerate(items)]
    scope = scope_of(rules, facts(basket))
    if scope is None:
        assert not any(each.included or each.excluded or each.included_all for each in items)
        return
    places = [share.line for share in scope.shares]
    assert len(places) == len(set(places))
    assert all(0 < each.units <= basket.lines[each.line].quantity for each in scope.shares)
    excluded = {each.id for one in items for each in one.excluded}
    assert all(basket.lines[place].item.product_id not in excluded for place in places)
    for one in items:
        _within_limits(one, scope.shares, basket)


def _within_limits(items: ApplicableItems, shares: Any, basket: Basket) -> None:
    """The units of the first entry of each product, which is the only one that can have lines."""
    first: dict[str, ItemEntry] = {}
    for entry in items.included:
        first.setdefault(entry.id, entry)
    for name, entry in first.items():
        own = [share.units for share in shares if basket.lines[share.line].item.product_id == name]
        if entry.aggregated_quantity_limit is not None:
            assert sum(own) <= entry.aggregated_quantity_limit
        if entry.quantity_limit is not None:
            assert all(units <= entry.quantity_limit for units in own)


@settings(max_examples=100)
@given(st.lists(sets, min_size=2, max_size=3), lines)
def test_more_sets_are_never_for_more_units(items: list[ApplicableItems], of: list[Any]) -> None:
    basket = Basket(order(*of))
    rules = [rule(items=each) for each in items]
    fewer, all_of = scope_of(rules[:-1], facts(basket)), scope_of(rules, facts(basket))
    if fewer is None or all_of is None:
        return
    units = {share.line: share.units for share in fewer.shares}
    assert all(share.units <= units.get(share.line, 0) for share in all_of.shares)


@given(st.lists(st.integers(0, 1000), max_size=6))
def test_what_is_pending_is_the_sum_of_what_was_taken(amounts: list[int]) -> None:
    pending = Pending()
    for amount in amounts:
        pending.add((("campaign", "c"), ("promotion_tier", "p")), Taken(order=amount))
    assert pending.count(("campaign", "c")) == len(amounts)
    assert pending.discounted(("promotion_tier", "p")) == sum(amounts)
    assert pending.count(("campaign", "other")) == 0
