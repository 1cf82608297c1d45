"""What a customer's feed shows of the points of the cards that the customer holds."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from engine.answers.transactions import transactions_of
from engine.kernel.encode import Body
from engine.points.body import buckets_body
from engine.vouchers.simple_body import campaign_of_voucher_body, simple_voucher_body
from schemas.balances import BalanceAdjusted
from schemas.points import PointsExpired, PointsTransferred
from schemas.vouchers import Voucher

#: Of a transfer.
_SIDES: Final = ("source_voucher", "destination_voucher")


class OfCard(NamedTuple):
    """What happened to a card: what it is called, and its data."""

    card: Voucher
    name: str
    data: Body


def points_added(event: BalanceAdjusted) -> Iterable[OfCard]:
    """Points that were added by hand; what comes to a gift card is in no feed."""
    card = event.voucher
    if card.loyalty_card is None or event.amount < 0:
        return ()
    return _of_cards("points_added", event, (card,), {})


def points_expired(event: PointsExpired) -> Iterable[OfCard]:
    """Points that are over, and the buckets that they were in."""
    shown: Body = {"points": event.points, "buckets": buckets_body(event.buckets)}
    return _of_cards("points_expired", event, (event.voucher,), shown)


def points_transferred(event: PointsTransferred) -> Iterable[OfCard]:
    """For whoever gave and for whoever got them."""
    cards = tuple(card for move in event.moves for card in (move.origin, move.destination))
    return _of_cards("points_transferred", event, cards, {})


def _of_cards(
    became: str,
    event: BalanceAdjusted | PointsExpired | PointsTransferred,
    cards: tuple[Voucher, ...],
    shown: Body,
) -> Iterator[OfCard]:
    """One entry for each transaction of these cards."""
    # the card is as of the record
    booked = transactions_of(event, event.voucher.updated_at or event.voucher.created_at)
    for card, transaction in zip(cards, booked, strict=True):
        details = transaction.body["details"]
        data: Body = {
            "campaign": campaign_of_voucher_body(card),
            "voucher": simple_voucher_body(card),
            **{name: details[name] for name in _SIDES if name in details},
            "balance": details["balance"],
            **shown,
            "transaction": transaction.body,
        }
        yield OfCard(card, f"customer.voucher.loyalty_card.{became}", data)
