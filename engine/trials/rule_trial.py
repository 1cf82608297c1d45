"""A set of rules that nobody saved, asked of a cart: what becomes of each rule, and of the whole."""

from typing import Final

import msgspec

from engine.counters.pending import Pending
from engine.evaluation.circumstances import Circumstances, facts_of
from engine.evaluation.evaluate import Asker, evaluate_for
from engine.evaluation.offers import Offer, offers_of
from engine.kernel.state import State
from engine.kernel.zones import zone_of
from engine.orders.calculation import order_of
from engine.pricing.basket import Basket
from engine.rules.bundles import bundle_shown
from engine.rules.decide import new_validation_rule
from engine.rules.explain import explain_rules
from engine.rules.facts import Facts
from engine.rules.items import items_shown
from engine.rules.refusals import refusal_key_of, violations
from engine.stacking_rules.decide import find_stacking_rules
from engine.trials.asking import find_asker
from engine.trials.results import RuleTrial
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.evaluations import RequestContext
from schemas.rules import CreateValidationRule
from schemas.trials import Cart

#: Stands for what the rules would bind, where nothing is named: it has no counts and no discount.
_NOTHING: Final = Offer(Redeemable("voucher", ""))


def try_rules(
    state: State,
    command: Command,
    body: CreateValidationRule,
    cart: Cart,
    redeemable: Redeemable | None,
    now: Millis,
) -> RuleTrial | Refusal:
    """Asks the set as it would be created; the state, which is the try's own, is changed.

    Counts and discount are those of the redeemable; without one, rules about them find nothing.
    """
    rule = new_validation_rule(state, command, body, now)
    if isinstance(rule, Refusal):
        return rule
    asker = find_asker(state, command, cart, now)
    if isinstance(asker, Refusal):
        return asker
    facts = _facts_of(state, asker, cart, redeemable, now)
    if isinstance(facts, Refusal):
        return facts
    rules = (rule,)
    failing = (*violations(rules, facts), *violations(rules, facts, after=True))
    failed = failing[0] if failing else None
    inside, outside = items_shown(rules, facts)
    return RuleTrial(
        rule,
        msgspec.json.decode(rule.definition).get("logic", ""),
        explain_rules(rule.definition, facts),
        failed,
        "" if failed is None else refusal_key_of(failed, facts),
        bundle_shown(rules, facts),
        inside,
        outside,
    )


def _facts_of(
    state: State, asker: Asker, cart: Cart, redeemable: Redeemable | None, now: Millis
) -> Facts | Refusal:
    """What the rules may look at."""
    order = order_of(state, cart.order, asker.customer_id, asker.key_kind)
    if isinstance(order, Refusal):
        return order
    offer, taken = _NOTHING, None
    if redeemable is not None:
        (offer,) = offers_of(state, (redeemable,))
        if offer.missing is not None:
            return offer.missing
        request = RequestContext((redeemable,), cart.order, metadata=cart.metadata)
        (outcome,) = evaluate_for(state, request, asker, now).outcomes
        taken = outcome.taken
    circumstances = Circumstances(
        state,
        find_stacking_rules(state),
        now,
        order,
        asker.customer,
        cart.metadata,
        asker.key_id,
        None,
        zone=zone_of(state),
    )
    facts = facts_of(circumstances, offer, None if order is None else Basket(order), Pending())
    facts.taken = taken
    return facts
