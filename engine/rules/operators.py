"""The operators of conditions: each makes, of the values that it is asked with, a test of a value.

A value that is missing meets no condition but `$is_not`, `$not_in`, `$not_contain`,
`$not_intersect`, `$not_inside` and `$is_unknown`. A list (an array of metadata, the products of an
order) meets one when any of its members does, and a negative one when none meets its opposite;
`$count*`, `$from`, `$not_differ` and `$not_intersect` look at it as a whole. A number equals the
text that says it, as metadata often has one for the other; numbers are ordered as numbers, dates as
dates, and nothing else is.

What is asked of dates is in `date_tests.py`, of places in `place_tests.py`. Dates without an offset are
those of the project's time zone.

Source of the names: the API contract, section 7.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from engine.kernel.calendar import Moment, Zone
from engine.rules.date_tests import DATE_TESTS, DAY_TESTS, Test, each_at, instant_in
from engine.rules.place_tests import inside_test, not_inside_test
from engine.rules.value_kinds import Kind

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


def are_equal(value: Any, asked: Any) -> bool:
    """Whether two values are the same; a number equals the text that says it."""
    if type(value) is type(asked):
        return bool(value == asked)
    if isinstance(value, bool) or isinstance(asked, bool):
        return str(value).lower() == str(asked).lower()
    if isinstance(value, str) != isinstance(asked, str):
        one, other = number_in(value), number_in(asked)
        return one is not None and one == other
    return bool(value == asked)


def compare_values(value: Any, asked: Any, zone: Zone = None) -> int | None:
    """-1, 0 or 1 as the value is less, equal or more; None: they cannot be ordered."""
    if type(value) is not int or type(asked) is not int:
        one, other = number_in(value), number_in(asked)
        if one is None or other is None:
            one, other = instant_in(value, zone), instant_in(asked, zone)
        if one is None or other is None:
            return None
        value, asked = one, other
    return int(value > asked) - int(value < asked)


def _members(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


# --- making tests


def _each(meets: Callable[[Any], bool]) -> Test:
    """Any of its members meets it."""

    def test(value: Any, _: Moment) -> bool:
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
    return _each(lambda value: any(are_equal(value, asked) for asked in values))


def _is_not(values: Sequence[Any]) -> Test:
    """Equals none of the values."""
    return _none(lambda value: any(are_equal(value, asked) for asked in values))


def _order_operator(*wanted: int) -> Callable[[Sequence[Any]], Test]:
    def make(values: Sequence[Any]) -> Test:
        asked = values[0]
        if number_in(asked) is None and instant_in(asked, None) is None:
            raise ValueError("has to be a number or a date")
        return each_at(lambda value, now: compare_values(value, asked, now.zone) in wanted)

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


def _of_days(make: Callable[[float], Test]) -> Callable[[Sequence[Any]], Test]:
    return lambda values: make(float(_number(values)))


def _count_operator(*wanted: int) -> Callable[[Sequence[Any]], Test]:
    def make(values: Sequence[Any]) -> Test:
        asked = _number(values)

        def test(value: Any, _: Moment) -> bool:
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
        and all(any(are_equal(member, asked) for member in _members(value)) for asked in values)
    )


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
        "$less_than": Operator(_order_operator(-1), _ORDERED, single=True),
        "$less_than_or_equal": Operator(_order_operator(-1, 0), _ORDERED, single=True),
        "$more_than": Operator(_order_operator(1), _ORDERED, single=True),
        "$more_than_or_equal": Operator(_order_operator(0, 1), _ORDERED, single=True),
        "$greater_than_or_equal": Operator(_order_operator(0, 1), _ORDERED, single=True),
        "$starts_with": Operator(_starts_with, _TEXTS),
        "$ends_with": Operator(_ends_with, _TEXTS),
        "$contains": Operator(_contains, _TEXTS),
        "$not_contain": Operator(_not_contain, _TEXTS),
        "$count": Operator(_count_operator(0), _COUNTED, single=True),
        "$count_more": Operator(_count_operator(1), _COUNTED, single=True),
        "$count_less": Operator(_count_operator(-1), _COUNTED, single=True),
        "$from": Operator(_from, _LISTS),
        "$not_differ": Operator(_not_differ, _LISTS),
        "$not_intersect": Operator(_is_not, _LISTS),
        **{
            name: Operator(make, _DATES, single=name in ("$after", "$before"))
            for name, make in DATE_TESTS.items()
        },
        **{name: Operator(_of_days(make), _DATES, single=True) for name, make in DAY_TESTS.items()},
        "$inside": Operator(inside_test, _PLACES),
        "$not_inside": Operator(not_inside_test, _PLACES),
    }
)
