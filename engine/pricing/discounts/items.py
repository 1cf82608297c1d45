"""What is taken off single lines. Each effect gives a value for every part, never above its worth.

Then follow, in this order: the limits of the rules for a part and for an entry, and the discount's
own limit and what is left of the order, to which all values are cut back in proportion.
"""

from collections.abc import Callable, Sequence
from typing import Final

from engine.kernel.money import divide_half_up, fill_parts, split_amount
from engine.pricing.basket import Basket
from engine.pricing.discounts.parts import (
    Part,
    items_taken,
    limit_values,
    parts_of,
    reprice_parts,
)
from engine.pricing.discounts.terms import Terms
from engine.pricing.scope import Scope
from schemas.discounts import Discount
from schemas.evaluations import ItemTaken

#: Is given the discount, the parts, and the most that is taken of all of them together.
ItemEffect = Callable[[Discount, Sequence[Part], int], Sequence[int]]


def take_off_items(
    discount: Discount, effect: str, basket: Basket, scope: Scope | None, terms: Terms
) -> tuple[ItemTaken, ...]:
    """What the discount takes off the lines in scope, none of which ends below zero."""
    parts = parts_of(basket, scope, terms)
    if discount.type != "FIXED":  # there the price of an entry is what a unit is to cost
        parts = reprice_parts(parts)
    most = basket.left or 0
    if discount.aggregated_amount_limit is not None:
        most = min(most, discount.aggregated_amount_limit)
    values = _EFFECTS[discount.type, effect](discount, parts, most)
    values = limit_values(values, parts, scope)
    if sum(values) > most:
        values = split_amount(most, values)
    return items_taken(values, parts)


def amount_off_each(discount: Discount, parts: Sequence[Part], _: int) -> Sequence[int]:
    """Law: the amount once per line, or the line's worth."""
    return _per_line([part.worth for part in parts], parts, discount.amount_off or 0)


def amount_off_each_unit(discount: Discount, parts: Sequence[Part], _: int) -> Sequence[int]:
    """Law: the amount for every unit, or the part's worth."""
    off = discount.amount_off or 0
    return [min(off * part.units, part.worth) for part in parts]


def amount_by_worth(discount: Discount, parts: Sequence[Part], most: int) -> Sequence[int]:
    """Law: split as the parts are worth; the sum is min(amount, all worth, what may be taken)."""
    worths = [part.worth for part in parts]
    return split_amount(min(discount.amount_off or 0, sum(worths), most), worths)


def amount_by_units(discount: Discount, parts: Sequence[Part], most: int) -> Sequence[int]:
    """Law: split as the parts have units, what one cannot bear among the others.

    The sum is min(amount, all worth, what may be taken).
    """
    total = min(discount.amount_off or 0, most)
    return fill_parts(total, [part.units for part in parts], [part.worth for part in parts])


def percent_off_each(discount: Discount, parts: Sequence[Part], _: int) -> Sequence[int]:
    """Law: min(percent of the part's base, its worth), and no more than the limit per line."""
    if discount.percent_off is None:
        return [0] * len(parts)
    numerator, denominator = discount.percent_off.as_integer_ratio()
    denominator *= 100
    values = [min(divide_half_up(part.base * numerator, denominator), part.worth) for part in parts]
    limit = discount.amount_limit
    return values if limit is None else _per_line(values, parts, limit)


def fixed_each_unit(discount: Discount, parts: Sequence[Part], _: int) -> Sequence[int]:
    """Law: what is left of a unit becomes the price that the rules give it, else the fixed amount.

    It does so where it is more; without either nothing is taken.
    """
    prices = [discount.fixed_amount if part.price is None else part.price for part in parts]
    return [
        0 if price is None else max(part.worth - price * part.units, 0)
        for part, price in zip(parts, prices, strict=True)
    ]


def _per_line(values: Sequence[int], parts: Sequence[Part], limit: int) -> list[int]:
    """The values, those of one line together within the limit."""
    rooms: dict[int, int] = {}
    within: list[int] = []
    for value, part in zip(values, parts, strict=True):
        room = rooms.get(part.line, limit)
        given = min(value, room)
        rooms[part.line] = room - given
        within.append(given)
    return within


_EFFECTS: Final[dict[tuple[str, str], ItemEffect]] = {
    ("AMOUNT", "APPLY_TO_ITEMS"): amount_off_each,
    ("AMOUNT", "APPLY_TO_ITEMS_BY_QUANTITY"): amount_off_each_unit,
    ("AMOUNT", "APPLY_TO_ITEMS_PROPORTIONALLY"): amount_by_worth,
    ("AMOUNT", "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY"): amount_by_units,
    ("PERCENT", "APPLY_TO_ITEMS"): percent_off_each,
    ("FIXED", "APPLY_TO_ITEMS"): fixed_each_unit,
}
