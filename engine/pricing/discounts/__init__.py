"""What a redeemable takes from a running order: the effects of discounts, credits and points.

Each effect is a small function whose law stands in its docstring; each family is a file: `order`
(off the whole), `items` (off single lines), `units` and `replacing` (free units), `credits` (what
pays). They look at the basket and change nothing: the basket takes the `Taken`. Three laws hold for
all of them: nothing ends below zero, the parts sum to the whole, and what is taken can be taken
back (engine/pricing/basket.py).

Source: the API contract, section 6; what it leaves open is decided in docs/engine.md.
"""

from typing import Final

from engine.pricing.basket import Basket
from engine.pricing.discounts.credits import gift_credits
from engine.pricing.discounts.items import take_off_items
from engine.pricing.discounts.order import take_off_order
from engine.pricing.discounts.terms import Terms
from engine.pricing.discounts.units import take_units
from engine.pricing.scope import Scope
from schemas.discounts import EFFECTS, Discount, Effect
from schemas.evaluations import Taken

__all__ = ["Terms", "effect_of", "gift_credits", "is_scoped", "take_discount", "take_payment"]

#: Effects that the items in scope do not bind.
_UNSCOPED: Final = frozenset(
    {"APPLY_TO_ORDER", "ADD_NEW_ITEMS", "ADD_MISSING_ITEMS", "ADD_MANY_ITEMS"}
)


def take_discount(discount: Discount, basket: Basket, scope: Scope | None, terms: Terms) -> Taken:
    """What a discount, its formulas resolved, takes from what is left; no scope is the whole."""
    effect = effect_of(discount, scope)
    if discount.type == "UNIT":
        return take_units(discount, effect, basket, scope, terms)
    if effect == "APPLY_TO_ORDER":
        return Taken(order=take_off_order(discount, basket, terms))
    return Taken(items=take_off_items(discount, effect, basket, scope, terms))


def effect_of(discount: Discount, scope: Scope | None) -> Effect:
    """What the discount does: what it says, else what its type does.

    A sum of money is for the items where the rules name some, else for the order; units are added
    as many as are named, new to the order.
    """
    if discount.effect in EFFECTS[discount.type]:
        return discount.effect
    if discount.type == "UNIT":
        return "ADD_MANY_ITEMS" if discount.units else "ADD_NEW_ITEMS"
    return "APPLY_TO_ITEMS" if scope is not None and scope.named else "APPLY_TO_ORDER"


def is_scoped(effect: str) -> bool:
    """Whether what the effect takes depends on the items in scope."""
    return effect not in _UNSCOPED


def take_payment(
    amount: int, effect: str | None, basket: Basket, scope: Scope | None, terms: Terms
) -> Taken:
    """What an amount of money takes, no more than is left; its `total` is what was needed of it.

    Without an effect it pays for the items where the rules name some, else for the order. Of items
    each pays as it is worth: as an AMOUNT with APPLY_TO_ITEMS_PROPORTIONALLY.
    """
    of_items = scope is not None and scope.named if effect is None else effect != "APPLY_TO_ORDER"
    if not of_items:
        return Taken(order=min(amount, basket.left or 0))
    proportionally = "APPLY_TO_ITEMS_PROPORTIONALLY"
    money = Discount(type="AMOUNT", amount_off=amount)
    return Taken(items=take_off_items(money, proportionally, basket, scope, terms))
