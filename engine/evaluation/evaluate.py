"""What a request would do, were it redeemed now. It changes nothing; `decide` builds on it.

An `Application` is one pass over the offers of a request. The stacking (engine/evaluation/stacking.py) calls it
for one after the other: own terms first, then rules, then what it takes; it refuses, or takes from
the basket and says what it took.
"""

from functools import partial
from typing import NamedTuple

from msgspec import structs

from engine.counters.pending import Pending, scopes_of
from engine.evaluation.circumstances import Circumstances, facts_of
from engine.evaluation.dynamic import Resolved, is_by_line, is_dynamic, resolved, taken_by_line
from engine.evaluation.eligibility import Context, refusal_of
from engine.evaluation.offers import Offer, impossible, offers_of
from engine.evaluation.outcomes import fail_all, inapplicable, left_out, shown
from engine.evaluation.skips import without_effect
from engine.evaluation.stacking import on_initial, sequence_of, stack
from engine.kernel.lookup import NOTHING_HELD, Held, held_by_others
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.orders.calculation import order_of
from engine.pricing import discounts
from engine.pricing.basket import Basket
from engine.pricing.discounts import Terms
from engine.pricing.scope import Scope
from engine.products.find import find_item
from engine.rewards.payment import Payment, payment_of, points_for, worth
from engine.rules.bundles import bundle_shown
from engine.rules.facts import Facts, Identities
from engine.rules.items import items_shown, scope_of
from engine.rules.refusals import exceeded, used_up, violated
from engine.rules.units import units_taken
from engine.stacking_rules.decide import stacking_rules
from schemas.api import Redeemable
from schemas.base import Millis
from schemas.commands import Command
from schemas.customers import Customer
from schemas.errors import Refusal
from schemas.evaluations import Evaluation, Outcome, RequestContext, Taken
from schemas.orders import Order
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
        zone=zone_of(view),
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


class Application:
    """One pass: the order as the offers so far left it."""

    __slots__ = ("_at", "_identities", "_pending", "basket")

    def __init__(self, at: Circumstances) -> None:
        self._at = at
        self._pending = Pending()
        self._identities: Identities = {}
        self.basket = None if at.order is None else Basket(at.order)

    def __call__(self, offer: Offer) -> Outcome:
        """What becomes of the offer; where it applies, the basket is as it left it."""
        at = self._at
        outcome = inapplicable(offer.asked, offer.missing) if offer.missing else self._try(offer)
        if outcome.taken is not None:
            if self.basket is not None:
                self.basket.take(outcome.taken)
            scopes = scopes_of(offer.voucher, offer.tier)
            self._pending.add(scopes, outcome.taken, outcome.units)
        return shown(outcome, offer, at.rules)

    def order(self) -> Order | None:
        """The order after all offers so far."""
        return None if self.basket is None else self.basket.order()

    def _try(self, offer: Offer) -> Outcome:
        at = self._at
        payment = payment_of(at.view, offer.asked)
        if isinstance(payment, Refusal):
            return inapplicable(offer.asked, payment)
        held = self._held(offer)
        refusal = refusal_of(self._context(offer, held, payment))
        if refusal is not None:
            return inapplicable(offer.asked, refusal)
        needs_facts = offer.rules or (offer.discount is not None and is_dynamic(offer.discount))
        facts = self._facts(offer) if needs_facts else None
        if facts is not None:
            refusal = violated(offer.rules, facts, _kind(offer))
            if refusal is not None:
                bundle = bundle_shown(offer.rules, facts)
                return structs.replace(inapplicable(offer.asked, refusal), bundle=bundle)
        scope = None if facts is None else scope_of(offer.rules, facts)
        return self._taking(offer, facts, scope, held, payment)

    def _taking(
        self,
        offer: Offer,
        facts: Facts | None,
        scope: Scope | None,
        held: Held,
        payment: Payment | None,
    ) -> Outcome:
        rules = self._at.rules
        worked = None if offer.discount is None else resolved(offer.discount, facts)
        taken = self._taken(offer, worked, scope, facts, held, payment)
        scoped = scope if _is_scoped(offer, worked, scope) else None
        if facts is not None:
            facts.taken = taken
            short = None if scoped is None else scoped.short
            refusal = None if short is None else used_up(short, facts, _kind(offer))
            refusal = refusal or exceeded(offer.rules, facts, _kind(offer))
            if refusal is not None:
                return inapplicable(offer.asked, refusal)
        skip = None if _has_effect(taken) else without_effect(offer.categories, rules)
        if skip is not None:
            return left_out(offer, skip, rules)
        outcome = Outcome(
            object=offer.asked.object,
            id=offer.asked.id,
            status="APPLICABLE",
            taken=taken,
            units=() if self.basket is None else units_taken(scoped, self.basket, taken),
            reward_id=None if payment is None else payment.reward.id,
            reward_name="" if payment is None else payment.reward.name,
        )
        if worked is not None:
            outcome = _as_worked(outcome, offer, worked, scope)
        if facts is None:
            return outcome
        inside, outside = items_shown(offer.rules, facts)
        return structs.replace(
            outcome,
            applicable_to=inside,
            inapplicable_to=outside,
            bundle=bundle_shown(offer.rules, facts),
        )

    def _taken(
        self,
        offer: Offer,
        worked: Resolved | None,
        scope: Scope | None,
        facts: Facts | None,
        held: Held,
        payment: Payment | None,
    ) -> Taken:
        at, basket, voucher = self._at, self.basket, offer.voucher
        if basket is None:
            return Taken()
        terms = Terms(
            initial=on_initial(offer, at.rules),
            once=at.rules.redeemables_products_application_mode == "ONCE",
            price_of=partial(find_item, at.view),
        )
        discount = offer.discount
        if discount is not None and facts is not None and is_by_line(discount):
            return taken_by_line(discount, basket, scope, terms, facts)
        if worked is not None:
            return discounts.taken(worked.discount, basket, scope, terms)
        assert voucher is not None
        if voucher.gift is not None:
            asked = None if offer.asked.gift is None else offer.asked.gift.credits
            available = voucher.gift.balance - held.credits
            credits = discounts.gift_credits(asked, available, basket.left or 0)
            taken = discounts.paid_with(credits, voucher.gift.effect, basket, scope, terms)
            return structs.replace(taken, credits=taken.total)
        assert voucher.loyalty_card is not None
        assert payment is not None
        available = voucher.loyalty_card.balance - held.points
        points = available if payment.points is None else payment.points
        amount = min(worth(payment.reward, points), basket.left or 0)
        return Taken(order=amount, points=points_for(payment.reward, amount))

    def _facts(self, offer: Offer) -> Facts:
        return facts_of(self._at, offer, self.basket, self._pending, self._identities)

    def _held(self, offer: Offer) -> Held:
        if offer.voucher is None:
            return NOTHING_HELD
        return held_by_others(self._at.view, offer.voucher, self._at.own_session, self._at.now)

    def _context(self, offer: Offer, held: Held, payment: Payment | None) -> Context:
        bound = offer.voucher or offer.tier
        assert bound is not None
        credits = None if offer.asked.gift is None else offer.asked.gift.credits
        at = self._at
        return Context(bound, at.now, held, credits, self.basket, offer.campaign, payment, at.zone)


def _as_worked(outcome: Outcome, offer: Offer, worked: Resolved, scope: Scope | None) -> Outcome:
    """The outcome with the discount as it worked, where that is not how it is defined."""
    discount = offer.discount
    assert discount is not None
    by_line = is_by_line(discount)
    found = worked.discount
    effect = "APPLY_TO_ITEMS" if by_line else discounts.effect_of(discount, scope)
    if discount.effect is None and effect != discounts.effect_of(discount, None):
        found = structs.replace(found, effect=effect)
    return structs.replace(
        outcome,
        worked=None if found == discount else found,
        dynamic=worked.dynamic or by_line,
    )


def _is_scoped(offer: Offer, worked: Resolved | None, scope: Scope | None) -> bool:
    """Whether what the offer takes depends on the items that its rules name."""
    if worked is None:
        assert offer.voucher is not None
        gift = offer.voucher.gift
        return gift is not None and gift.effect != "APPLY_TO_ORDER"
    return discounts.is_scoped(discounts.effect_of(worked.discount, scope))


def _kind(offer: Offer) -> str:
    """What the offer is called in the details of a refusal. Source: the API contract, section 4."""
    voucher = offer.voucher
    if voucher is None:
        return "Promotion Tier"
    if voucher.gift is not None:
        return "Gift Card"
    return "Loyalty Card" if voucher.loyalty_card is not None else "Discount Coupon"


def _has_effect(taken: Taken) -> bool:
    return bool(taken.order or taken.items)
