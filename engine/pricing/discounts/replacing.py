"""Units that take the place of others: whoever pays, pays no more than for what was there."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from engine.kernel.money import divide_half_up
from engine.pricing.basket import Basket, sum_taken
from engine.pricing.discounts.parts import Part, parts_of
from engine.pricing.discounts.stock import (
    amount_room,
    find_lines,
    new_line,
    room_on_line,
    unit_price,
)
from engine.pricing.discounts.terms import Terms
from engine.pricing.scope import Scope
from schemas.discounts import Discount
from schemas.evaluations import ItemTaken, Replacement, Taken


class _Swap(NamedTuple):
    """Units that go, what is left of them, and what those that come cost."""

    line: int
    units: int
    worth: int
    cost: int

    @property
    def discount(self) -> int:
        """What those that come cost more."""
        return max(self.cost - self.worth, 0)


def replace_items(discount: Discount, basket: Basket, scope: Scope | None, terms: Terms) -> Taken:
    """Law: up to `unit_off` units in scope (without it: all) become units of the named thing.

    What a dearer unit costs more is the discount, and as many are replaced as the limits of the
    rules for amounts let in; a cheaper unit costs its own price, one without a price what it
    replaces. Nothing is replaced where the order would end below zero.
    """
    named = discount.unit_type
    if not named:
        return Taken()
    found = terms.price_of(named)
    targets = find_lines(basket, named, found)
    line = basket.lines[targets[0]] if targets else None
    price = unit_price(line, found)
    most = room_on_line(line, price, amount_room(basket))
    if discount.unit_off is not None:
        most = min(most, discount.unit_off)
    swaps = _swaps(_sources(basket, scope, terms, set(targets)), scope, price, most)
    change = sum(swap.cost - swap.worth - swap.discount for swap in swaps)
    if not swaps or (basket.left or 0) + change < 0:
        return Taken()
    if line is not None:
        return sum_taken(_step(swap, targets[0]) for swap in swaps)
    fresh = new_line(named, found, basket)
    if fresh is None:
        return Taken()
    place = len(basket.lines)
    return sum_taken((Taken(added=(fresh,)), *(_step(swap, place) for swap in swaps)))


def _sources(basket: Basket, scope: Scope | None, terms: Terms, targets: set[int]) -> list[Part]:
    """What may be replaced: units that are not of the thing already, at what they really cost."""
    return [part for part in parts_of(basket, scope, terms) if part.line not in targets]


def _swaps(parts: Sequence[Part], scope: Scope | None, price: int | None, most: int) -> list[_Swap]:
    pools = {} if scope is None else dict(scope.amounts_max)
    swaps: list[_Swap] = []
    for part in parts:
        limits = [part.amount_max, pools.get(part.entry)]
        limit = min((each for each in limits if each is not None), default=None)
        swap = _swap(part, min(part.units, most), price, limit)
        if swap.units:
            swaps.append(swap)
            most -= swap.units
            if part.entry in pools:
                pools[part.entry] -= swap.discount
    return swaps


def _swap(part: Part, units: int, price: int | None, limit: int | None) -> _Swap:
    """As many of the units as the limit lets in: the more there are, the more they cost more."""
    if price is not None and limit is not None:
        counts = range(1, units + 1)
        units = bisect_right(counts, limit, key=lambda n: price * n - _worth(part, n))
    worth = _worth(part, units)
    return _Swap(part.line, units, worth, worth if price is None else price * units)


def _worth(part: Part, units: int) -> int:
    """What is left of the first units of the part."""
    return divide_half_up(part.worth * units, part.units)


def _step(swap: _Swap, target: int) -> Taken:
    gone = ItemTaken(swap.line, quantity=-swap.units, amount=-swap.worth)
    come = ItemTaken(target, swap.discount, swap.units, swap.cost)
    told = Replacement(
        source_index=swap.line,
        source_quantity=swap.units,
        source_amount=swap.worth,
        target_index=target,
        target_quantity=swap.units,
        target_amount=swap.cost,
        target_discount=swap.discount,
    )
    return Taken(items=(gone, come), replaced=(told,))
