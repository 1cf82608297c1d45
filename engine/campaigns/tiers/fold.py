"""What happened to promotion tiers, in the state."""

from types import MappingProxyType

from engine.campaigns.store import store_campaign
from engine.campaigns.tiers.store import move_tier, put_tier, remove_tier, store_tier
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.promotion_events import (
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TiersMoved,
    TiersOrdered,
    TierUpdated,
)


def tier_created(state: State, event: TierCreated, _: Millis) -> None:
    """The tier is found by its id and by its place in the campaign, which counts it."""
    put_tier(state, event.tier)
    store_campaign(state, event.campaign)


def tier_changed(state: State, event: TierUpdated | TierEnabled | TierDisabled, _: Millis) -> None:
    """The tier is as the event says, and in its place."""
    store_tier(state, event.tier)
    store_campaign(state, event.campaign)


def tiers_moved(state: State, event: TiersMoved, _: Millis) -> None:
    """The tiers are in their new places."""
    for tier_id, place in event.places.items():
        move_tier(state, tier_id, place)


def tiers_ordered(state: State, event: TiersOrdered, _: Millis) -> None:
    """The tiers are in their new places, and the campaign knows the last."""
    for tier_id, place in event.places.items():
        move_tier(state, tier_id, place)
    store_campaign(state, event.campaign)


def tier_deleted(state: State, event: TierDeleted, _: Millis) -> None:
    """The tier is found no more; its place is free."""
    remove_tier(state, event.tier.id)
    store_campaign(state, event.campaign)


FOLDS: Folds = MappingProxyType(
    {
        TierCreated: tier_created,
        TierUpdated: tier_changed,
        TierEnabled: tier_changed,
        TierDisabled: tier_changed,
        TierDeleted: tier_deleted,
        TiersMoved: tiers_moved,
        TiersOrdered: tiers_ordered,
    }
)
