"""Redemptions in the state, as far as their rollback needs them, and what they counted."""

from types import MappingProxyType

from msgspec import structs

from engine.campaigns.tiers.store import store_tier
from engine.counters import tallies, units
from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.room import Folds
from engine.kernel.state import State
from engine.orders.fold import store_order
from engine.points.fold import store_buckets
from engine.pricing.sums import budget_amount
from engine.redemptions.given import given_of
from engine.rewards.fold import store_reward
from engine.vouchers.fold import store_voucher
from engine.vouchers.holds import free_holds
from schemas.base import Millis
from schemas.evaluations import Outcome
from schemas.redemptions import (
    Redemption,
    RedemptionFailed,
    RedemptionRolledBack,
    RedemptionsRetired,
    RedemptionSucceeded,
)


def redemption_succeeded(state: State, event: RedemptionSucceeded, at: Millis) -> None:
    """Vouchers are counted up, the order is saved, and each redemption can be taken back."""
    order = event.evaluation.order
    if order is not None:
        store_order(state, order, is_new=event.order_created)
    applied = [each for each in event.evaluation.outcomes if each.status == "APPLICABLE"]
    counted: list[Redemption] = []
    for outcome, redemption_id in zip(applied, event.redemption_ids, strict=False):
        voucher, tier = outcome.voucher, outcome.tier
        bound = tier or voucher
        if voucher is not None:
            store_voucher(state, voucher)
        if tier is not None:
            store_tier(state, tier)
        redemption = Redemption(
            id=redemption_id,
            at=at,
            status="SUCCEEDED",
            related_object_type="voucher" if tier is None else "promotion_tier",
            related_object_id=outcome.related_id,
            code="" if voucher is None else voucher.code,
            taken=outcome.taken,
            order_id=None if order is None else order.id,
            customer_id=event.customer_id,
            tracking_id=event.tracking_id,
            parent_id=event.parent_id,
            campaign_id=None if bound is None else bound.campaign_id,
            key_id=event.channel_id,
            order_amount=budget_amount(order),
            units=outcome.units,
            periods=event.periods,
            reward=None if outcome.reward is None else given_of(outcome.reward),
        )
        if outcome.reward is not None:
            store_reward(state, outcome.reward.reward)
        state.put(tables.REDEMPTIONS, redemption, redemption_id)
        counted.append(redemption)
    store_buckets(state, event.buckets)
    tallies.count_redemptions(state, counted)
    units.count_units(state, counted)
    if event.session_key is not None:
        free_holds(state, event.session_key, {each.related_id for each in applied})
    if event.parent_id is None:
        for redemption_id in event.redemption_ids:
            _retire_later(state, redemption_id, at)
        return
    parent = Redemption(
        id=event.parent_id,
        at=at,
        status="SUCCEEDED",
        related_object_type="redemption",
        related_object_id=event.parent_id,
        order_id=None if order is None else order.id,
        customer_id=event.customer_id,
        tracking_id=event.tracking_id,
        children=event.redemption_ids,
    )
    state.put(tables.REDEMPTIONS, parent, parent.id)
    _retire_later(state, parent.id, at)


def redemption_failed(state: State, event: RedemptionFailed, at: Millis) -> None:
    """It is known by its id, so that its rollback is refused with a reason."""
    failed = [each for each in event.evaluation.outcomes if each.status == "INAPPLICABLE"]
    for outcome, redemption_id in zip(failed, event.redemption_ids, strict=False):
        redemption = Redemption(
            id=redemption_id,
            at=at,
            status="FAILED",
            related_object_type="promotion_tier" if _is_promotion(outcome) else "voucher",
            related_object_id=outcome.related_id,
            code=_code(outcome),
            customer_id=event.customer_id,
            tracking_id=event.tracking_id,
        )
        state.put(tables.REDEMPTIONS, redemption, redemption_id)
        _retire_later(state, redemption_id, at)


def _code(outcome: Outcome) -> str:
    if outcome.voucher is not None:
        return outcome.voucher.code
    return "" if _is_promotion(outcome) else outcome.id


def _is_promotion(outcome: Outcome) -> bool:
    return outcome.object != "voucher"


def redemption_rolled_back(state: State, event: RedemptionRolledBack, _: Millis) -> None:
    """Vouchers and the order are as before, and nothing is taken back twice."""
    if event.order is not None:
        store_order(state, event.order)
    known = (state.get(tables.REDEMPTIONS, each.redemption_id) for each in event.rollbacks)
    redeemed = [each for each in known if each is not None]
    tallies.take_back_redemptions(state, redeemed)
    units.take_back_units(state, redeemed)
    store_buckets(state, event.buckets)
    for each in event.rollbacks:
        if each.voucher is not None:
            store_voucher(state, each.voucher)
        if each.tier is not None:
            store_tier(state, each.tier)
        if each.reward is not None:
            store_reward(state, each.reward.reward)
        _mark_rolled_back(state, each.redemption_id, each.rollback_id)
    if event.parent_redemption_id is not None and event.parent_rollback_id is not None:
        _mark_rolled_back(state, event.parent_redemption_id, event.parent_rollback_id)


def _mark_rolled_back(state: State, redemption_id: str, rollback_id: str) -> None:
    redemption = state.get(tables.REDEMPTIONS, redemption_id)
    if redemption is not None:
        marked = structs.replace(redemption, status="ROLLED_BACK", rollback_id=rollback_id)
        state.put(tables.REDEMPTIONS, marked, redemption_id)


def _retire_later(state: State, redemption_id: str, at: Millis) -> None:
    due = tables.Due(tables.DUE_REDEMPTION, redemption_id, at + tables.WINDOW_MS)
    put_due(state, due)


def redemptions_retired(state: State, event: RedemptionsRetired, _: Millis) -> None:
    """They can no longer be rolled back."""
    for redemption_id in event.redemption_ids:
        _retire(state, redemption_id)


def _retire(state: State, redemption_id: str) -> None:
    redemption = state.get(tables.REDEMPTIONS, redemption_id)
    if redemption is None:
        return
    for child in redemption.children:
        state.delete(tables.REDEMPTIONS, child)
    state.delete(tables.REDEMPTIONS, redemption_id)
    due = tables.Due(tables.DUE_REDEMPTION, redemption_id, redemption.at + tables.WINDOW_MS)
    drop_due(state, due)


FOLDS: Folds = MappingProxyType(
    {
        RedemptionSucceeded: redemption_succeeded,
        RedemptionFailed: redemption_failed,
        RedemptionRolledBack: redemption_rolled_back,
        RedemptionsRetired: redemptions_retired,
    }
)
