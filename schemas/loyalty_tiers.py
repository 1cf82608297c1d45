"""Tiers of loyalty programs: how members qualify for them, and for how long."""

from typing import Literal

from schemas.base import Shape

QualificationPeriod = Literal["MONTH", "QUARTER", "HALF_YEAR", "YEAR"]


class TierRounding(Shape, frozen=True):
    """To where the end of a tier is moved; CUSTOM: `value` is the month, of the unit MONTH."""

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
