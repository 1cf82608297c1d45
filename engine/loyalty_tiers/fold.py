"""Tiers of programs in the state, who is in them, and when time changes that."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.due import drop_due, put_due
from engine.kernel.reacting import note_reacting
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.loyalty_tiers import (
    LoyaltyTierCreated,
    LoyaltyTierDeleted,
    LoyaltyTierUpdated,
    Standing,
    StandingChanged,
    TierDowngraded,
    TierExpirationChanged,
    TierJoined,
    TierLeft,
    TierMove,
    TierProlonged,
    TierUpgraded,
)


def tier_stored(state: State, event: LoyaltyTierCreated | LoyaltyTierUpdated, _: Millis) -> None:
    """The tier is as the event says, and its program reacts."""
    tier = event.tier
    state.put(tables.LOYALTY_TIERS, tier, tier.campaign_id, tier.id)
    note_reacting(state, "tiers", tier.campaign_id, reacts=True)


def tier_deleted(state: State, event: LoyaltyTierDeleted, _: Millis) -> None:
    """The tier is found no more; it is kept until nobody is in it (engine/background/fold.py)."""
    tier = event.tier
    state.put(tables.LOYALTY_TIERS, tier, tier.campaign_id, tier.id)


def member_moved(state: State, event: TierMove | StandingChanged, _: Millis) -> None:
    """The member stands as the event says; a sweep looks when time changes it."""
    store_standing(state, event.standing)


def store_standing(state: State, standing: Standing) -> None:
    """Stores how a card's holder stands."""
    if state.get(tables.VOUCHERS, standing.voucher_id) is None:
        return
    drop_standing(state, standing.voucher_id)
    state.put(tables.STANDINGS, standing, standing.voucher_id)
    if standing.next_at is not None:
        put_due(state, _due(standing.voucher_id, standing.next_at))


def drop_standing(state: State, voucher_id: str) -> None:
    """The card is gone, and how its holder stood with it."""
    stored = state.get(tables.STANDINGS, voucher_id)
    if stored is None:
        return
    state.delete(tables.STANDINGS, voucher_id)
    if stored.next_at is not None:
        drop_due(state, _due(voucher_id, stored.next_at))


def _due(voucher_id: str, at: Millis) -> tables.Due:
    return tables.Due(tables.DUE_LOYALTY_TIER, voucher_id, at)


FOLDS: Folds = MappingProxyType(
    {
        LoyaltyTierCreated: tier_stored,
        LoyaltyTierUpdated: tier_stored,
        LoyaltyTierDeleted: tier_deleted,
        TierJoined: member_moved,
        TierLeft: member_moved,
        TierUpgraded: member_moved,
        TierDowngraded: member_moved,
        TierProlonged: member_moved,
        TierExpirationChanged: member_moved,
        StandingChanged: member_moved,
    }
)
