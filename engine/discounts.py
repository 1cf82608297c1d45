"""What a voucher takes from an order: one small function for each kind of discount.

Each is given what is left to pay, in minor units, and never takes more.
"""

from engine.money import percent_of
from schemas.entities import Discount, Taken, Voucher


def taken_by(voucher: Voucher, credits: int | None, available: int, left: int | None) -> Taken:
    """What a voucher takes when `left` is to be paid; None: no order, or one without an amount.

    `credits` is how many a gift card was asked for, `available` how many it has to give.
    """
    to_pay = left or 0
    if voucher.gift is not None:
        spent = gift_credits(credits, available, to_pay)
        return Taken(order=spent, credits=spent)
    assert voucher.discount is not None
    return Taken(order=discounted(voucher.discount, to_pay))


def discounted(discount: Discount, left: int) -> int:
    """What an amount or a percentage takes."""
    if discount.type == "AMOUNT":
        return min(discount.amount_off or 0, left)
    taken = percent_of(left, discount.percent_off) if discount.percent_off is not None else 0
    if discount.amount_limit is not None:
        taken = min(taken, discount.amount_limit)
    return min(taken, left)


def gift_credits(asked: int | None, available: int, left: int) -> int:
    """What a gift card pays: what was asked for, else all it has, up to what is left."""
    return min(available if asked is None else asked, available, left)
