"""Dates, durations and time windows. Everything is UTC, in milliseconds; 0 is Sunday.

A window holds its beginning and not its end: 18:00 to 20:00 is over at 20:00:00.000. A window of
hours whose end does not come after its beginning reaches into the next day and belongs to the day
on which it begins. A timeframe repeats from its anchor on; months and years are calendar months,
so a month counted from the 31st ends on the last day of a shorter one.
"""

import re
from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from schemas.base import DAY_MS, INSTANT_MAX, Millis
from schemas.validity import DailyHours, ValidityTimeframe

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
#: 0001-01-01T00:00:00.000Z, the first instant that can be written.
INSTANT_MIN = -62_135_596_800_000

#: How long a date-time is written at most.
INSTANT_LENGTH_MAX = 64

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DURATION = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)


@lru_cache(maxsize=4096)
def iso(at: Millis) -> str:
    """An instant as text, for example `2023-01-27T12:34:57.100Z`."""
    text = (_EPOCH + timedelta(milliseconds=at)).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def parse_iso(text: str) -> Millis:
    """The instant of a date or date-time in any form of ISO 8601, without an offset in UTC.

    Parts of milliseconds are cut. Raises ValueError.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def parse_instant(text: str) -> Millis | None:
    """As `parse_iso`, of what begins with `2023-01-27` and is not too long; None: it is none."""
    # what is too long, or no date, takes no room among those that are remembered
    return _read(text) if len(text) <= INSTANT_LENGTH_MAX and _DATE.match(text) else None


@lru_cache(maxsize=4096)
def _read(text: str) -> Millis | None:
    try:
        return parse_iso(text)
    except ValueError:
        return None


def iso_or_none(at: Millis | None) -> str | None:
    """`iso`, or None for an instant that is not set."""
    return None if at is None else iso(at)


def day_of_week(at: Millis) -> int:
    """0 for Sunday to 6 for Saturday."""
    return (at // DAY_MS + 4) % 7


class Duration(NamedTuple):
    """A length of time: whole calendar months and exact milliseconds."""

    months: int
    millis: int


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration:
    """An ISO 8601 duration such as `P1D`, `PT1H30M` or `P1M`; raises ValueError, also for none."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an ISO 8601 duration")
    years, months, weeks, days, hours, minutes, seconds = (
        int(part or 0) for part in match.groups()
    )
    found = Duration(
        12 * years + months,
        (7 * weeks + days) * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1000,
    )
    if not any(found):
        raise ValueError(f"{text!r} is no time at all")
    return found


def add_duration(at: Millis, duration: Duration, times: int = 1) -> Millis:
    """`at` and `times` durations; what lies beyond the year 9999 counts as its end."""
    if duration.months:
        days, of_day = divmod(at, DAY_MS)
        start = date.fromordinal(_EPOCH_ORDINAL + days)
        years, month = divmod(start.year * 12 + start.month - 1 + duration.months * times, 12)
        if years > date.max.year:
            return INSTANT_MAX
        first = date(years, month + 1, 1).toordinal()
        day = min(start.day, _days_in_month(years, month + 1))
        at = (first + day - 1 - _EPOCH_ORDINAL) * DAY_MS + of_day
    return min(at + duration.millis * times, INSTANT_MAX)


def is_within_timeframe(timeframe: ValidityTimeframe, anchor: Millis, at: Millis) -> bool:
    """Whether `at` lies in the first `duration` of one of the intervals that follow the anchor."""
    if at < anchor:
        return False
    interval = parse_duration(timeframe.interval)
    shortest_ms = interval.months * 28 * DAY_MS + interval.millis
    rounds = range((at - anchor) // shortest_ms + 2)
    begun = bisect_right(rounds, at, key=lambda n: add_duration(anchor, interval, n)) - 1
    begin = add_duration(anchor, interval, begun)
    return at < add_duration(begin, parse_duration(timeframe.duration))


def is_within_hours(hours: DailyHours, at: Millis) -> bool:
    """Whether `at` lies in the daily window, on one of its days (no days: on any)."""
    start, end = parse_clock(hours.start_time), parse_clock(hours.expiration_time)
    of_day, today = at % DAY_MS, day_of_week(at)
    if start < end:
        return start <= of_day < end and _is_on_day(hours, today)
    return (of_day >= start and _is_on_day(hours, today)) or (
        of_day < end and _is_on_day(hours, (today - 1) % 7)
    )


@lru_cache(maxsize=1024)
def parse_clock(text: str) -> Millis:
    """The milliseconds since midnight of `HH:MM`, up to `24:00`; raises ValueError."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time of the form HH:MM")
    return DAY_MS if text == "24:00" else int(match[1]) * HOUR_MS + int(match[2]) * MINUTE_MS


def _is_on_day(hours: DailyHours, day: int) -> bool:
    return not hours.days_of_week or day in hours.days_of_week


def _days_in_month(year: int, month: int) -> int:
    if month == 12:
        return 31
    return (date(year, month + 1, 1) - date(year, month, 1)).days
