"""The balance of a gift card or a loyalty card. Source: the API contract, section 10."""

from types import MappingProxyType

from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows
from schemas.balances import BalanceAdjusted
from schemas.vouchers import Voucher


def balance_body(voucher: Voucher, amount: int, *, operation: str = "MANUAL") -> Body:
    """A card's balance after `amount` was added, below zero: taken off; points of a loyalty card.

    `total` is what was loaded less what was taken off by hand; redemptions leave it as it is.
    """
    gift, card = voucher.gift, voucher.loyalty_card
    total = balance = 0
    if card is not None:
        total, balance = card.points - card.subtracted_points, card.balance
    elif gift is not None:
        total, balance = gift.amount - gift.subtracted_amount, gift.balance
    body: Body = {"amount": amount}
    if card is not None:
        body["points"] = amount
    return body | {
        "total": total,
        "balance": balance,
        "type": "gift_voucher" if card is None else "loyalty_card",
        "operation_type": operation,
        "object": "balance",
        "related_object": {"type": "voucher", "id": voucher.id},
    }


ANSWERS: Answers = MappingProxyType(
    {
        BalanceAdjusted: shows(balance_body, "voucher", "amount"),
    }
)
