"""What lists are filtered by: declared fields, the operators of each kind, and tests made of both.

A test is a constant text with places for values; what a client sends only ever goes into the
values. Times and whole numbers are compared as half-open ranges, so that every operator on them is
one test, and what an entity does not say (UNKNOWN) lies in none of them. Source of the fields and
operators: the API contract, section 11.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from math import ceil, floor
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from fronts.query_string import Condition, Given, Range, invalid, time_of, yes_of
from schemas.base import DAY_MS, ID_LENGTH_MAX, Millis
from services.audit.sink.entities import UNKNOWN

Kind = Literal["text", "texts", "number", "time", "flag", "state"]

#: Beyond every number and time that is stored.
NUMBER_MAX: Final = 2**53
DAYS_MAX: Final = 100_000
METADATA_PREFIX: Final = "metadata."


class Field(NamedTuple):
    """Something that a list can be filtered by; all texts are constants."""

    kind: Kind
    #: What is compared, in the table's columns.
    expression: str
    #: Texts that are stored in capitals, however the caller writes them.
    capitals: bool = False
    #: Of a state: the operators, and what each of them tests.
    states: Mapping[str, str] = MappingProxyType({})


class Operator(NamedTuple):
    """A test with `{column}` and `{place}`, and how its values are read."""

    test: str
    type: str
    read: Callable[[Given, Millis], Any]


def text(expression: str, *, capitals: bool = False) -> Field:
    """A text; empty where there is none."""
    return Field("text", expression, capitals)


def texts(expression: str) -> Field:
    """A list of texts, of which any counts."""
    return Field("texts", expression)


def number(expression: str) -> Field:
    """A whole number; UNKNOWN where there is none."""
    return Field("number", expression)


def time(expression: str) -> Field:
    """A time in milliseconds; UNKNOWN where there is none."""
    return Field("time", expression)


def state(**states: str) -> Field:
    """A state with operators of its own, for example `$active`."""
    return Field(
        "state", "", states=MappingProxyType({f"${name}": t for name, t in states.items()})
    )


#: Under METADATA_PREFIX in the fields of a list: every key of the metadata is a field, too.
ANY_METADATA: Final = texts("")
#: Nothing is a referral code yet; publications say so as a text.
REFERRAL: Final = Field("flag", "0")
REFERRAL_TEXT: Final = text("'FALSE'", capitals=True)


def _text(given: Given, _: Millis) -> str:
    return given.value


def _yes(given: Given, _: Millis) -> int:
    return int(yes_of(given.name, given.value))


def _decimal(given: Given) -> Decimal:
    try:
        found = Decimal(given.value)
    except InvalidOperation:
        raise invalid(given.name, "must be a number") from None
    # compared, not computed with: what is beyond every exponent could not be
    if not found.is_finite() or not -NUMBER_MAX < found < NUMBER_MAX:
        raise invalid(given.name, f"must be a number between {-NUMBER_MAX} and {NUMBER_MAX}")
    return found


def _float(given: Given, _: Millis) -> float:
    return float(_decimal(given))


def _days(given: Given) -> Millis:
    found = _decimal(given)
    if not 0 <= found <= DAYS_MAX:
        raise invalid(given.name, f"must be a number of days between 0 and {DAYS_MAX}")
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
    return (at, at + 1) if "T" in given.value else (at, at + DAY_MS)


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
    return _day(now - _days(given))


def _day_ahead(given: Given, now: Millis) -> Span:
    return _day(now + _days(given))


def _day(at: Millis) -> Span:
    start = at - at % DAY_MS
    return start, start + DAY_MS


_SPANS: Final = "Array(Tuple(Int64, Int64))"
_IN_SPAN: Final = "arrayExists(x -> {column} >= x.1 AND {column} < x.2, {place})"


def _flags(known: str) -> dict[str, Operator]:
    return {
        "$has_value": Operator(f"({known}) IN {{place}}", "Array(UInt8)", _yes),
        "$is_unknown": Operator(f"(NOT {known}) IN {{place}}", "Array(UInt8)", _yes),
    }


def _of_texts(test: str) -> Operator:
    """An operator on one text `v`, which any of a list may pass."""
    any_of = f"arrayExists(v -> arrayExists(x -> {test}, {{place}}), {{column}})"
    return Operator(any_of, "Array(String)", _text)


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
    "$is": Operator("{column} IN {place}", "Array(String)", _text),
    "$in": Operator("{column} IN {place}", "Array(String)", _text),
    "$is_not": Operator("{column} NOT IN {place}", "Array(String)", _text),
    "$not_in": Operator("{column} NOT IN {place}", "Array(String)", _text),
    **_flags("{column} != ''"),
    "$starts_with": Operator(
        "arrayExists(x -> startsWith({column}, x), {place})", "Array(String)", _text
    ),
    "$ends_with": Operator(
        "arrayExists(x -> endsWith({column}, x), {place})", "Array(String)", _text
    ),
    "$contains": Operator(
        "arrayExists(x -> position({column}, x) > 0, {place})", "Array(String)", _text
    ),
    "$not_contain": Operator(
        "NOT arrayExists(x -> position({column}, x) > 0, {place})", "Array(String)", _text
    ),
}
_CONTAINS: Final = _of_texts("position(v, x) > 0")
_TEXTS: Final[Mapping[str, Operator]] = {
    "$is": Operator("hasAny({column}, {place})", "Array(String)", _text),
    "$in": Operator("hasAny({column}, {place})", "Array(String)", _text),
    "$is_not": Operator("NOT hasAny({column}, {place})", "Array(String)", _text),
    "$not_in": Operator("NOT hasAny({column}, {place})", "Array(String)", _text),
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
    "$is": Operator("{column} IN {place}", "Array(UInt8)", _yes),
    "$is_not": Operator("{column} NOT IN {place}", "Array(UInt8)", _yes),
}
OPERATORS: Final[Mapping[Kind, Mapping[str, Operator]]] = MappingProxyType(
    {"text": _TEXT, "texts": _TEXTS, "number": _NUMBER, "time": _TIME, "flag": _FLAG}
)


class Where:
    """A growing list of tests, all of which must hold, with the values they need.

    `now` is what states and times relative to the present are compared with.
    """

    def __init__(self, project: str, now: Millis = 0) -> None:
        self._tests = ["project = {project:String}"]
        self._now = now
        self.values: dict[str, Any] = {"project": project}

    @property
    def text(self) -> str:
        """The tests as one."""
        return " AND ".join(self._tests)

    def add(self, test: str, **values: Any) -> None:
        """One more test, a constant, and the values of its places."""
        self._tests.append(test)
        self.values |= values

    def within(self, column: str, wanted: Range) -> None:
        """The column lies in the range; a time that is 0 was never set."""
        if wanted.after is not None:
            self.add(f"{column} > {{{column}_after:Int64}}", **{f"{column}_after": wanted.after})
        if wanted.before is not None:
            self.add(f"{column} < {{{column}_before:Int64}}", **{f"{column}_before": wanted.before})

    def satisfies(
        self, fields: Mapping[str, Field], conditions: Sequence[Condition], junction: str
    ) -> None:
        """The filters hold, all or any of them. Raises ApiError for one that is unknown."""
        tests = [self._test(fields, each, index) for index, each in enumerate(conditions)]
        if tests:
            self.add(f"({f' {junction.upper()} '.join(tests)})")

    def _test(self, fields: Mapping[str, Field], condition: Condition, index: int) -> str:
        name = f"filter_{index}"
        field = self._field(fields, condition, name)
        if field.kind == "state":
            return self._state(field, condition, name)
        operator = OPERATORS[field.kind].get(condition.operator)
        if operator is None:
            raise invalid(condition.name, "names an unknown operator")
        values = [
            operator.read(Given((), condition.name, value), self._now) for value in condition.values
        ]
        if field.capitals and operator.read is _text:
            values = [value.upper() for value in values]
        self.values[name] = values
        place = f"{{{name}:{operator.type}}}"
        return operator.test.replace("{column}", field.expression).replace("{place}", place)

    def _field(self, fields: Mapping[str, Field], condition: Condition, name: str) -> Field:
        key = condition.field.removeprefix(METADATA_PREFIX)
        if METADATA_PREFIX not in fields or key in ("", condition.field):
            field = fields.get(condition.field)
            if field is None or condition.field == METADATA_PREFIX:
                raise invalid(condition.name, "names an unknown field")
            return field
        if len(key) > ID_LENGTH_MAX:
            raise invalid(condition.name, "names a key that is too long")
        self.values[f"{name}_key"] = key
        return texts(f"metadata[{{{name}_key:String}}]")

    def _state(self, field: Field, condition: Condition, name: str) -> str:
        test = field.states.get(condition.operator)
        if test is None:
            raise invalid(condition.name, "names an unknown operator")
        self.values["now"] = self._now
        self.values[name] = [
            _yes(Given((), condition.name, value), self._now) for value in condition.values
        ]
        return f"({test}) IN {{{name}:Array(UInt8)}}"
