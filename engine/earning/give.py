"""The points that rules give: at once, or pending; and which rules gave none.

The rules are asked one after the other, on the state as those before left it. Every rule tells: what
it gave, or why it gave nothing.
"""

from collections.abc import Iterable, Iterator

from msgspec import structs

from engine.earning.assess import Given, Member, Occasion, Tools, assess_rule, concerns
from engine.earning.limits import began_of, counted_earnings
from engine.earning.members import Asked, expiration_of, programs_asked, rules_of
from engine.kernel import tables
from engine.kernel.ids import new_id, numbered_command
from engine.kernel.state import View
from engine.points.buckets import fixed_expiration
from engine.points.decide import points_expired_events
from engine.points.pending import activation_after, book_points, with_pending
from schemas.commands import Command
from schemas.earning import (
    REASONS_TOLD_MAX,
    EarningRefused,
    EarningRule,
    Earnings,
    PointsEarned,
    PointsPending,
    RefusedCard,
    RefusedRule,
)
from schemas.events import Event
from schemas.pending import PendingPoints


def earn(
    view: View,
    command: Command,
    campaign_ids: Iterable[str],
    occasion: Occasion,
    tools: Tools,
    card_id: str | None = None,
) -> Iterator[Event]:
    """What the rules of these programs give for it, and why others give nothing.

    It goes to the customer's card in each of them, or to the one that is named.
    Each event is folded into the state before the next one is asked for.
    """
    trigger, customer_id = occasion.trigger, occasion.customer.id
    refused: list[RefusedCard] = []
    asked = list(
        programs_asked(view, campaign_ids, trigger, customer_id, occasion.moment.at, card_id)
    )
    for number, program in enumerate(asked):
        own = numbered_command(command, "program", number)
        reasons: list[RefusedRule] = []
        yield from _earn_in(view, own, program, occasion, tools, reasons)
        if reasons:
            told = tuple(reasons)
            refused.append(RefusedCard(program.card_id, program.campaign.id, told))
    if refused:
        yield EarningRefused(customer_id, trigger, _within_bound(refused))


def _within_bound(refused: list[RefusedCard]) -> tuple[RefusedCard, ...]:
    """The reasons that are told."""
    left = REASONS_TOLD_MAX
    cards: list[RefusedCard] = []
    for card in refused:
        if left > 0:
            cards.append(structs.replace(card, rules=card.rules[:left]))
        left -= len(card.rules)
    return tuple(cards)


def _earn_in(
    view: View,
    command: Command,
    program: Asked,
    occasion: Occasion,
    tools: Tools,
    refused: list[RefusedRule],
) -> Iterator[Event]:
    """What the rules of a program give a card; those that give nothing are added to `refused`."""
    campaign, trigger = program.campaign, occasion.trigger
    for number, rule in enumerate(rules_of(view, campaign.id, trigger.event)):
        card = view.get(tables.VOUCHERS, program.card_id)
        if card is None or not concerns(rule, trigger):
            continue
        member = Member(card, campaign)
        given = assess_rule(view, rule, member, occasion, tools)
        if given.reason is not None:
            refused.append(RefusedRule(rule.id, given.reason))
            continue
        own = numbered_command(command, "rule", number)
        if rule.pending_points is None:
            yield from _earned_events(view, own, rule, member, occasion, given)
        else:
            yield _points_pending_event(view, own, rule, member, occasion, given)


def _earned_events(
    view: View,
    command: Command,
    rule: EarningRule,
    member: Member,
    occasion: Occasion,
    given: Given,
) -> Iterator[Event]:
    """The points in the balance; what of the card expired by now goes first."""
    (card, campaign), now = member, occasion.moment.at
    for expired in points_expired_events(view, numbered_command(command, "settle", 0), card, now):
        yield expired
        card = expired.voucher
    expiration = expiration_of(rule, campaign)
    bucket_id = new_id(command.seed, "lopb_")
    booked = book_points(view, card, given.points, expiration, bucket_id, now)
    earnings = _counted(view, rule, occasion, given.points)
    yield PointsEarned(
        voucher=booked.voucher,
        points=given.points,
        rule_id=rule.id,
        customer_id=occasion.customer.id,
        transaction_id=new_id(command.seed, "vtx_"),
        trigger=structs.replace(occasion.trigger, schema_id=rule.schema_id),
        order_id=None if occasion.order is None else occasion.order.id,
        banner=rule.banner,
        tier=given.tier,
        buckets=booked.buckets,
        earnings=earnings,
        began=_began(rule, occasion),
        expires_at=fixed_expiration(view, expiration, now),
    )


def _points_pending_event(
    view: View,
    command: Command,
    rule: EarningRule,
    member: Member,
    occasion: Occasion,
    given: Given,
) -> PointsPending:
    now, zone = occasion.moment
    assert rule.pending_points is not None, "its points are pending"
    activation = activation_after(rule.pending_points.period_value, now, zone)
    order = occasion.order
    pending = PendingPoints(
        id=new_id(command.seed, "lopp_"),
        voucher_id=member.card.id,
        campaign_id=member.campaign.id,
        customer_id=occasion.customer.id,
        rule_id=rule.id,
        points=given.points,
        activates_at=activation.at,
        activates_on=activation.day,
        created_at=now,
        order_id=None if order is None else order.id,
        order_source_id=None if order is None else order.source_id,
        banner=rule.banner,
        tier=given.tier,
        expiration_rules=expiration_of(rule, member.campaign),
    )
    return PointsPending(
        voucher=with_pending(member.card, given.points, now),
        pending=pending,
        trigger=occasion.trigger,
        earnings=_counted(view, rule, occasion, given.points),
        began=_began(rule, occasion),
    )


def _counted(view: View, rule: EarningRule, occasion: Occasion, points: int) -> Earnings | None:
    """What the rule's limits count after it; None: it has none."""
    began = _began(rule, occasion)
    if began is None:
        return None
    return counted_earnings(view, rule, occasion.customer.id, points, began)


def _began(rule: EarningRule, occasion: Occasion) -> int | None:
    """When the period began that the rule's limits count in."""
    return None if rule.limits is None else began_of(rule.limits, *occasion.moment)
