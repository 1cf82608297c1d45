"""By whom a customer came, as what it adds up to says it: once for each program."""

from msgspec import structs

from schemas.customers import CustomerReferral, CustomerSummary
from schemas.referrals import Referral


def with_referral(
    summary: CustomerSummary, referral: Referral, *, converted: bool
) -> CustomerSummary:
    """What the customer adds up to with the referral, or without it any more."""
    kept = tuple(each for each in summary.referrals if each.campaign_id != referral.campaign_id)
    if converted:
        shown = CustomerReferral(
            referral.campaign_id,
            referral.referrer_id,
            referral.related_object_id or "",
            referral.related_object_type or "",
            referral.converted_at or 0,
        )
        kept = (*kept, shown)
    return structs.replace(summary, referrals=kept)
