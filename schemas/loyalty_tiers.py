"""Tiers of loyalty programs: how members qualify for them, for how long, and who is in which.

A tier is a range of points. Which points count, from when on and until when a tier is held, the
program says (`TiersExpiration`); where it says nothing, the balance of the card does.
"""

from decimal import Decimal
from typing import Final, Literal

import msgspec
from msgspec import field

from schemas.base import Metadata, Millis, Shape, Unanswered

#: How many tiers a program has at most, and of how many rules or rewards a tier says what they give.
TIERS_MAX: Final = 50
MAPPINGS_MAX: Final = 100
MULTIPLIER_MAX: Final = 1_000_000

QualificationPeriod = Literal["MONTH", "QUARTER", "HALF_YEAR", "YEAR"]


class TierRounding(Shape, frozen=True):
    """To where the end of a tier is moved; CUSTOM: `value` is the month, 0 for January."""

    type: Literal["MONTH", "QUARTER", "HALF_YEAR", "YEAR", "CUSTOM"]
    strategy: Literal["START", "END"] | None = None
    unit: Literal["MONTH"] | None = None
    value: int | None = None


class TiersExpiration(Shape, frozen=True):
    """How members of a program come to a tier, and when they lose it. Source: the API contract."""

    qualification_type: Literal["BALANCE", "POINTS_IN_PERIOD"]
    start: Literal["IMMEDIATE", "NEXT_PERIOD"]
    expiration: Literal["END_OF_PERIOD", "END_OF_NEXT_PERIOD", "BALANCE_DROP", "CUSTOM"]
    qualification_period: QualificationPeriod | None = None
    #: ISO 8601: how long a tier lasts, of CUSTOM.
    extend: str | None = None
    rounding: TierRounding | None = None


class PointsRange(Shape, frozen=True):
    """The points of a tier, both ends within; without any end nobody qualifies."""

    from_: int | None = field(default=None, name="from")
    to: int | None = None


class PointsMapping(Shape, frozen=True):
    """What a tier makes of the points of an earning rule, or of the price of a reward."""

    type: Literal["MULTIPLY", "CUSTOM"]
    multiplier: Decimal | None = None
    points: int | None = None


Mappings = dict[str, PointsMapping]


class LoyaltyTier(Shape, frozen=True):
    """A tier of a program."""

    id: str
    name: str
    campaign_id: str
    created_at: Millis
    points: PointsRange = PointsRange()
    #: By the ids of earning rules, and of assignments of rewards or rewards; None: not given.
    earning_rules: Mappings | None = None
    rewards: Mappings | None = None
    metadata: Metadata = field(default_factory=dict)
    #: Its place among those that were created with it.
    number: int = 0
    updated_at: Millis | None = None
    #: Gone, and kept until nobody is in it any more.
    deleted_at: Millis | None = None


class Standing(Shape, frozen=True):
    """In which tier a card's holder is, and what was collected on the way."""

    voucher_id: str
    customer_id: str
    campaign_id: str
    #: What a period gave that was over by then counts nothing.
    joined_at: Millis
    tier_id: str | None = None
    since: Millis | None = None
    #: The last millisecond of the tier, as things are; None: time alone does not end it.
    expires_at: Millis | None = None
    #: Points that were collected, by the month of the project's calendar since the year 0; those
    #: of the running and the last periods.
    collected: dict[int, int] = field(default_factory=dict)
    #: When time alone changes anything of it.
    next_at: Millis | None = None
    updated_at: Millis | None = None


class NewLoyaltyTier(Shape, frozen=True):
    """A tier to be created."""

    name: str
    points: PointsRange = PointsRange()
    earning_rules: Mappings | None = None
    rewards: Mappings | None = None
    metadata: Metadata = field(default_factory=dict)


class CreateLoyaltyTiers(Shape, tag="create_loyalty_tiers", frozen=True):
    """Creates tiers of a program, all or none."""

    campaign: str
    tiers: tuple[NewLoyaltyTier, ...]
    request_id: str = ""


class UpdateLoyaltyTier(Shape, tag="update_loyalty_tier", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    campaign: str
    tier_id: str
    changes: msgspec.Raw
    request_id: str = ""


class DeleteLoyaltyTier(Shape, tag="delete_loyalty_tier", frozen=True):
    """Removes a tier; who is in it comes to another, or to none."""

    campaign: str
    tier_id: str
    request_id: str = ""


class LoyaltyTierCreated(Shape, tag="loyalty_tier.created", frozen=True):
    """A tier of a program exists; `before` are those that the same command created before it."""

    tier: LoyaltyTier
    before: tuple[LoyaltyTier, ...] = ()


class LoyaltyTierUpdated(Shape, tag="loyalty_tier.updated", frozen=True):
    """A tier of a program changed; `tier` is the whole after it."""

    tier: LoyaltyTier


class LoyaltyTierDeleted(Shape, tag="loyalty_tier.deleted", frozen=True):
    """A tier of a program is gone."""

    tier: LoyaltyTier


class TierMove(Unanswered, frozen=True):
    """What all moves of a member have in common: how it stands after it, and in which program.

    Tiers are without what they say of rules and rewards.
    """

    standing: Standing
    campaign: str


class TierJoined(TierMove, tag="customer.loyalty_tier_joined", frozen=True):
    """A member without a tier came to one."""

    tier: LoyaltyTier


class TierLeft(TierMove, tag="customer.loyalty_tier_left", frozen=True):
    """A member is in no tier any more."""

    tier: LoyaltyTier


class TierUpgraded(TierMove, tag="customer.loyalty_tier_upgraded", frozen=True):
    """A member came to a tier of more points."""

    tier: LoyaltyTier
    tier_from: LoyaltyTier


class TierDowngraded(TierMove, tag="customer.loyalty_tier_downgraded", frozen=True):
    """A member came to a tier of fewer points."""

    tier: LoyaltyTier
    tier_from: LoyaltyTier


class TierProlonged(TierMove, tag="customer.loyalty_tier_prolonged", frozen=True):
    """A member qualified again for the tier that it is in, which lasts longer by it."""

    tier: LoyaltyTier


class TierExpirationChanged(TierMove, tag="customer.loyalty_tier_expiration_changed", frozen=True):
    """The tier of a member ends at another time, for another reason than having qualified again."""

    tier: LoyaltyTier


class StandingChanged(Unanswered, tag="customer.loyalty_standing_changed", frozen=True):
    """A member collected points, or is to be looked at another time; the tier is the same."""

    standing: Standing


LoyaltyTierCommand = CreateLoyaltyTiers | UpdateLoyaltyTier | DeleteLoyaltyTier
LoyaltyTierEvent = LoyaltyTierCreated | LoyaltyTierUpdated | LoyaltyTierDeleted
MemberTierEvent = (
    TierJoined
    | TierLeft
    | TierUpgraded
    | TierDowngraded
    | TierProlonged
    | TierExpirationChanged
    | StandingChanged
)
#: Tiers by themselves: nobody comes to one by them.
LOYALTY_TIER_EVENTS: Final = frozenset({LoyaltyTierCreated, LoyaltyTierUpdated, LoyaltyTierDeleted})
#: Members of programs come to tiers and leave them; no balance changes by it.
MEMBER_TIER_EVENTS: Final = frozenset(
    {
        TierJoined,
        TierLeft,
        TierUpgraded,
        TierDowngraded,
        TierProlonged,
        TierExpirationChanged,
        StandingChanged,
    }
)
#: The tier of a member stays by them.
TIER_KEPT_EVENTS: Final = frozenset({TierProlonged, TierExpirationChanged, StandingChanged})
