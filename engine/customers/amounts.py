"""What of cards and orders counts for a customer."""

from typing import NamedTuple

from engine.pricing.sums import left_to_pay
from schemas.orders import Order
from schemas.vouchers import Voucher


class Left(NamedTuple):
    """What is left on a card, and whose it is."""

    holder_id: str
    credits: int
    points: int


def left_on_card(voucher: Voucher | None) -> Left | None:
    """What is left on a card that somebody holds; None: it is no such card."""
    if voucher is None or voucher.holder_id is None:
        return None
    gift, card = voucher.gift, voucher.loyalty_card
    if gift is None and card is None:
        return None
    credits = 0 if gift is None else gift.balance
    return Left(voucher.holder_id, credits, 0 if card is None else card.balance)


def spent_on(order: Order) -> int:
    """What was left to pay of an order."""
    return left_to_pay(order) or 0
