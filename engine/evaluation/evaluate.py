"""What a request would do, were it redeemed now. It changes nothing; `decide` builds on it.

An `Application` is one pass over the offers of a request. The stacking (stacking.py) calls it for
one after the other: own terms, then rules, then what it takes of the basket, or why it refuses.
"""

from functools import partial
from typing import NamedTuple

from msgspec import structs

from engine.counters.pending import Pending, tally_scopes_of
from engine.customers.sameness import same_as_referrer
from engine.evaluation.circumstances import Circumstances, facts_of
from engine.evaluation.context import Context
from engine.evaluation.dynamic import (
    ResolvedDiscount,
    as_worked,
    is_by_line,
    is_dynamic,
    is_scoped_offer,
    resolve_discount,
    take_by_line,
)
from engine.evaluation.eligibility import refusal_of
from engine.evaluation.offers import Offer, impossible_request, offers_of
from engine.evaluation.outcomes import (
    fail_all,
    inapplicable_outcome,
    left_out_outcome,
    with_shown_offer,
)
from engine.evaluation.rewarding import note_given, refusal_of_reward, with_rules_of_reward
from engine.evaluation.settled import with_settled_points
from engine.evaluation.skips import skip_without_effect
from engine.evaluation.stacking import is_on_initial_amount, sequence_of, stack_offers
from engine.evaluation.worked import has_effect, kind_of
from engine.kernel.lookup import NOTHING_HELD, SessionHolds, holds_of_others
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.loyalty_tiers.find import tier_of
from engine.orders.calculation import order_of
from engine.pricing import discounts
from engine.pricing.basket import Basket
from engine.pricing.discounts import Terms
from engine.pricing.scope import Scope
from engine.products.find import find_item
from engine.rewards.paid import Payment
from engine.rewards.payment import payment_of, points_for, worth_of_points
from engine.rules.bundles import bundle_shown
from engine.rules.facts import Facts, Identities
from engine.rules.items import items_shown, scope_of
from engine.rules.refusals import limit_used_up, refusal_after_taking, refusal_before_taking
from engine.rules.units import units_taken
from engine.stacking_rules.decide import find_stacking_rules
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
    #: The public id of the key, or the user's; and what rules call the user.
    key_id: str = ""
    login: str | None = None

    @classmethod
    def of(cls, command: Command, customer: Customer | None) -> "Asker":
        """Whoever sent the command, for this customer."""
        return cls(customer, command.key_kind, command.channel_id, command.login)

    @property
    def customer_id(self) -> str | None:
        return None if self.customer is None else self.customer.id


class FoundRedeemables(NamedTuple):
    """The redeemables of a request, as found."""

    offers: list[Offer]
    #: The rules that they are stacked under.
    stacking: StackingRules
    #: Why they cannot stand in one request.
    refusal: Refusal | None

    @classmethod
    def of(cls, view: View, redeemables: tuple[Redeemable, ...]) -> "FoundRedeemables":
        """What the redeemables stand for."""
        stacking, offers = find_stacking_rules(view), offers_of(view, redeemables)
        return cls(offers, stacking, impossible_request(offers, redeemables, stacking))


def evaluate_for(view: View, request: RequestContext, asker: Asker, now: Millis) -> Evaluation:
    """The outcome of every redeemable and the order after all of them.

    What is wrong with the request as a whole fails its first redeemable, in this order: too many,
    the same redeemable twice, a stack beside others, an unknown or impossible order.
    """
    asked = FoundRedeemables.of(view, request.redeemables)
    if asked.refusal is not None:
        return fail_all(request.redeemables, asked.refusal)
    return evaluate_found(view, request, asked, asker, now)


def evaluate_found(
    view: View, request: RequestContext, asked: "FoundRedeemables", asker: Asker, now: Millis
) -> Evaluation:
    """As `evaluate_for`, of redeemables that can stand in one request."""
    order = order_of(view, request.order, asker.customer_id, asker.key_kind)
    if isinstance(order, Refusal):
        return fail_all(request.redeemables, order)
    circumstances = Circumstances(
        view,
        asked.stacking,
        now,
        order,
        asker.customer,
        request.metadata,
        asker.key_id,
        None if request.session is None else request.session.key,
        zone=zone_of(view),
        login=asker.login,
    )
    return evaluate_offers(circumstances, asked.offers)


def evaluate_offers(circumstances: Circumstances, offers: list[Offer]) -> Evaluation:
    """The outcome of every offer, and the order after all of them."""
    passes: list[Application] = []

    def begin() -> Application:
        passes.append(Application(circumstances))
        return passes[-1]

    outcomes = stack_offers(offers, circumstances.stacking, begin)
    if circumstances.stacking is DEFAULTS:
        return Evaluation(outcomes=outcomes, order=passes[-1].order())
    sequence = sequence_of(offers, circumstances.stacking)
    moved = sequence != list(range(len(offers)))
    return Evaluation(
        outcomes=outcomes,
        order=passes[-1].order(),
        stacking=None if circumstances.stacking == DEFAULTS else circumstances.stacking,
        sequence=tuple(sequence) if moved else (),
    )


class Application:
    """One pass: the order as the offers so far left it."""

    __slots__ = ("_circumstances", "_given", "_identities", "_pending", "basket")

    def __init__(self, circumstances: Circumstances) -> None:
        self._circumstances = circumstances
        self._pending = Pending()
        #: How many of each reward, and of each campaign's codes, the offers so far get.
        self._given: dict[str, int] = {}
        self._identities: Identities = {}
        self.basket = None if circumstances.order is None else Basket(circumstances.order)

    def __call__(self, offer: Offer) -> Outcome:
        """What becomes of the offer; where it applies, the basket is as it left it."""
        circumstances = self._circumstances
        if offer.voucher is not None and offer.voucher.loyalty_card is not None:
            offer = with_settled_points(circumstances.view, offer, offer.voucher, circumstances.now)
        outcome = (
            inapplicable_outcome(offer.asked, offer.missing) if offer.missing else self._try(offer)
        )
        if outcome.taken is not None:
            if self.basket is not None:
                self.basket.take(outcome.taken)
            scopes = tally_scopes_of(offer.voucher, offer.tier)
            self._pending.add(scopes, outcome.taken, outcome.units)
        return with_shown_offer(outcome, offer, circumstances.stacking)

    def take_known(self, outcome: Outcome) -> None:
        """Takes what an offer before is known to take, without trying it again."""
        assert outcome.taken is not None
        if self.basket is not None:
            self.basket.take(outcome.taken)
        scopes = tally_scopes_of(outcome.voucher, outcome.tier)
        self._pending.add(scopes, outcome.taken, outcome.units)

    def order(self) -> Order | None:
        """The order after all offers so far."""
        return None if self.basket is None else self.basket.order()

    def _try(self, offer: Offer) -> Outcome:
        circumstances = self._circumstances
        payment = self._find_payment(offer)
        if isinstance(payment, Refusal):
            return inapplicable_outcome(offer.asked, payment)
        held = self._find_held(offer)
        refusal = refusal_of(self._context(offer, held, payment))
        if refusal is None and payment is not None:
            refusal = self._refusal_of_reward(offer, payment)
            offer = with_rules_of_reward(circumstances.view, offer, payment)
        if refusal is not None:
            return inapplicable_outcome(offer.asked, refusal)
        needs_facts = offer.rules or (offer.discount is not None and is_dynamic(offer.discount))
        facts = self._facts(offer) if needs_facts else None
        if facts is not None:
            refusal = refusal_before_taking(offer.rules, facts, kind_of(offer))
            if refusal is not None:
                bundle = bundle_shown(offer.rules, facts)
                return structs.replace(inapplicable_outcome(offer.asked, refusal), bundle=bundle)
        scope = None if facts is None else scope_of(offer.rules, facts)
        return self._apply(offer, facts, scope, held, payment)

    def _apply(
        self,
        offer: Offer,
        facts: Facts | None,
        scope: Scope | None,
        held: SessionHolds,
        payment: Payment | None,
    ) -> Outcome:
        stacking = self._circumstances.stacking
        worked = None if offer.discount is None else resolve_discount(offer.discount, facts)
        taken = self._take(offer, worked, scope, facts, held, payment)
        scoped = scope if scope is not None and is_scoped_offer(offer, worked, scope) else None
        if facts is not None:
            facts.taken = taken
            short = None if scoped is None else scoped.short
            refusal = None if short is None else limit_used_up(short, facts, kind_of(offer))
            refusal = refusal or refusal_after_taking(offer.rules, facts, kind_of(offer))
            if refusal is not None:
                return inapplicable_outcome(offer.asked, refusal)
        skip = (
            None if has_effect(taken, payment) else skip_without_effect(offer.categories, stacking)
        )
        if skip is not None:
            return left_out_outcome(offer, skip, stacking)
        outcome = Outcome(
            object=offer.asked.object,
            id=offer.asked.id,
            status="APPLICABLE",
            taken=taken,
            units=() if self.basket is None else units_taken(scoped, self.basket, taken),
            reward_id=None if payment is None else payment.reward.id,
            reward_name="" if payment is None else payment.reward.name,
            assignment_id=None if payment is None else payment.assignment_id,
            loyalty_tier_id=None if payment is None else payment.tier_id,
        )
        if payment is not None:
            note_given(self._given, payment)
        if facts is None:  # then everything works as it is defined
            return outcome
        if worked is not None:
            outcome = as_worked(outcome, offer, worked, scope)
        inside, outside = items_shown(offer.rules, facts)
        return structs.replace(
            outcome,
            applicable_to=inside,
            inapplicable_to=outside,
            bundle=bundle_shown(offer.rules, facts),
        )

    def _take(
        self,
        offer: Offer,
        worked: ResolvedDiscount | None,
        scope: Scope | None,
        facts: Facts | None,
        held: SessionHolds,
        payment: Payment | None,
    ) -> Taken:
        circumstances, basket, voucher = self._circumstances, self.basket, offer.voucher
        if payment is not None and not payment.pays_order:
            return Taken(points=payment.points)
        # a tier may have no discount
        if basket is None or (voucher is None and worked is None):
            return Taken()
        terms = Terms(
            initial=is_on_initial_amount(offer, circumstances.stacking),
            once=circumstances.stacking.redeemables_products_application_mode == "ONCE",
            price_of=partial(find_item, circumstances.view),
        )
        discount = offer.discount
        if discount is not None and facts is not None and is_by_line(discount):
            return take_by_line(discount, basket, scope, terms, facts)
        if worked is not None:
            return discounts.take_discount(worked.discount, basket, scope, terms)
        assert voucher is not None
        if voucher.gift is not None:
            asked = None if offer.asked.gift is None else offer.asked.gift.credits
            available = voucher.gift.balance - held.credits
            credits = discounts.gift_credits(asked, available, basket.left or 0)
            taken = discounts.take_payment(credits, voucher.gift.effect, basket, scope, terms)
            return structs.replace(taken, credits=taken.total)
        assert voucher.loyalty_card is not None
        assert payment is not None
        available = voucher.loyalty_card.balance - held.points
        points = available if payment.points is None else payment.points
        amount = min(worth_of_points(payment.reward, points), basket.left or 0)
        return Taken(order=amount, points=points_for(payment.reward, amount))

    def _find_payment(self, offer: Offer) -> Payment | Refusal | None:
        if offer.asked.reward is None:
            return None
        view, voucher = self._circumstances.view, offer.voucher
        tier = None if voucher is None else tier_of(view, voucher.id, self._circumstances.now)
        return payment_of(view, offer.asked, voucher, tier)

    def _refusal_of_reward(self, offer: Offer, payment: Payment) -> Refusal | None:
        view, now, customer = (
            self._circumstances.view,
            self._circumstances.now,
            self._circumstances.customer,
        )
        asker_id = None if customer is None else customer.id
        return refusal_of_reward(view, offer, payment, self._given, asker_id, now)

    def _facts(self, offer: Offer) -> Facts:
        return facts_of(self._circumstances, offer, self.basket, self._pending, self._identities)

    def _find_held(self, offer: Offer) -> SessionHolds:
        if offer.voucher is None:
            return NOTHING_HELD
        known = self._circumstances
        return holds_of_others(known.view, offer.voucher, known.own_session, known.now)

    def _context(self, offer: Offer, held: SessionHolds, payment: Payment | None) -> Context:
        bound = offer.voucher or offer.tier
        assert bound is not None
        credits = None if offer.asked.gift is None else offer.asked.gift.credits
        return Context(
            bound,
            self._circumstances.now,
            held,
            credits,
            self.basket,
            offer.campaign,
            payment,
            self._circumstances.zone,
            same_as_referrer(self._circumstances.view, offer.voucher, self._circumstances.customer),
        )
