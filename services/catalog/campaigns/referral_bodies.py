"""What bodies say of referral programs and giveaways, and of what both give."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, StrictBool, model_validator

from fronts.fields import Body, Short, Shown, read_whole
from schemas.base import AMOUNT_MAX
from schemas.custom_events import CUSTOM_EVENT_NAME_LENGTH_MAX
from schemas.giveaway_terms import ALTERNATES_MAX, WINNERS_MAX, EntryType, GiveawayTerms
from schemas.prize_terms import Prize, PrizeType
from schemas.referral_programs import ConversionType, ReferralProgram
from services.catalog.dates import End
from services.catalog.terms.values import make_if_given

EventName = Annotated[Short, Field(min_length=1, max_length=CUSTOM_EVENT_NAME_LENGTH_MAX)]
Winners = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=WINNERS_MAX)]
Alternates = Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=ALTERNATES_MAX)]
#: Of an amount that comes as a text.
DIGITS_MAX: Final = 30


def _read_amount(value: Any) -> Any:
    """A whole number; the official Python client can only send a text of its digits."""
    is_digits = isinstance(value, str) and value.isascii() and value.isdecimal()
    return int(value) if is_digits and len(value) <= DIGITS_MAX else read_whole(value)


RewardAmount = Annotated[int, BeforeValidator(_read_amount), Field(ge=0, le=AMOUNT_MAX)]


class ParentBody(Body):
    """The campaign of whose cards or codes a prize is, by id or name; the id counts."""

    id: Short | None = None
    name: Short | None = None
    object: Literal["CAMPAIGN", "campaign"] | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not (self.id or self.name):
            raise ValueError("its id or its name is required")
        return self


class PrizeBody(Body):
    """Something that is given: points, credits, or a code."""

    related_object_parent: ParentBody
    type: PrizeType
    amount: RewardAmount | None = None


class CustomEventBody(Body):
    """A custom event, by its name or the id of its schema."""

    id: Short | None = None
    name: EventName | None = None


class NamedEventBody(Body):
    """A custom event, by its name."""

    name: EventName


class SegmentBody(Body):
    """A segment by its id."""

    id: Short


class ReferralProgramBody(Body):
    """When somebody counts as referred, and what both sides are given for it."""

    conversion_event_type: ConversionType | None = None
    custom_event: CustomEventBody | None = None
    segment: SegmentBody | None = None
    referee_reward: PrizeBody | None = None
    referrer_reward: PrizeBody | None = None


class GiveawayBody(Body):
    """How a giveaway takes entries and draws. The commitment to its seed is made here."""

    closes_at: End
    entry_type: EntryType | None = None
    custom_event: NamedEventBody | None = None
    each_event: StrictBool | None = None
    winners: Winners | None = None
    alternates: Alternates | None = None
    prize: PrizeBody | None = None
    commitment: Shown = None


def prize_of(body: PrizeBody) -> Prize:
    """The prize that a body describes; its campaign as it is named."""
    parent = body.related_object_parent
    return Prize(body.type, parent.id or parent.name or "", amount=body.amount)


def referral_program_of(body: ReferralProgramBody) -> ReferralProgram:
    """The program that a body describes."""
    event = body.custom_event
    return ReferralProgram(
        conversion_event_type=body.conversion_event_type or "redemption",
        custom_event=None if event is None else event.name,
        custom_event_id=None if event is None else event.id,
        segment_id=None if body.segment is None else body.segment.id,
        referee_reward=make_if_given(prize_of, body.referee_reward),
        referrer_reward=make_if_given(prize_of, body.referrer_reward),
    )


def giveaway_of(body: GiveawayBody) -> GiveawayTerms:
    """The terms that a body describes, without the commitment."""
    return GiveawayTerms(
        closes_at=body.closes_at,
        nonce="",
        commitment="",
        entry_type=body.entry_type or "api",
        custom_event=None if body.custom_event is None else body.custom_event.name,
        each_event=bool(body.each_event),
        winners=1 if body.winners is None else body.winners,
        alternates=body.alternates or 0,
        prize=make_if_given(prize_of, body.prize),
    )
