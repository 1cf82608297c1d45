"""Whether a candidate suits a request, and what it would do: each alone, on the order as it is.

A set of rules that is only about the request is asked once for each request, whatever it binds.
What a scenario does not ask for is left out (`narrowing.py`). Everything else is as in a
validation, budgets included, but for cards: one that has something left suits, be it that nobody
said what it is to pay for.

For the scenarios of products an offer has to be about items of the order: a set of its own demands
some, or names those that the discount is for; for those of discounts the latter. A set that names
such items wants one of them to be in the order.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from engine.counters.pending import Pending
from engine.customers.sameness import same_as_referrer
from engine.evaluation.circumstances import Circumstances, facts_of
from engine.evaluation.context import Context
from engine.evaluation.eligibility import left_refusal_of
from engine.evaluation.evaluate import evaluate_offers
from engine.evaluation.offers import Offer, offers_of, rules_of, tier_offer, voucher_offer
from engine.evaluation.outcomes import with_shown_offer
from engine.kernel import tables
from engine.kernel.lookup import categories_of, holds_of_others
from engine.kernel.remembered import remember_results
from engine.kernel.state import View
from engine.pricing.basket import Basket
from engine.qualification import narrowing
from engine.qualification.candidates import Candidate, Found
from engine.qualification.keys import is_about_items, names_entries
from engine.qualification.narrowing import About, narrow_rule, rules_in
from engine.rules.bundles import find_bundles, parse_bundle
from engine.rules.compile import compile_rules
from engine.rules.facts import Meant
from engine.rules.line_names import flat_name, is_of_items
from engine.rules.matching import match_of
from engine.rules.refs import Ref
from engine.rules.refusals import violations
from schemas.api import Redeemable
from schemas.campaigns import Campaign
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.orders import OrderItem
from schemas.products import CatalogItem
from schemas.qualifications import Scenario
from schemas.rules import ValidationRule
from schemas.vouchers import Voucher

_ABOUT: Final[Mapping[Scenario, About]] = MappingProxyType(
    {
        "AUDIENCE_ONLY": "customer",
        "PRODUCTS": "items",
        "PRODUCTS_DISCOUNT": "items",
        "PRODUCTS_BY_CUSTOMER": "both",
        "PRODUCTS_DISCOUNT_BY_CUSTOMER": "both",
    }
)
_OF_ITEMS: Final = frozenset(
    {
        "PRODUCTS",
        "PRODUCTS_DISCOUNT",
        "PRODUCTS_BY_CUSTOMER",
        "PRODUCTS_DISCOUNT_BY_CUSTOMER",
    }
)
_OF_DISCOUNT: Final = frozenset({"PRODUCTS_DISCOUNT", "PRODUCTS_DISCOUNT_BY_CUSTOMER"})
#: Names that are the same for every offer of a request, beside those of customer, order and lines;
#: in their older spelling.
_OF_REQUEST: Final = frozenset(
    {"redemption_metadata", "redemption_api_key", "redemption_user_login", "redemption_date"}
)


class Suiting(NamedTuple):
    """A candidate that suits, and what it would do."""

    candidate: Candidate
    evaluation: Evaluation

    @property
    def taken(self) -> int:
        """What it would take from the order, in minor units."""
        return sum((each.taken or Taken()).total for each in self.evaluation.applied)


class Trial:
    """Tries candidates on one request."""

    def __init__(self, circumstances: Circumstances, scenario: Scenario) -> None:
        self.circumstances = circumstances = circumstances._replace(
            lookups=circumstances.lookups._replace(
                find_meant_item=_remember_items(circumstances.lookups.find_meant_item)
            )
        )
        self.scenario = scenario
        self._about = _ABOUT.get(scenario)
        self._basket = None if circumstances.order is None else Basket(circumstances.order)
        #: What is the same for every offer.
        self.facts = facts_of(
            circumstances, Offer(Redeemable("voucher", "")), self._basket, Pending()
        )
        self._narrowed: dict[str, ValidationRule] = {}
        self._met: dict[str, bool] = {}

    def can_be_met(self, rule_id: str) -> bool:
        """Whether the request may meet the set; one that is gone binds nothing."""
        rule = self.circumstances.view.get(tables.RULES, rule_id)
        return rule is None or self._can_meet(rule)

    def left_out(self, rule_id: str) -> tuple[str, ...]:
        """The names of a set's rules that the scenario does not ask for."""
        rule = self.circumstances.view.get(tables.RULES, rule_id)
        return () if rule is None else narrowing.left_out_names(rule, self._about)

    def candidate(self, found: Found) -> Candidate | None:
        """What was found, unless it is gone or not to be had."""
        view = self.circumstances.view
        if found.kind == "promotion_tier":
            tier = view.get(tables.TIERS, found.id)
            if tier is None:
                return None
            offer = tier_offer(view, Redeemable("promotion_tier", tier.id), tier)
            return _unless_missing(Candidate(found, tier.created_at, tier.metadata, [offer]))
        if found.kind == "campaign":
            campaign = view.get(tables.CAMPAIGNS, found.id)
            return None if campaign is None else self._of_campaign(found, campaign)
        if found.kind == "promotion_stack":
            stack = view.get(tables.STACKS, found.id)
            if stack is None:
                return None
            offers = offers_of(view, (Redeemable("promotion_stack", stack.id),))
            return _unless_missing(Candidate(found, stack.created_at, {}, offers, stack=stack))
        voucher = view.get(tables.VOUCHERS, found.id)
        if voucher is None:
            return None
        offer = voucher_offer(view, Redeemable("voucher", voucher.code), voucher)
        if voucher.campaign_id is not None and offer.campaign is None:
            return None
        return Candidate(found, voucher.created_at, voucher.metadata, [offer])

    def suiting(self, candidate: Candidate) -> Suiting | None:
        """What the candidate would do; None: it does not suit."""
        offers = [self._as_asked(each) for each in candidate.offers]
        if not all(self._may_apply(each) for each in offers):
            return None
        [first, *others] = offers
        if not others and self._is_card_without_payment(first):
            evaluation = self._card(first)
        else:
            evaluation = evaluate_offers(self.circumstances, offers)
        return Suiting(candidate, evaluation) if evaluation.valid else None

    def _of_campaign(self, found: Found, campaign: Campaign) -> Candidate | None:
        """A campaign stands for a voucher that the customer would be given."""
        template, customer = campaign.voucher, self.circumstances.customer
        view = self.circumstances.view
        if template is None or campaign.deleted_at is not None:
            return None
        voucher = Voucher(
            id=campaign.id,
            code=campaign.id,
            type=template.type,
            created_at=campaign.created_at,
            discount=template.discount,
            gift=template.gift,
            campaign=campaign.name,
            campaign_id=campaign.id,
            category_id=campaign.category_id,
            metadata=campaign.metadata,
            quantity=template.quantity,
            holder_id=None if customer is None else customer.id,
        )
        offer = Offer(
            Redeemable("voucher", campaign.id),
            voucher=voucher,
            campaign=campaign,
            categories=categories_of(view, campaign.category_id),
            rules=rules_of(view, campaign.rule_ids),
        )
        return Candidate(found, campaign.created_at, campaign.metadata, [offer], campaign)

    def _as_asked(self, offer: Offer) -> Offer:
        """The offer with its sets narrowed to what the scenario asks for."""
        if self._about is None or not offer.rules:
            return offer
        return offer._replace(rules=tuple(map(self._narrow, offer.rules)))

    def _narrow(self, rule: ValidationRule) -> ValidationRule:
        if self._about is None:
            return rule
        found = self._narrowed.get(rule.id)
        if found is None:
            found = self._narrowed[rule.id] = narrow_rule(rule, self._about)
        return found

    def _may_apply(self, offer: Offer) -> bool:
        """Whether nothing that is quickly seen keeps it from applying; the rest is tried."""
        if offer.stack_id is not None:
            return True  # its sets may be about what those before it leave
        if self.scenario in _OF_ITEMS and not self._is_about_items(offer):
            return False
        return all(map(self._can_meet, offer.rules))

    def _can_meet(self, rule: ValidationRule) -> bool:
        met = self._met.get(rule.id)
        if met is None:
            met = self._met[rule.id] = self._meets(self._narrow(rule))
        return met

    def _meets(self, rule: ValidationRule) -> bool:
        facts = self.facts
        if is_of_request(rule.definition) and not compile_rules(rule.definition).holds(facts):
            return False
        bundle = None if rule.bundle is None else parse_bundle(rule.bundle)
        if bundle is not None and not find_bundles(bundle, facts).quantity:
            return False
        if self.scenario not in _OF_ITEMS or not names_entries(rule):
            return True
        matches = match_of(
            Ref(each.id, each.object, each.source_id) for each in rule.applicable_to.included
        )
        return any(matches(facts, line) for line in facts.lines)

    def _is_about_items(self, offer: Offer) -> bool:
        """Whether its own sets are, as the scenario wants it; of a tier not those of its campaign."""
        own = offer.tier.rule_ids if offer.tier is not None else None
        rules = [each for each in offer.rules if own is None or each.id in own]
        if self.scenario in _OF_DISCOUNT:
            return any(
                names_entries(each) or compile_rules(each.definition).applicable for each in rules
            )
        return any(map(is_about_items, rules))

    def _is_card_without_payment(self, offer: Offer) -> bool:
        voucher, basket = offer.voucher, self._basket
        if voucher is None or voucher.discount is not None:
            return False
        if voucher.gift is None or basket is None or basket.left is None:
            return True
        of_items = voucher.gift.effect == "APPLY_TO_ITEMS"
        return of_items and all(line.amount is None for line in basket.lines)

    def _card(self, offer: Offer) -> Evaluation:
        """What becomes of a card that is to pay for nothing in particular."""
        circumstances, voucher, asked = self.circumstances, offer.voucher, offer.asked
        assert voucher is not None
        held = holds_of_others(
            circumstances.view, voucher, circumstances.own_session, circumstances.now
        )
        context = Context(
            voucher,
            circumstances.now,
            held,
            None,
            self._basket,
            offer.campaign,
            zone=circumstances.zone,
            same_as_referrer=same_as_referrer(circumstances.view, voucher, circumstances.customer),
        )
        refusal = left_refusal_of(context)
        status: Any = "APPLICABLE"
        facts = facts_of(circumstances, offer, self._basket, Pending())
        if refusal is not None or (offer.rules and violations(offer.rules, facts)):
            status = "INAPPLICABLE"
        outcome = Outcome(object=asked.object, id=asked.id, status=status, taken=Taken())
        return Evaluation(
            (with_shown_offer(outcome, offer, circumstances.stacking),), circumstances.order
        )


def _remember_items(meant: Meant) -> Meant:
    """The catalogue's answers for the lines of one request, which are asked for many times."""
    known: dict[int, tuple[OrderItem, CatalogItem | None]] = {}

    def find(view: View, item: OrderItem, /) -> CatalogItem | None:
        found = known.get(id(item))
        if found is None:
            # with the line, so that no other takes its identity
            found = known[id(item)] = item, meant(view, item)
        return found[1]

    return find


def _unless_missing(candidate: Candidate) -> Candidate | None:
    return None if any(each.missing for each in candidate.offers) else candidate


@remember_results(1_000_000)
def is_of_request(definition: str) -> bool:
    """Whether all rules of a definition say the same of every offer of a request."""
    return all(
        name.startswith(("customer_", "order_")) or name in _OF_REQUEST or is_of_items(name)
        for name in _names(msgspec.json.decode(definition))
    )


def _names(rules: Any) -> Iterable[str]:
    for rule in rules_in(rules).values():
        yield flat_name(str(rule.get("name")))
        yield from _names(rule.get("rules"))
