"""What webhooks are told of redemptions, rollbacks and the balances of cards."""

from typing import Final

from engine.answers.hook_payload import Told
from engine.answers.transactions import transactions_of
from engine.customers.body import customer_of, simple_customer_body
from engine.redemptions.common_body import Recorded
from engine.redemptions.history_rows import redemption_bodies
from engine.redemptions.reward_body import taken_reward_body
from schemas.events import Event
from schemas.records import Decided
from schemas.redemptions import RedemptionSucceeded

#: By whether they are of points.
_TRANSACTIONS: Final = {
    False: "voucher.gift.transaction.created",
    True: "voucher.loyalty_card.transaction.created",
}
#: By what is shown and whether it came about: the event's name, and what its data calls it.
_REDEMPTIONS: Final = {
    ("redemption", True): ("redemption.succeeded", "redemption"),
    ("redemption", False): ("redemption.failed", "redemption"),
    ("redemption_rollback", True): ("redemption.rollback.succeeded", "redemption_rollback"),
    ("redemption_rollback", False): ("redemption.rollback.failed", "redemption_rollback"),
}


def tell_redemption(event: Recorded, record: Decided) -> Told:
    """Each redemption or rollback, children first, then their parent."""
    customer = customer_of(record)
    shown = simple_customer_body(customer) if customer else None
    for body in redemption_bodies(event, record.at, record.assignments):
        name, member = _REDEMPTIONS[body["object"], body["result"] != "FAILURE"]
        yield name, {member: body | {"customer": shown}}
    yield from tell_transactions(event, record)


def tell_success(event: RedemptionSucceeded, record: Decided) -> Told:
    """Each redemption, and what customers got for points."""
    yield from tell_redemption(event, record)
    customer = customer_of(record)
    shown = simple_customer_body(customer) if customer else None
    for outcome in event.evaluation.outcomes:
        if outcome.reward is not None:
            reward = taken_reward_body(outcome.reward, customer, record.assignments)
            yield "customer.rewarded", {"customer": shown, "reward": reward}


def tell_transactions(event: Event, record: Decided) -> Told:
    """Each change of a card's balance."""
    for transaction in transactions_of(event, record.at):
        name = _TRANSACTIONS[transaction.body["type"].startswith("POINTS")]
        yield name, {"transaction": transaction.body}
