"""What is taken off an order as a whole. Each effect is given what is left, and never takes more."""

from collections.abc import Callable
from typing import Final

from engine.kernel.money import percent_of
from engine.pricing.basket import Basket
from engine.pricing.discounts.terms import Terms
from engine.pricing.sums import left_to_pay
from schemas.discounts import Discount

OrderEffect = Callable[[Discount, int, int], int]


def take_off_order(discount: Discount, basket: Basket, terms: Terms) -> int:
    """What the discount takes off the order, no more than its limits and what is left."""
    left = basket.left or 0
    base = (left_to_pay(basket.initial) or 0) if terms.initial else left
    taken = EFFECTS[discount.type](discount, left, base)
    if discount.aggregated_amount_limit is not None:
        taken = min(taken, discount.aggregated_amount_limit)
    return min(taken, left)


def amount_off_order(discount: Discount, left: int, _: int) -> int:
    """Law: min(amount, left)."""
    return min(discount.amount_off or 0, left)


def percent_off_order(discount: Discount, left: int, base: int) -> int:
    """Law: min(percent of the base, limit, left)."""
    taken = 0 if discount.percent_off is None else percent_of(base, discount.percent_off)
    if discount.amount_limit is not None:
        taken = min(taken, discount.amount_limit)
    return min(taken, left)


def fixed_order(discount: Discount, left: int, _: int) -> int:
    """Law: what is left becomes min(fixed amount, left). Without a fixed amount nothing changes."""
    return 0 if discount.fixed_amount is None else max(left - discount.fixed_amount, 0)


EFFECTS: Final[dict[str, OrderEffect]] = {
    "AMOUNT": amount_off_order,
    "PERCENT": percent_off_order,
    "FIXED": fixed_order,
}
