"""Vouchers in the state: by id, their ids by code, and which of them anybody could redeem.

One that is gone stays gone.
"""

from types import MappingProxyType

from msgspec import structs

from engine.campaigns.store import store_campaign
from engine.counters.ended import end_counts
from engine.kernel import tables
from engine.kernel.lookup import code_key
from engine.kernel.room import Folds
from engine.kernel.state import State
from engine.loyalty_tiers.fold import drop_standing
from engine.points.fold import drop_buckets, drop_earned, follow_expiration, store_buckets
from engine.vouchers.holdings import drop_holding
from engine.vouchers.holds import free_holds
from schemas.balances import BalanceAdjusted
from schemas.base import Millis
from schemas.points import PointsExpired, PointsExpiring, PointsTransferred
from schemas.voucher_events import (
    VoucherCreated,
    VoucherDeleted,
    VoucherDisabled,
    VoucherEnabled,
    VoucherUpdated,
)
from schemas.vouchers import Voucher


def voucher_created(state: State, event: VoucherCreated, _: Millis) -> None:
    """The voucher is found by its id and its code."""
    voucher = event.voucher
    state.put(tables.VOUCHER_CODES, voucher.id, code_key(state, voucher.code))
    state.put(tables.VOUCHERS, voucher, voucher.id)
    _put_offered(state, None, voucher)


def voucher_changed(
    state: State,
    event: VoucherUpdated | VoucherEnabled | VoucherDisabled,
    _: Millis,
) -> None:
    """The voucher is as the event says."""
    store_voucher(state, event.voucher)


def points_changed(state: State, event: BalanceAdjusted | PointsExpired, _: Millis) -> None:
    """The card and its buckets are as the event says."""
    store_voucher(state, event.voucher)
    store_buckets(state, event.buckets)


def points_told(state: State, event: PointsExpiring, _: Millis) -> None:
    """The card knows that it was told; its buckets stay as they are."""
    store_voucher(state, event.voucher)


def points_transferred(state: State, event: PointsTransferred, _: Millis) -> None:
    """The cards and their buckets are as the event says."""
    for move in event.moves:
        store_voucher(state, move.origin)
    store_voucher(state, event.voucher)
    store_buckets(state, event.buckets)


def voucher_deleted(state: State, event: VoucherDeleted, _: Millis) -> None:
    """The voucher is gone; its campaign is as the event says."""
    remove_voucher(state, event.voucher_id, event.code, force=event.force)
    campaign = event.campaign
    if campaign is not None:
        store_campaign(state, campaign)
        if event.campaign_number is not None:
            number = f"{event.campaign_number:010d}"
            state.delete(tables.CAMPAIGN_VOUCHERS, campaign.id, number)


def remove_voucher(state: State, voucher_id: str, code: str, *, force: bool) -> None:
    """The voucher is gone, and what sessions held of it; with `force` its code is free."""
    voucher = state.get(tables.VOUCHERS, voucher_id)
    if voucher is not None:
        if voucher.holds:
            for hold in list(state.scan(tables.HOLDS, voucher_id)):
                free_holds(state, hold.session_key, {voucher_id})
        drop_holding(state, voucher)
        drop_buckets(state, voucher)
        drop_earned(state, voucher)
        drop_standing(state, voucher_id)
        _put_offered(state, voucher, None)
        state.delete(tables.VOUCHERS, voucher_id)
        if voucher.campaign_id is None:
            end_counts(state, ("voucher", voucher_id))
    if force and state.get(tables.VOUCHER_CODES, key := code_key(state, code)) == voucher_id:
        state.delete(tables.VOUCHER_CODES, key)


def store_voucher(state: State, voucher: Voucher) -> None:
    """Stores a voucher that exists; what sessions hold of it and what binds it is kept elsewhere."""
    stored = state.get(tables.VOUCHERS, voucher.id)
    if stored is None:
        return
    if stored.holds != voucher.holds or stored.rule_ids != voucher.rule_ids:
        voucher = structs.replace(voucher, holds=stored.holds, rule_ids=stored.rule_ids)
    state.put(tables.VOUCHERS, voucher, voucher.id)
    if voucher.loyalty_card is not stored.loyalty_card:
        follow_expiration(state, stored, voucher)
    _put_offered(state, stored, voucher)


def _put_offered(state: State, before: Voucher | None, after: Voucher | None) -> None:
    """Keeps what anybody could redeem; a campaign's vouchers are left out, being many."""
    voucher = after or before
    if voucher is None or voucher.campaign_id is not None:
        return
    offered = None if after is None else _offered_entry(after)
    if offered == (None if before is None else _offered_entry(before)):
        return
    key = (f"{voucher.created_at:015d}", voucher.id)
    if offered is None:
        state.delete(tables.OFFERED, *key)
    else:
        state.put(tables.OFFERED, offered, *key)


def _offered_entry(voucher: Voucher) -> tables.Offered | None:
    if voucher.holder_id is not None or not voucher.active:
        return None
    if voucher.quantity is not None and voucher.redeemed_quantity >= voucher.quantity:
        return None
    card = voucher.gift or voucher.loyalty_card
    if card is not None and card.balance <= 0:
        return None
    return tables.Offered(voucher.id, voucher.expiration_date)


FOLDS: Folds = MappingProxyType(
    {
        VoucherCreated: voucher_created,
        VoucherUpdated: voucher_changed,
        VoucherEnabled: voucher_changed,
        VoucherDisabled: voucher_changed,
        VoucherDeleted: voucher_deleted,
        BalanceAdjusted: points_changed,
        PointsExpired: points_changed,
        PointsExpiring: points_told,
        PointsTransferred: points_transferred,
    }
)
