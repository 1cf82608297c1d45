"""When a day of the calendar begins and ends where a project is.

A day begins with the first instant at which the clocks there show its date, and ends with the last
millisecond before the next one begins. Where the clocks are put forward over midnight it begins with
the change; where they are put back over it, with the first midnight. What cannot be written counts as
the first or the last instant that can.
"""

from datetime import date
from typing import Final

from engine.kernel.calendar import INSTANT_MIN, Zone, instant_of_wall
from schemas.base import DAY_MS, INSTANT_MAX, Millis

_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


def first_instant(day: date, zone: Zone) -> Millis:
    """When the day begins."""
    return _written(_midnight(day.toordinal(), zone))


def last_instant(day: date, zone: Zone) -> Millis:
    """Its last millisecond."""
    return _written(_midnight(day.toordinal() + 1, zone) - 1)


def _midnight(ordinal: int, zone: Zone) -> Millis:
    return instant_of_wall((ordinal - _EPOCH_ORDINAL) * DAY_MS, zone)


def _written(at: Millis) -> Millis:
    """The nearest instant that can be written."""
    return min(max(at, INSTANT_MIN), INSTANT_MAX)
