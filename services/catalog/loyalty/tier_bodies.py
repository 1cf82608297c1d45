"""What requests may say of tiers of loyalty programs, and what the commands make of it."""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from fronts.fields import Amount, Body, Short, Shown
from schemas.base import is_number
from schemas.loyalty_tiers import (
    MAPPINGS_MAX,
    MULTIPLIER_MAX,
    Mappings,
    NewLoyaltyTier,
    PointsMapping,
    PointsRange,
)

_DIGITS_MAX: Final = 30


def _multiplier(value: Any) -> Decimal:
    if not is_number(value) or len(str(value)) > _DIGITS_MAX:
        raise ValueError(f"a number of at most {_DIGITS_MAX} digits is wanted")
    return Decimal(str(value))


class PointsBody(Body):
    """The points of a tier, both ends within."""

    from_: Amount | None = Field(default=None, alias="from")
    to: Amount | None = None


class MappingBody(Body):
    """What a tier makes of points: so many times as many, or others; what is said tells which."""

    type: Literal["MULTIPLY", "CUSTOM"] | None = None
    multiplier: (
        Annotated[Decimal, BeforeValidator(_multiplier), Field(ge=0, le=MULTIPLIER_MAX)] | None
    ) = None
    points: Amount | None = None


MappingBodies = Annotated[dict[Short, MappingBody], Field(max_length=MAPPINGS_MAX)]


class NewTierBody(Body):
    """A new tier."""

    name: Annotated[Short, Field(min_length=1)]
    points: PointsBody
    earning_rules: MappingBodies | None = None
    rewards: MappingBodies | None = None
    metadata: dict[str, Any] | None = None


class TierBody(Body):
    """Changes of a tier; only what is named changes."""

    name: Annotated[Short, Field(min_length=1)] | None = None
    points: PointsBody | None = None
    earning_rules: MappingBodies | None = None
    rewards: MappingBodies | None = None
    metadata: dict[str, Any] | None = None
    id: Shown = None
    campaign_id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    config: Shown = None
    expiration: Shown = None
    object: Literal["loyalty_tier"] | None = None


def new_tier(body: NewTierBody) -> NewLoyaltyTier:
    """The tier that a body describes."""
    return NewLoyaltyTier(
        body.name,
        _range_of(body.points),
        _mappings_of(body.earning_rules),
        _mappings_of(body.rewards),
        body.metadata or {},
    )


def tier_changes(body: TierBody) -> dict[str, Any]:
    """What an update names, in the encoding of the state; null of mappings takes them away."""
    changes: dict[str, Any] = {}
    if body.name is not None:
        changes["name"] = body.name
    if body.points is not None:
        changes["points"] = _range_of(body.points)
    for name in ("earning_rules", "rewards"):
        if name in body.model_fields_set:
            changes[name] = _mappings_of(getattr(body, name))
    if "metadata" in body.model_fields_set:
        changes["metadata"] = body.metadata
    return changes


def _range_of(body: PointsBody) -> PointsRange:
    return PointsRange(body.from_, body.to)


def _mappings_of(bodies: dict[str, MappingBody] | None) -> Mappings | None:
    if bodies is None:
        return None
    return {name: _mapping_of(each) for name, each in bodies.items()}


def _mapping_of(body: MappingBody) -> PointsMapping:
    multiplies = body.type == "MULTIPLY" or (body.type is None and body.points is None)
    return PointsMapping("MULTIPLY" if multiplies else "CUSTOM", body.multiplier, body.points)
