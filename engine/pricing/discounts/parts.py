"""The parts of an order that a discount for items takes from: what each can give.

Units that a discount made free give nothing, so a part is counted in the units of its line that
are still paid for. Parts of one line share what is left of it and never overlap.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.kernel.money import divide_half_up
from engine.pricing.basket import Basket, Line
from engine.pricing.discounts.terms import Terms
from engine.pricing.scope import Scope, Share
from schemas.evaluations import ItemTaken


class Part(NamedTuple):
    """Units of one line; amounts in minor units."""

    line: int
    units: int
    #: The most that can be taken: what is left of the units.
    worth: int
    #: What a percentage is of.
    base: int
    #: What the rules allow to be taken of it; None: all.
    amount_max: int | None = None
    entry: int = 0
    #: The price that the rules give a unit; None: they give it none.
    price: int | None = None


def parts_of(basket: Basket, scope: Scope | None, terms: Terms) -> list[Part]:
    """The parts that have something to give, in the order of the shares; no scope is all lines."""
    lines = basket.lines
    parts: list[Part] = []
    if scope is None:
        for n, line in enumerate(lines):
            left = line.left
            if left > 0 and line.quantity > line.discounted and not (terms.once and line.once):
                units = line.quantity - line.discounted
                base = _before(line, 0, units) if terms.initial else left
                parts.append(Part(n, units, left, base))
        return parts
    used: dict[int, int] = {}
    for share in scope.shares:
        line = lines[share.line]
        if terms.once and line.once:
            continue
        start = used.get(share.line, 0)
        units = min(share.units, line.quantity - line.discounted - start)
        if units <= 0:
            continue
        used[share.line] = start + units
        worth = left_of_units(line, start + units) - left_of_units(line, start)
        base = _before(line, start, units) if terms.initial else worth
        if worth > 0:
            limit, price = share.amount_max, share.price
            parts.append(Part(share.line, units, worth, base, limit, share.entry, price))
    return parts


def reprice_parts(parts: Iterable[Part]) -> list[Part]:
    """The parts with units that count as what the rules price them at, without what gives nothing."""
    return [part for part in map(_reprice_part, parts) if part.worth > 0]


def _reprice_part(part: Part) -> Part:
    if part.price is None:
        return part
    price = part.price * part.units
    return part._replace(worth=min(part.worth, price), base=price)


def left_of_units(line: Line, units: int) -> int:
    """What is left of the first `units` of those that are still paid for; there are some."""
    return divide_half_up(line.left * units, line.quantity - line.discounted)


def limit_values(values: Sequence[int], parts: Sequence[Part], scope: Scope | None) -> list[int]:
    """The values within what the rules allow for each part and for all parts of an entry.

    A limit for all is used up in the order of the parts; what is cut off is not given elsewhere.
    """
    if scope is None:
        return list(values)
    pools = dict(scope.amounts_max)
    within: list[int] = []
    for value, part in zip(values, parts, strict=True):
        given = value if part.amount_max is None else min(value, part.amount_max)
        if part.entry in pools:
            given = min(given, pools[part.entry])
            pools[part.entry] -= given
        within.append(given)
    return within


def items_taken(values: Sequence[int], parts: Sequence[Part]) -> tuple[ItemTaken, ...]:
    """What is taken of each line, in the order of the lines."""
    by_line: dict[int, int] = {}
    for value, part in zip(values, parts, strict=True):
        if value:
            by_line[part.line] = by_line.get(part.line, 0) + value
    return tuple(ItemTaken(n, by_line[n]) for n in sorted(by_line))


def _before(line: Line, start: int, units: int) -> int:
    """What there was to pay for the units before the request."""
    before = Line(line.item)
    paid = before.quantity - before.discounted
    if paid <= 0:
        return 0
    return left_of_units(before, min(start + units, paid)) - left_of_units(before, min(start, paid))


def whole_scope(basket: Basket) -> Scope:
    """The whole of every line."""
    return Scope(tuple(Share(n, line.quantity) for n, line in enumerate(basket.lines)))
