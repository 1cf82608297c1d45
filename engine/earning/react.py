"""What rules of loyalty programs give for what happens: an order is paid, a customer does something.

For each program with rules for it and the customer's card there, the rules are asked one after the
other, on the state as those before left it. Every rule tells: what it gave, or why it gave nothing.
An order earns once, until what it earned is taken back (engine/earning/take_back.py).
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import structs

from engine.assignments.decide import drop_assignments_of
from engine.earning.assess import Given, Member, Occasion, assess_rule, concerns, member_refusal
from engine.earning.limits import began_of, counted_earnings
from engine.earning.take_back import take_back_order
from engine.evaluation.circumstances import LOOKUPS
from engine.kernel import tables
from engine.kernel.calendar import Zone
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.orders.order_events import OrderChanging, order_events
from engine.points.decide import points_expired_events
from engine.points.pending import activation_after, book_points, fixed_expiration, with_pending
from schemas.base import Millis
from schemas.campaigns import Campaign, CampaignDeleted
from schemas.commands import Command
from schemas.custom_events import CustomEventTracked
from schemas.earning import (
    ORDER_PAID,
    REASONS_TOLD_MAX,
    SEGMENT_ENTERED,
    EarningRefused,
    EarningRule,
    EarningRuleDeleted,
    PointsEarned,
    PointsPending,
    RefusedRule,
    Trigger,
)
from schemas.events import Event
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.pending import PendingPoints
from schemas.points import PointsExpirationRules
from schemas.programs import Reacting
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded
from schemas.segments import SegmentEntered
from schemas.vouchers import Voucher

_CANCELED: Final = "order.canceled"


def earn_for_order(
    view: View, command: Command, reacting: Reacting, event: OrderChanging, now: Millis
) -> Iterator[Event]:
    """An order that is paid by it earns; one that is canceled loses what it earned."""
    for name, order in order_events(event):
        if name == ORDER_PAID and view.get(tables.ORDER_EARNINGS, order.id) is None:
            customer_id = order.customer_id or getattr(event, "customer_id", None)
            yield from _earn(view, command, reacting, _of_order(order), customer_id, now, order)
        elif name == _CANCELED:
            yield from take_back_order(view, command, order, now)


def earn_for_custom_event(
    view: View, command: Command, reacting: Reacting, event: CustomEventTracked, now: Millis
) -> Iterator[Event]:
    """What a customer did earns where a rule is for an event of that name."""
    tracked = event.event
    trigger = Trigger(tracked.name, tracked.id)
    yield from _earn(
        view, command, reacting, trigger, tracked.customer_id, now, metadata=tracked.metadata or {}
    )


def earn_for_segments(
    view: View, command: Command, reacting: Reacting, event: SegmentEntered, now: Millis
) -> Iterator[Event]:
    """Each segment that a customer enters earns by itself."""
    for number, (segment_id, name) in enumerate(event.segments.items()):
        own = numbered_command(command, "segment", number)
        trigger = Trigger(SEGMENT_ENTERED, segment_id, name)
        yield from _earn(view, own, reacting, trigger, event.customer_id, now)


def end_rules(
    view: View, _: Command, __: Reacting, event: CampaignDeleted, ___: Millis
) -> Iterator[Event]:
    """The rules of a program end with it."""
    rules = list(rules_of(view, event.campaign.id))
    yield from drop_assignments_of(view, *rules)
    for rule in rules:
        yield EarningRuleDeleted(rule)


def rules_of(view: View, campaign_id: str, event: str | None = None) -> Iterator[EarningRule]:
    """The rules of a program, or those for an event, the oldest first."""
    below = (campaign_id,) if event is None else (campaign_id, event)
    found = (view.get(tables.EARNING_RULES, each) for each in view.scan(tables.EARNING_OF, *below))
    rules = [each for each in found if each is not None]
    yield from sorted(rules, key=lambda each: (each.created_at, each.id))


def card_of(view: View, customer_id: str, campaign_id: str) -> Voucher | None:
    """The card of a program that a customer holds; of several the first that is switched on."""
    held = (
        view.get(tables.VOUCHERS, each.voucher_id)
        for each in view.scan(tables.HOLDINGS, customer_id, campaign_id)
    )
    cards = [each for each in held if each is not None and each.loyalty_card is not None]
    return next((each for each in cards if each.active), cards[0] if cards else None)


def occasion_of(
    view: View,
    command: Command,
    trigger: Trigger,
    customer_id: str | None,
    order: Order | None = None,
    metadata: dict[str, Any] | None = None,
) -> Occasion | None:
    """What happened to a customer who is there; None: to nobody who is."""
    customer = None if customer_id is None else view.get(tables.CUSTOMERS, customer_id)
    if customer is None or customer.deleted_at is not None:
        return None
    return Occasion(
        trigger, customer, LOOKUPS, order, metadata, command.channel_id, command.login
    )


def _of_order(order: Order) -> Trigger:
    return Trigger(ORDER_PAID, order.id, order.source_id)


def _earn(
    view: View,
    command: Command,
    reacting: Reacting,
    trigger: Trigger,
    customer_id: str | None,
    now: Millis,
    order: Order | None = None,
    metadata: dict[str, Any] | None = None,
) -> Iterator[Event]:
    """What the rules of all programs give for it, and why others give nothing."""
    programs = list(_programs(view, reacting, trigger, customer_id))
    occasion = occasion_of(view, command, trigger, customer_id, order, metadata)
    if occasion is None or not programs:
        return
    zone = zone_of(view)
    refused: list[RefusedRule] = []
    for number, (campaign, card_id) in enumerate(programs):
        own = numbered_command(command, "earn", number)
        yield from _earn_in(view, own, campaign, card_id, occasion, refused, now, zone)
    if refused:
        told = tuple(refused[:REASONS_TOLD_MAX])
        yield EarningRefused(occasion.customer.id, trigger, told, len(refused) - len(told))


def _programs(
    view: View, reacting: Reacting, trigger: Trigger, customer_id: str | None
) -> Iterator[tuple[Campaign, str]]:
    """The programs with rules for it in which the customer has a card, and that card."""
    if customer_id is None:
        return
    for campaign_id in reacting.earning:
        if next(view.scan(tables.EARNING_OF, campaign_id, trigger.event), None) is None:
            continue
        card = card_of(view, customer_id, campaign_id)
        campaign = view.get(tables.CAMPAIGNS, campaign_id)
        if card is not None and campaign is not None and campaign.deleted_at is None:
            yield campaign, card.id


def _earn_in(
    view: View,
    command: Command,
    campaign: Campaign,
    card_id: str,
    occasion: Occasion,
    refused: list[RefusedRule],
    now: Millis,
    zone: Zone,
) -> Iterator[Event]:
    """What the rules of a program give a card; those that give nothing are added to `refused`."""
    trigger = occasion.trigger
    for number, rule in enumerate(rules_of(view, campaign.id, trigger.event)):
        card = view.get(tables.VOUCHERS, card_id)
        if card is None or not concerns(rule, trigger):
            continue
        member = Member(card, campaign)
        reason = member_refusal(member, now, zone)
        given = Given(reason=reason)
        if reason is None:
            given = assess_rule(view, rule, member, occasion, now, zone)
        if given.reason is not None:
            refused.append(RefusedRule(rule.id, campaign.id, given.reason))
            continue
        own = numbered_command(command, "rule", number)
        yield from _given_events(view, own, rule, card, occasion, given, now, zone)


def _given_events(
    view: View,
    command: Command,
    rule: EarningRule,
    card: Voucher,
    occasion: Occasion,
    given: Given,
    now: Millis,
    zone: Zone,
) -> Iterator[Event]:
    customer_id, order, points = occasion.customer.id, occasion.order, given.points
    earnings, began = None, None
    if rule.limits is not None:
        began = began_of(rule.limits, now, zone)
        earnings = counted_earnings(view, rule, customer_id, points, began)
    expiration = rule.expiration_rules or _program_expiration(view, rule.campaign_id)
    if rule.pending_points is not None:
        activation = activation_after(rule.pending_points.period_value, now, zone)
        pending = PendingPoints(
            id=new_id(command.seed, "lopp_"),
            voucher_id=card.id,
            campaign_id=rule.campaign_id,
            customer_id=customer_id,
            rule_id=rule.id,
            points=points,
            activates_at=activation.at,
            activates_on=activation.day,
            created_at=now,
            order_id=None if order is None else order.id,
            order_source_id=None if order is None else order.source_id,
            event=occasion.trigger.event,
            banner=rule.banner,
            tier=given.tier,
            expiration_rules=expiration,
        )
        pended = with_pending(card, points, now)
        yield PointsPending(pended, pending, occasion.trigger, earnings, began)
        return
    for expired in points_expired_events(view, numbered_command(command, "settle", 0), card, now):
        yield expired
        card = expired.voucher
    bucket_id = new_id(command.seed, "lopb_")
    booked = book_points(view, card, points, expiration, bucket_id, now)
    yield PointsEarned(
        voucher=booked.voucher,
        points=points,
        rule_id=rule.id,
        customer_id=customer_id,
        transaction_id=new_id(command.seed, "vtx_"),
        trigger=structs.replace(occasion.trigger, schema_id=rule.schema_id),
        order_id=None if order is None else order.id,
        banner=rule.banner,
        tier=given.tier,
        buckets=booked.buckets,
        earnings=earnings,
        began=began,
        expires_at=fixed_expiration(view, expiration, now),
    )


def _program_expiration(view: View, campaign_id: str) -> PointsExpirationRules | None:
    """When points of a program expire."""
    campaign = view.get(tables.CAMPAIGNS, campaign_id)
    template = None if campaign is None or campaign.voucher is None else campaign.voucher
    return (
        None
        if template is None or template.loyalty_card is None
        else (template.loyalty_card.expiration_rules)
    )


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
        CampaignDeleted: end_rules,
    }
)
