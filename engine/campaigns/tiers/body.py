"""Promotion tiers. Source: the API contract, sections 8 and 10."""

from collections.abc import Sequence
from functools import partial
from types import MappingProxyType

from engine.assignments.body import assignments_body
from engine.categories.body import categories_shown
from engine.kernel.calendar import iso
from engine.kernel.encode import Body, places_body
from engine.kernel.room import Answers, Rendered, shows, shows_nothing
from engine.terms.body import discount_body, times_body
from schemas.assignments import RuleAssignment
from schemas.base import Metadata
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.projects import KeyKind
from schemas.promotion_events import (
    TierCreated,
    TierDeleted,
    TierDisabled,
    TierEnabled,
    TierEvent,
    TiersOrdered,
    TierUpdated,
)
from schemas.promotions import PromotionTier
from schemas.records import Decided


def redeemed_tier_body(tier: PromotionTier, campaign_name: str | None = None) -> Body:
    """The tier as a redemption shows it."""
    body = _head(tier)
    body["campaign"] = {"id": tier.campaign_id, "object": "campaign"}
    if campaign_name is not None:
        body["campaign"]["name"] = campaign_name
    body["object"] = "promotion_tier"
    return body


def tier_body(
    tier: PromotionTier,
    campaign: Campaign | None,
    categories: Sequence[Category] = (),
    assignments: Sequence[RuleAssignment] = (),
) -> Body:
    """The tier as its endpoints show it; what it says nothing of is left out.

    Of the categories those that it is in are shown, of the assignments those that bind it.
    """
    body = _head(tier)
    if campaign is not None:
        body["campaign"] = _campaign_body(campaign)
    body["active"] = tier.active
    body |= times_body(tier)
    body["summary"] = {
        "redemptions": {"total_redeemed": tier.redeemed_quantity},
        "orders": {
            "total_amount": tier.orders_amount,
            "total_discount_amount": tier.orders_discount,
        },
    }
    shown = categories_shown(categories, tier.category_id)
    body["category_id"] = tier.category_id if shown else None
    body["categories"] = shown
    body["created_at"] = iso(tier.created_at)
    if tier.updated_at is not None:
        body["updated_at"] = iso(tier.updated_at)
    bound = assignments_body(assignments, tier.id)
    if bound["total"]:
        body["validation_rule_assignments"] = bound
    body["object"] = "promotion_tier"
    return body


def plain_tier_body(
    tier: PromotionTier, campaign: Campaign | None, categories: Sequence[Category] = ()
) -> Body:
    """The tier as a browser is told of it: neither what it came to nor what binds it."""
    body = tier_body(tier, campaign, categories)
    del body["summary"]
    return body


def _head(tier: PromotionTier) -> Body:
    metadata: Metadata = tier.metadata
    return {
        "id": tier.id,
        "name": tier.name,
        "banner": tier.banner,
        "action": {"discount": discount_body(tier.discount)} if tier.discount else {},
        "metadata": metadata,
        "hierarchy": tier.hierarchy,
        "campaign_id": tier.campaign_id,
    }


def _campaign_body(campaign: Campaign) -> Body:
    return {
        "id": campaign.id,
        "start_date": None,
        "expiration_date": None,
        **times_body(campaign),
        "active": campaign.active,
        "category_id": campaign.category_id,
        "object": "campaign",
    }


def _tier(event: TierEvent, record: Decided, _: KeyKind) -> Rendered:
    body = tier_body(event.tier, event.campaign, event.categories, record.assignments)
    return Rendered(200, body)


ANSWERS: Answers = MappingProxyType(
    {
        TierCreated: _tier,
        TierUpdated: _tier,
        TierEnabled: _tier,
        TierDisabled: _tier,
        TierDeleted: shows_nothing,
        TiersOrdered: shows(partial(places_body, "promotion_tier"), "places"),
    }
)
