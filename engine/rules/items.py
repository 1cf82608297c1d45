"""Which lines of an order the rules say a discount is for, how much of them, and what is shown of it.

Of each set that names items: a line belongs to the first included entry that it is an item of, or
to none where an excluded entry has it. Without included entries, or with `included_all`, all lines
belong that are not excluded. The lines of an entry are put in the order that its `effect` says,
those without a price last, ties as they stand in the order; `skip_initially` of them are passed
over, and of the rest every `repeat`-th counts, the first included; `APPLY_TO_*` takes the first
that counts. With the target UNIT, single units are counted in the place of lines, and one of them is
taken. Then the limits hold: units per line, units of all its lines, units over all redemptions,
amounts.

Older rules name items by `product.discount_applicable` within the rule that chooses them, and
bundles name the units that make them up.

With several sets, a line has to be in the scope of each that names items; the least of its units
and amounts counts, and entries with limits that share a line share the least of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from engine.pricing.basket import Line
from engine.pricing.scope import Scope, Share
from engine.rules.bundles import find_bundles, parse_bundle
from engine.rules.compile import compile_rules
from engine.rules.facts import Facts
from engine.rules.item_entries import REST, lines_by_entry, refs_of, shares_of_entry, units_shown
from engine.rules.matching import Numbered
from engine.rules.units import Rooms
from schemas.evaluations import ItemsShown
from schemas.rules import ENTRIES_MAX, ApplicableItems, ItemEntry, ValidationRule

#: Between the numbers of the entries of two sets; the last is that of lines without an entry.
_STEP: Final = ENTRIES_MAX + 1


class _Part(NamedTuple):
    """The shares of one set, and the limits of its entries by their numbers."""

    shares: list[Share]
    amounts_max: dict[int, int]


def scope_of(rules: Sequence[ValidationRule], facts: Facts) -> Scope | None:
    """The lines that a discount is for, under all sets; None: no set names items."""
    found: _Part | None = None
    first = 0
    for rule in rules:
        for part in _parts(rule, facts.lines, facts, first) if _says_items(rule) else ():
            found = part if found is None else _both(found, part)
            first += _STEP
    if found is None:
        return None
    shares = tuple(share for share in found.shares if share.units)
    short = None
    if not shares:
        short = next((share.short for share in found.shares if share.short is not None), None)
    return Scope(shares, found.amounts_max, named=True, short=short)


def items_shown(
    rules: Sequence[ValidationRule], facts: Facts
) -> tuple[tuple[ItemsShown, ...], tuple[ItemsShown, ...]]:
    """What answers show as applicable and as inapplicable: entries with the lines that they meet."""
    applicable: list[ItemsShown] = []
    inapplicable: list[ItemsShown] = []
    for rule in rules:
        if not _says_items(rule):
            continue
        items, lines = rule.applicable_to, facts.lines
        by_entry = lines_by_entry(rule, lines, facts) if _names_items(items) else {}
        rooms = Rooms(rule.id, facts)
        for number, entry in enumerate(items.included):
            found = shares_of_entry(entry, by_entry.get(number, []), facts, rooms, number)
            shares = [share for share in found if share.units]
            indices = tuple(sorted(share.line for share in shares))
            applicable.append(ItemsShown(entry, rule.id, indices, units_shown(entry, shares)))
        inapplicable.extend(_excluded_items(rule, lines, facts))
        unnamed = by_entry.get(REST, []) if items.included_all else []
        for part in (*_chosen_parts(rule, lines, facts, 0), *_bundled_parts(rule, facts, 0)):
            unnamed = [*unnamed, *(share.line for share in part.shares)]
        applicable.extend(_as_entries(rule, unnamed, lines, facts))
    return tuple(applicable), tuple(inapplicable)


def _excluded_items(
    rule: ValidationRule, lines: Sequence[Line], facts: Facts
) -> Iterator[ItemsShown]:
    """The excluded entries with the lines that they meet."""
    entries = rule.applicable_to.excluded
    if not entries:
        return
    met: dict[int, list[int]] = {}
    numbered = Numbered(refs_of(entries))
    for n, line in enumerate(lines):
        for number in numbered.every(facts, line):
            met.setdefault(number, []).append(n)
    for number, entry in enumerate(entries):
        yield ItemsShown(entry, rule.id, tuple(met.get(number, ())))


def _parts(
    rule: ValidationRule, lines: Sequence[Line], facts: Facts, first: int
) -> Iterator[_Part]:
    """What a set says of items, in each of the ways in which it says something."""
    items = rule.applicable_to
    if _names_items(items):
        yield _applicable_part(rule, lines, facts, first)
    yield from _chosen_parts(rule, lines, facts, first)
    yield from _bundled_parts(rule, facts, first)


def _says_items(rule: ValidationRule) -> bool:
    """Whether a set says anything of items; most do not."""
    if rule.bundle is not None or _names_items(rule.applicable_to):
        return True
    return bool(compile_rules(rule.definition).applicable)


def _names_items(items: ApplicableItems) -> bool:
    return bool(items.included or items.excluded or items.included_all)


def _applicable_part(
    rule: ValidationRule, lines: Sequence[Line], facts: Facts, first: int
) -> _Part:
    items = rule.applicable_to
    by_entry = lines_by_entry(rule, lines, facts)
    part = _Part([], {})
    rooms = Rooms(rule.id, facts)
    for number, entry in enumerate(items.included):
        own = by_entry.get(number, [])
        part.shares.extend(shares_of_entry(entry, own, facts, rooms, first + number))
        if entry.aggregated_amount_limit is not None:
            part.amounts_max[first + number] = entry.aggregated_amount_limit
    if items.included_all or not items.included:
        part.shares.extend(
            Share(n, lines[n].quantity, entry=first + REST)
            for n in by_entry.get(REST, [])
            if lines[n].quantity
        )
    return part


def _chosen_parts(
    rule: ValidationRule, lines: Sequence[Line], facts: Facts, first: int
) -> Iterator[_Part]:
    """The lines that `discount_applicable` names, within any of the rules."""
    choosing = compile_rules(rule.definition).applicable
    if not choosing:
        return
    chosen = {id(line) for choose in choosing for line in choose(facts)}
    shares = [
        Share(n, line.quantity, entry=first + REST)
        for n, line in enumerate(lines)
        if id(line) in chosen and line.quantity
    ]
    yield _Part(shares, {})


def _bundled_parts(rule: ValidationRule, facts: Facts, first: int) -> Iterator[_Part]:
    """The units that bundles are made up of."""
    bundle = None if rule.bundle is None else parse_bundle(rule.bundle)
    if bundle is None:
        return
    units: dict[int, int] = {}
    for _, line, count in find_bundles(bundle, facts).identified:
        units[line] = units.get(line, 0) + count
    shares = [Share(n, count, entry=first + REST) for n, count in sorted(units.items())]
    yield _Part(shares, {})


def _both(one: _Part, other: _Part) -> _Part:
    """The lines that are in both."""
    amounts_max = one.amounts_max | other.amounts_max
    # Two limits that meet in a line become one: none of them is exceeded then.
    same = {number: number for number in amounts_max}

    def root(number: int) -> int:
        while same.get(number, number) != number:
            number = same[number]
        return number

    others = {share.line: share for share in other.shares}
    met = [(share, others[share.line]) for share in one.shares if share.line in others]
    for share, beside in met:
        if share.entry in amounts_max and beside.entry in amounts_max:
            same[root(beside.entry)] = root(share.entry)
    limits: dict[int, int] = {}
    for number, limit in amounts_max.items():
        limits[root(number)] = min(limit, limits.get(root(number), limit))
    shares = [
        Share(
            share.line,
            min(share.units, beside.units),
            _least(share.amount_max, beside.amount_max),
            beside.price if share.price is None else share.price,
            root(share.entry if share.entry in amounts_max else beside.entry),
            keys=tuple(dict.fromkeys(share.keys + beside.keys)),
            short=share.short or beside.short,
        )
        for share, beside in met
    ]
    return _Part(shares, limits)


def _least(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _as_entries(
    rule: ValidationRule, numbers: Iterable[int], lines: Sequence[Line], facts: Facts
) -> Iterator[ItemsShown]:
    """Lines that are named by no entry of their own, each item once."""
    indices: dict[ItemEntry, list[int]] = {}
    for n in sorted(set(numbers)):
        line = lines[n]
        skus, products = facts.skus(line), facts.products(line)
        if not skus and not products:
            continue
        entry = ItemEntry(
            object="sku" if skus else "product",
            id=(skus or products)[0],
            product_id=products[0] if skus and products else None,
        )
        indices.setdefault(entry, []).append(n)
    for entry, found in indices.items():
        yield ItemsShown(entry, rule.id, tuple(found))
