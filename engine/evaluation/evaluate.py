"""What a request would do, were it redeemed now. It changes nothing; `decide` builds on it."""

from typing import NamedTuple

from engine.evaluation.application import Application, Circumstances
from engine.evaluation.offers import Offer, impossible, offers_of
from engine.evaluation.stacking import fail_all, sequence_of, stack
from engine.kernel.state import View
from engine.orders.calculation import order_of
from engine.stacking_rules.decide import stacking_rules
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.commands import Command
from schemas.customers import Customer
from schemas.errors import Refusal
from schemas.evaluations import Evaluation, RequestContext
from schemas.projects import KeyKind
from schemas.stacking import DEFAULTS, StackingRules


class Asker(NamedTuple):
    """Who asks: the customer, as known with what the request says, and the key."""

    customer: Customer | None
    key_kind: KeyKind
    #: The key's public id.
    key_id: str = ""

    @classmethod
    def of(cls, command: Command, customer: Customer | None) -> "Asker":
        """Whoever sent the command, for this customer."""
        return cls(customer, command.key_kind, command.channel_id)

    @property
    def customer_id(self) -> str | None:
        """The customer's id."""
        return None if self.customer is None else self.customer.id


class Asked(NamedTuple):
    """The redeemables of a request, as found."""

    offers: list[Offer]
    #: The rules that they are stacked under.
    rules: StackingRules
    #: Why they cannot stand in one request.
    refusal: Refusal | None

    @classmethod
    def of(cls, view: View, redeemables: tuple[Redeemable, ...]) -> "Asked":
        """What the redeemables stand for."""
        rules, offers = stacking_rules(view), offers_of(view, redeemables)
        return cls(offers, rules, impossible(offers, redeemables, rules))


def evaluate_for(view: View, request: RequestContext, asker: Asker, now: Millis) -> Evaluation:
    """The outcome of every redeemable and the order after all of them.

    What is wrong with the request as a whole fails its first redeemable, in this order: too many,
    the same redeemable twice, a stack beside others, an unknown or impossible order.
    """
    asked = Asked.of(view, request.redeemables)
    if asked.refusal is not None:
        return fail_all(request.redeemables, asked.refusal)
    return evaluate_asked(view, request, asked, asker, now)


def evaluate_asked(
    view: View, request: RequestContext, asked: "Asked", asker: Asker, now: Millis
) -> Evaluation:
    """As `evaluate_for`, of redeemables that can stand in one request."""
    order = order_of(view, request.order, asker.customer_id, asker.key_kind)
    if isinstance(order, Refusal):
        return fail_all(request.redeemables, order)
    at = Circumstances(
        view,
        asked.rules,
        now,
        order,
        asker.customer,
        request.metadata,
        asker.key_id,
        None if request.session is None else request.session.key,
    )
    return evaluated(at, asked.offers)


def evaluated(at: Circumstances, offers: list[Offer]) -> Evaluation:
    """The outcome of every offer, and the order after all of them."""
    passes: list[Application] = []

    def begin() -> Application:
        passes.append(Application(at))
        return passes[-1]

    outcomes = stack(offers, at.rules, begin)
    if at.rules is DEFAULTS:
        return Evaluation(outcomes=outcomes, order=passes[-1].order())
    sequence = sequence_of(offers, at.rules)
    moved = sequence != list(range(len(offers)))
    return Evaluation(
        outcomes=outcomes,
        order=passes[-1].order(),
        stacking=None if at.rules == DEFAULTS else at.rules,
        sequence=tuple(sequence) if moved else (),
    )
