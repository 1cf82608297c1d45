"""What webhooks are told of cards: their balances, their points, and their transactions."""

from typing import Final

from engine.answers.hook_payload import Told
from engine.answers.transactions import transactions_of
from engine.points.body import buckets_body
from engine.vouchers.body import voucher_body
from schemas.balances import BalanceAdjusted
from schemas.events import Event
from schemas.points import PointsExpired, PointsExpiring
from schemas.records import Decided

#: By whether they are of points.
_TRANSACTIONS: Final = {
    False: "voucher.gift.transaction.created",
    True: "voucher.loyalty_card.transaction.created",
}


def tell_transactions(event: Event, record: Decided) -> Told:
    """The transactions of one event of the record."""
    for transaction in transactions_of(event, record.at):
        name = _TRANSACTIONS[transaction.body["type"].startswith("POINTS")]
        yield name, {"transaction": transaction.body}


def tell_balance(event: BalanceAdjusted, record: Decided) -> Told:
    """The contract knows one name, whether something comes or goes; the amount says which."""
    card = event.voucher.loyalty_card
    yield (
        "voucher.gift.balance_aded" if card is None else "voucher.loyalty_card.points_aded",
        {
            "voucher": voucher_body(event.voucher, record.assignments, record.categories),
            "balance": {"amount": event.amount},
        },
    )
    yield from tell_transactions(event, record)


def tell_points_expired(event: PointsExpired, record: Decided) -> Told:
    """Points that are over, with their transaction."""
    voucher = voucher_body(event.voucher, record.assignments, record.categories)
    points = {"points": event.points}
    yield "voucher.loyalty_card.points_expired", {"voucher": voucher, **points}
    yield from tell_transactions(event, record)


def tell_points_expiring(event: PointsExpiring, record: Decided) -> Told:
    """Points that are over soon, and what of them when; a name that the contract does not know."""
    yield (
        "voucher.loyalty_card.points_expiring",
        {
            "voucher": voucher_body(event.voucher, record.assignments, record.categories),
            "points": event.points,
            "buckets": buckets_body(event.buckets),
        },
    )
