"""A transaction of a card as lists show it, and those of points that go from card to card."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import structs

from engine.balances.body import balance_body
from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.vouchers.simple_body import simple_voucher_body
from schemas.base import Millis
from schemas.points import PointsTransferred
from schemas.vouchers import Voucher


class Transaction(NamedTuple):
    """One change of a card's balance."""

    id: str
    voucher_id: str
    #: Empty for a card of no campaign.
    campaign_id: str
    #: What lists show.
    body: Body


def book_transaction(
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
    """What was added to a card, which is as it is after it, or taken off."""
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


def transfer_transactions(event: PointsTransferred, at: Millis) -> Iterator[Transaction]:
    """One of each card that gives, each followed by that of the card which gets it."""
    for move in event.moves:
        details = {
            "source_voucher": simple_voucher_body(move.origin),
            "destination_voucher": simple_voucher_body(move.destination),
        }
        sides = (
            (move.origin, move.out_id, "TRANSFER_OUT", -move.points, move.in_id),
            (move.destination, move.in_id, "TRANSFER_IN", move.points, move.out_id),
        )
        for card, transaction_id, kind, points, related in sides:
            yield book_transaction(
                card,
                transaction_id,
                kind,
                points,
                at,
                source=event.source,
                source_id=move.source_id,
                reason=move.reason,
                related=related,
                details=details,
                operation="MANUAL",
            )


def with_points(voucher: Voucher, points: int) -> Voucher:
    """A card with so many points more than it has."""
    card = voucher.loyalty_card
    if card is None or not points:
        return voucher
    more = structs.replace(card, balance=card.balance + points)
    return structs.replace(voucher, loyalty_card=more)
