"""Referrals: who came by whose referral code, what that counts as, and what it gave.

A referral code is a voucher of a referral program; whoever it is published to is its referrer.
Somebody else who redeems it is a referee, and is referred once the program's conversion happens.
"""

from typing import Final, Literal

import msgspec
from msgspec import field

from schemas.api import CustomerInput
from schemas.base import Metadata, Millis, Shape, Unanswered
from schemas.prize_terms import Prize
from schemas.prizes import GivenPrize
from schemas.vouchers import VoucherType

#: How many referees a referral code has at most.
REFEREES_MAX = 100_000
#: Of how many referrers of before it is known what they kept.
KEPT_BY_OTHERS_MAX: Final = 10
#: How many holders are added at once.
HOLDERS_AT_ONCE_MAX = 20
#: How many tiers a referral program has at most.
REFERRAL_TIERS_MAX = 50

HolderRole = Literal["OWNER", "REFERRER", "REFEREE"]
ConvertedBy = Literal["redemption", "event", "segment"]


class Referral(Shape, frozen=True):
    """A customer as the referee of a program, in which there is one referral of each customer.

    `REFERRED` is who has the code, `CONVERTED` who counts, `REVOKED` of whom that was taken back:
    such a one can be referred again, but no side is given anew what it could keep.
    """

    #: That of the holder.
    id: str
    campaign_id: str
    voucher_id: str
    code: str
    voucher_type: VoucherType
    referrer_id: str
    customer_id: str
    created_at: Millis
    status: Literal["REFERRED", "CONVERTED", "REVOKED"] = "REFERRED"
    #: The redemption that made the customer a referee, where one did.
    redemption_id: str | None = None
    converted_at: Millis | None = None
    #: What the conversion was.
    related_object_id: str | None = None
    related_object_type: ConvertedBy | None = None
    referee_reward: GivenPrize | None = None
    referrer_reward: GivenPrize | None = None
    metadata: Metadata = field(default_factory=dict)
    #: What referrers of before, whose referral was revoked, could keep; of the last of them.
    kept_by_others: tuple[GivenPrize, ...] = ()


class ReferralTier(Shape, frozen=True):
    """From so many conversions on, a referrer is given this for each instead of the program's reward."""

    id: str
    campaign_id: str
    conversions: int
    reward: Prize
    created_at: Millis
    banner: str | None = None
    updated_at: Millis | None = None


class NamedHolder(Shape, frozen=True):
    """A customer to be made a holder; a guest is known by the keyed hash of its address."""

    customer: CustomerInput
    email_key: str | None = None


class AddHolders(Shape, tag="add_referral_holders", frozen=True):
    """Makes customers referees of a referral code."""

    member: str
    holders: tuple[NamedHolder, ...]
    #: Of which the code has to be, where it is named.
    campaign: str | None = None
    metadata: Metadata = field(default_factory=dict)


class RemoveHolder(Shape, tag="remove_referral_holder", frozen=True):
    """A customer who was not converted yet is no referee of the code any more."""

    member: str
    holder_id: str
    campaign: str | None = None


class CreateReferralTier(Shape, tag="create_referral_tier", frozen=True):
    """Adds a tier to a referral program; id and times are filled in by `decide`."""

    campaign: str
    tier: ReferralTier


class UpdateReferralTier(Shape, tag="update_referral_tier", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    campaign: str
    tier_id: str
    changes: msgspec.Raw


class DeleteReferralTier(Shape, tag="delete_referral_tier", frozen=True):
    """Removes a tier; what it gave stays given."""

    campaign: str
    tier_id: str


class HoldersAdded(Shape, tag="referral.holders_added", frozen=True):
    """Customers are referees of a code, as they are after it."""

    referrals: tuple[Referral, ...]


class HolderRemoved(Shape, tag="referral.holder_removed", frozen=True):
    """A customer is no referee any more."""

    referral: Referral


class RefereeAdded(Unanswered, tag="referral.referee_added", frozen=True):
    """A customer used a referral code whose program converts by something else."""

    referral: Referral


class CustomerReferred(Unanswered, tag="customer.referred", frozen=True):
    """A referral converted; the referrer has so many conversions with it."""

    referral: Referral
    conversions: int
    #: Of a custom event: what it is called.
    event_name: str | None = None
    #: When the referral code was made.
    code_created_at: Millis = 0


class ReferralRevoked(Unanswered, tag="customer.referral_revoked", frozen=True):
    """A conversion, or what made a customer a referee, was rolled back."""

    referral: Referral
    #: Whether it had been converted.
    converted: bool


class ReferralTierCreated(Shape, tag="campaign.referral_tier.created", frozen=True):
    """A referral program has another tier."""

    tier: ReferralTier


class ReferralTierUpdated(Shape, tag="campaign.referral_tier.updated", frozen=True):
    """A tier changed; `tier` is the whole after it."""

    tier: ReferralTier


class ReferralTierDeleted(Shape, tag="campaign.referral_tier.deleted", frozen=True):
    """A tier is gone."""

    tier: ReferralTier


ReferralCommand = (
    AddHolders | RemoveHolder | CreateReferralTier | UpdateReferralTier | DeleteReferralTier
)
ReferralEvent = HoldersAdded | HolderRemoved | RefereeAdded | CustomerReferred | ReferralRevoked
ReferralTierEvent = ReferralTierCreated | ReferralTierUpdated | ReferralTierDeleted
#: Who is referred by whom.
REFERRAL_EVENTS: Final = frozenset(
    {
        HoldersAdded,
        HolderRemoved,
        RefereeAdded,
        CustomerReferred,
        ReferralRevoked,
    }
)
#: The tiers of referral programs by themselves.
REFERRAL_TIER_EVENTS: Final = frozenset(
    {ReferralTierCreated, ReferralTierUpdated, ReferralTierDeleted}
)
