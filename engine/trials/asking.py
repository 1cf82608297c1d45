"""Who tries a cart: the customer as a request would make it known, in a state of the try's own."""

from engine.customers.know import know_customer
from engine.evaluation.evaluate import Asker
from engine.evolve import fold_event
from engine.kernel.decision import Decision
from engine.kernel.state import State
from engine.orders.calculation import order_of
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.trials import Cart


def find_asker(state: State, command: Command, cart: Cart, now: Millis) -> Asker | Refusal:
    """Who asks, with what the cart says of the customer; the state knows it from then on.

    Refuses what is wrong with the cart, its order included.
    """
    known = know_customer(state, command, cart.customer, now)
    if isinstance(known, Refusal):
        return known
    for event in known.events:
        fold_event(state, event, now)
    asker = Asker.of(command, known.customer)
    order = order_of(state, cart.order, asker.customer_id, asker.key_kind)
    return order if isinstance(order, Refusal) else asker


def fold_decision(state: State, decision: Decision | Refusal, now: Millis) -> Refusal | None:
    """Changes the state as the decision says; else why it would be refused."""
    if isinstance(decision, Refusal):
        return decision
    for event in decision.events:
        fold_event(state, event, now)
    return decision.refusal
