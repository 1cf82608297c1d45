"""What webhooks are told of transactions of cards."""

from typing import Final

from engine.answers.hook_payload import Told
from engine.answers.transactions import transactions_of
from schemas.events import Event
from schemas.records import Decided

#: By whether they are of points.
_TRANSACTIONS: Final = {
    False: "voucher.gift.transaction.created",
    True: "voucher.loyalty_card.transaction.created",
}


def tell_transactions(event: Event, record: Decided) -> Told:
    """What an event changed of balances."""
    for each in transactions_of(event, record.at):
        name = _TRANSACTIONS["POINTS" in each.body["type"]]
        yield name, {"transaction": each.body}
