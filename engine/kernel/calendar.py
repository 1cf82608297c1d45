"""Dates, durations and time windows, in a project's time zone. Instants are milliseconds; 0 is Sunday.

A window holds its beginning and not its end: 18:00 to 20:00 is over at 20:00:00.000. A window of
hours whose end does not come after its beginning reaches into the next day and belongs to the day
on which it begins. A timeframe repeats from its anchor on; days, weeks, months and years are those
of the calendar, so a month counted from the 31st ends on the last day of a shorter one, and a day
may have 23 or 25 hours. Hours, minutes and seconds are exact.

What the clocks show (`wall`) is written as the milliseconds at which UTC shows the same. When they
are put forward, a time that they skip means the instant as far behind the change; when they are put
back, a time that they show twice means the first one, and a window that holds it holds both.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from schemas.base import DAY_MS, INSTANT_MAX, Millis
from schemas.tallies import Periods
from schemas.validity import DailyHours, ValidityTimeframe

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
#: 0001-01-01T00:00:00.000Z, the first instant that can be written.
INSTANT_MIN = -62_135_596_800_000

#: How long a date-time is written at most.
INSTANT_LENGTH_MAX = 64

#: None is UTC, in which nothing has to be looked up.
Zone = tzinfo | None

_NO_TIME = timedelta()
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DURATION = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00", re.ASCII)


class Moment(NamedTuple):
    """An instant, and the zone whose calendar and clocks count."""

    at: Millis
    zone: Zone = None


def wall_of(at: Millis, zone: Zone) -> Millis:
    """What the clocks show at an instant."""
    if zone is None:
        return at
    shown = zone.utcoffset((_EPOCH + timedelta(milliseconds=_bounded(at))).astimezone(zone))
    return at + (shown or _NO_TIME) // _MILLISECOND


def instant_of_wall(wall: Millis, zone: Zone) -> Millis:
    """The first instant at which the clocks show it; where they skip it, as far behind the change."""
    if zone is None:
        return wall
    shown = (_EPOCH + timedelta(milliseconds=_bounded(wall))).replace(tzinfo=zone).utcoffset()
    return wall - (shown or _NO_TIME) // _MILLISECOND


def _bounded(at: Millis) -> Millis:
    """The instant, away from the ends of what can be written, beyond which a zone could lead."""
    return min(max(at, INSTANT_MIN + 2 * DAY_MS), INSTANT_MAX - 2 * DAY_MS)


@lru_cache(maxsize=4096)
def iso(at: Millis) -> str:
    """An instant as text, for example `2023-01-27T12:34:57.100Z`."""
    text = (_EPOCH + timedelta(milliseconds=at)).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def parse_iso(text: str, zone: Zone = None) -> Millis:
    """The instant of a date or date-time in any form of ISO 8601, without an offset in the zone.

    Parts of milliseconds are cut. Raises ValueError.
    """
    at, is_wall = _parse(text)
    return instant_of_wall(at, zone) if is_wall else at


def _parse(text: str) -> tuple[Millis, bool]:
    """An instant, or what the clocks show where no offset says which clocks. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    is_wall = moment.tzinfo is None
    if is_wall:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MILLISECOND, is_wall


def parse_instant(text: str, zone: Zone = None) -> Millis | None:
    """As `parse_iso`, of what begins with `2023-01-27` and is not too long; None: it is none."""
    # what is too long, or no date, takes no room among those that are remembered
    if len(text) > INSTANT_LENGTH_MAX or not _DATE.match(text):
        return None
    found = _read(text)
    if found is None:
        return None
    at, is_wall = found
    return instant_of_wall(at, zone) if is_wall else at


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[Millis, bool] | None:
    try:
        return _parse(text)
    except ValueError:
        return None


def iso_or_none(at: Millis | None) -> str | None:
    """`iso`, or None for an instant that is not set."""
    return None if at is None else iso(at)


def day_of_week(at: Millis, zone: Zone = None) -> int:
    """0 for Sunday to 6 for Saturday."""
    return (wall_of(at, zone) // DAY_MS + 4) % 7


# --- days, weeks (from Monday) and months: each instant lies in one of each


def day_of(at: Millis, zone: Zone = None) -> Millis:
    """When the day began that an instant lies in."""
    return _instant(_begun(at, zone, _day, _day_after), zone)


def week_of(at: Millis, zone: Zone = None) -> Millis:
    """When the week began, on a Monday."""
    return _instant(_begun(at, zone, _week, _week_after), zone)


def month_of(at: Millis, zone: Zone = None) -> Millis:
    """When the month began."""
    return _instant(_begun(at, zone, _month, _month_after), zone)


def day_after(at: Millis, zone: Zone = None) -> Millis:
    """When the day ends that an instant lies in: the first instant of the next one."""
    return _instant(_day_after(_begun(at, zone, _day, _day_after)), zone)


def week_after(at: Millis, zone: Zone = None) -> Millis:
    """When the week ends."""
    return _instant(_week_after(_begun(at, zone, _week, _week_after)), zone)


def month_after(at: Millis, zone: Zone = None) -> Millis:
    """When the month ends."""
    return _instant(_month_after(_begun(at, zone, _month, _month_after)), zone)


@lru_cache(maxsize=256)
def periods_at(at: Millis, zone: Zone = None) -> Periods:
    """When the day, the week and the month began that an instant lies in."""
    return Periods(day_of(at, zone), week_of(at, zone), month_of(at, zone))


def _begun(
    at: Millis, zone: Zone, first_of: Callable[[Millis], int], next_of: Callable[[int], int]
) -> int:
    """The first day, since 1970, of what an instant lies in.

    Clocks that are put back over midnight show the evening once more; the next day has begun by then.
    """
    first = first_of(wall_of(at, zone))
    if zone is not None and _instant(next_of(first), zone) <= at:
        return next_of(first)
    return first


def _day(wall: Millis) -> int:
    return wall // DAY_MS


def _day_after(day: int) -> int:
    return day + 1


def _week(wall: Millis) -> int:
    day = wall // DAY_MS
    return day - (day + 3) % 7


def _week_after(monday: int) -> int:
    return monday + 7


def _month(wall: Millis) -> int:
    # clocks may show more than can be written
    day = date.fromordinal(_EPOCH_ORDINAL + min(max(wall, INSTANT_MIN), INSTANT_MAX) // DAY_MS)
    return day.replace(day=1).toordinal() - _EPOCH_ORDINAL


def _month_after(month: int) -> int:
    # 31 days after the start of a month lie in the next one
    later = _EPOCH_ORDINAL + month + 31
    return later - _EPOCH_ORDINAL if later > date.max.toordinal() else _month((month + 31) * DAY_MS)


def _instant(day: int, zone: Zone) -> Millis:
    return min(instant_of_wall(day * DAY_MS, zone), INSTANT_MAX)


# --- durations and windows


class Duration(NamedTuple):
    """A length of time: whole months and days of the calendar, and exact milliseconds."""

    months: int = 0
    days: int = 0
    millis: int = 0


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
        7 * weeks + days,
        hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1000,
    )
    if not any(found):
        raise ValueError(f"{text!r} is no time at all")
    return found


def add_duration(at: Millis, duration: Duration, times: int = 1, zone: Zone = None) -> Millis:
    """`at` and `times` durations; what lies beyond the year 9999 counts as its end."""
    if times and (duration.months or duration.days):
        wall = _later_on_calendar(wall_of(at, zone), duration, times)
        if wall is None:
            return INSTANT_MAX
        at = instant_of_wall(wall, zone)
    return min(at + duration.millis * times, INSTANT_MAX)


def _later_on_calendar(wall: Millis, duration: Duration, times: int) -> Millis | None:
    """What the clocks show after the months and days; None: it lies beyond the year 9999."""
    days, of_day = divmod(wall, DAY_MS)
    if duration.months:
        start = date.fromordinal(_EPOCH_ORDINAL + days)
        years, month = divmod(start.year * 12 + start.month - 1 + duration.months * times, 12)
        if years > date.max.year:
            return None
        first = date(years, month + 1, 1).toordinal()
        day = min(start.day, _days_in_month(years, month + 1))
        days = first + day - 1 - _EPOCH_ORDINAL
    wall = (days + duration.days * times) * DAY_MS + of_day
    return None if wall > INSTANT_MAX else wall


def is_within_timeframe(
    timeframe: ValidityTimeframe, anchor: Millis, at: Millis, zone: Zone = None
) -> bool:
    """Whether `at` lies in the first `duration` of one of the intervals that follow the anchor."""
    if at < anchor:
        return False
    interval = parse_duration(timeframe.interval)
    shortest_ms = (interval.months * 28 + interval.days) * DAY_MS + interval.millis
    # clocks that were put forward, by a day at most, let more of them begin
    rounds = range((at - anchor + (0 if zone is None else 2 * DAY_MS)) // shortest_ms + 2)
    begun = bisect_right(rounds, at, key=lambda n: add_duration(anchor, interval, n, zone)) - 1
    begin = add_duration(anchor, interval, begun, zone)
    return at < add_duration(begin, parse_duration(timeframe.duration), zone=zone)


def is_within_hours(hours: DailyHours, at: Millis, zone: Zone = None) -> bool:
    """Whether `at` lies in the daily window, on one of its days (no days: on any)."""
    start, end = parse_clock(hours.start_time), parse_clock(hours.expiration_time)
    wall = wall_of(at, zone)
    of_day, today = wall % DAY_MS, day_of_week(wall)
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
