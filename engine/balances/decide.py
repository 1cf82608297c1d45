"""The balance of a gift card, or the points of a loyalty card, changed by hand.

What is added counts as loaded, what is taken off as subtracted: loaded less subtracted is the
total, and the balance is what redemptions left of it. What sessions hold may be taken off, too; a
redemption in such a session then finds too little.
"""

from types import MappingProxyType

from msgspec import structs

from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_voucher
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.balances import AdjustBalance, BalanceAdjusted
from schemas.base import AMOUNT_MAX, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.vouchers import Voucher


def adjust_balance(
    view: View, command: Command, body: AdjustBalance, now: Millis
) -> Decision | Refusal:
    """Adds credits or points, or takes off what is there."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return not_found("voucher", body.voucher)
    changed = _change_balance(voucher, body.amount)
    if isinstance(changed, Refusal):
        return changed
    adjusted = BalanceAdjusted(
        voucher=structs.replace(changed, updated_at=now),
        amount=body.amount,
        transaction_id=new_id(command.seed, "vtx_"),
        source=body.source,
        source_id=body.source_id,
        reason=body.reason,
    )
    return Decision((adjusted,))


def _change_balance(voucher: Voucher, amount: int) -> Voucher | Refusal:
    gift, card = voucher.gift, voucher.loyalty_card
    if card is not None:
        loaded, subtracted, balance = card.points, card.subtracted_points, card.balance
    elif gift is not None:
        loaded, subtracted, balance = gift.amount, gift.subtracted_amount, gift.balance
    else:
        return refuse("invalid_voucher", f"{voucher.code} is neither a gift nor a loyalty card")
    after = (loaded + max(amount, 0), subtracted + max(-amount, 0), balance + amount)
    if not all(0 <= each <= AMOUNT_MAX for each in after):
        return refuse(
            "invalid_balance",
            f"The balance has to stay between 0 and {AMOUNT_MAX}",
            resource_id=voucher.id,
            resource_type="voucher",
            explanation={"rule": "balance", "balance": balance, "amount": amount},
        )
    loaded, subtracted, balance = after
    if card is not None:
        card = structs.replace(card, points=loaded, subtracted_points=subtracted, balance=balance)
        return structs.replace(voucher, loyalty_card=card)
    assert gift is not None
    gift = structs.replace(gift, amount=loaded, subtracted_amount=subtracted, balance=balance)
    return structs.replace(voucher, gift=gift)


DECISIONS: Decisions = MappingProxyType(
    {
        AdjustBalance: adjust_balance,
    }
)
