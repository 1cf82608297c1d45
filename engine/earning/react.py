"""What the rules of loyalty programs react to: orders, custom events, segments, tiers.

An order earns once, until what it earned is taken back (engine/earning/take_back.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from engine.assignments.decide import drop_assignments_of
from engine.earning.assess import MappedPoints, Occasion, Tools
from engine.earning.give import earn
from engine.earning.members import rules_of
from engine.earning.take_back import take_back_order
from engine.evaluation.circumstances import LOOKUPS
from engine.evaluation.eligibility import bound_refusal_of
from engine.kernel import tables
from engine.kernel.calendar import Moment
from engine.kernel.ids import numbered_command
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.loyalty_tiers.find import mapped_points, tier_of
from engine.orders.order_events import OrderChanging, newly_canceled, newly_paid
from engine.rules.facts import Facts
from engine.rules.refusals import violations
from schemas.base import Metadata, Millis
from schemas.campaigns import CampaignDeleted
from schemas.commands import Command
from schemas.custom_events import CustomEventTracked
from schemas.customers import Customer
from schemas.earning import (
    ORDER_PAID,
    SEGMENT_ENTERED,
    TIER_CHANGES,
    EarningRule,
    EarningRuleDeleted,
    Trigger,
)
from schemas.events import Event
from schemas.loyalty_tiers import (
    TierDowngraded,
    TierJoined,
    TierLeft,
    TierProlonged,
    TierUpgraded,
)
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.pending import TierNamed
from schemas.programs import Reacting
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from schemas.rules import ValidationRule
from schemas.segments import SegmentEntered
from schemas.vouchers import Voucher

#: What becomes of a member's tier,
TierReached = TierJoined | TierLeft | TierUpgraded | TierDowngraded | TierProlonged
#: and what rules call it.
_TIERS: Final = (TierJoined, TierLeft, TierUpgraded, TierDowngraded, TierProlonged)
_TIER_EVENTS: Final[Mapping[type[Any], str]] = MappingProxyType(
    dict(zip(_TIERS, TIER_CHANGES, strict=True))
)


def earn_for_order(
    view: View, command: Command, reacting: Reacting, event: OrderChanging, now: Millis
) -> Iterator[Event]:
    """An order that is paid by it earns, once; one that is canceled loses what it earned."""
    order = newly_paid(event)
    if order is not None and view.get(tables.ORDER_EARNINGS, order.id) is None:
        yield from _earn(
            view,
            command,
            reacting.earning,
            Trigger(ORDER_PAID, order.id, order.source_id),
            order.customer_id or getattr(event, "customer_id", None),
            now,
            order,
        )
    canceled = newly_canceled(event)
    if canceled is not None:
        yield from take_back_order(view, command, canceled, now)


def earn_for_custom_event(
    view: View, command: Command, reacting: Reacting, event: CustomEventTracked, now: Millis
) -> Iterator[Event]:
    """What a customer did earns where a rule is for an event of that name.

    Where it names a card, that one alone earns.
    """
    tracked = event.event
    programs, named = reacting.earning, tracked.loyalty
    if named is not None:
        programs = (named.campaign_id,) if named.campaign_id in programs else ()
    yield from _earn(
        view,
        command,
        programs,
        Trigger(tracked.name, tracked.id),
        tracked.customer_id,
        now,
        metadata=tracked.metadata or {},
        card_id=None if named is None else named.voucher_id,
    )


def earn_for_segments(
    view: View, command: Command, reacting: Reacting, event: SegmentEntered, now: Millis
) -> Iterator[Event]:
    """Each segment that a customer enters earns by itself."""
    for number, (segment_id, name) in enumerate(event.segments.items()):
        own = numbered_command(command, "segment", number)
        trigger = Trigger(SEGMENT_ENTERED, segment_id, name)
        yield from _earn(view, own, reacting.earning, trigger, event.customer_id, now)


def earn_for_tier(
    view: View, command: Command, reacting: Reacting, event: TierReached, now: Millis
) -> Iterator[Event]:
    """What becomes of a member's tier earns in its program: a tier that is reached, left or kept."""
    standing = event.standing
    if standing.campaign_id in reacting.earning:
        trigger = Trigger(_TIER_EVENTS[type(event)], event.tier.id, event.tier.name)
        program = (standing.campaign_id,)
        yield from _earn(view, command, program, trigger, standing.customer_id, now)


def end_rules(
    view: View, _: Command, __: Reacting, event: CampaignDeleted, ___: Millis
) -> Iterator[Event]:
    """The rules of a program end with it."""
    rules = rules_of(view, event.campaign.id)
    yield from drop_assignments_of(view, *rules)
    for rule in rules:
        yield EarningRuleDeleted(rule)


def occasion_of_customer(
    view: View,
    command: Command,
    trigger: Trigger,
    customer: Customer,
    now: Millis,
    order: Order | None = None,
    metadata: Metadata | None = None,
) -> Occasion:
    """What happens to a customer now."""
    moment = Moment(now, zone_of(view))
    return Occasion(trigger, customer, moment, order, metadata, command.channel_id, command.login)


def _earn(
    view: View,
    command: Command,
    campaign_ids: tuple[str, ...],
    trigger: Trigger,
    customer_id: str | None,
    now: Millis,
    order: Order | None = None,
    metadata: Metadata | None = None,
    card_id: str | None = None,
) -> Iterator[Event]:
    if not campaign_ids or customer_id is None:
        return
    customer = view.get(tables.CUSTOMERS, customer_id)
    if customer is not None and customer.deleted_at is None:
        occasion = occasion_of_customer(view, command, trigger, customer, now, order, metadata)
        yield from earn(view, command, campaign_ids, occasion, TOOLS, card_id)


def _map_points(
    view: View, rule: EarningRule, card: Voucher, points: int, now: Millis
) -> MappedPoints:
    """The points that the rule gives to a card in its tier."""
    tier = tier_of(view, card.id, now)
    mapping = None if tier is None else (tier.earning_rules or {}).get(rule.id)
    if tier is None or mapping is None:
        return MappedPoints(points)
    return MappedPoints(mapped_points(mapping, points), TierNamed(tier.id, tier.name))


def _violated(sets: Sequence[ValidationRule], facts: Facts) -> bool:
    return bool(violations(sets, facts) or violations(sets, facts, after=True))


TOOLS: Final = Tools(LOOKUPS, bound_refusal_of, _violated, _map_points)
#: What the rules react to.
REACTIONS: Final[
    Mapping[type[Any], Callable[[View, Command, Reacting, Any, Millis], Iterator[Event]]]
] = MappingProxyType(
    {
        OrderCreated: earn_for_order,
        OrderUpdated: earn_for_order,
        RedemptionSucceeded: earn_for_order,
        RedemptionRolledBack: earn_for_order,
        CustomEventTracked: earn_for_custom_event,
        SegmentEntered: earn_for_segments,
        **dict.fromkeys(_TIERS, earn_for_tier),
        CampaignDeleted: end_rules,
    }
)
