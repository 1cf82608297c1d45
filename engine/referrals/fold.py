"""Referrals in the state: by the customer who was referred, found from the code, and counted.

A referral that is revoked is kept: what was given for it and could not be taken back is never given
again.
"""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State, Table
from schemas.base import Millis
from schemas.referrals import (
    CustomerReferred,
    HolderRemoved,
    HoldersAdded,
    RefereeAdded,
    Referral,
    ReferralRevoked,
    ReferralTierCreated,
    ReferralTierDeleted,
    ReferralTierUpdated,
)


def holders_added(state: State, event: HoldersAdded, _: Millis) -> None:
    """The customers are referees."""
    for referral in event.referrals:
        _store(state, referral)


def referral_changed(
    state: State,
    event: HolderRemoved | RefereeAdded | CustomerReferred | ReferralRevoked,
    _: Millis,
) -> None:
    """The referral is as the event says."""
    _store(state, event.referral)


def tier_stored(state: State, event: ReferralTierCreated | ReferralTierUpdated, _: Millis) -> None:
    """The tier is as the event says."""
    state.put(tables.REFERRAL_TIERS, event.tier, event.tier.campaign_id, event.tier.id)


def tier_deleted(state: State, event: ReferralTierDeleted, _: Millis) -> None:
    """The tier is gone."""
    state.delete(tables.REFERRAL_TIERS, event.tier.campaign_id, event.tier.id)


def _store(state: State, referral: Referral) -> None:
    key = (referral.customer_id, referral.campaign_id)
    before = state.get(tables.REFERRALS, *key)
    if before is not None:
        _count(state, before, -1)
    state.put(tables.REFERRALS, referral, *key)
    _count(state, referral, 1)


def _count(state: State, referral: Referral, sign: int) -> None:
    """Finds and counts a referral, or no longer."""
    if referral.status == "REVOKED":
        return
    if sign > 0:
        state.put(tables.REFEREES, referral.customer_id, referral.voucher_id, referral.id)
    else:
        state.delete(tables.REFEREES, referral.voucher_id, referral.id)
    _add(state, tables.REFEREE_COUNTS, sign, referral.voucher_id)
    if referral.status == "CONVERTED":
        _add(state, tables.CONVERSIONS, sign, referral.campaign_id, referral.referrer_id)


def _add(state: State, table: Table[int], difference: int, *key: str) -> None:
    count = (state.get(table, *key) or 0) + difference
    if count > 0:
        state.put(table, count, *key)
    else:
        state.delete(table, *key)


FOLDS: Folds = MappingProxyType(
    {
        HoldersAdded: holders_added,
        HolderRemoved: referral_changed,
        RefereeAdded: referral_changed,
        CustomerReferred: referral_changed,
        ReferralRevoked: referral_changed,
        ReferralTierCreated: tier_stored,
        ReferralTierUpdated: tier_stored,
        ReferralTierDeleted: tier_deleted,
    }
)
