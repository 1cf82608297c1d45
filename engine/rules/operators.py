"""The operators of conditions: each makes, of the values that it is asked with, a test of a value.

A value that is missing meets no condition but `$is_not`, `$not_in`, `$not_contain`,
`$not_intersect`, `$not_inside` and `$is_unknown`. A list (an array of metadata, the products of an order) meets
one when any of its members does, and a negative one when none meets its opposite; `$count*`,
`$from`, `$not_differ` and `$not_intersect` look at it as a whole. A number equals the text that
says it, as metadata often has one for the other; numbers are ordered as numbers, dates as dates,
and nothing else is.

Days of date operators are 24 hours, counted from now, but for `$is_days_ago` and
`$is_days_in_future`, which count calendar days. All times are UTC, 0 is Sunday.

Source of the names: the API contract, section 7.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from engine.kernel.calendar import (
    day_of_week,
    instant_of,
    parse_duration,
    within_hours,
    within_timeframe,
)
from engine.rules.place_tests import inside, not_inside
from schemas.base import DAY_MS, Millis
from schemas.validity import DailyHours, ValidityTimeframe

#: About a thousand years.
DAYS_MAX = 400_000
#: Tests a value at a time.
Test = Callable[[Any, Millis], bool]
#: What kinds of values there are; `any` is what metadata has.
Kind = Literal["number", "text", "list", "date", "flag", "segment", "items", "any"]

_VALUES: Final[frozenset[Kind]] = frozenset({"number", "text", "list", "date", "any"})


class Operator(NamedTuple):
    """How a test is made (raising ValueError for values that make none), and what it fits."""

    make: Callable[[Sequence[Any]], Test]
    kinds: frozenset[Kind]
    #: Whether it is asked with exactly one value.
    single: bool = False


# --- comparing

#: What exceeds it is no number that could be meant; so every number can be any kind of number. Nor
#: is one with more zeros after the point, whose fraction would be without bound.
_LARGEST: Final = 10**30
_ZEROS_MAX: Final = 100


def number_in(value: Any) -> int | Decimal | None:
    """A number, or what a text says as one; of a float what its shortest text says."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        found = value if isinstance(value, int | Decimal) else Decimal(str(value))
    except DecimalException:
        return None
    if isinstance(found, Decimal) and (not found.is_finite() or found.adjusted() < -_ZEROS_MAX):
        return None
    return found if -_LARGEST < found < _LARGEST else None


def equal(value: Any, asked: Any) -> bool:
    """Whether two values are the same; a number equals the text that says it."""
    if type(value) is type(asked):
        return bool(value == asked)
    if isinstance(value, bool) or isinstance(asked, bool):
        return str(value).lower() == str(asked).lower()
    if isinstance(value, str) != isinstance(asked, str):
        one, other = number_in(value), number_in(asked)
        return one is not None and one == other
    return bool(value == asked)


def order(value: Any, asked: Any) -> int | None:
    """-1, 0 or 1 as the value is less, equal or more; None: they cannot be ordered."""
    if type(value) is not int or type(asked) is not int:
        one, other = number_in(value), number_in(asked)
        if one is None or other is None:
            one, other = _instant(value), _instant(asked)
        if one is None or other is None:
            return None
        value, asked = one, other
    return int(value > asked) - int(value < asked)


def _instant(value: Any) -> Millis | None:
    return instant_of(value) if isinstance(value, str) else None


def _members(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


# --- making tests


def _each(meets: Callable[[Any], bool]) -> Test:
    """Any of its members meets it."""

    def test(value: Any, _: Millis) -> bool:
        if isinstance(value, list | tuple):
            return any(map(meets, value))
        return value is not None and meets(value)

    return test


def _none(meets: Callable[[Any], bool]) -> Test:
    """None of its members meets it."""
    some = _each(meets)
    return lambda value, now: not some(value, now)


def _is(values: Sequence[Any]) -> Test:
    """Equals one of the values."""
    return _each(lambda value: any(equal(value, asked) for asked in values))


def _is_not(values: Sequence[Any]) -> Test:
    """Equals none of the values."""
    return _none(lambda value: any(equal(value, asked) for asked in values))


def _ordered(*wanted: int) -> Callable[[Sequence[Any]], Test]:
    def make(values: Sequence[Any]) -> Test:
        asked = values[0]
        if number_in(asked) is None and _instant(asked) is None:
            raise ValueError("has to be a number or a date")
        return _each(lambda value: order(value, asked) in wanted)

    return make


def _text(meets: Callable[[str, str], bool], values: Sequence[Any]) -> Callable[[Any], bool]:
    asked = [str(value) for value in values]
    return lambda value: (
        isinstance(value, str | int | float) and any(meets(str(value), each) for each in asked)
    )


def _starts_with(values: Sequence[Any]) -> Test:
    """Begins with one of the texts."""
    return _each(_text(str.startswith, values))


def _ends_with(values: Sequence[Any]) -> Test:
    """Ends with one of the texts."""
    return _each(_text(str.endswith, values))


def _contains(values: Sequence[Any]) -> Test:
    """A text holds one of the texts; a list has one of the values as a member."""
    within, same = _each(_text(str.__contains__, values)), _is(values)
    return lambda value, now: (same if isinstance(value, list | tuple) else within)(value, now)


def _not_contain(values: Sequence[Any]) -> Test:
    """The opposite of `$contains`."""
    contains = _contains(values)
    return lambda value, now: not contains(value, now)


def _flag(values: Sequence[Any]) -> bool:
    asked = values[0] if values else True
    if asked in (True, "true"):
        return True
    if asked in (False, "false"):
        return False
    raise ValueError("has to be true or false")


def _has_value(values: Sequence[Any]) -> Test:
    """There is a value (`[false]`: there is none)."""
    wanted = _flag(values)
    return lambda value, _: (value is not None) is wanted


def _is_unknown(values: Sequence[Any]) -> Test:
    """There is no value (`[false]`: there is one)."""
    wanted = _flag(values)
    return lambda value, _: (value is None) is wanted


def _number(values: Sequence[Any]) -> int | Decimal:
    asked = number_in(values[0])
    if asked is None:
        raise ValueError("has to be a number")
    return asked


def _counted(*wanted: int) -> Callable[[Sequence[Any]], Test]:
    def make(values: Sequence[Any]) -> Test:
        asked = _number(values)

        def test(value: Any, _: Millis) -> bool:
            """How many members a list has; a number is a count already."""
            count = value if type(value) is int else len(_members(value))
            return (count > asked) - (count < asked) in wanted

        return test

    return make


def _from(values: Sequence[Any]) -> Test:
    """Has members, each of them one of the values."""
    one = _is(values)
    return lambda value, now: (
        bool(_members(value)) and all(one(member, now) for member in _members(value))
    )


def _not_differ(values: Sequence[Any]) -> Test:
    """Has the values as members, each of them, and no other."""
    only = _from(values)
    return lambda value, now: (
        only(value, now)
        and all(any(equal(member, asked) for member in _members(value)) for asked in values)
    )


def _on_dates(values: Sequence[Any], meets: Callable[[Millis, Millis, float], bool]) -> Test:
    asked = float(_number(values))
    if abs(asked) > DAYS_MAX:
        raise ValueError(f"has to be at most {DAYS_MAX} days")

    def test(value: Any, now: Millis) -> bool:
        return _each(lambda one: (at := _instant(one)) is not None and meets(at, now, asked))(
            value, now
        )

    return test


def _days(meets: Callable[[Millis, Millis, float], bool]) -> Callable[[Sequence[Any]], Test]:
    return lambda values: _on_dates(values, meets)


def _dated(values: Sequence[Any], meets: Callable[[Millis], bool]) -> Test:
    del values
    return _each(lambda value: (at := _instant(value)) is not None and meets(at))


def _after(values: Sequence[Any]) -> Test:
    """A date later than the one asked for."""
    limit = _date(values[0])
    return _dated(values, lambda at: at > limit)


def _before(values: Sequence[Any]) -> Test:
    """A date earlier than the one asked for."""
    limit = _date(values[0])
    return _dated(values, lambda at: at < limit)


def _date(text: Any) -> Millis:
    found = _instant(text)
    if found is None:
        raise ValueError("has to be a date")
    return found


def _dow(values: Sequence[Any]) -> Test:
    """A date on one of the days of the week."""
    if not all(type(value) is int and 0 <= value <= 6 for value in values):
        raise ValueError("has to be days of the week, 0 to 6")
    days = frozenset(values)
    return _dated(values, lambda at: day_of_week(at) in days)


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
    return _dated(
        values, lambda at: any(within_timeframe(frame, start, at) for frame, start in frames)
    )


def _timeframe_absolute(values: Sequence[Any]) -> Test:
    """`start;end`: a date from the start on and before the end; either may be empty."""
    spans = []
    for value in values:
        start, separator, end = str(value).partition(";")
        if not separator:
            raise ValueError("has to be of the form start;end")
        spans.append((_date(start) if start else None, _date(end) if end else None))
    return _dated(
        values,
        lambda at: any(
            (start is None or start <= at) and (end is None or at < end) for start, end in spans
        ),
    )


def _timeframe_daily_hours(values: Sequence[Any]) -> Test:
    """`18:00;20:01;2,3`: a date from 18:00 to 20:01 on a Tuesday or Wednesday; no days: on any."""
    windows = [_window(str(value)) for value in values]
    return _dated(values, lambda at: any(within_hours(window, at) for window in windows))


def _window(text: str) -> DailyHours:
    parts = text.split(";")
    if len(parts) not in (2, 3):
        raise ValueError("has to be of the form 18:00;20:00;2,3")
    named = parts[2].split(",") if len(parts) == 3 and parts[2] else []
    days = tuple(int(day) for day in named if day.strip() in set("0123456"))
    if len(days) < len(named):
        raise ValueError("has to have days of the week, 0 to 6")
    window = DailyHours(start_time=parts[0], expiration_time=parts[1], days_of_week=days)
    within_hours(window, 0)  # reads the times
    return window


def _fits(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


_ORDERED: Final = _fits("number", "date", "any")
_TEXTS: Final = _fits("text", "list", "any")
_DATES: Final = _fits("date", "any")
_LISTS: Final = _fits("list", "any")
_COUNTED: Final = _fits("list", "any", "number")
_PLACES: Final = _fits("any")
_ALL: Final = _VALUES | _fits("flag", "segment", "items")

OPERATORS: Final[Mapping[str, Operator]] = MappingProxyType(
    {
        "$is": Operator(_is, _ALL),
        "$is_not": Operator(_is_not, _ALL),
        "$in": Operator(_is, _ALL - _fits("flag")),
        "$not_in": Operator(_is_not, _ALL - _fits("flag")),
        "$has_value": Operator(_has_value, _VALUES),
        "$is_unknown": Operator(_is_unknown, _VALUES),
        "$less_than": Operator(_ordered(-1), _ORDERED, single=True),
        "$less_than_or_equal": Operator(_ordered(-1, 0), _ORDERED, single=True),
        "$more_than": Operator(_ordered(1), _ORDERED, single=True),
        "$more_than_or_equal": Operator(_ordered(0, 1), _ORDERED, single=True),
        "$greater_than_or_equal": Operator(_ordered(0, 1), _ORDERED, single=True),
        "$starts_with": Operator(_starts_with, _TEXTS),
        "$ends_with": Operator(_ends_with, _TEXTS),
        "$contains": Operator(_contains, _TEXTS),
        "$not_contain": Operator(_not_contain, _TEXTS),
        "$count": Operator(_counted(0), _COUNTED, single=True),
        "$count_more": Operator(_counted(1), _COUNTED, single=True),
        "$count_less": Operator(_counted(-1), _COUNTED, single=True),
        "$from": Operator(_from, _LISTS),
        "$not_differ": Operator(_not_differ, _LISTS),
        "$not_intersect": Operator(_is_not, _LISTS),
        "$after": Operator(_after, _DATES, single=True),
        "$before": Operator(_before, _DATES, single=True),
        "$more_than_ago": Operator(
            _days(lambda at, now, days: at < now - days * DAY_MS), _DATES, single=True
        ),
        "$less_than_ago": Operator(
            _days(lambda at, now, days: now - days * DAY_MS < at <= now), _DATES, single=True
        ),
        "$is_days_ago": Operator(
            _days(lambda at, now, days: now // DAY_MS - at // DAY_MS == days), _DATES, single=True
        ),
        "$more_than_future": Operator(
            _days(lambda at, now, days: at > now + days * DAY_MS), _DATES, single=True
        ),
        "$less_than_future": Operator(
            _days(lambda at, now, days: now <= at < now + days * DAY_MS), _DATES, single=True
        ),
        "$is_days_in_future": Operator(
            _days(lambda at, now, days: at // DAY_MS - now // DAY_MS == days), _DATES, single=True
        ),
        "$timeframe": Operator(_timeframe, _DATES),
        "$timeframe_absolute": Operator(_timeframe_absolute, _DATES),
        "$timeframe_daily_hours": Operator(_timeframe_daily_hours, _DATES),
        "$dow": Operator(_dow, _DATES),
        "$inside": Operator(inside, _PLACES),
        "$not_inside": Operator(not_inside, _PLACES),
    }
)
