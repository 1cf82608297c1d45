"""Fields by which a list is filtered: their words, their operators, and how the API takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

Kind = Literal["text", "texts", "choice", "number", "money", "time", "flag", "state", "lookup"]

_KNOWN: Final = ("has_value", "is_unknown")
#: Of what everything has, be it a text, a number or a time that never lies ahead.
EACH_TEXT: Final = ("is", "is_not", "contains", "not_contain", "starts_with", "ends_with")
EACH_NUMBER: Final = (
    "is", "is_not", "more_than", "more_than_equal", "less_than", "less_than_equal",
)  # fmt: skip
EACH_TIME: Final = ("after", "before", "less_than_ago", "more_than_ago")
#: Of a time that never lies ahead, and may be missing.
PAST: Final = (*EACH_TIME, *_KNOWN)
_TEXT: Final = (*EACH_TEXT, *_KNOWN)
_NUMBER: Final = (*EACH_NUMBER, *_KNOWN)
_TIME: Final = (*EACH_TIME, "less_than_future", "more_than_future", *_KNOWN)
#: Of what is chosen and may also be missing.
KNOWN: Final = ("is", "is_not", *_KNOWN)
#: Operators of each kind, as the API names them (docs/services/audit.md).
OPERATORS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "text": _TEXT,
    "texts": _TEXT,
    "choice": ("is", "is_not"),
    "lookup": ("is", "is_not"),
    "number": _NUMBER,
    "money": _NUMBER,
    "time": _TIME,
    "flag": ("is",),
    "state": ("is",),
}
#: How each is said between the field and the value.
WORDS: Final[Mapping[str, str]] = {
    "is": "is",
    "is_not": "is not",
    "contains": "contains",
    "not_contain": "does not contain",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "has_value": "is known",
    "is_unknown": "is not known",
    "more_than": "is more than",
    "more_than_equal": "is at least",
    "less_than": "is less than",
    "less_than_equal": "is at most",
    "after": "is after",
    "before": "is before",
    "less_than_ago": "was within the last days:",
    "more_than_ago": "was longer ago than days:",
    "less_than_future": "is within the next days:",
    "more_than_future": "is further away than days:",
}
#: Those that stand alone.
WITHOUT_VALUE: Final = frozenset({"has_value", "is_unknown"})
IN_DAYS: Final = frozenset(
    {"less_than_ago", "more_than_ago", "less_than_future", "more_than_future"}
)
VALUE_LENGTH_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a filter.

    `parameter`: the plain parameter of the list that takes it, for what is no member of `filters`.
    `name` of metadata is `metadata`, and what is filtered by is `metadata.KEY`.
    """

    name: str
    label: str
    kind: Kind = "text"
    choices: tuple[tuple[str, str], ...] = ()
    ops: tuple[str, ...] = ()
    parameter: str = ""
    #: What /lookup/{kind} finds.
    lookup: str = ""

    @property
    def operators(self) -> tuple[str, ...]:
        """Its operators, those that most want first."""
        return self.ops or OPERATORS[self.kind]


class Filtered(Protocol):
    """What of a list its filters need."""

    @property
    def path(self) -> str:
        """Its address."""

    @property
    def order(self) -> str:
        """Its order, where no other was asked for."""

    @property
    def fields(self) -> Sequence[Field]:
        """What it is filtered by."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter as it stands in the address: `field:operator:value`."""

    field: str
    op: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.field}:{self.op}:{self.value}"


def find_field(fields: Sequence[Field], name: str) -> Field | None:
    """The field; `metadata.KEY` is found by the field `metadata`."""
    plain = "metadata" if name.startswith("metadata.") and len(name) > 9 else name
    return next((each for each in fields if each.name == plain), None)


def read_condition(text: str, fields: Sequence[Field]) -> Condition | None:
    """What an address says; None where this list knows no such filter."""
    name, _, rest = text.partition(":")
    op, _, value = rest.partition(":")
    return make_condition(fields, name, op, value)


def make_condition(fields: Sequence[Field], name: str, op: str, value: str) -> Condition | None:
    """A filter that this list knows, else None."""
    found = find_field(fields, name)
    if found is None or op not in found.operators or name == "metadata":
        return None
    if op in WITHOUT_VALUE:
        return Condition(name, op)
    value = value.strip()
    if not value or len(value) > VALUE_LENGTH_MAX:
        return None
    if op in IN_DAYS and not value.isdecimal():
        return None
    return Condition(name, op, value)
