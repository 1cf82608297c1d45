"""What feeds show of the cards that customers hold: what was added to them, moved, and expired."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.told import NOTHING, Told
from engine.answers.transactions import transactions_of
from engine.kernel.encode import Body
from engine.points.body import buckets_body
from engine.vouchers.simple_body import campaign_of_voucher_body, simple_voucher_body
from schemas.balances import BalanceAdjusted
from schemas.points import PointsExpired, PointsTransferred
from schemas.vouchers import Voucher

#: Of a transfer.
_SIDES: Final = ("source_voucher", "destination_voucher")


def _balance_adjusted(event: BalanceAdjusted) -> Iterable[Told]:
    """What was added; the contract has no name for what was taken off."""
    card = event.voucher
    if event.amount < 0:
        return ()
    added = "gift.balance" if card.loyalty_card is None else "loyalty_card.points"
    return _of_cards(f"{added}_added", event, (card,))


def _points_expired(event: PointsExpired) -> Iterable[Told]:
    shown: Body = {"points": event.points, "buckets": buckets_body(event.buckets)}
    return _of_cards("loyalty_card.points_expired", event, (event.voucher,), shown)


def _points_transferred(event: PointsTransferred) -> Iterable[Told]:
    """For whoever gave and for whoever got them."""
    cards = tuple(card for move in event.moves for card in (move.origin, move.destination))
    return _of_cards("loyalty_card.points_transferred", event, cards)


def _of_cards(
    became: str,
    event: BalanceAdjusted | PointsExpired | PointsTransferred,
    cards: tuple[Voucher, ...],
    shown: Body = NOTHING,
) -> Iterator[Told]:
    """One entry for each transaction of these cards, for whoever holds the card."""
    # the card is as of the record
    booked = transactions_of(event, event.voucher.updated_at or event.voucher.created_at)
    for card, transaction in zip(cards, booked, strict=True):
        details = transaction.body["details"]
        data: Body = {
            "voucher": simple_voucher_body(card),
            **{name: details[name] for name in _SIDES if name in details},
            "balance": details["balance"],
            **shown,
            "transaction": transaction.body,
        }
        campaign = campaign_of_voucher_body(card)
        if campaign is not None:
            data["campaign"] = campaign
        yield Told(card.holder_id, f"customer.voucher.{became}", data, card)


#: What each event tells.
TELLS: Final[Mapping[type[Any], Callable[[Any], Iterable[Told]]]] = MappingProxyType(
    {
        BalanceAdjusted: _balance_adjusted,
        PointsExpired: _points_expired,
        PointsTransferred: _points_transferred,
    }
)
