"""Prizes: what customers are given beside a purchase, by a referral or a draw.

Points on the customer's card of a program, credits on the customer's gift card, or a code of a
campaign. Who has no card yet is published one.
"""

from typing import Final, Literal

from schemas.base import Millis, Shape, Unanswered
from schemas.errors import Refusal
from schemas.points import PointsBucket
from schemas.prize_terms import Prize
from schemas.vouchers import Voucher

Side = Literal["REFEREE", "REFERRER", "WINNER"]


class Occasion(Shape, frozen=True):
    """For what somebody is given a prize, in which role."""

    side: Side
    #: The referral program or the giveaway.
    campaign_id: str
    #: The holder of a referral code who was referred, or the entry that was drawn.
    subject_id: str
    #: The tier of the referral program that it is of.
    tier_id: str | None = None


class GivenPrize(Shape, frozen=True):
    """A prize that somebody has, or had."""

    prize: Prize
    customer_id: str
    voucher_id: str
    code: str
    at: Millis
    #: Whether it was taken back, and how much of it was not there any more: of a code 1.
    taken_back: bool = False
    missing: int = 0
    #: Of points: when what is left of them expires, whatever the card does; None: never, or later.
    expires_at: Millis | None = None

    @property
    def outstanding(self) -> bool:
        """Whether the customer has it, or some of it, for good."""
        return not self.taken_back or self.missing > 0


class CustomerRewarded(Unanswered, tag="customer.rewarded", frozen=True):
    """A customer was given a prize; the card or code is as it is after it."""

    occasion: Occasion
    given: GivenPrize
    voucher: Voucher
    #: What was added to a card; a code is published by an event of its own.
    amount: int = 0
    transaction_id: str = ""
    buckets: tuple[PointsBucket, ...] = ()
    #: Of the referral: what happened that it is given for.
    redemption_id: str | None = None
    custom_event_id: str | None = None


class RewardTakenBack(Unanswered, tag="customer.reward_taken_back", frozen=True):
    """A prize was taken back, as far as it was still there; None: the card or code is gone."""

    occasion: Occasion
    given: GivenPrize
    voucher: Voucher | None = None
    amount: int = 0
    transaction_id: str = ""
    buckets: tuple[PointsBucket, ...] = ()


class RewardWithheld(Unanswered, tag="customer.reward_withheld", frozen=True):
    """A customer was to be given a prize, and could not be; the refusal says why."""

    occasion: Occasion
    customer_id: str
    prize: Prize
    refusal: Refusal


PrizeEvent = CustomerRewarded | RewardTakenBack | RewardWithheld
#: What customers are given by referrals and draws.
PRIZE_EVENTS: Final = frozenset({CustomerRewarded, RewardTakenBack, RewardWithheld})
