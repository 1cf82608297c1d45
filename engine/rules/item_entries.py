"""What an entry of `applicable_to` takes of an order: its lines, and how much of each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from engine.formulas.formula import FormulaError, parse_formula
from engine.formulas.operands import RequestOperands
from engine.kernel.money import divide_half_up
from engine.pricing.basket import Line
from engine.pricing.scope import Share
from engine.rules.facts import Facts
from engine.rules.matching import Match, Numbered, match_of
from engine.rules.refs import Ref
from engine.rules.units import Rooms
from schemas.base import AMOUNT_MAX
from schemas.rules import ENTRIES_MAX, ApplicableItems, ItemEntry, UnitsShown, ValidationRule

#: The effects that take the first that counts, and no other.
_TAKE_ONE: Final = frozenset({"APPLY_TO_CHEAPEST", "APPLY_TO_MOST_EXPENSIVE"})
#: From so many entries on, excluded ones included, their names are looked up.
FEW = 8
#: The number of the lines that no entry has.
REST: Final = ENTRIES_MAX


def lines_by_entry(
    rule: ValidationRule, lines: Sequence[Line], facts: Facts
) -> Mapping[int, list[int]]:
    """The lines of each entry by its number, those of none by `REST`; no excluded ones."""
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
                found.setdefault(REST, []).append(n)
    facts.by_entry.append((rule, found))
    return found


def _by_many(
    items: ApplicableItems, lines: Sequence[Line], facts: Facts
) -> Mapping[int, list[int]]:
    """As `lines_by_entry`, by looking names up."""
    excluded, included = Numbered(refs_of(items.excluded)), Numbered(refs_of(items.included))
    found: dict[int, list[int]] = {}
    for n, line in enumerate(lines):
        if excluded.first(facts, line) is None:
            number = included.first(facts, line)
            found.setdefault(REST if number is None else number, []).append(n)
    return found


def refs_of(entries: Iterable[ItemEntry]) -> Iterator[Ref]:
    """What the entries name."""
    return (Ref(each.id, each.object, each.source_id) for each in entries)


@lru_cache(maxsize=4096)
def _match(named: str, entry_id: str, source_id: str | None) -> Match:
    return match_of([Ref(entry_id, named, source_id)])


def shares_of_entry(
    entry: ItemEntry, own: list[int], facts: Facts, rooms: Rooms, number: int
) -> list[Share]:
    """The shares of the lines of an entry, in the order in which its limits are used up.

    A line of which a limit of products leaves nothing has its place, with no units.
    """
    shares: list[Share] = []
    lines = facts.lines
    passed = 0
    units_left = entry.aggregated_quantity_limit
    takes_one = entry.effect in _TAKE_ONE
    for n in _order_lines(entry, own, lines):
        line = lines[n]
        length = line.quantity if entry.target == "UNIT" else 1
        skip, repeat = entry.skip_initially, max(entry.repeat, 1)
        counted = _count_places(passed, length, skip, repeat)
        first = skip - passed if passed <= skip else (skip - passed) % repeat
        passed += length
        if entry.target == "ITEM":
            units = line.quantity * counted
        else:
            units = min(counted, 1) if takes_one else counted
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
        if takes_one:
            break
    return shares


def units_shown(entry: ItemEntry, shares: Iterable[Share]) -> tuple[UnitsShown, ...]:
    """Which units an entry means that is for single ones, line by line."""
    if entry.target != "UNIT":
        return ()
    found = sorted(shares, key=lambda share: share.line)
    return tuple(UnitsShown(share.line, share.first, share.units) for share in found)


def _count_places(passed: int, length: int, skip: int, repeat: int) -> int:
    """How many of the next `length` places count, of those at `skip`, `skip + repeat`, ..."""

    def before(place: int) -> int:
        return -((skip - place) // repeat) if place > skip else 0

    return before(passed + length) - before(passed)


def _order_lines(entry: ItemEntry, own: list[int], lines: Sequence[Line]) -> list[int]:
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
        value = parse_formula(entry.price_formula).value(RequestOperands(facts, line))
    except FormulaError:
        return entry.price
    if value is None or not 0 <= value <= AMOUNT_MAX:
        return entry.price
    return divide_half_up(*value.as_integer_ratio())
