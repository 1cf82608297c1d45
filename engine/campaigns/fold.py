"""Campaigns in the state: by id, their ids by name, and their vouchers by number.

One in the bin keeps its name. Its vouchers are not looked at here: whoever looks for one asks for
its campaign.
"""

from types import MappingProxyType

from engine.campaigns.joining import joins_by_itself
from engine.campaigns.stacks.fold import remove_stack
from engine.campaigns.store import store_campaign
from engine.campaigns.tiers.store import put_tier, remove_tier
from engine.codes.generated import encode_vouchers
from engine.counters.ended import end_counts
from engine.kernel import tables
from engine.kernel.folding import fold_code
from engine.kernel.lookup import tells_case
from engine.kernel.reacting import drop_reacting, note_reacting
from engine.kernel.room import Folds
from engine.kernel.state import State, encode
from schemas.base import Millis
from schemas.campaigns import (
    CampaignCreated,
    CampaignDeleted,
    CampaignDisabled,
    CampaignEnabled,
    CampaignUpdated,
    VouchersGenerated,
)
from schemas.promotion_events import CampaignPromotionsDeleted


def campaign_created(state: State, event: CampaignCreated, _: Millis) -> None:
    """The campaign is found by its id and its name, and so are the tiers of a promotion."""
    campaign = event.campaign
    state.put(tables.CAMPAIGN_NAMES, campaign.id, campaign.name)
    state.put(tables.CAMPAIGNS, campaign, campaign.id)
    if campaign.referral_program is not None:
        note_reacting(state, "referring", campaign.id, reacts=True)
    if campaign.giveaway is not None:
        note_reacting(state, "giving", campaign.id, reacts=True)
    note_reacting(state, "joining", campaign.id, reacts=joins_by_itself(campaign))
    for tier in event.tiers:
        put_tier(state, tier)


def campaign_changed(
    state: State, event: CampaignUpdated | CampaignEnabled | CampaignDisabled, _: Millis
) -> None:
    """The campaign is as the event says."""
    store_campaign(state, event.campaign)
    note_reacting(state, "joining", event.campaign.id, reacts=joins_by_itself(event.campaign))


def campaign_deleted(state: State, event: CampaignDeleted, _: Millis) -> None:
    """The campaign is not found any more; with `force` its name is free.

    It is kept until the last of its vouchers is gone (engine/background/fold.py). Nothing of it is
    redeemed any more, be it in the bin, so what was counted for it goes at once. It reacts to nothing.
    """
    campaign = event.campaign
    store_campaign(state, campaign)
    drop_reacting(state, campaign.id)
    end_counts(state, ("campaign", campaign.id))
    if event.force and state.get(tables.CAMPAIGN_NAMES, campaign.name) == campaign.id:
        state.delete(tables.CAMPAIGN_NAMES, campaign.name)


def vouchers_generated(state: State, event: VouchersGenerated, _: Millis) -> None:
    """The vouchers are found by id, by code and by their numbers in the campaign."""
    campaign = event.campaign
    store_campaign(state, campaign)
    ids = list(map(encode, event.ids))
    numbers = [f"{number:010d}" for number in range(event.first, event.first + len(ids))]
    state.put_encoded(tables.VOUCHERS, event.ids, encode_vouchers(event))
    codes = event.codes if tells_case(state) else tuple(map(fold_code, event.codes))
    state.put_encoded(tables.VOUCHER_CODES, codes, ids)
    state.put_encoded(tables.CAMPAIGN_VOUCHERS, numbers, ids, campaign.id)


def promotions_deleted(state: State, event: CampaignPromotionsDeleted, _: Millis) -> None:
    """Tiers and stacks of a campaign that is gone are gone, too."""
    for tier_id in event.tier_ids:
        remove_tier(state, tier_id)
    for stack_id in event.stack_ids:
        remove_stack(state, event.campaign_id, stack_id)


FOLDS: Folds = MappingProxyType(
    {
        CampaignCreated: campaign_created,
        CampaignUpdated: campaign_changed,
        CampaignEnabled: campaign_changed,
        CampaignDisabled: campaign_changed,
        CampaignDeleted: campaign_deleted,
        VouchersGenerated: vouchers_generated,
        CampaignPromotionsDeleted: promotions_deleted,
    }
)
