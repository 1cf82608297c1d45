"""The balance of a gift card, changed by hand.

What is added counts as loaded, what is taken off as subtracted: `amount - subtracted_amount` is
the total, and the balance is what redemptions left of it. Credits that sessions hold may be taken
off, too; a redemption in such a session then finds too little.
"""

from msgspec import structs

from engine.decision import Decision
from engine.ids import new_id
from engine.lookup import find_voucher
from engine.state import View
from schemas.balances import AdjustBalance, BalanceAdjusted
from schemas.base import AMOUNT_MAX, Millis
from schemas.commands import Command
from schemas.errors import not_found, refuse


def adjust_balance(view: View, command: Command, body: AdjustBalance, now: Millis) -> Decision:
    """Adds credits, or takes off what is there."""
    voucher = find_voucher(view, body.voucher)
    if voucher is None:
        return Decision(refusal=not_found("voucher", body.voucher))
    gift = voucher.gift
    if gift is None:
        return Decision(refusal=refuse("invalid_voucher", f"{voucher.code} is not a gift card"))
    loaded = gift.amount + max(body.amount, 0)
    subtracted = gift.subtracted_amount + max(-body.amount, 0)
    balance = gift.balance + body.amount
    if not (0 <= balance <= AMOUNT_MAX and loaded <= AMOUNT_MAX and subtracted <= AMOUNT_MAX):
        refusal = refuse(
            "invalid_balance",
            f"The balance has to stay between 0 and {AMOUNT_MAX}",
            resource_id=voucher.id,
            resource_type="voucher",
            explanation={"rule": "balance", "balance": gift.balance, "amount": body.amount},
        )
        return Decision(refusal=refusal)
    gift = structs.replace(gift, amount=loaded, balance=balance, subtracted_amount=subtracted)
    adjusted = BalanceAdjusted(
        voucher=structs.replace(voucher, gift=gift, updated_at=now),
        amount=body.amount,
        transaction_id=new_id(command.seed, "vtx_"),
        source=body.source,
        source_id=body.source_id,
        reason=body.reason,
    )
    return Decision((adjusted,))
