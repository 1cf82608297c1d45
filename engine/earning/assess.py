"""What a rule gives for something that happened, or why it gives nothing.

The reasons, the first that holds: the program, the card or the rule is switched off or not in its
time (`campaign_active`, `card_expiration_date`, `start_date`, ...: the rules of
engine/evaluation/eligibility.py) · `validation_rules` · `limit_count`, `limit_points` · `no_points`,
where it comes to nothing · `balance`, where the card can hold no more.
"""

from typing import NamedTuple

from engine.earning.limits import room_of
from engine.earning.terms import points_of
from engine.earning.tiers import MappedPoints, map_points
from engine.evaluation.context import Context
from engine.evaluation.eligibility import bound_refusal_of
from engine.kernel import tables
from engine.kernel.calendar import Zone
from engine.kernel.lookup import NOTHING_HELD
from engine.kernel.state import View
from engine.pricing.basket import Basket
from engine.rules.facts import Facts, Lookups
from engine.rules.refusals import violations
from schemas.base import AMOUNT_MAX, Metadata, Millis
from schemas.campaigns import Campaign
from schemas.customers import Customer
from schemas.earning import EarningRule, Trigger
from schemas.evaluations import Taken
from schemas.orders import Order
from schemas.pending import TierNamed
from schemas.vouchers import Voucher


class Occasion(NamedTuple):
    """Something that a customer did, or that happened to one."""

    trigger: Trigger
    customer: Customer
    #: How rules look at other features.
    lookups: Lookups
    order: Order | None = None
    #: Of a custom event.
    metadata: Metadata | None = None
    #: Who asked, as rules call them.
    key_id: str = ""
    login: str | None = None


class Member(NamedTuple):
    """A card and its program."""

    card: Voucher
    campaign: Campaign


class Given(NamedTuple):
    """The points that a rule gives; or none, and why."""

    points: int = 0
    reason: str | None = None
    #: The tier whose mapping changed them.
    tier: TierNamed | None = None


def concerns(rule: EarningRule, trigger: Trigger) -> bool:
    """Whether a rule for that event is about what happened: the segment, or the tier, that it names."""
    wanted = rule.segment_id or rule.loyalty_tier_id
    return wanted is None or wanted == trigger.id


def member_refusal(member: Member, now: Millis, zone: Zone) -> str | None:
    """Why no rule of the program gives the card anything now."""
    context = _context(member, now, zone)
    refusal = bound_refusal_of(context, member.campaign)
    if refusal is not None:
        return f"campaign_{(refusal.explanation or {})['rule']}"
    refusal = bound_refusal_of(context, member.card)
    return None if refusal is None else f"card_{(refusal.explanation or {})['rule']}"


def assess_rule(
    view: View, rule: EarningRule, member: Member, occasion: Occasion, now: Millis, zone: Zone
) -> Given:
    """What a rule gives a card that may be given points."""
    refusal = bound_refusal_of(_context(member, now, zone), rule)
    if refusal is not None:
        return Given(reason=str((refusal.explanation or {})["rule"]))
    facts = _facts(view, member, occasion, now, zone)
    if _violated(view, rule, facts):
        return Given(reason="validation_rules")
    room = room_of(view, rule, occasion.customer.id, now, zone)
    if room.reason is not None:
        return Given(reason=room.reason)
    mapped: MappedPoints = map_points(view, rule, member.card, points_of(rule.loyalty, facts))
    points = mapped.points if room.points is None else min(mapped.points, room.points)
    if points <= 0:
        return Given(reason="no_points")
    card = member.card.loyalty_card
    if card is None or max(card.points, card.balance + card.pending_points) + points > AMOUNT_MAX:
        return Given(reason="balance")
    return Given(points, tier=mapped.tier)


def _context(member: Member, now: Millis, zone: Zone) -> Context:
    return Context(member.card, now, NOTHING_HELD, None, None, member.campaign, zone=zone)


def _facts(view: View, member: Member, occasion: Occasion, now: Millis, zone: Zone) -> Facts:
    return Facts(
        view,
        None if occasion.order is None else Basket(occasion.order),
        now,
        occasion.lookups,
        zone=zone,
        voucher=member.card,
        customer=occasion.customer,
        event_metadata=occasion.metadata,
        key_id=occasion.key_id,
        user=occasion.login,
        # nothing is taken by it
        taken=Taken(),
    )


def _violated(view: View, rule: EarningRule, facts: Facts) -> bool:
    sets = [found for each in rule.rule_ids if (found := view.get(tables.RULES, each)) is not None]
    return bool(sets and (violations(sets, facts) or violations(sets, facts, after=True)))
