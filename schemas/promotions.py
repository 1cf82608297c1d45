"""Promotions: tiers of a campaign, which need no code, and stacks of them."""

from typing import Literal

import msgspec
from msgspec import field

from schemas.base import Metadata, Millis, Shape
from schemas.discounts import Discount
from schemas.validity import ValidityHours, ValidityTimeframe

#: How many tiers a campaign and a stack have at most, and how many stacks a campaign.
TIERS_MAX = 20_000
STACK_TIERS_MAX = 30
STACKS_MAX = 1000
#: How many tiers a campaign is created with, and how many of them it shows.
TIERS_AT_ONCE_MAX = 500
TIERS_SHOWN_MAX = 100
#: How many tiers one command moves to other places.
TIERS_MOVED_MAX = 500


class PromotionTier(Shape, frozen=True):
    """An offer of a promotion campaign; its own dates and those of its campaign bind it."""

    id: str
    campaign_id: str
    name: str
    created_at: Millis
    #: None: it takes part in stacks and takes nothing.
    discount: Discount | None
    #: Its place among the campaign's tiers, from 1 on.
    hierarchy: int = 1
    banner: str | None = None
    active: bool = True
    start_date: Millis | None = None
    expiration_date: Millis | None = None
    validity_timeframe: ValidityTimeframe | None = None
    validity_day_of_week: tuple[int, ...] | None = None
    validity_hours: ValidityHours | None = None
    category_id: str | None = None
    metadata: Metadata = field(default_factory=dict)
    #: The sets of validation rules that bind it; kept by the fold of their assignments.
    rule_ids: tuple[str, ...] = ()
    #: What was redeemed so far, and what the orders came to, in minor units.
    redeemed_quantity: int = 0
    orders_amount: int = 0
    orders_discount: int = 0
    updated_at: Millis | None = None


class PromotionStack(Shape, frozen=True):
    """Tiers that are applied together, in this order."""

    id: str
    campaign_id: str
    name: str
    created_at: Millis
    tier_ids: tuple[str, ...]
    category_id: str | None = None
    updated_at: Millis | None = None
    #: As the caller said it; there is no other mode.
    hierarchy_mode: Literal["MANUAL"] | None = None


class NewTier(Shape, frozen=True):
    """A tier that is created with its campaign."""

    tier: PromotionTier
    #: The ids of the validation rules that are to bind it.
    validation_rules: tuple[str, ...] = ()
    #: Its place; None: after the one before it.
    hierarchy: int | None = None


class CreateTier(Shape, tag="create_promotion_tier", frozen=True):
    """Adds a tier to a campaign; id and times are filled in by `decide`."""

    campaign: str
    tier: PromotionTier
    #: The ids of the validation rules that are to bind it.
    validation_rules: tuple[str, ...] = ()
    #: Its place; None: after the last.
    hierarchy: int | None = None


class UpdateTier(Shape, tag="update_promotion_tier", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    tier_id: str
    changes: msgspec.Raw
    #: None: as they are.
    validation_rules: tuple[str, ...] | None = None


class DeleteTier(Shape, tag="delete_promotion_tier", frozen=True):
    """Removes a tier; stacks go on without it."""

    tier_id: str


class OrderTiers(Shape, tag="order_promotion_tiers", frozen=True):
    """Puts all tiers of a promotion in an order: the first has the hierarchy 1."""

    campaign: str
    ids: tuple[str, ...]


class EnableTier(Shape, tag="enable_promotion_tier", frozen=True):
    """Makes a tier usable."""

    tier_id: str


class DisableTier(Shape, tag="disable_promotion_tier", frozen=True):
    """Makes a tier unusable until it is enabled."""

    tier_id: str


class CreateStack(Shape, tag="create_promotion_stack", frozen=True):
    """Adds a stack of tiers to a campaign."""

    campaign: str
    name: str
    tier_ids: tuple[str, ...]
    category_id: str | None = None
    hierarchy_mode: Literal["MANUAL"] | None = None


class UpdateStack(Shape, tag="update_promotion_stack", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    campaign: str
    stack_id: str
    changes: msgspec.Raw


class DeleteStack(Shape, tag="delete_promotion_stack", frozen=True):
    """Removes a stack; its tiers stay."""

    campaign: str
    stack_id: str


PromotionCommand = (
    CreateTier
    | UpdateTier
    | DeleteTier
    | EnableTier
    | DisableTier
    | OrderTiers
    | CreateStack
    | UpdateStack
    | DeleteStack
)
