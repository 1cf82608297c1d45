"""The balance of a gift card or a loyalty card. Source: the API contract, section 10."""

from types import MappingProxyType

from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered
from schemas.balances import BalanceAdjusted
from schemas.projects import KeyKind
from schemas.records import Decided
from schemas.vouchers import Voucher


def balance_body(
    voucher: Voucher, amount: int, *, operation: str = "MANUAL", called: str | None = None
) -> Body:
    """A card's balance after `amount` was added, below zero: taken off.

    What was added is `called` points for a loyalty card, unless told otherwise.
    `total` is what was loaded less what was taken off by hand; redemptions leave it as it is.
    """
    gift, card = voucher.gift, voucher.loyalty_card
    total = balance = 0
    if card is not None:
        total, balance = card.points - card.subtracted_points, card.balance
    elif gift is not None:
        total, balance = gift.amount - gift.subtracted_amount, gift.balance
    return {
        called or ("amount" if card is None else "points"): amount,
        "total": total,
        "balance": balance,
        "type": "gift_voucher" if card is None else "loyalty_card",
        "operation_type": operation,
        "object": "balance",
        "related_object": {"type": "voucher", "id": voucher.id},
    }


def _balance_adjusted(event: BalanceAdjusted, _: Decided, __: KeyKind) -> Rendered:
    called = "points" if event.of_member else "amount"
    return Rendered(200, balance_body(event.voucher, event.amount, called=called))


ANSWERS: Answers = MappingProxyType(
    {
        BalanceAdjusted: _balance_adjusted,
    }
)
