"""From an event to the rows of the tiers and stacks that it changed.

A tier's place has a row of its own, since it changes with other tiers: an event that moves many
says their places alone.
"""

from collections.abc import Iterator

from schemas.promotion_events import (
    CampaignPromotionsDeleted,
    StackCreated,
    StackDeleted,
    StackUpdated,
    TierDisabled,
    TierEnabled,
    TiersMoved,
    TiersOrdered,
    TierUpdated,
)
from schemas.promotions import PromotionStack, PromotionTier
from services.audit.sink.entities import EntityRow, entity_row, gone_row

TIER = "promotion_tier"
TIER_PLACE = "promotion_tier_place"
STACK = "promotion_stack"


def tier_changed(project: str, event: TierUpdated | TierEnabled | TierDisabled) -> list[EntityRow]:
    """The rows of the tier and of its place."""
    return placed_tier(project, event.tier)


def placed_tier(project: str, tier: PromotionTier) -> list[EntityRow]:
    """The rows of a tier and of its place, which others may change alone."""
    place = _place_row(project, tier.campaign_id, tier.id, tier.hierarchy)
    return [tier_row(project, tier), place]


def tiers_moved(project: str, event: TiersMoved | TiersOrdered) -> list[EntityRow]:
    """The new places of tiers."""
    return [
        _place_row(project, event.campaign_id, tier_id, place)
        for tier_id, place in event.places.items()
    ]


def tier_gone(project: str, tier_id: str, name: str = "") -> list[EntityRow]:
    """That the tier is gone, and its place."""
    return [gone_row(project, TIER, tier_id, name), gone_row(project, TIER_PLACE, tier_id)]


def promotions_deleted(project: str, event: CampaignPromotionsDeleted) -> Iterator[EntityRow]:
    """That tiers and stacks are gone."""
    for tier_id in event.tier_ids:
        yield from tier_gone(project, tier_id)
    for stack_id in event.stack_ids:
        yield gone_row(project, STACK, stack_id)


def stack_changed(project: str, event: StackCreated | StackUpdated) -> list[EntityRow]:
    """The stack's row."""
    return [stack_row(project, event.stack)]


def stack_deleted(project: str, event: StackDeleted) -> list[EntityRow]:
    """That the stack is gone."""
    return [gone_row(project, STACK, event.stack.id, event.stack.name)]


def tier_row(project: str, tier: PromotionTier) -> EntityRow:
    """A tier as it is, its place aside."""
    return entity_row(
        project,
        TIER,
        tier,
        alias=tier.name,
        texts={
            "campaign_id": tier.campaign_id,
            "discount_type": tier.discount.type if tier.discount else None,
            "category_id": tier.category_id,
        },
        numbers={
            "start_date": tier.start_date,
            "expiration_date": tier.expiration_date,
            "active": int(tier.active),
        },
        metadata=tier.metadata,
    )


def _place_row(project: str, campaign_id: str, tier_id: str, place: int) -> EntityRow:
    """The place of a tier in its campaign; the body says it, too."""
    return gone_row(project, TIER_PLACE, tier_id)._replace(
        deleted=0, campaign_id=campaign_id, numbers={"hierarchy": place}, body=str(place)
    )


def stack_row(project: str, stack: PromotionStack) -> EntityRow:
    """A stack as it is."""
    texts = {"campaign_id": stack.campaign_id, "category_id": stack.category_id}
    return entity_row(project, STACK, stack, alias=stack.name, texts=texts)
