"""The operators of filters: for each kind of field the tests, and how their values are read.

Times and whole numbers are compared as half-open ranges, so that every operator on them is one
test, and what an entity does not say (UNKNOWN) lies in none of them. Source of the operators: the
API contract, section 11.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from math import ceil, floor
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from engine.kernel.calendar import Zone, day_after, day_of
from fronts.query_string import Given, invalid_parameter, is_day, time_of, yes_of
from schemas.base import DAY_MS, Millis
from services.audit.unknown import UNKNOWN

Kind = Literal["text", "texts", "number", "time", "flag", "state"]
#: Beyond every number and time that is stored.
NUMBER_MAX: Final = 2**53
DAYS_MAX: Final = 100_000


class Operator(NamedTuple):
    """A test with `{column}` and `{place}`, and how its values are read."""

    test: str
    type: str
    read: Callable[[Given, Millis], Any]


def read_text(given: Given, _: Millis) -> str:
    """The text as it was given."""
    return given.value


def read_yes(given: Given, _: Millis) -> int:
    """1 for a yes, 0 for a no."""
    return int(yes_of(given.name, given.value))


def _decimal(given: Given) -> Decimal:
    try:
        found = Decimal(given.value)
    except InvalidOperation:
        raise invalid_parameter(given.name, "must be a number") from None
    # compared, not computed with: what is beyond every exponent could not be
    if not found.is_finite() or not -NUMBER_MAX < found < NUMBER_MAX:
        raise invalid_parameter(
            given.name, f"must be a number between {-NUMBER_MAX} and {NUMBER_MAX}"
        )
    return found


def scaled(given: Given, scale: int) -> Given:
    """A number in the unit that the table counts in; what is no number stays, to be refused."""
    try:
        return given if scale == 1 else given._replace(value=str(Decimal(given.value) * scale))
    except InvalidOperation:
        return given


def _float(given: Given, _: Millis) -> float:
    return float(_decimal(given))


def _days(given: Given) -> Millis:
    found = _decimal(given)
    if not 0 <= found <= DAYS_MAX:
        raise invalid_parameter(given.name, f"must be a number of days between 0 and {DAYS_MAX}")
    return int(found * DAY_MS)


def _instant(given: Given, _: Millis) -> Millis:
    return time_of(given)


Span = tuple[int, int]
_NONE: Final[Span] = (0, 0)


def _equal(given: Given, _: Millis) -> Span:
    found = _decimal(given)
    return (int(found), int(found) + 1) if found == int(found) else _NONE


def _above(given: Given, _: Millis) -> Span:
    return floor(_decimal(given)) + 1, NUMBER_MAX


def _from(given: Given, _: Millis) -> Span:
    return ceil(_decimal(given)), NUMBER_MAX


def _below(given: Given, _: Millis) -> Span:
    return UNKNOWN + 1, ceil(_decimal(given))


def _up_to(given: Given, _: Millis) -> Span:
    return UNKNOWN + 1, floor(_decimal(given)) + 1


def _on(given: Given, _: Millis) -> Span:
    """The day of a date; of a date with a time that instant."""
    at = time_of(given)
    return (at, day_after(at, given.zone)) if is_day(given) else (at, at + 1)


def _after(given: Given, _: Millis) -> Span:
    return time_of(given) + 1, NUMBER_MAX


def _before(given: Given, _: Millis) -> Span:
    return UNKNOWN + 1, time_of(given)


def _longer_ago(given: Given, now: Millis) -> Span:
    return UNKNOWN + 1, now - _days(given)


def _within_past(given: Given, now: Millis) -> Span:
    return now - _days(given) + 1, now + 1


def _later(given: Given, now: Millis) -> Span:
    return now + _days(given) + 1, NUMBER_MAX


def _within_future(given: Given, now: Millis) -> Span:
    return now, now + _days(given)


def _day_ago(given: Given, now: Millis) -> Span:
    return _day(now - _days(given), given.zone)


def _day_ahead(given: Given, now: Millis) -> Span:
    return _day(now + _days(given), given.zone)


def _day(at: Millis, zone: Zone) -> Span:
    return day_of(at, zone), day_after(at, zone)


_SPANS: Final = "Array(Tuple(Int64, Int64))"
_IN_SPAN: Final = "arrayExists(x -> {column} >= x.1 AND {column} < x.2, {place})"


def _flags(known: str) -> dict[str, Operator]:
    return {
        "$has_value": Operator(f"({known}) IN {{place}}", "Array(UInt8)", read_yes),
        "$is_unknown": Operator(f"(NOT {known}) IN {{place}}", "Array(UInt8)", read_yes),
    }


def _of_texts(test: str) -> Operator:
    """An operator on one text `v`, which any of a list may pass."""
    any_of = f"arrayExists(v -> arrayExists(x -> {test}, {{place}}), {{column}})"
    return Operator(any_of, "Array(String)", read_text)


def _of_values(comparison: str) -> Operator:
    return Operator(
        "arrayExists(v -> arrayExists(x -> "
        f"ifNull(toFloat64OrNull(v) {comparison} x, 0), {{place}}), {{column}})",
        "Array(Float64)",
        _float,
    )


def _of_instants(comparison: str) -> Operator:
    moment = "toUnixTimestamp64Milli(parseDateTime64BestEffortOrNull(v, 3, 'UTC'))"
    return Operator(
        "arrayExists(v -> arrayExists(x -> "
        f"ifNull({moment} {comparison} x, 0), {{place}}), {{column}})",
        "Array(Int64)",
        _instant,
    )


Read = Callable[[Given, Millis], Span]


def _span(read: Read) -> Operator:
    return Operator(_IN_SPAN, _SPANS, read)


def _outside(read: Read) -> Operator:
    return Operator(f"NOT {_IN_SPAN}", _SPANS, read)


def _spans(**reads: Read) -> dict[str, Operator]:
    return {f"${name}": _span(read) for name, read in reads.items()}


_TEXT: Final[Mapping[str, Operator]] = {
    "$is": Operator("{column} IN {place}", "Array(String)", read_text),
    "$in": Operator("{column} IN {place}", "Array(String)", read_text),
    "$is_not": Operator("{column} NOT IN {place}", "Array(String)", read_text),
    "$not_in": Operator("{column} NOT IN {place}", "Array(String)", read_text),
    **_flags("{column} != ''"),
    "$starts_with": Operator(
        "arrayExists(x -> startsWith({column}, x), {place})", "Array(String)", read_text
    ),
    "$ends_with": Operator(
        "arrayExists(x -> endsWith({column}, x), {place})", "Array(String)", read_text
    ),
    "$contains": Operator(
        "arrayExists(x -> position({column}, x) > 0, {place})", "Array(String)", read_text
    ),
    "$not_contain": Operator(
        "NOT arrayExists(x -> position({column}, x) > 0, {place})", "Array(String)", read_text
    ),
}
_CONTAINS: Final = _of_texts("position(v, x) > 0")
_TEXTS: Final[Mapping[str, Operator]] = {
    "$is": Operator("hasAny({column}, {place})", "Array(String)", read_text),
    "$in": Operator("hasAny({column}, {place})", "Array(String)", read_text),
    "$is_not": Operator("NOT hasAny({column}, {place})", "Array(String)", read_text),
    "$not_in": Operator("NOT hasAny({column}, {place})", "Array(String)", read_text),
    **_flags("notEmpty({column})"),
    "$starts_with": _of_texts("startsWith(v, x)"),
    "$ends_with": _of_texts("endsWith(v, x)"),
    "$contains": _CONTAINS,
    "$not_contain": _CONTAINS._replace(test=f"NOT {_CONTAINS.test}"),
    "$more_than": _of_values(">"),
    "$less_than": _of_values("<"),
    "$more_than_equal": _of_values(">="),
    "$less_than_equal": _of_values("<="),
    "$after": _of_instants(">"),
    "$before": _of_instants("<"),
}
_KNOWN: Final = f"{{column}} != {UNKNOWN}"
_NUMBER: Final[Mapping[str, Operator]] = {
    "$is": _span(_equal),
    "$in": _span(_equal),
    "$is_not": _outside(_equal),
    "$not_in": _outside(_equal),
    **_spans(
        more_than=_above,
        more_than_equal=_from,
        less_than=_below,
        less_than_equal=_up_to,
    ),
    **_flags(_KNOWN),
}
_TIME: Final[Mapping[str, Operator]] = {
    "$is": _span(_on),
    "$in": _span(_on),
    "$is_not": _outside(_on),
    "$not_in": _outside(_on),
    **_spans(
        after=_after,
        before=_before,
        more_than=_longer_ago,
        more_than_ago=_longer_ago,
        less_than=_within_past,
        less_than_ago=_within_past,
        more_than_future=_later,
        less_than_future=_within_future,
        is_days_ago=_day_ago,
        is_days_in_future=_day_ahead,
    ),
    **_flags(_KNOWN),
}
_FLAG: Final[Mapping[str, Operator]] = {
    "$is": Operator("{column} IN {place}", "Array(UInt8)", read_yes),
    "$is_not": Operator("{column} NOT IN {place}", "Array(UInt8)", read_yes),
}
OPERATORS: Final[Mapping[Kind, Mapping[str, Operator]]] = MappingProxyType(
    {"text": _TEXT, "texts": _TEXTS, "number": _NUMBER, "time": _TIME, "flag": _FLAG}
)
