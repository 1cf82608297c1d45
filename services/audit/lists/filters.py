"""What lists are filtered by: declared fields, the operators of each kind, and tests made of both.

A test is a constant text with places for values; what a client sends only ever goes into the
values. Source of the fields and operators: the API contract, section 11.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from fronts.query_string import Condition, Range, invalid_parameter
from schemas.base import ID_LENGTH_MAX, Millis
from services.audit.lists.filter_operators import OPERATORS, Kind, read_text, read_yes, scaled

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
    #: Of a number: how many of what the table counts are one of what is asked for.
    scale: int = 1


def text(expression: str, *, capitals: bool = False) -> Field:
    """A text; empty where there is none."""
    return Field("text", expression, capitals)


def texts(expression: str) -> Field:
    """A list of texts, of which any counts."""
    return Field("texts", expression)


def number(expression: str, *, scale: int = 1) -> Field:
    """A whole number; UNKNOWN where there is none."""
    return Field("number", expression, scale=scale)


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
#: Referral codes, and their programs and publications; the latter say so as a text.
IS_REFERRAL: Final = "numbers['is_referral_code']"
REFERRAL: Final = Field("flag", IS_REFERRAL)
REFERRAL_TEXT: Final = text(f"if({IS_REFERRAL} = 1, 'TRUE', 'FALSE')", capitals=True)


class Where:
    """A growing list of tests, all of which must hold, with the values they need.

    `now` is what states and times relative to the present are compared with: whoever filters by one
    of them has to say it. `rows` is which rows are the project's.
    """

    def __init__(
        self, project: str, now: Millis = 0, *, rows: str = "project = {project:String}"
    ) -> None:
        self._tests = [rows]
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
        assert self._now or field.kind not in ("time", "state"), "the present is not said"
        if field.kind == "state":
            return self._state(field, condition, name)
        operator = OPERATORS[field.kind].get(condition.operator)
        if operator is None:
            raise invalid_parameter(condition.name, "names an unknown operator")
        given = [scaled(each, field.scale) for each in condition.given]
        values = [operator.read(each, self._now) for each in given]
        if field.capitals and operator.read is read_text:
            values = [value.upper() for value in values]
        self.values[name] = values
        place = f"{{{name}:{operator.type}}}"
        return operator.test.replace("{column}", field.expression).replace("{place}", place)

    def _field(self, fields: Mapping[str, Field], condition: Condition, name: str) -> Field:
        key = condition.field.removeprefix(METADATA_PREFIX)
        if METADATA_PREFIX not in fields or key in ("", condition.field):
            field = fields.get(condition.field)
            if field is None or condition.field == METADATA_PREFIX:
                raise invalid_parameter(condition.name, "names an unknown field")
            return field
        if len(key) > ID_LENGTH_MAX:
            raise invalid_parameter(condition.name, "names a key that is too long")
        self.values[f"{name}_key"] = key
        return texts(f"metadata[{{{name}_key:String}}]")

    def _state(self, field: Field, condition: Condition, name: str) -> str:
        test = field.states.get(condition.operator)
        if test is None:
            raise invalid_parameter(condition.name, "names an unknown operator")
        self.values["now"] = self._now
        self.values[name] = [read_yes(each, self._now) for each in condition.given]
        return f"({test}) IN {{{name}:Array(UInt8)}}"
