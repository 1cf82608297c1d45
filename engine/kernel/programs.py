"""Finding loyalty programs and their members the way callers name them."""

from engine.kernel.lookup import campaign_of, find_campaign, find_voucher
from engine.kernel.state import View
from schemas.campaigns import Campaign
from schemas.errors import Refusal, not_found
from schemas.vouchers import Voucher


def find_program(view: View, id_or_name: str) -> Campaign | Refusal:
    """The loyalty program with that id or name; any other campaign is not found."""
    campaign = find_campaign(view, id_or_name)
    if campaign is None or campaign.campaign_type != "LOYALTY_PROGRAM":
        return not_found("campaign", id_or_name)
    return campaign


def find_member(view: View, member: str, program: str | None = None) -> Voucher | Refusal:
    """The card with that code or id, be it nobody's yet; with `program` only a card of that one."""
    within = None if program is None else find_program(view, program)
    if isinstance(within, Refusal):
        return within
    card = find_voucher(view, member)
    campaign = None if card is None else campaign_of(view, card)
    if card is None or campaign is None or campaign.campaign_type != "LOYALTY_PROGRAM":
        return not_found("voucher", member)
    if within is not None and campaign.id != within.id:
        return not_found("voucher", member)
    return card
