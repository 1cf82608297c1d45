"""Referral programs: what a campaign of referral codes says of conversions and rewards."""

from typing import Literal

from schemas.base import Shape
from schemas.prize_terms import Prize

#: The first two are the contract's, entering a segment is our own.
ConversionType = Literal["redemption", "custom_event", "segment"]


class ReferralProgram(Shape, frozen=True):
    """When somebody counts as referred, and what both sides are given for it."""

    conversion_event_type: ConversionType = "redemption"
    #: Of custom_event: the name of the event, and the id of its schema where it has one.
    custom_event: str | None = None
    custom_event_id: str | None = None
    #: Of segment: the one to enter.
    segment_id: str | None = None
    referee_reward: Prize | None = None
    referrer_reward: Prize | None = None
