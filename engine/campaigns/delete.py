"""Campaigns that are deleted: what goes with them at once, and what follows in the background."""

from msgspec import structs

from engine.assignments.decide import drop_assignments_of
from engine.background.decide import start_action_event
from engine.kernel.bin_entries import bin_entry_added_event
from engine.kernel.decision import Decision
from engine.kernel.lookup import find_campaign
from engine.kernel.state import View
from engine.rewards.assign import unassign_rewards_of
from engine.rewards.find import assignments_of_program
from schemas.actions import DeleteCampaignVouchers, DeletePromotions, Work
from schemas.base import Millis
from schemas.campaigns import CampaignDeleted, DeleteCampaign
from schemas.commands import Command
from schemas.errors import Refusal, not_found
from schemas.events import Event


def delete_campaign(
    view: View, command: Command, body: DeleteCampaign, now: Millis
) -> Decision | Refusal:
    """Moves it to the bin, or removes it for good; what is in it follows in the background."""
    campaign = find_campaign(view, body.campaign)
    if campaign is None or body.kind not in (None, campaign.campaign_type):
        return not_found("campaign", body.campaign)
    gone = structs.replace(campaign, deleted_at=now)
    work: Work = DeleteCampaignVouchers(campaign.id, body.force, campaign.voucher_seq)
    if campaign.campaign_type == "PROMOTION":
        work = DeletePromotions(campaign.id, campaign.last_tier_place)
    events: list[Event] = [
        *drop_assignments_of(view, campaign, *assignments_of_program(view, campaign.id)),
        *unassign_rewards_of(view, campaign.id),
        CampaignDeleted(gone, body.force),
    ]
    if not body.force:
        events.append(bin_entry_added_event(command, "campaign", campaign.id, campaign.name, now))
    events.append(start_action_event(command, "CAMPAIGN.VOUCHERS_DELETE", work, None, now))
    return Decision(tuple(events))
