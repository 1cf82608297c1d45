"""The intervals of the calendar that series are cut into, from minutes to years, in a time zone.

Weeks begin on Monday. An hour that the clocks show twice is two intervals.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from engine.kernel.calendar import (
    HOUR_MS,
    MINUTE_MS,
    Zone,
    day_after,
    day_of,
    month_after,
    month_of,
    wall_of,
    week_after,
    week_of,
)
from fronts.query_string import invalid_parameter
from schemas.base import DAY_MS, INSTANT_MAX, Millis

#: How many points a series has at most.
POINTS_MAX: Final = 1000
_MONTHS: Final = 12
_Reckon = Callable[[Millis, Zone], Millis]


def _minute_of(at: Millis, zone: Zone) -> Millis:
    return at - wall_of(at, zone) % MINUTE_MS


def _minute_after(at: Millis, zone: Zone) -> Millis:
    return _minute_of(at, zone) + MINUTE_MS


def _hour_of(at: Millis, zone: Zone) -> Millis:
    """Of an hour that the clocks show twice each is one of its own."""
    return at - wall_of(at, zone) % HOUR_MS


def _hour_after(at: Millis, zone: Zone) -> Millis:
    return _hour_of(at, zone) + HOUR_MS


def months_since_1970(at: Millis, zone: Zone) -> int:
    """How many months of the calendar began after January 1970, up to that in which `at` lies."""
    # its middle, which no change of clocks moves into another month
    day = wall_of(month_of(at, zone), zone) // DAY_MS + 14
    middle = date.fromordinal(date(1970, 1, 1).toordinal() + day)
    return (middle.year - 1970) * _MONTHS + middle.month - 1


def _year_of(at: Millis, zone: Zone) -> Millis:
    began = month_of(at, zone)
    for _ in range(months_since_1970(at, zone) % _MONTHS):
        began = month_of(began - 1, zone)
    return began


def _year_after(at: Millis, zone: Zone) -> Millis:
    following = month_after(at, zone)
    for _ in range(_MONTHS - 1 - months_since_1970(at, zone) % _MONTHS):
        following = month_after(following, zone)
    return following


#: Of each interval, when the one began that an instant lies in, and when it ends.
_BOUNDS: Final[Mapping[str, tuple[_Reckon, _Reckon]]] = MappingProxyType(
    {
        "minute": (_minute_of, _minute_after),
        "hour": (_hour_of, _hour_after),
        "day": (day_of, day_after),
        "week": (week_of, week_after),
        "month": (month_of, month_after),
        "year": (_year_of, _year_after),
    }
)
INTERVALS: Final = tuple(_BOUNDS)


def start_of(interval: str, at: Millis, zone: Zone = None) -> Millis:
    """When the interval began in which `at` lies."""
    began, _ = _BOUNDS[interval]
    return began(at, zone)


def end_of(interval: str, at: Millis, zone: Zone = None) -> Millis:
    """When the interval ends in which `at` lies."""
    _, ends = _BOUNDS[interval]
    return ends(at, zone)


def starts_of(interval: str, since: Millis, until: Millis, zone: Zone = None) -> tuple[Millis, ...]:
    """When the intervals begin that share something with the period. Raises ApiError."""
    starts = [start_of(interval, since, zone)]
    while True:
        following = end_of(interval, starts[-1], zone)
        if following >= min(until, INSTANT_MAX):
            return tuple(starts)
        if len(starts) == POINTS_MAX:
            raise invalid_parameter(
                "interval", f"gives more than {POINTS_MAX} points for this period"
            )
        starts.append(following)
