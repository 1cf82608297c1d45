"""The balance of a gift card. Source: the API contract, section 10."""

from engine.render.encode import Body
from schemas.entities import Voucher


def balance_body(voucher: Voucher, amount: int, *, operation: str = "MANUAL") -> Body:
    """A gift card's balance after `amount` was added, below zero: taken off.

    `total` is what was loaded less what was taken off by hand; redemptions leave it as it is.
    """
    gift = voucher.gift
    total = 0 if gift is None else gift.amount - gift.subtracted_amount
    return {
        "amount": amount,
        "total": total,
        "balance": 0 if gift is None else gift.balance,
        "type": "gift_voucher",
        "operation_type": operation,
        "object": "balance",
        "related_object": {"type": "voucher", "id": voucher.id},
    }
