"""What webhooks are told of prizes and of tiers of referral programs."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from engine.answers.hook_payload import Told
from engine.answers.hook_transactions import tell_transactions
from engine.answers.prizes_shown import rewarded_data
from engine.customers.body import customer_of, gone_customer_body, simple_customer_body
from engine.referrals.body import tier_body
from schemas.prizes import CustomerRewarded, RewardTakenBack
from schemas.records import Decided
from schemas.referrals import (
    ReferralTierCreated,
    ReferralTierDeleted,
    ReferralTierUpdated,
)


def _rewarded(event: CustomerRewarded, record: Decided) -> Told:
    """That somebody was given a prize; points have a name of their own besides."""
    customer_id = event.given.customer_id
    known = customer_of(record)
    shown = gone_customer_body(customer_id)
    if known is not None and known.id == customer_id:
        shown = simple_customer_body(known)
    data = {"customer": shown} | rewarded_data(event)
    yield "customer.rewarded", data
    if event.voucher.loyalty_card is not None and event.amount:
        yield "customer.rewarded.loyalty_points", data
    yield from tell_transactions(event, record)


def _referral_tier(name: str) -> Callable[[Any, Decided], Told]:
    """A tier as it is."""

    def tell(event: Any, _: Decided) -> Told:
        yield name, {"referral_tier": tier_body(event.tier)}

    return tell


#: What webhooks are told.
TELLS: Final[Mapping[type[Any], Callable[[Any, Decided], Told]]] = MappingProxyType(
    {
        CustomerRewarded: _rewarded,
        RewardTakenBack: tell_transactions,
        ReferralTierCreated: _referral_tier("campaign.referral_tier.created"),
        ReferralTierUpdated: _referral_tier("campaign.referral_tier.updated"),
        ReferralTierDeleted: _referral_tier("campaign.referral_tier.deleted"),
    }
)
