"""Holders of referral codes, tiers and trees. Source: the contract's RedeemableHolder and SimpleReferralTier."""

from types import MappingProxyType

from engine.campaigns.referral_body import prize_body
from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.base import Metadata, Millis
from schemas.referrals import (
    HolderRemoved,
    HolderRole,
    HoldersAdded,
    Referral,
    ReferralTier,
    ReferralTierCreated,
    ReferralTierDeleted,
    ReferralTierUpdated,
)
from schemas.vouchers import Voucher


def referee_body(referral: Referral) -> Body:
    """Somebody who came by a referral code; `status` is a member of our own."""
    shown = _holder_body(
        referral.id,
        referral.created_at,
        referral.voucher_id,
        referral.customer_id,
        "REFEREE",
        referral.campaign_id,
        referral.voucher_type,
        referral.metadata,
    )
    return shown | {"status": referral.status}


def referrer_body(voucher: Voucher, holder: str) -> Body:
    """Whoever holds a referral code, since it was published."""
    return _holder_body(
        holder,
        voucher.created_at if voucher.published_at is None else voucher.published_at,
        voucher.id,
        voucher.holder_id or "",
        "REFERRER",
        voucher.campaign_id or "",
        voucher.type,
        {},
    )


def _holder_body(
    holder: str,
    created_at: Millis,
    voucher_id: str,
    customer_id: str,
    role: HolderRole,
    campaign_id: str,
    voucher_type: str,
    metadata: Metadata,
) -> Body:
    return {
        "id": holder,
        "created_at": iso(created_at),
        "redeemable_id": voucher_id,
        "redeemable_object": "voucher",
        "customer_id": customer_id,
        "holder_role": role,
        "campaign_id": campaign_id,
        "campaign_type": "REFERRAL_PROGRAM",
        "voucher_type": voucher_type,
        "metadata": metadata,
        "object": "redeemable_holder",
    }


def tier_body(tier: ReferralTier) -> Body:
    """A tier; what it asks for and gives are its parameters."""
    return {
        "id": tier.id,
        "campaign_id": tier.campaign_id,
        "banner": tier.banner,
        "parameters": {"conversions": tier.conversions, "reward": prize_body(tier.reward)},
        "created_at": iso(tier.created_at),
        "updated_at": iso_or_none(tier.updated_at),
        "object": "referral_tier",
    }


def _holders_body(referrals: tuple[Referral, ...]) -> Body:
    return {"holders": list(map(referee_body, referrals))}


ANSWERS: Answers = MappingProxyType(
    {
        HoldersAdded: shows(_holders_body, "referrals"),
        HolderRemoved: shows_nothing,
        ReferralTierCreated: shows(tier_body, "tier"),
        ReferralTierUpdated: shows(tier_body, "tier"),
        ReferralTierDeleted: shows_nothing,
    }
)
