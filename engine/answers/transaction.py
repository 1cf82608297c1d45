"""One transaction: a change of a card's balance, as lists show it."""

from typing import NamedTuple

from engine.balances.body import balance_body
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from schemas.base import Millis
from schemas.vouchers import Voucher


class Transaction(NamedTuple):
    """One change of a card's balance."""

    id: str
    voucher_id: str
    #: Empty for a card of no campaign.
    campaign_id: str
    #: What lists show.
    body: Body


def transaction_of(
    voucher: Voucher,
    transaction_id: str,
    kind: str,
    amount: int,
    at: Millis,
    *,
    source: str | None = None,
    source_id: str | None = None,
    reason: str | None = None,
    related: str | None = None,
    details: Body | None = None,
    operation: str = "AUTOMATIC",
) -> Transaction:
    """The transaction by which a card has so much more, or, below 0, less."""
    balance = balance_body(voucher, amount, operation=operation)
    body: Body = {
        "id": transaction_id,
        "source_id": source_id,
        "voucher_id": voucher.id,
        "campaign_id": voucher.campaign_id,
        "source": source,
        "reason": reason,
        "type": f"{'CREDITS' if voucher.loyalty_card is None else 'POINTS'}_{kind}",
        "details": {"balance": balance, **(details or {})},
        "related_transaction_id": related,
        "created_at": iso(at),
    }
    return Transaction(transaction_id, voucher.id, voucher.campaign_id or "", body)
