"""Simulations: what a promotion would have done with what really was asked. Money in minor units."""

from typing import Literal

import msgspec

from schemas.base import Millis, Shape
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.promotions import PromotionTier
from schemas.rules import ValidationRule

SimulationStatus = Literal["SCHEDULED", "IN_PROGRESS", "DONE", "FAILED"]
#: Where a storefront would put the draft's tier among what it asks for.
Placing = Literal["first", "last"]


class Draft(Shape, frozen=True):
    """A promotion with all that it needs, so that it can be laid over any state of its project."""

    campaign: Campaign
    #: By hierarchy.
    tiers: tuple[PromotionTier, ...]
    #: Copies of its own of what binds it, under ids of their own.
    rules: tuple[ValidationRule, ...] = ()
    categories: tuple[Category, ...] = ()


class SimulationAsked(Shape, frozen=True):
    """A draft and the period, its end excluded, whose requests are asked again."""

    draft: Draft
    begins_at: Millis
    ends_at: Millis
    placing: Placing = "last"
    #: The time zone whose days its numbers are of.
    zone: str = "Etc/UTC"


class Figures(msgspec.Struct):
    """Numbers of a day, or of the whole; amounts in minor units."""

    #: What was asked: redemptions, be they refused, and validations.
    redemptions: int = 0
    validations: int = 0
    #: Of them, those to which a tier of the draft would have applied.
    redemptions_matched: int = 0
    validations_matched: int = 0
    #: Redemptions that were refused, and would have succeeded with the draft alone.
    redemptions_rescued: int = 0
    #: Redemptions with the draft that were taken back.
    redemptions_rolled_back: int = 0
    #: The discount that the draft would have given; what was taken back is taken off.
    discount_amount: int = 0
    #: Of the orders with the draft: their amounts before all discounts, and after.
    order_amount: int = 0
    order_total_amount: int = 0
    #: Of other offers: how often the draft would have left one out, or made it take less, and how much.
    offers_displaced: int = 0
    offers_reduced: int = 0
    displaced_amount: int = 0


class DayFigures(Shape, frozen=True):
    """The numbers of a day of the project's calendar."""

    begins_at: Millis
    figures: Figures


class DisplacedOffer(msgspec.Struct):
    """Another offer that the draft would have left out, or that would have taken less beside it."""

    object: Literal["voucher", "promotion_tier"]
    #: Of a tier its own; of a voucher the campaign's, or its own where it is of none.
    id: str
    campaign_id: str | None = None
    displaced: int = 0
    reduced: int = 0
    amount: int = 0


class TierFigures(msgspec.Struct):
    """What each tier of the draft comes to."""

    name: str
    redemptions: int = 0
    discount_amount: int = 0


class SimulationResult(Shape, frozen=True):
    """What a simulation comes to."""

    totals: Figures
    days: tuple[DayFigures, ...] = ()
    tiers: tuple[TierFigures, ...] = ()
    #: The customers of the redemptions with the draft.
    unique_customers: int = 0
    #: Those with the greatest amounts; how many there are in all.
    offers: tuple[DisplacedOffer, ...] = ()
    offers_count: int = 0
    #: Why the draft did not apply to redemptions, by the key of the error.
    refused: dict[str, int] = msgspec.field(default_factory=dict)
    #: Requests of which too little was kept to ask them again.
    unread: int = 0
