"""Free units: what is added to an order, made free in it, or put in the place of something else.

A unit costs what its line says, else what the catalogue says; without either it is added with an
amount of 0. What is added free raises the amount and the discount alike, so what is left to pay
stays. No line grows above QUANTITY_MAX, no amount above AMOUNT_MAX, no order above LINES_MAX: what
does not fit is not added.
"""

from collections.abc import Sequence

from engine.pricing.basket import Basket, Line, sum_taken
from engine.pricing.discounts.parts import left_of_units, whole_scope
from engine.pricing.discounts.replacing import replace_items
from engine.pricing.discounts.stock import (
    amount_room,
    find_lines,
    new_line,
    room_on_line,
    unit_price,
)
from engine.pricing.discounts.terms import Terms
from engine.pricing.scope import Scope, Share
from schemas.discounts import Discount, UnitOff
from schemas.evaluations import ItemTaken, Taken
from schemas.products import CatalogItem


def take_units(
    discount: Discount, effect: str, basket: Basket, scope: Scope | None, terms: Terms
) -> Taken:
    """What the discount adds, frees or replaces."""
    if effect == "ADD_SAME_ITEMS":
        return add_same_items(discount, basket, scope, terms)
    if effect == "REPLACE_ITEMS":
        return replace_items(discount, basket, scope, terms)
    if effect == "ADD_MANY_ITEMS":
        return add_many_items(discount.units, basket, terms)
    return _add(effect, discount.unit_type, discount.unit_off, basket, terms)


def add_new_items(named: str, count: int, basket: Basket, terms: Terms) -> Taken:
    """Law: `count` units more, all free, on the first line of the thing, else on a new one."""
    found = terms.price_of(named)
    lines = find_lines(basket, named, found)
    usable = _usable_lines(lines, basket, terms)
    if lines and not usable:
        return Taken()
    return _add_units(named, found, count, usable[0] if usable else None, basket)


def add_missing_items(named: str, count: int, basket: Basket, terms: Terms) -> Taken:
    """Law: `count` units of the thing are free; only those that are not there to pay are added."""
    found = terms.price_of(named)
    lines = find_lines(basket, named, found)
    usable = _usable_lines(lines, basket, terms)
    if lines and not usable:
        return Taken()
    left = basket.left or 0
    freed: list[ItemTaken] = []
    for n in usable:
        line = basket.lines[n]
        units = min(count, line.quantity - line.discounted)
        if units > 0:
            value = min(left_of_units(line, units), left)
            if value:
                freed.append(ItemTaken(n, value, discounted=units))
            count -= units
            left -= value
    missing = _add_units(named, found, count, usable[0] if usable else None, basket)
    return sum_taken((Taken(items=tuple(freed)), missing))


def add_same_items(discount: Discount, basket: Basket, scope: Scope | None, terms: Terms) -> Taken:
    """Law: each line in scope that is paid for gets `unit_off` free units more.

    The limits of the rules for amounts let as many whole units in as fit, those of products over
    all redemptions as many as the line has in scope. A product or SKU that the discount names
    narrows the scope to its lines.
    """
    within = whole_scope(basket) if scope is None else scope
    named = discount.unit_type
    only = None if named is None else set(find_lines(basket, named, terms.price_of(named)))
    pools = dict(within.amounts_max)
    items: dict[int, ItemTaken] = {}
    amount = 0
    for share in within.shares:
        line = basket.lines[share.line]
        if share.line in items or line.quantity <= line.discounted or (terms.once and line.once):
            continue
        if only is not None and share.line not in only:
            continue
        price = unit_price(line, None) or 0
        count = _within_limits(_count(discount.unit_off), price, share, pools)
        count = min(count, room_on_line(line, price, amount_room(basket) - amount))
        if share.keys:
            count = min(count, share.units)
        if count:
            value = count * price
            amount += value
            if share.entry in pools:
                pools[share.entry] -= value
            items[share.line] = ItemTaken(share.line, value, count, value, count)
    return Taken(items=tuple(items[n] for n in sorted(items)))


def add_many_items(units: Sequence[UnitOff], basket: Basket, terms: Terms) -> Taken:
    """Law: each kind of units with its own effect, on what those before it made of the order."""
    steps: list[Taken] = []
    running = basket.fork()
    for unit in units:
        step = _add(unit.effect, unit.unit_type, unit.unit_off, running, terms)
        running.take(step)
        steps.append(step)
    return sum_taken(steps)


def _add(effect: str, named: str | None, count: int | None, basket: Basket, terms: Terms) -> Taken:
    if not named:
        return Taken()
    add = add_missing_items if effect == "ADD_MISSING_ITEMS" else add_new_items
    return add(named, _count(count), basket, terms)


def _count(given: int | None) -> int:
    """How many units; one where nobody says."""
    return 1 if given is None else given


def _usable_lines(lines: Sequence[int], basket: Basket, terms: Terms) -> Sequence[int]:
    return [n for n in lines if not basket.lines[n].once] if terms.once else lines


def _add_units(
    named: str, found: CatalogItem | None, count: int, place: int | None, basket: Basket
) -> Taken:
    line: Line | None = None if place is None else basket.lines[place]
    price = unit_price(line, found) or 0
    count = min(count, room_on_line(line, price, amount_room(basket)))
    if count <= 0:
        return Taken()
    value = count * price
    if place is not None:
        return Taken(items=(ItemTaken(place, value, count, value, count),))
    fresh = new_line(named, found, basket)
    if fresh is None:
        return Taken()
    item = ItemTaken(len(basket.lines), value, count, value, count)
    return Taken(items=(item,), added=(fresh,))


def _within_limits(count: int, price: int, share: Share, pools: dict[int, int]) -> int:
    """As many whole units as the limits of the rules leave free."""
    limits = [share.amount_max, pools.get(share.entry)]
    for limit in limits:
        if limit is not None and price:
            count = min(count, limit // price)
    return count
