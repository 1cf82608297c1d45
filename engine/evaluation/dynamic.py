"""Dynamic values of discounts: what their formulas come to for a request, or for one of its lines.

Where a formula has no value, the static value beside it counts. Amounts are rounded half up to
whole minor units, numbers of units are rounded down; nothing is below zero, and no percentage is
above 100. Source: the API contract, section 6.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec import structs

from engine.evaluation.offers import Offer
from engine.formulas.formula import parse_formula
from engine.formulas.operands import RequestOperands
from engine.kernel.money import divide_half_up
from engine.pricing import discounts
from engine.pricing.basket import Basket, Line
from engine.pricing.discounts import Terms, take_discount
from engine.pricing.discounts.parts import whole_scope
from engine.pricing.scope import Scope
from engine.rules.facts import Facts
from schemas.base import AMOUNT_MAX
from schemas.discounts import Discount, UnitOff
from schemas.evaluations import ItemTaken, Outcome, Taken

#: Operands of the line that a formula is worked out for.
_OF_LINE: Final = re.compile(r"(?<![A-Za-z_])ORDER_ITEM_", re.IGNORECASE)
_MONEY: Final = ("amount_off", "fixed_amount")
UNITS_OFF_MAX: Final = 1_000_000


class ResolvedDiscount(NamedTuple):
    """A discount with values in place of its formulas."""

    discount: Discount
    dynamic: bool = False


def is_dynamic(discount: Discount) -> bool:
    """Whether a value of the discount is worked out for each request."""
    return bool(
        discount.amount_off_formula
        or discount.percent_off_formula
        or discount.fixed_amount_formula
        or discount.unit_off_formula
        or any(each.unit_off_formula for each in discount.units)
    )


def resolve_discount(
    discount: Discount, facts: Facts | None, line: Line | None = None
) -> ResolvedDiscount:
    """The discount as it works for the request, or for one of its lines."""
    if facts is None or not is_dynamic(discount):
        return ResolvedDiscount(discount)
    found: dict[str, object] = {}
    for name in _MONEY:
        amount = _value(getattr(discount, f"{name}_formula"), facts, line)
        if amount is not None:
            found[name] = min(max(divide_half_up(*_ratio(amount)), 0), AMOUNT_MAX)
    percent = _value(discount.percent_off_formula, facts, line)
    if percent is not None:
        found["percent_off"] = min(max(percent, Decimal(0)), Decimal(100))
    units = _units(discount.unit_off_formula, facts, line)
    if units is not None:
        found["unit_off"] = units
    if discount.units:
        found["units"] = tuple(_unit(each, facts, line) for each in discount.units)
    return ResolvedDiscount(structs.replace(discount, **found), dynamic=bool(found))


def is_by_line(discount: Discount) -> bool:
    """Whether a formula asks for the line that it is worked out for; off the order there is none."""
    if discount.effect == "APPLY_TO_ORDER":
        return False
    texts = (
        discount.amount_off_formula,
        discount.percent_off_formula,
        discount.fixed_amount_formula,
    )
    return any(text is not None and _OF_LINE.search(text) is not None for text in texts)


def take_by_line(
    discount: Discount, basket: Basket, scope: Scope | None, terms: Terms, facts: Facts
) -> Taken:
    """What a discount takes whose formulas are worked out for each line of its scope.

    The limits over several lines, the discount's and those of the rules, are used up from the
    first line on.
    """
    return Taken(items=tuple(_by_line(discount, basket, scope, terms, facts)))


def _by_line(
    discount: Discount, basket: Basket, scope: Scope | None, terms: Terms, facts: Facts
) -> Iterator[ItemTaken]:
    whole = whole_scope(basket) if scope is None else scope
    limit, room = discount.aggregated_amount_limit, basket.left
    pools = dict(whole.amounts_max)
    for share in whole.shares:
        worked = resolve_discount(discount, facts, basket.lines[share.line]).discount
        worked = structs.replace(
            worked, effect=discount.effect or "APPLY_TO_ITEMS", aggregated_amount_limit=limit
        )
        within = whole._replace(shares=(share,), amounts_max=pools)
        for each in take_discount(worked, basket, within, terms).items:
            given = each.discount if room is None else min(each.discount, room)
            if share.entry in pools:
                pools[share.entry] -= given
            if limit is not None:
                limit -= given
            if room is not None:
                room -= given
            if given:
                yield structs.replace(each, discount=given)


def _value(text: str | None, facts: Facts, line: Line | None) -> Decimal | None:
    return None if text is None else parse_formula(text).value(RequestOperands(facts, line))


def _units(text: str | None, facts: Facts, line: Line | None) -> int | None:
    value = _value(text, facts, line)
    return None if value is None else min(max(int(value), 0), UNITS_OFF_MAX)


def _unit(unit: UnitOff, facts: Facts, line: Line | None) -> UnitOff:
    units = _units(unit.unit_off_formula, facts, line)
    return unit if units is None else structs.replace(unit, unit_off=units)


def _ratio(value: Decimal) -> tuple[int, int]:
    """Not below zero, since that is where `divide_half_up` is defined."""
    return max(value, Decimal(0)).as_integer_ratio()


def as_worked(
    outcome: Outcome, offer: Offer, worked: ResolvedDiscount, scope: Scope | None
) -> Outcome:
    """The outcome with the discount as it worked, where that is not how it is defined."""
    discount = offer.discount
    assert discount is not None
    by_line = is_by_line(discount)
    found = worked.discount
    effect = "APPLY_TO_ITEMS" if by_line else discounts.effect_of(discount, scope)
    if discount.effect is None and effect != discounts.effect_of(discount, None):
        found = structs.replace(found, effect=effect)
    return structs.replace(
        outcome,
        worked=None if found == discount else found,
        dynamic=worked.dynamic or by_line,
    )


def is_scoped_offer(offer: Offer, worked: ResolvedDiscount | None, scope: Scope) -> bool:
    """Whether what the offer takes depends on the items that its rules name."""
    if worked is None:
        gift = None if offer.voucher is None else offer.voucher.gift
        return gift is not None and gift.effect != "APPLY_TO_ORDER"
    return discounts.is_scoped(discounts.effect_of(worked.discount, scope))
