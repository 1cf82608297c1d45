"""Tiers of programs. Source: the API contract's schema of loyalty tiers, and what was observed."""

from types import MappingProxyType

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body, nearest_number
from engine.kernel.room import Answers, Rendered, shows, shows_nothing
from schemas.loyalty_tiers import (
    LoyaltyTier,
    LoyaltyTierCreated,
    LoyaltyTierDeleted,
    LoyaltyTierUpdated,
    PointsMapping,
    PointsRange,
    Standing,
    TierMove,
)
from schemas.projects import KeyKind
from schemas.records import Decided


def loyalty_tier_body(tier: LoyaltyTier, standing: Standing | None = None) -> Body:
    """The tier as its endpoints show it: each member that was given; of a member, until when."""
    points = _points_body(tier.points)
    body: Body = {"id": tier.id, "name": tier.name, "campaign_id": tier.campaign_id}
    for name, mappings in (("earning_rules", tier.earning_rules), ("rewards", tier.rewards)):
        if mappings is not None:
            body[name] = {each: mapping_body(mapping) for each, mapping in mappings.items()}
    body |= {
        "points": points,
        "metadata": tier.metadata,
        "created_at": iso(tier.created_at),
        "updated_at": iso_or_none(tier.updated_at),
        "config": {"points": points},
        "object": "loyalty_tier",
    }
    if standing is not None:
        body["expiration"] = expiration_body(standing)
    return body


def expiration_body(standing: Standing) -> Body:
    """From when on and until when a member is in a tier; without an end: time alone brings none."""
    since = standing.joined_at if standing.since is None else standing.since
    body: Body = {
        "customer_id": standing.customer_id,
        "campaign_id": standing.campaign_id,
        "tier_id": standing.tier_id,
        "start_date": iso(since),
        "created_at": iso(since),
    }
    if standing.expires_at is not None:
        body["expiration_date"] = iso(standing.expires_at)
    if standing.updated_at is not None:
        body["updated_at"] = iso(standing.updated_at)
    return body


def simple_tier_body(tier: LoyaltyTier) -> Body:
    """The tier in short, as transactions show it."""
    return {"id": tier.id, "name": tier.name}


def program_body(event: TierMove) -> Body:
    """The program that a member moves in, in short."""
    return {
        "id": event.standing.campaign_id,
        "name": event.campaign,
        "campaign_type": "LOYALTY_PROGRAM",
        "object": "campaign",
    }


def _points_body(points: PointsRange) -> Body:
    body: Body = {}
    if points.from_ is not None:
        body["from"] = points.from_
    if points.to is not None:
        body["to"] = points.to
    return body


def mapping_body(mapping: PointsMapping) -> Body:
    """What a tier makes of points, as it was given."""
    body: Body = {"type": mapping.type}
    if mapping.multiplier is not None:
        body["multiplier"] = nearest_number(mapping.multiplier)
    if mapping.points is not None:
        body["points"] = mapping.points
    return body


def _created(event: LoyaltyTierCreated, _: Decided, __: KeyKind) -> Rendered:
    """Those that were created together; the front answers with them alone."""
    data = [loyalty_tier_body(each) for each in (*event.before, event.tier)]
    return Rendered(200, {"object": "list", "data_ref": "data", "data": data, "total": len(data)})


ANSWERS: Answers = MappingProxyType(
    {
        LoyaltyTierCreated: _created,
        LoyaltyTierUpdated: shows(loyalty_tier_body, "tier"),
        LoyaltyTierDeleted: shows_nothing,
    }
)
