"""What bodies say of loyalty programs: their cards, when points expire, and how long tiers last."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from engine.points.expiration import DAYS_MAX
from fronts.fields import Amount, Body, Short, Shown, read_whole
from schemas.campaigns import CardTemplate
from schemas.loyalty_tiers import QualificationPeriod, TierRounding, TiersExpiration
from schemas.points import PeriodType, PointsExpirationRules, RoundingType
from services.catalog.terms.values import make_if_given

#: So many months or days; of each kind of period the engine knows the most.
Periods = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=DAYS_MAX)]
Month = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=12)]
DayOfMonth = Annotated[int, BeforeValidator(read_whole), Field(ge=1, le=31)]


class ExpirationRulesBody(Body):
    """When points that are earned expire; which members belong together, the engine checks."""

    period_type: PeriodType
    period_value: Periods | None = None
    rounding_type: RoundingType | None = None
    rounding_value: Month | None = None
    fixed_month: Month | None = None
    fixed_day: DayOfMonth | None = None
    #: Own: so many days before points expire, it is told.
    notice_days: Periods | None = None


class CardTemplateBody(Body):
    """The cards of a program. A new card has all of its points, whatever is said of a balance."""

    points: Amount
    balance: Shown = None
    expiration_rules: ExpirationRulesBody | None = None


class TiersStartBody(Body):
    """When a tier begins that a member qualified for."""

    type: Literal["IMMEDIATE", "NEXT_PERIOD"]


class TierRoundingBody(Body):
    """To where the end of a tier is moved."""

    type: Literal["MONTH", "QUARTER", "HALF_YEAR", "YEAR", "CUSTOM"]
    strategy: Literal["START", "END"] | None = None
    unit: Literal["MONTH"] | None = None
    #: 0 is January.
    value: Annotated[int, BeforeValidator(read_whole), Field(ge=0, le=11)] | None = None


class TiersEndBody(Body):
    """When a tier is lost; no `extend` is shown, and read, as an empty one."""

    type: Literal["END_OF_PERIOD", "END_OF_NEXT_PERIOD", "BALANCE_DROP", "CUSTOM"]
    extend: Short | None = None
    rounding: TierRoundingBody | None = None


class TiersExpirationBody(Body):
    """How members come to a tier, and when they lose it."""

    qualification_type: Literal["BALANCE", "POINTS_IN_PERIOD"]
    qualification_period: QualificationPeriod | None = None
    start_date: TiersStartBody
    expiration_date: TiersEndBody


def expiration_rules_of(body: ExpirationRulesBody) -> PointsExpirationRules:
    """The rules that a body describes."""
    return PointsExpirationRules(**body.model_dump())


def card_template_of(body: CardTemplateBody) -> CardTemplate:
    """What the cards of a program begin with."""
    return CardTemplate(body.points, make_if_given(expiration_rules_of, body.expiration_rules))


def tiers_expiration_of(body: TiersExpirationBody) -> TiersExpiration:
    """How long tiers last."""
    end = body.expiration_date
    return TiersExpiration(
        body.qualification_type,
        body.start_date.type,
        end.type,
        body.qualification_period,
        end.extend or None,
        make_if_given(lambda rounding: TierRounding(**rounding.model_dump()), end.rounding),
    )
