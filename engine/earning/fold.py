"""Earning rules in the state, what they gave cards, and what of it is taken back with an order."""

from collections.abc import Callable
from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.reacting import note_reacting
from engine.kernel.room import Folds
from engine.kernel.state import State
from engine.points.fold import end_pending, put_pending, store_buckets
from engine.vouchers.fold import store_voucher
from schemas.base import Millis
from schemas.earning import (
    EARNING_RULES_MAX,
    EarningRuleCreated,
    EarningRuleDeleted,
    EarningRuleDisabled,
    EarningRuleEnabled,
    EarningRuleUpdated,
    Earnings,
    OrderEarned,
    OrderEarnings,
    OrderEarningsEnded,
    PointsEarned,
    PointsPending,
    PointsTakenBack,
)
from schemas.pending import PendingPointsActivated, PendingPointsAdjusted, PendingPointsCanceled


def rule_created(state: State, event: EarningRuleCreated, _: Millis) -> None:
    """The rule is found by its id, and by its program and event, which reacts from now on."""
    rule = event.rule
    state.put(tables.EARNING_RULES, rule, rule.id)
    state.put(tables.EARNING_OF, rule.id, rule.campaign_id, rule.event, rule.id)
    note_reacting(state, "earning", rule.campaign_id, reacts=True)


def rule_changed(
    state: State, event: EarningRuleUpdated | EarningRuleEnabled | EarningRuleDisabled, _: Millis
) -> None:
    """The rule is as the event says; what binds it is kept elsewhere."""
    rule = event.rule
    stored = state.get(tables.EARNING_RULES, rule.id)
    if stored is not None:
        kept = structs.replace(rule, rule_ids=stored.rule_ids)
        state.put(tables.EARNING_RULES, kept, rule.id)


def rule_deleted(state: State, event: EarningRuleDeleted, _: Millis) -> None:
    """The rule is gone; its program reacts no more when it was the last."""
    rule = event.rule
    state.delete(tables.EARNING_RULES, rule.id)
    state.delete(tables.EARNING_OF, rule.campaign_id, rule.event, rule.id)
    if next(state.scan(tables.EARNING_OF, rule.campaign_id), None) is None:
        note_reacting(state, "earning", rule.campaign_id, reacts=False)


def points_earned(state: State, event: PointsEarned, _: Millis) -> None:
    """The card has the points, and what an order earned may be taken back."""
    store_voucher(state, event.voucher)
    store_buckets(state, event.buckets)
    _store_earnings(state, event.earnings)
    if event.order_id is not None:
        earned = OrderEarned(
            rule_id=event.rule_id,
            campaign_id=event.voucher.campaign_id or "",
            voucher_id=event.voucher.id,
            points=event.points,
            transaction_id=event.transaction_id,
            began=event.began,
            expires_at=event.expires_at,
            counted=event.points,
        )
        _note_earned(state, event.order_id, event.customer_id, earned)


def points_pending(state: State, event: PointsPending, _: Millis) -> None:
    """The points wait for their day."""
    pending = event.pending
    store_voucher(state, event.voucher)
    put_pending(state, pending)
    _store_earnings(state, event.earnings)
    if pending.order_id is not None:
        earned = OrderEarned(
            rule_id=pending.rule_id,
            campaign_id=pending.campaign_id,
            voucher_id=pending.voucher_id,
            points=pending.points,
            pending_id=pending.id,
            began=event.began,
            counted=pending.points,
        )
        _note_earned(state, pending.order_id, pending.customer_id, earned)


def pending_activated(state: State, event: PendingPointsActivated, _: Millis) -> None:
    """The points are in the balance, and are taken back from there."""
    store_voucher(state, event.voucher)
    store_buckets(state, event.buckets)
    end_pending(state, event.pending, "activated")
    _change_earned(
        state,
        event.pending.order_id,
        event.pending.id,
        lambda each: structs.replace(
            each,
            points=event.points,
            pending_id=None,
            transaction_id=event.transaction_id,
            expires_at=event.expires_at,
        ),
    )


def pending_adjusted(state: State, event: PendingPointsAdjusted, _: Millis) -> None:
    """So many points are pending."""
    pending = event.pending
    store_voucher(state, event.voucher)
    put_pending(state, pending)
    _change_earned(
        state,
        pending.order_id,
        pending.id,
        lambda each: structs.replace(each, points=pending.points),
    )


def pending_canceled(state: State, event: PendingPointsCanceled, _: Millis) -> None:
    """The points are gone; limits count them as long as the order is not canceled."""
    store_voucher(state, event.voucher)
    end_pending(state, event.pending, "canceled")


def points_taken_back(state: State, event: PointsTakenBack, _: Millis) -> None:
    """The card is as the event says."""
    store_voucher(state, event.voucher)
    store_buckets(state, event.buckets)


def order_earnings_ended(state: State, event: OrderEarningsEnded, _: Millis) -> None:
    """The order earned nothing, and limits count nothing of it."""
    state.delete(tables.ORDER_EARNINGS, event.order_id)
    for each in event.earnings:
        _store_earnings(state, each)


def _store_earnings(state: State, earnings: Earnings | None) -> None:
    """Limits count what the event says of them; of rules that are gone no more is kept than fits."""
    if earnings is None:
        return
    key = earnings.customer_id, earnings.campaign_id
    stored = state.get(tables.EARNINGS, *key)
    tallies = earnings.tallies if stored is None else stored.tallies | earnings.tallies
    if len(tallies) > EARNING_RULES_MAX:
        rules = tables.EARNING_RULES
        tallies = {name: each for name, each in tallies.items() if state.get(rules, name)}
    state.put(tables.EARNINGS, structs.replace(earnings, tallies=tallies), *key)


def _note_earned(state: State, order_id: str, customer_id: str, earned: OrderEarned) -> None:
    stored = state.get(tables.ORDER_EARNINGS, order_id) or OrderEarnings(order_id, customer_id)
    noted = structs.replace(stored, earned=(*stored.earned, earned))
    state.put(tables.ORDER_EARNINGS, noted, order_id)


def _change_earned(
    state: State,
    order_id: str | None,
    pending_id: str,
    change: Callable[[OrderEarned], OrderEarned],
) -> None:
    """What an order earned as pending points is something else."""
    stored = None if order_id is None else state.get(tables.ORDER_EARNINGS, order_id)
    if order_id is None or stored is None:
        return
    changed = (change(each) if each.pending_id == pending_id else each for each in stored.earned)
    state.put(tables.ORDER_EARNINGS, structs.replace(stored, earned=tuple(changed)), order_id)


FOLDS: Folds = MappingProxyType(
    {
        EarningRuleCreated: rule_created,
        EarningRuleUpdated: rule_changed,
        EarningRuleEnabled: rule_changed,
        EarningRuleDisabled: rule_changed,
        EarningRuleDeleted: rule_deleted,
        PointsEarned: points_earned,
        PointsPending: points_pending,
        PendingPointsActivated: pending_activated,
        PendingPointsAdjusted: pending_adjusted,
        PendingPointsCanceled: pending_canceled,
        PointsTakenBack: points_taken_back,
        OrderEarningsEnded: order_earnings_ended,
    }
)
