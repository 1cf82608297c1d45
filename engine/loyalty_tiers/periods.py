"""Months of the calendar where a project is, and the periods that they make up.

A month is its number since the year 0, a period that of its first month; so both can be reckoned
with, and only where they begin depends on the zone.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from engine.kernel.calendar import Zone, wall_of
from engine.kernel.days import first_instant
from schemas.base import DAY_MS, INSTANT_MAX, Millis
from schemas.loyalty_tiers import QualificationPeriod

#: How many months a period has; all of a year's begin with January.
MONTHS: Final[Mapping[QualificationPeriod, int]] = MappingProxyType(
    {"MONTH": 1, "QUARTER": 3, "HALF_YEAR": 6, "YEAR": 12}
)
#: How many beginnings of months are remembered, over all zones.
BEGINNINGS_MAX: Final = 4096
_EPOCH: Final = date(1970, 1, 1)
_LAST_MONTH: Final = 12 * date.max.year + 11


def month_at(at: Millis, zone: Zone) -> int:
    """The month that an instant lies in."""
    shown = _EPOCH + timedelta(wall_of(at, zone) // DAY_MS)
    month = 12 * shown.year + shown.month - 1
    # where clocks are put back over midnight, the month has begun though they show the last again
    begun = month < _LAST_MONTH and at >= begin_of_month(month + 1, zone)
    return month + 1 if begun else month


@lru_cache(maxsize=BEGINNINGS_MAX)
def begin_of_month(month: int, zone: Zone) -> Millis:
    """When the month begins; beyond the year 9999: the last instant."""
    if month > _LAST_MONTH:
        return INSTANT_MAX
    return first_instant(date(month // 12, month % 12 + 1, 1), zone)


def period_of(month: int, months: int) -> int:
    """The period of so many months that a month lies in."""
    return month - month % months
