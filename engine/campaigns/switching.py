"""Campaigns are switched on and off."""

from msgspec import structs

from engine.campaigns.joining import joining_started_event, joins_by_itself
from engine.kernel.decision import Decision
from engine.kernel.lookup import find_campaign
from engine.kernel.state import View
from schemas.base import Millis
from schemas.campaigns import CampaignDisabled, CampaignEnabled, DisableCampaign, EnableCampaign
from schemas.commands import Command
from schemas.errors import Refusal, not_found


def enable_campaign(
    view: View, command: Command, body: EnableCampaign, now: Millis
) -> Decision | Refusal:
    """Its vouchers work again, each as far as it may itself."""
    campaign = find_campaign(view, body.campaign)
    if campaign is None:
        return not_found("campaign", body.campaign)
    enabled = CampaignEnabled(structs.replace(campaign, active=True, updated_at=now))
    if joins_by_itself(campaign) and not campaign.active:
        return Decision((joining_started_event(command, campaign.id, now), enabled))
    return Decision((enabled,))


def disable_campaign(
    view: View, _: Command, body: DisableCampaign, now: Millis
) -> Decision | Refusal:
    """None of its vouchers works."""
    campaign = find_campaign(view, body.campaign)
    if campaign is None:
        return not_found("campaign", body.campaign)
    return Decision((CampaignDisabled(structs.replace(campaign, active=False, updated_at=now)),))
