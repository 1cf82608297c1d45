"""What a rule gives for something that happened, or why it gives nothing.

The reasons, the first that holds: the program, the card or the rule is switched off or not in its
time (`campaign_active`, `card_expiration_date`, `start_date`, ...: the rules of
engine/evaluation/eligibility.py) · `validation_rules` · `limit_count`, `limit_points` · `no_points`,
where it comes to nothing · `balance`, where the card can hold no more.

What is needed of other rooms comes in as functions, in `Tools`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.earning.limits import room_of
from engine.earning.terms import points_of
from engine.evaluation.context import Context
from engine.kernel import tables
from engine.kernel.calendar import Moment
from engine.kernel.lookup import NOTHING_HELD
from engine.kernel.state import View
from engine.pricing.basket import Basket
from engine.rules.facts import Facts, Lookups
from schemas.base import AMOUNT_MAX, Metadata, Millis
from schemas.campaigns import Campaign
from schemas.customers import Customer
from schemas.earning import EarningRule, Trigger
from schemas.errors import Refusal
from schemas.evaluations import Taken
from schemas.orders import Order
from schemas.pending import TierNamed
from schemas.rules import ValidationRule
from schemas.vouchers import Voucher


class MappedPoints(NamedTuple):
    """Points, and the tier that made them of others."""

    points: int
    tier: TierNamed | None = None


class Tools(NamedTuple):
    """How rules look at what belongs to other rooms."""

    lookups: Lookups
    #: Why something is not usable by its switch and its times (engine/evaluation/eligibility.py).
    refuse_bound: Callable[[Context, Voucher | Campaign | EarningRule], Refusal | None]
    #: Whether any of the sets of validation rules fails (engine/rules/refusals.py).
    violated: Callable[[Sequence[ValidationRule], Facts], bool]
    #: What the tier of a card makes of the points that a rule gives now.
    map_points: Callable[[View, EarningRule, Voucher, int, Millis], MappedPoints]


class Occasion(NamedTuple):
    """Something that a customer did, or that happened to one."""

    trigger: Trigger
    customer: Customer
    moment: Moment
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


def assess_rule(
    view: View, rule: EarningRule, member: Member, occasion: Occasion, tools: Tools
) -> Given:
    """What a rule gives a card."""
    reason = _untimely(rule, member, occasion.moment, tools)
    if reason is not None:
        return Given(reason=reason)
    now, zone = occasion.moment
    facts = _facts(view, member, occasion, tools)
    if _violated(view, rule, facts, tools):
        return Given(reason="validation_rules")
    room = room_of(view, rule, occasion.customer.id, now, zone)
    if room.reason is not None:
        return Given(reason=room.reason)
    mapped = tools.map_points(view, rule, member.card, points_of(rule.loyalty, facts), now)
    points = mapped.points if room.points is None else min(mapped.points, room.points)
    if points <= 0:
        return Given(reason="no_points")
    card = member.card.loyalty_card
    if card is None or max(card.points, card.balance) + card.pending_points + points > AMOUNT_MAX:
        return Given(reason="balance")
    return Given(points, tier=mapped.tier)


def _untimely(rule: EarningRule, member: Member, moment: Moment, tools: Tools) -> str | None:
    """What is switched off or not in its time: the program, the card or the rule."""
    now, zone = moment
    context = Context(member.card, now, NOTHING_HELD, None, None, member.campaign, zone=zone)
    for name, bound in (("campaign_", member.campaign), ("card_", member.card), ("", rule)):
        refusal = tools.refuse_bound(context, bound)
        if refusal is not None:
            return f"{name}{(refusal.explanation or {})['rule']}"
    return None


def _facts(view: View, member: Member, occasion: Occasion, tools: Tools) -> Facts:
    return Facts(
        view,
        None if occasion.order is None else Basket(occasion.order),
        occasion.moment.at,
        tools.lookups,
        zone=occasion.moment.zone,
        voucher=member.card,
        customer=occasion.customer,
        event_metadata=occasion.metadata,
        key_id=occasion.key_id,
        user=occasion.login,
        # nothing is taken by it
        taken=Taken(),
    )


def _violated(view: View, rule: EarningRule, facts: Facts, tools: Tools) -> bool:
    sets = [found for each in rule.rule_ids if (found := view.get(tables.RULES, each)) is not None]
    return bool(sets) and tools.violated(sets, facts)
