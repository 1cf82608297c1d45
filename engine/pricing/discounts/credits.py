"""What credits and points pay: an amount of money, off the order or off the items in scope."""

from engine.pricing.basket import Basket
from engine.pricing.discounts.items import taken_of_items
from engine.pricing.discounts.terms import Terms
from engine.pricing.scope import Scope
from schemas.discounts import Discount
from schemas.evaluations import Taken


def gift_credits(asked: int | None, available: int, left: int) -> int:
    """What a gift card pays: what was asked for, else all it has, up to what is left.

    Law: min(asked, available, left).
    """
    return min(available if asked is None else asked, available, left)


def paid_with(
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
    return Taken(items=taken_of_items(money, proportionally, basket, scope, terms))
