"""Which lines of an order the rules say a discount is for, how much of them, and what is shown of it.

Of each set that names items: a line belongs to the first included entry that it is an item of, or
to none where an excluded entry has it. Without included entries, or with `included_all`, all lines
belong that are not excluded. The lines of an entry are put in the order that its `effect` says,
those without a price last, ties as they stand in the order; `skip_initially` of them are passed
over, and of the rest every `repeat`-th counts, the first included; `APPLY_TO_*` takes the first
line that counts. With the target UNIT, single units are counted in the place of lines. Then the
limits hold: units per line, units of all its lines, units over all redemptions, amounts.

Older rules name items by `product.discount_applicable` within the rule that chooses them, and
bundles name the units that make them up.

With several sets, a line has to be in the scope of each that names items; the least of its units
and amounts counts, and entries with limits that share a line share the least of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from engine.formulas.formula import FormulaError, formula
from engine.formulas.operands import RequestOperands
from engine.kernel.money import half_up
from engine.pricing.basket import Line
from engine.pricing.scope import Scope, Share
from engine.rules.bundles import bundle_of, found_in
from engine.rules.compile import compiled
from engine.rules.facts import Facts
from engine.rules.matching import Match, Numbered, match_of
from engine.rules.refs import Ref
from engine.rules.units import Rooms
from schemas.base import AMOUNT_MAX
from schemas.evaluations import ItemsShown
from schemas.rules import ENTRIES_MAX, ApplicableItems, ItemEntry, UnitsShown, ValidationRule

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
        by_entry = _by_entry(rule, lines, facts) if _names_items(items) else {}
        rooms = Rooms(rule.id, facts)
        for number, entry in enumerate(items.included):
            found = _of_entry(entry, by_entry.get(number, []), facts, rooms, number)
            shares = [share for share in found if share.units]
            indices = tuple(sorted(share.line for share in shares))
            applicable.append(ItemsShown(entry, rule.id, indices, _units(entry, shares)))
        inapplicable.extend(_excluded(rule, lines, facts))
        unnamed = by_entry.get(_REST, []) if items.included_all else []
        for part in (*_chosen(rule, lines, facts, 0), *_bundled(rule, facts, 0)):
            unnamed = [*unnamed, *(share.line for share in part.shares)]
        applicable.extend(_as_entries(rule, unnamed, lines, facts))
    return tuple(applicable), tuple(inapplicable)


def _excluded(rule: ValidationRule, lines: Sequence[Line], facts: Facts) -> Iterator[ItemsShown]:
    """The excluded entries with the lines that they meet."""
    entries = rule.applicable_to.excluded
    if not entries:
        return
    met: dict[int, list[int]] = {}
    numbered = Numbered(_refs(entries))
    for n, line in enumerate(lines):
        for number in numbered.every(facts, line):
            met.setdefault(number, []).append(n)
    for number, entry in enumerate(entries):
        yield ItemsShown(entry, rule.id, tuple(met.get(number, ())))


#: From so many entries on, excluded ones included, their names are looked up.
FEW = 8
#: The number of the lines that no entry has.
_REST: Final = ENTRIES_MAX


def _parts(
    rule: ValidationRule, lines: Sequence[Line], facts: Facts, first: int
) -> Iterator[_Part]:
    """What a set says of items, in each of the ways in which it says something."""
    items = rule.applicable_to
    if _names_items(items):
        yield _applicable(rule, lines, facts, first)
    yield from _chosen(rule, lines, facts, first)
    yield from _bundled(rule, facts, first)


def _says_items(rule: ValidationRule) -> bool:
    """Whether a set says anything of items; most do not."""
    if rule.bundle is not None or _names_items(rule.applicable_to):
        return True
    return bool(compiled(rule.definition).applicable)


def _names_items(items: ApplicableItems) -> bool:
    return bool(items.included or items.excluded or items.included_all)


def _applicable(rule: ValidationRule, lines: Sequence[Line], facts: Facts, first: int) -> _Part:
    items = rule.applicable_to
    by_entry = _by_entry(rule, lines, facts)
    part = _Part([], {})
    rooms = Rooms(rule.id, facts)
    for number, entry in enumerate(items.included):
        own = by_entry.get(number, [])
        part.shares.extend(_of_entry(entry, own, facts, rooms, first + number))
        if entry.aggregated_amount_limit is not None:
            part.amounts_max[first + number] = entry.aggregated_amount_limit
    if items.included_all or not items.included:
        part.shares.extend(
            Share(n, lines[n].quantity, entry=first + _REST)
            for n in by_entry.get(_REST, [])
            if lines[n].quantity
        )
    return part


def _chosen(
    rule: ValidationRule, lines: Sequence[Line], facts: Facts, first: int
) -> Iterator[_Part]:
    """The lines that `discount_applicable` names, within any of the rules."""
    choosing = compiled(rule.definition).applicable
    if not choosing:
        return
    chosen = {id(line) for choose in choosing for line in choose(facts)}
    shares = [
        Share(n, line.quantity, entry=first + _REST)
        for n, line in enumerate(lines)
        if id(line) in chosen and line.quantity
    ]
    yield _Part(shares, {})


def _bundled(rule: ValidationRule, facts: Facts, first: int) -> Iterator[_Part]:
    """The units that bundles are made up of."""
    bundle = None if rule.bundle is None else bundle_of(rule.bundle)
    if bundle is None:
        return
    units: dict[int, int] = {}
    for _, line, count in found_in(bundle, facts).identified:
        units[line] = units.get(line, 0) + count
    shares = [Share(n, count, entry=first + _REST) for n, count in sorted(units.items())]
    yield _Part(shares, {})


def _by_entry(rule: ValidationRule, lines: Sequence[Line], facts: Facts) -> Mapping[int, list[int]]:
    """The lines of each entry by its number, those of none by `_REST`; no excluded ones."""
    for asked, known in facts.by_entry:
        if asked is rule:
            return known
    items = rule.applicable_to
    if len(items.excluded) + len(items.included) > FEW:
        many = _by_many(items, lines, facts)
        facts.by_entry.append((rule, many))
        return many
    excluded = [_match(each.object, each.id, each.source_id) for each in items.excluded]
    included = [_match(each.object, each.id, each.source_id) for each in items.included]
    found: dict[int, list[int]] = {}
    for n, line in enumerate(lines):
        # Plain loops: with few entries they are the fastest.
        for match in excluded:
            if match(facts, line):
                break
        else:
            for number, match in enumerate(included):
                if match(facts, line):
                    found.setdefault(number, []).append(n)
                    break
            else:
                found.setdefault(_REST, []).append(n)
    facts.by_entry.append((rule, found))
    return found


def _by_many(
    items: ApplicableItems, lines: Sequence[Line], facts: Facts
) -> Mapping[int, list[int]]:
    """As `_by_entry`, by looking names up."""
    excluded, included = Numbered(_refs(items.excluded)), Numbered(_refs(items.included))
    found: dict[int, list[int]] = {}
    for n, line in enumerate(lines):
        if excluded.first(facts, line) is None:
            number = included.first(facts, line)
            found.setdefault(_REST if number is None else number, []).append(n)
    return found


def _refs(entries: Iterable[ItemEntry]) -> Iterator[Ref]:
    return (Ref(each.id, each.object, each.source_id) for each in entries)


@lru_cache(maxsize=4096)
def _match(named: str, entry_id: str, source_id: str | None) -> Match:
    return match_of([Ref(entry_id, named, source_id)])


def _of_entry(
    entry: ItemEntry, own: list[int], facts: Facts, rooms: Rooms, number: int
) -> list[Share]:
    """The shares of the lines of an entry, in the order in which its limits are used up.

    A line of which a limit of products leaves nothing has its place, with no units.
    """
    shares: list[Share] = []
    lines = facts.lines
    passed = 0
    units_left = entry.aggregated_quantity_limit
    for n in _ordered(entry, own, lines):
        line = lines[n]
        length = line.quantity if entry.target == "UNIT" else 1
        skip, repeat = entry.skip_initially, max(entry.repeat, 1)
        counted = _counted(passed, length, skip, repeat)
        first = skip - passed if passed <= skip else (skip - passed) % repeat
        passed += length
        units = counted if entry.target == "UNIT" else line.quantity * counted
        if entry.quantity_limit is not None:
            units = min(units, entry.quantity_limit)
        if units_left is not None:
            units = min(units, units_left)
        if units <= 0:
            continue
        share = Share(n, units, entry.amount_limit, _price(entry, line, facts), number, first)
        if entry.product_limits:
            room = rooms.of(entry, line)
            units = min(units, room.units)
            rooms.use(room, units)
            share = share._replace(units=units, keys=room.keys, short=room.short)
        if units_left is not None:
            units_left -= units
        shares.append(share)
        if entry.effect.startswith("APPLY_TO_") and entry.effect != "APPLY_TO_EVERY":
            break
    return shares


def _units(entry: ItemEntry, shares: Iterable[Share]) -> tuple[UnitsShown, ...]:
    """Which units an entry means that is for single ones, line by line."""
    if entry.target != "UNIT":
        return ()
    found = sorted(shares, key=lambda share: share.line)
    return tuple(UnitsShown(share.line, share.first, share.units) for share in found)


def _counted(passed: int, length: int, skip: int, repeat: int) -> int:
    """How many of the next `length` places count, of those at `skip`, `skip + repeat`, ..."""

    def before(place: int) -> int:
        return -((skip - place) // repeat) if place > skip else 0

    return before(passed + length) - before(passed)


def _ordered(entry: ItemEntry, own: list[int], lines: Sequence[Line]) -> list[int]:
    if entry.effect == "APPLY_TO_EVERY":
        return own
    sign = 1 if entry.effect.endswith("_CHEAPEST") else -1

    def place(n: int) -> tuple[bool, int]:
        price = lines[n].price
        return price is None, sign * (price or 0)

    return sorted(own, key=place)


def _price(entry: ItemEntry, line: Line, facts: Facts) -> int | None:
    """What a unit counts as: by the formula, where it has a value that is a price."""
    if entry.price_formula is None:
        return entry.price
    try:
        value = formula(entry.price_formula).value(RequestOperands(facts, line))
    except FormulaError:
        return entry.price
    if value is None or not 0 <= value <= AMOUNT_MAX:
        return entry.price
    return half_up(*value.as_integer_ratio())


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
