"""What happened to promotions.

An event of a tier or a stack says, besides what it is after it, what its answer shows of others:
its categories, by hierarchy, and, of a tier, its campaign as it is after it.
"""

from typing import Final

from schemas.base import Shape, Unanswered
from schemas.campaigns import Campaign
from schemas.categories import Category
from schemas.promotions import PromotionStack, PromotionTier


class TierEvent(Shape, frozen=True):
    """What all events of one tier have in common."""

    tier: PromotionTier
    campaign: Campaign
    categories: tuple[Category, ...] = ()


class StackEvent(Shape, frozen=True):
    """What all events of one stack have in common."""

    stack: PromotionStack
    categories: tuple[Category, ...] = ()


class TierCreated(TierEvent, tag="promotion_tier.created", frozen=True):
    """A tier exists."""


class TierUpdated(TierEvent, tag="promotion_tier.updated", frozen=True):
    """A tier changed; `tier` is the whole after it."""


class TierEnabled(TierEvent, tag="promotion_tier.enabled", frozen=True):
    """A tier became usable."""


class TierDisabled(TierEvent, tag="promotion_tier.disabled", frozen=True):
    """A tier became unusable."""


class TierDeleted(TierEvent, tag="promotion_tier.deleted", frozen=True):
    """A tier is gone."""


class TiersMoved(Unanswered, tag="promotion_tiers.moved", frozen=True):
    """Tiers of one campaign made room for another; nothing else of them changed."""

    campaign_id: str
    #: Tier id → its new place (hierarchy), in the order in which they moved.
    places: dict[str, int]


class TiersOrdered(Shape, tag="promotion_tiers.ordered", frozen=True):
    """All tiers of a campaign were put in an order; `campaign` is as it is after it."""

    campaign: Campaign
    #: Tier id → its place (hierarchy), the first first.
    places: dict[str, int]

    @property
    def campaign_id(self) -> str:
        """The campaign whose tiers they are."""
        return self.campaign.id


class CampaignPromotionsDeleted(Unanswered, tag="campaign.promotions_deleted", frozen=True):
    """Some tiers, or stacks, of a deleted campaign are gone with it."""

    campaign_id: str
    tier_ids: tuple[str, ...] = ()
    stack_ids: tuple[str, ...] = ()


class StackCreated(StackEvent, tag="promotion_stack.created", frozen=True):
    """A stack exists."""


class StackUpdated(StackEvent, tag="promotion_stack.updated", frozen=True):
    """A stack changed; `stack` is the whole after it."""


class StackDeleted(StackEvent, tag="promotion_stack.deleted", frozen=True):
    """A stack is gone."""


PromotionEvent = (
    TierCreated
    | TierUpdated
    | TierEnabled
    | TierDisabled
    | TierDeleted
    | TiersMoved
    | TiersOrdered
    | CampaignPromotionsDeleted
    | StackCreated
    | StackUpdated
    | StackDeleted
)
#: Tiers and stacks by themselves: nothing is redeemed by them, and there is no voucher.
PROMOTION_EVENTS: Final = frozenset(
    {
        TierCreated,
        TierUpdated,
        TierEnabled,
        TierDisabled,
        TierDeleted,
        TiersMoved,
        TiersOrdered,
        CampaignPromotionsDeleted,
        StackCreated,
        StackUpdated,
        StackDeleted,
    }
)
