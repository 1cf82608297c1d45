"""What conditions ask of dates: texts that say one, in the project's time zone where they say no other.

Days are 24 hours, counted from the moment, but for `$is_days_ago` and `$is_days_in_future`, which
count how often the calendar turns.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from engine.kernel.calendar import (
    Moment,
    Zone,
    day_of_week,
    is_within_hours,
    is_within_timeframe,
    parse_duration,
    parse_instant,
    wall_of,
)
from schemas.base import DAY_MS, Millis
from schemas.validity import DailyHours, ValidityTimeframe

#: About a thousand years.
DAYS_MAX = 400_000
#: Tests a value at a moment.
Test = Callable[[Any, Moment], bool]


def instant_in(value: Any, zone: Zone) -> Millis | None:
    """The instant that a text says; None: it says none."""
    return parse_instant(value, zone) if isinstance(value, str) else None


def each_at(meets: Test) -> Test:
    """Any of the members of a list meets it, or the one value."""

    def test(value: Any, now: Moment) -> bool:
        if isinstance(value, list | tuple):
            return any(meets(each, now) for each in value)
        return value is not None and meets(value, now)

    return test


def _days_between(early: Millis, late: Millis, zone: Zone) -> int:
    """How many times the calendar turns from one to the other."""
    return wall_of(late, zone) // DAY_MS - wall_of(early, zone) // DAY_MS


def _date_test(meets: Callable[[Millis, Moment], bool]) -> Test:
    """Of dates, as instants."""

    def dated(value: Any, now: Moment) -> bool:
        at = instant_in(value, now.zone)
        return at is not None and meets(at, now)

    return each_at(dated)


def _after(values: Sequence[Any]) -> Test:
    """A date later than the one asked for."""
    limit = _date(values[0])
    return _date_test(lambda at, now: at > limit(now.zone))


def _before(values: Sequence[Any]) -> Test:
    """A date earlier than the one asked for."""
    limit = _date(values[0])
    return _date_test(lambda at, now: at < limit(now.zone))


def _date(text: Any) -> Callable[[Zone], Millis]:
    """The instant that a text says, where it has no offset in a zone. Raises ValueError."""
    if instant_in(text, None) is None:
        raise ValueError("has to be a date")

    def instant(zone: Zone) -> Millis:
        found = instant_in(text, zone)
        assert found is not None
        return found

    return instant


def _dow(values: Sequence[Any]) -> Test:
    """A date on one of the days of the week."""
    if not all(type(value) is int and 0 <= value <= 6 for value in values):
        raise ValueError("has to be days of the week, 0 to 6")
    days = frozenset(values)
    return _date_test(lambda at, now: day_of_week(at, now.zone) in days)


def _timeframe(values: Sequence[Any]) -> Test:
    """`start;P1D;PT1H`: a date in the first hour of one of the days that follow the start."""
    frames = []
    for value in values:
        parts = str(value).split(";")
        if len(parts) != 3:
            raise ValueError("has to be of the form start;interval;duration")
        anchor, interval, duration = parts
        parse_duration(interval)
        parse_duration(duration)
        frames.append((ValidityTimeframe(duration=duration, interval=interval), _date(anchor)))
    return _date_test(
        lambda at, now: any(
            is_within_timeframe(frame, start(now.zone), at, now.zone) for frame, start in frames
        )
    )


def _timeframe_absolute(values: Sequence[Any]) -> Test:
    """`start;end`: a date from the start on and before the end; either may be empty."""
    spans = []
    for value in values:
        start, separator, end = str(value).partition(";")
        if not separator:
            raise ValueError("has to be of the form start;end")
        spans.append((_date(start) if start else None, _date(end) if end else None))
    return _date_test(
        lambda at, now: any(
            (start is None or start(now.zone) <= at) and (end is None or at < end(now.zone))
            for start, end in spans
        )
    )


def _timeframe_daily_hours(values: Sequence[Any]) -> Test:
    """`18:00;20:01;2,3`: a date from 18:00 to 20:01 on a Tuesday or Wednesday; no days: on any."""
    windows = [_window(str(value)) for value in values]
    return _date_test(
        lambda at, now: any(is_within_hours(window, at, now.zone) for window in windows)
    )


def _window(text: str) -> DailyHours:
    parts = text.split(";")
    if len(parts) not in (2, 3):
        raise ValueError("has to be of the form 18:00;20:00;2,3")
    named = parts[2].split(",") if len(parts) == 3 and parts[2] else []
    days = tuple(int(day) for day in named if day.strip() in set("0123456"))
    if len(days) < len(named):
        raise ValueError("has to have days of the week, 0 to 6")
    window = DailyHours(start_time=parts[0], expiration_time=parts[1], days_of_week=days)
    is_within_hours(window, 0)  # reads the times
    return window


def _by_days(meets: Callable[[Millis, Moment, float], bool]) -> Callable[[float], Test]:
    def make(days: float) -> Test:
        if abs(days) > DAYS_MAX:
            raise ValueError(f"has to be at most {DAYS_MAX} days")
        return _date_test(lambda at, now: meets(at, now, days))

    return make


#: What makes a test of the values that a condition is asked with; raises ValueError.
DATE_TESTS: Final[Mapping[str, Callable[[Sequence[Any]], Test]]] = MappingProxyType(
    {
        "$after": _after,
        "$before": _before,
        "$timeframe": _timeframe,
        "$timeframe_absolute": _timeframe_absolute,
        "$timeframe_daily_hours": _timeframe_daily_hours,
        "$dow": _dow,
    }
)
#: The same, of a number of days.
DAY_TESTS: Final[Mapping[str, Callable[[float], Test]]] = MappingProxyType(
    {
        "$more_than_ago": _by_days(lambda at, now, days: at < now.at - days * DAY_MS),
        "$less_than_ago": _by_days(lambda at, now, days: now.at - days * DAY_MS < at <= now.at),
        "$is_days_ago": _by_days(lambda at, now, days: _days_between(at, now.at, now.zone) == days),
        "$more_than_future": _by_days(lambda at, now, days: at > now.at + days * DAY_MS),
        "$less_than_future": _by_days(lambda at, now, days: now.at <= at < now.at + days * DAY_MS),
        "$is_days_in_future": _by_days(
            lambda at, now, days: _days_between(now.at, at, now.zone) == days
        ),
    }
)
