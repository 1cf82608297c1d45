"""Promotions in the state: tiers and stacks by id, and those of a campaign."""

from engine.campaigns.fold import store_campaign
from engine.campaigns.tiers.store import move_tier, put_tier, remove_tier, store_tier
from engine.kernel import tables
from engine.kernel.state import State
from schemas.base import Millis
from schemas.promotion_events import (
    CampaignPromotionsDeleted,
    StackCreated,
    StackDeleted,
    StackUpdated,
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TiersMoved,
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


def tier_deleted(state: State, event: TierDeleted, _: Millis) -> None:
    """The tier is found no more; its place is free."""
    remove_tier(state, event.tier.id)
    store_campaign(state, event.campaign)


def promotions_deleted(state: State, event: CampaignPromotionsDeleted, _: Millis) -> None:
    """Tiers and stacks of a campaign that is gone are gone, too."""
    for tier_id in event.tier_ids:
        remove_tier(state, tier_id)
    for stack_id in event.stack_ids:
        _remove_stack(state, event.campaign_id, stack_id)


def stack_stored(state: State, event: StackCreated | StackUpdated, _: Millis) -> None:
    """The stack is found by its id and by its campaign."""
    stack = event.stack
    state.put(tables.STACKS, stack, stack.id)
    state.put(tables.CAMPAIGN_STACKS, stack.id, stack.campaign_id, stack.id)


def stack_deleted(state: State, event: StackDeleted, _: Millis) -> None:
    """The stack is found no more."""
    _remove_stack(state, event.stack.campaign_id, event.stack.id)


def _remove_stack(state: State, campaign_id: str, stack_id: str) -> None:
    state.delete(tables.STACKS, stack_id)
    state.delete(tables.CAMPAIGN_STACKS, campaign_id, stack_id)
