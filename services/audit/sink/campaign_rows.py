"""From an event to the rows of campaigns, and of the tiers that they count."""

from collections.abc import Iterable, Iterator

from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
)
from schemas.promotion_events import TierCreated, TierDeleted
from services.audit.sink.entities import EntityRow, entity_row, gone_row
from services.audit.sink.promotion_rows import placed_tier, tier_gone


def campaign_changed(
    project: str,
    event: CampaignUpdated | CampaignEnabled | CampaignDisabled,
) -> Iterable[EntityRow]:
    """The campaign's row."""
    return (campaign_row(project, event.campaign),)


def campaign_created(project: str, event: CampaignCreated) -> Iterator[EntityRow]:
    """The campaign, and the tiers of a promotion."""
    yield campaign_row(project, event.campaign)
    for tier in event.tiers:
        yield from placed_tier(project, tier)


def campaign_deleted(project: str, event: CampaignDeleted) -> Iterable[EntityRow]:
    """That the campaign is gone; its vouchers follow by events of their own."""
    return (gone_row(project, "campaign", event.campaign.id, event.campaign.name),)


def tier_created(project: str, event: TierCreated) -> Iterable[EntityRow]:
    """The tier with its place, and its campaign, which counts it."""
    return *placed_tier(project, event.tier), campaign_row(project, event.campaign)


def tier_deleted(project: str, event: TierDeleted) -> Iterable[EntityRow]:
    """That the tier is gone, and its campaign."""
    rows = tier_gone(project, event.tier.id, event.tier.name)
    return *rows, campaign_row(project, event.campaign)


def campaign_row(project: str, campaign: Campaign) -> EntityRow:
    """A campaign as it is."""
    template, timeframe = campaign.voucher, campaign.validity_timeframe
    return entity_row(
        project,
        "campaign",
        campaign,
        alias=campaign.name,
        texts={
            "type": campaign.campaign_type,
            "status": "IN_PROGRESS" if campaign.generating else "DONE",
            "campaign_id": campaign.id,
            "update_type": campaign.type,
            "category_id": campaign.category_id,
            "voucher_type": template.type if template else None,
            "validity_timeframe": f"{timeframe.interval}/{timeframe.duration}" if timeframe else "",
            "validity_day_of_week": [str(day) for day in campaign.validity_day_of_week or ()],
        },
        numbers={
            "start_date": campaign.start_date,
            "expiration_date": campaign.expiration_date,
            "active": int(campaign.active),
        }
        | ({"is_referral_code": 1} if campaign.referral_program is not None else {}),
        metadata=campaign.metadata,
    )
