"""Tiers in the state: by id, and by their places in their campaign, so in order of hierarchy."""

from msgspec import structs

from engine.counters.ended import end_counts
from engine.kernel import tables
from engine.kernel.state import State
from schemas.promotions import PromotionTier


def put_tier(state: State, tier: PromotionTier) -> None:
    """Stores a tier, be it new, and its place."""
    state.put(tables.TIERS, tier, tier.id)
    state.put(tables.CAMPAIGN_TIERS, tier.id, tier.campaign_id, tables.place_key(tier.hierarchy))


def store_tier(state: State, tier: PromotionTier) -> None:
    """Stores a tier that exists, in its place; what binds it is kept by its assignments alone."""
    stored = state.get(tables.TIERS, tier.id)
    if stored is None:
        return
    if stored.rule_ids != tier.rule_ids:
        tier = structs.replace(tier, rule_ids=stored.rule_ids)
    if stored.hierarchy == tier.hierarchy:
        state.put(tables.TIERS, tier, tier.id)
        return
    _free_place(state, stored)
    put_tier(state, tier)


def move_tier(state: State, tier_id: str, place: int) -> None:
    """A tier that exists is in another place of its campaign; nothing else of it changed."""
    stored = state.get(tables.TIERS, tier_id)
    if stored is not None:
        store_tier(state, structs.replace(stored, hierarchy=place))


def remove_tier(state: State, tier_id: str) -> None:
    """Removes a tier; its place is free."""
    stored = state.get(tables.TIERS, tier_id)
    if stored is not None:
        _free_place(state, stored)
        state.delete(tables.TIERS, tier_id)
        end_counts(state, ("promotion_tier", tier_id))


def _free_place(state: State, tier: PromotionTier) -> None:
    """The tier's place is free, unless another moved there already."""
    place = tables.place_key(tier.hierarchy)
    if state.get(tables.CAMPAIGN_TIERS, tier.campaign_id, place) == tier.id:
        state.delete(tables.CAMPAIGN_TIERS, tier.campaign_id, place)
