"""Bundles: items that have to be in the order together, so many of each.

`{"1": {name: "order.items.any", conditions: {"$is": [item]}, rules: {"1": {name:
"order.items.aggregated_quantity", conditions: {"$is": [2]}}}}, "2": ..., "limit": 3}`: of each item
of the bundle its quantity, one where none is said. An order holds as many bundles as all its items
suffice for, up to the limit (one where none is said, 100 with null). A unit counts for one item of
a bundle only: SKUs take theirs first, then products, then collections, from the first lines on.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from engine.kernel.remembered import remember_results
from engine.rules.facts import Facts
from engine.rules.matching import Match, match_of
from engine.rules.refs import COLLECTION, Ref, ref_of
from schemas.rules import BundleItem, BundleLack, BundleShown, ValidationRule

BUNDLES_MAX = 100


class BundlePart(NamedTuple):
    """An item of a bundle and how many of it a bundle has."""

    number: str
    ref: Ref
    quantity: int
    match: Match


class Bundle(NamedTuple):
    """What makes a bundle, the most particular items first, and how many count."""

    parts: tuple[BundlePart, ...]
    limit: int


class FoundBundles(NamedTuple):
    """The bundles of an order."""

    quantity: int
    limit: int
    #: Of which part, which line and how many of its units are in them.
    identified: tuple[tuple[BundlePart, int, int], ...]
    #: What one more, or the first, lacks: of which part how many units.
    missing: tuple[tuple[BundlePart, int], ...]


@remember_results(400_000)
def parse_bundle(text: str) -> Bundle | None:
    """The bundle that a set's rules say (the JSON text of `ValidationRule.bundle`); None: none."""
    rules = msgspec.json.decode(text)
    if not isinstance(rules, dict):
        return None
    parts = [
        part
        for number, rule in rules.items()
        if isinstance(rule, dict) and (part := _part(number, rule)) is not None
    ]
    limit = rules.get("limit", 1)
    if not parts:
        return None
    parts.sort(key=_generality)
    return Bundle(tuple(parts), limit if isinstance(limit, int) else BUNDLES_MAX)


def find_bundles(bundle: Bundle, facts: Facts) -> FoundBundles:
    """The bundles that the order holds."""
    units = [
        [line.quantity if part.match(facts, line) else 0 for line in facts.lines]
        for part in bundle.parts
    ]
    left = [line.quantity for line in facts.lines]

    def lacks(bundles: int) -> bool:
        return any(missing for _, missing in _use_lines(bundle.parts, units, left, bundles))

    # what suffices for some suffices for fewer, so not each number is tried
    quantity = bisect_left(range(1, bundle.limit + 1), True, key=lacks)
    used = _use_lines(bundle.parts, units, left, quantity)
    lacking = _use_lines(bundle.parts, units, left, min(quantity + 1, bundle.limit))
    return FoundBundles(
        quantity,
        bundle.limit,
        tuple(
            (part, line, taken)
            for part, (lines, _) in zip(bundle.parts, used, strict=True)
            for line, taken in lines.items()
        ),
        tuple(
            (part, missing)
            for part, (_, missing) in zip(bundle.parts, lacking, strict=True)
            if missing
        ),
    )


def bundle_shown(rules: Iterable[ValidationRule], facts: Facts) -> BundleShown | None:
    """What answers show of the bundles of an order: of the first set that has bundle rules."""
    for rule in rules:
        bundle = None if rule.bundle is None else parse_bundle(rule.bundle)
        if bundle is not None:
            found = find_bundles(bundle, facts)
            return BundleShown(
                found.quantity,
                found.limit,
                tuple(_bundle_item(each, facts) for each in found.identified),
                tuple(_bundle_lack(part, quantity) for part, quantity in found.missing),
            )
    return None


def _bundle_item(found: tuple[BundlePart, int, int], facts: Facts) -> BundleItem:
    """The item of the part, of a collection that of the line."""
    part, place, quantity = found
    line = facts.lines[place]
    named = part.ref.object
    if named == "sku" or (named == COLLECTION and facts.skus(line)):
        return BundleItem(_first(facts.skus(line), part), "sku", place, quantity)
    return BundleItem(_first(facts.products(line), part), "product", place, quantity)


def _bundle_lack(part: BundlePart, quantity: int) -> BundleLack:
    named = part.ref.object
    if named == COLLECTION:
        return BundleLack(part.ref.id, "products_collection", quantity)
    return BundleLack(part.ref.id, "sku" if named == "sku" else "product", quantity)


def _first(names: Sequence[str], part: BundlePart) -> str:
    return part.ref.id if part.ref.id in names or not names else names[0]


def _use_lines(
    parts: Sequence[BundlePart],
    units: Sequence[Sequence[int]],
    quantities: Sequence[int],
    bundles: int,
) -> list[tuple[Mapping[int, int], int]]:
    """Of each part, what so many bundles take from the lines, and what they lack."""
    left = list(quantities)
    used: list[tuple[Mapping[int, int], int]] = []
    for part, of_part in zip(parts, units, strict=True):
        wanted = part.quantity * bundles
        taken: dict[int, int] = {}
        for line, most in enumerate(of_part):
            count = min(most, left[line], wanted)
            if count:
                taken[line] = count
                left[line] -= count
                wanted -= count
        used.append((taken, wanted))
    return used


def _part(number: str, rule: Mapping[str, Any]) -> BundlePart | None:
    values = (rule.get("conditions") or {}).get("$is") or ()
    ref = ref_of(values[0]) if values else None
    if ref is None:
        return None
    quantity = 1
    for within in (rule.get("rules") or {}).values():
        if isinstance(within, dict):
            asked = (within.get("conditions") or {}).get("$is") or (1,)
            quantity = int(asked[0])
    return BundlePart(number, ref, quantity, match_of([ref]))


def _generality(part: BundlePart) -> int:
    if part.ref.object == COLLECTION:
        return 2
    return 0 if part.ref.object == "sku" else 1
