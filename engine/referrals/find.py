"""Finding referral codes, who came by them, and what a conversion gives."""

from collections.abc import Iterator
from heapq import merge

from engine.kernel import tables
from engine.kernel.ids import holding_id
from engine.kernel.lookup import campaign_of, find_campaign, find_voucher
from engine.kernel.state import View
from schemas.campaigns import Campaign
from schemas.errors import Refusal, not_found
from schemas.referrals import Referral, ReferralTier
from schemas.vouchers import Voucher


def find_code(view: View, member: str, campaign: str | None = None) -> Voucher | Refusal:
    """The referral code with that code or id, of that campaign where one is named."""
    if campaign is not None:
        program = find_program(view, campaign)
        if isinstance(program, Refusal):
            return program
        campaign = program.id
    voucher = find_voucher(view, member)
    if voucher is None or not voucher.is_referral_code:
        return not_found("voucher", member)
    if campaign not in (None, voucher.campaign_id):
        return not_found("voucher", member)
    return voucher


def find_program(view: View, campaign: str) -> Campaign | Refusal:
    """The referral program with that id or name."""
    found = find_campaign(view, campaign)
    if found is None or found.referral_program is None:
        return not_found("campaign", campaign)
    return found


def program_of(view: View, voucher: Voucher) -> Campaign | None:
    """The program of a referral code, if it is not deleted."""
    campaign = campaign_of(view, voucher) if voucher.is_referral_code else None
    return None if campaign is None or campaign.referral_program is None else campaign


def find_referral(view: View, customer_id: str, campaign_id: str) -> Referral | None:
    """The customer as a referee of the program, be it of before."""
    return view.get(tables.REFERRALS, customer_id, campaign_id)


def is_referee(referral: Referral | None) -> bool:
    """Whether somebody has the code, converted or not."""
    return referral is not None and referral.status != "REVOKED"


def referrer_holder_id(voucher: Voucher) -> str | None:
    """The id of the referrer as a holder of the code."""
    return None if voucher.holder_id is None else holding_id(voucher.holder_id, voucher.id)


def holders_of(
    view: View, voucher: Voucher, *, after: str | None = None, backwards: bool = False
) -> Iterator[tuple[str, str]]:
    """The ids of those who hold a code, its referrer included, with their customers' ids."""
    referees = (
        (holding_id(each, voucher.id), each)
        for each in view.scan(tables.REFEREES, voucher.id, after=after, backwards=backwards)
    )
    own = referrer_holder_id(voucher)
    if own is None or voucher.holder_id is None or _is_passed(own, after, backwards=backwards):
        return referees
    return merge(referees, [(own, voucher.holder_id)], reverse=backwards)


def _is_passed(holder: str, after: str | None, *, backwards: bool) -> bool:
    if after is None:
        return False
    return holder >= after if backwards else holder <= after


def holders_count(view: View, voucher: Voucher) -> int:
    """How many hold a code, its referrer included."""
    referees = view.get(tables.REFEREE_COUNTS, voucher.id) or 0
    return referees + (voucher.holder_id is not None)


def conversions_of(view: View, campaign_id: str, referrer_id: str) -> int:
    """How many customers of a program count for a referrer."""
    return view.get(tables.CONVERSIONS, campaign_id, referrer_id) or 0


def tier_for(view: View, campaign_id: str, conversions: int) -> ReferralTier | None:
    """The tier of a referrer with so many conversions: the highest that is reached."""
    reached = (
        each
        for each in view.scan(tables.REFERRAL_TIERS, campaign_id)
        if each.conversions <= conversions
    )
    return max(reached, key=lambda each: (each.conversions, each.id), default=None)
