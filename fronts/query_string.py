"""Query strings: `filters[voucher_code][conditions][$in][0]=A`, in every spelling clients use.

A name is a path of words, each but the first in brackets; the first may be in brackets, too. The
order of parameters does not matter. Nothing that a client sends is ignored: an unknown name, an
unknown operator and a bad value are refused by name. Source: the API contract, section 11.

A list comes as several parameters, or, from an official client, as one text that Python made of it:
`['A', 'B']`. Where a list may stand, such a text is taken apart. That client also writes `None` for
each member of a filter that its model leaves out; such a parameter counts as left out. A filter for
the word itself is one of an item: `[$in][0]=None`.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from engine.kernel.calendar import INSTANT_MIN, Zone, parse_iso
from runtime.http.errors import ApiError
from schemas.base import ID_LENGTH_MAX, INSTANT_MAX, Millis
from schemas.errors import refuse

#: Before the names of what a list takes, in the refusal of what it does not.
SUPPORTED = "supported: "
LIMIT_MAX = 100
LIMIT_DEFAULT = 10
PAGE_MAX = 1000
#: How many parameters a query string may have; each item of a list is one.
PARAMETERS_MAX = 200

_NAME = re.compile(r"\[?([^\[\]]+)\]?((?:\[[^\[\]]*\])*)")
_WORD = re.compile(r"\[([^\[\]]*)\]")
_DIGITS = re.compile(r"[0-9]{1,9}")
#: What takes a list of values: an operator, or a plain parameter.
_LISTS = frozenset({"$in", "$not_in", "ids", "areas_ids", "area_stores_ids", "area_all_stores_ids"})
#: What may also be several ids in one text, with commas between them.
_IDS = ("ids",)
#: The one field whose `$is` takes a list, too.
_DAYS_OF_WEEK = "validity_day_of_week"
#: What an official client has models for, and what it writes for their members without a value.
_MODELS = frozenset({"filters", "access_settings"})
_LEFT_OUT = "None"
_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?"""
_QUOTED_ITEM = re.compile(_QUOTED)
_PYTHON_LIST = re.compile(rf"\[(?:{_QUOTED})(?:, (?:{_QUOTED}))*\]")

_BOOLEANS: Final = MappingProxyType({"true": True, "1": True, "false": False, "0": False})

Path = tuple[str, ...]


class Given(NamedTuple):
    """A parameter as it was sent; `path` is its name, taken apart."""

    path: Path
    name: str
    value: str
    #: The time zone that a date without a time is a day of.
    zone: Zone = None


class Condition(NamedTuple):
    """A filter: a field, an operator such as `$in`, and what to compare with."""

    field: str
    operator: str
    values: tuple[str, ...]
    #: The parameter's name, for errors.
    name: str
    zone: Zone = None

    @property
    def given(self) -> list[Given]:
        """Each of the values by itself."""
        return [Given((), self.name, value, self.zone) for value in self.values]


class Page(NamedTuple):
    """Which part of a list, in which order."""

    limit: int
    offset: int
    order: str
    descending: bool


class Range(NamedTuple):
    """A range of time, both ends excluded; None is without end."""

    after: Millis | None = None
    before: Millis | None = None


def invalid_parameter(name: str, reason: str) -> ApiError:
    """A parameter that cannot be served."""
    return ApiError(refuse("invalid_query_params", f"Query param `{name[:100]}` {reason}"))


def read_parameters(pairs: Iterable[tuple[str, str]], zone: Zone = None) -> list[Given]:
    """The parameters of a query string, whose dates are days of a time zone.

    Raises ApiError for a name that is no path.
    """
    given = []
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        if found is None:
            raise invalid_parameter(name, "is not a valid name")
        path = (found[1], *_WORD.findall(found[2]))
        if value == _LEFT_OUT and path[0] in _MODELS and not _is_index([path[-1]]):
            continue
        for each in _items(path, value):
            parts = each.split(",") if path == _IDS else (each,)
            if any(len(part) > ID_LENGTH_MAX for part in parts):
                raise invalid_parameter(name, f"is longer than {ID_LENGTH_MAX} characters")
            given.append(Given(path, name, each, zone))
    if len(given) > PARAMETERS_MAX:
        raise invalid_parameter(given[PARAMETERS_MAX].name, f"is one more than {PARAMETERS_MAX}")
    return given


def _items(path: Path, value: str) -> list[str]:
    takes_list = path[-1] in _LISTS or _DAYS_OF_WEEK in path
    if not takes_list or not _PYTHON_LIST.fullmatch(value):
        return [value]
    try:
        items = [str(ast.literal_eval(each)) for each in _QUOTED_ITEM.findall(value)]
        "".join(items).encode()
    except (SyntaxError, ValueError):  # an escape that Python does not know, half a surrogate
        return [value]
    return items


def require_known(given: Iterable[Given], known: Mapping[str, int] | frozenset[str]) -> None:
    """Raises ApiError for a parameter whose first word is not known."""
    for each in given:
        if each.path[0] not in known:
            raise invalid_parameter(each.name, f"is not supported; {SUPPORTED}{_listed(known)}")


def _listed(known: Iterable[str]) -> str:
    return ", ".join(sorted(known)) or "none"


def single_parameter(given: Iterable[Given], word: str) -> Given | None:
    """The parameter of that plain name. Raises ApiError when it comes twice or has brackets."""
    found = [each for each in given if each.path[0] == word]
    if not found:
        return None
    if len(found) > 1:
        raise invalid_parameter(word, "is given more than once")
    if len(found[0].path) > 1:
        raise invalid_parameter(found[0].name, "takes no brackets")
    return found[0]


def text_of(given: Iterable[Given], word: str) -> str | None:
    """The value of `single_parameter`. Raises ApiError for an empty one, which would ask for what has none."""
    found = single_parameter(given, word)
    if found is None:
        return None
    if not found.value:
        raise invalid_parameter(found.name, "must not be empty")
    return found.value


def flag_of(given: Iterable[Given], word: str) -> bool:
    """Whether the parameter of that plain name is `true`; one that was left out is not."""
    found = single_parameter(given, word)
    return found is not None and _boolean(found.name, found.value)


def yes_of(name: str, value: str) -> bool:
    """Whether an operator such as `$has_value` is to hold: said empty, as the contract does, it is."""
    return not value or _boolean(name, value)


def _boolean(name: str, value: str) -> bool:
    """`true` or `false`; official clients also write 1 and 0."""
    said = value.lower()
    if said not in _BOOLEANS:
        raise invalid_parameter(name, "must be `true` or `false`")
    return _BOOLEANS[said]


def page_of(given: list[Given], orders: frozenset[str]) -> Page:
    """Limit, page and order; newest first unless said otherwise."""
    limit = _number(single_parameter(given, "limit"), LIMIT_DEFAULT)
    if not 1 <= limit <= LIMIT_MAX:
        raise invalid_parameter("limit", f"must be between 1 and {LIMIT_MAX}")
    page = page_number(given)
    order = single_parameter(given, "order")
    wanted = order.value if order else "-created_at"
    if wanted.removeprefix("-") not in orders:
        raise invalid_parameter(
            "order", f"must be one of {', '.join(sorted(orders))}, or one after a `-`"
        )
    return Page(limit, (page - 1) * limit, wanted.removeprefix("-"), wanted.startswith("-"))


def page_number(given: Iterable[Given]) -> int:
    """Which page is asked for; the first is 1."""
    page = _number(single_parameter(given, "page"), 1)
    if page < 1:
        raise invalid_parameter("page", "must be at least 1")
    if page > PAGE_MAX:
        raise ApiError(refuse("page_over_limit"))
    return page


def limit_of(given: Iterable[Given]) -> int:
    """How many items a page of a list with a cursor has at most."""
    return count_of(given, "limit", LIMIT_DEFAULT, LIMIT_MAX)


def count_of(given: Iterable[Given], word: str, default: int, most: int) -> int:
    """A number from 1 on. Raises ApiError."""
    found = single_parameter(given, word)
    if found is None:
        return default
    if not found.value.isdecimal() or not 1 <= int(found.value) <= most:
        raise invalid_parameter(word, f"must be between 1 and {most}")
    return int(found.value)


def _number(given: Given | None, default: int) -> int:
    if given is None:
        return default
    if not _DIGITS.fullmatch(given.value):
        raise invalid_parameter(given.name, "must be a whole number")
    return int(given.value)


def range_of(given: list[Given], word: str) -> Range:
    """`word[after]` and `word[before]`."""
    found: dict[str, Millis] = {}
    for each in given:
        if each.path[0] != word:
            continue
        if len(each.path) != 2 or each.path[1] not in ("after", "before"):
            raise invalid_parameter(each.name, f"is read as `{word}[after]` or `{word}[before]`")
        if each.path[1] in found:
            raise invalid_parameter(each.name, "is given more than once")
        found[each.path[1]] = time_of(each)
    return Range(found.get("after"), found.get("before"))


def is_day(given: Given) -> bool:
    """Whether it is a date without a time."""
    try:
        date.fromisoformat(given.value.strip())
    except ValueError:
        return False
    return True


def time_of(given: Given, zone: Zone = None) -> Millis:
    """A date, or a date with a time; without an offset in the zone. Parts of milliseconds are cut.

    No zone is UTC, but for a date without a time: it is a day of the zone that was read with it.
    """
    value = given.value.strip()
    if zone is None and is_day(given):
        zone = given.zone
    if "T" in value:
        # A plus sign that was not encoded arrives as a space.
        value = value.replace(" ", "+", 1)
    try:
        at = parse_iso(value, zone)
    except ValueError:
        raise invalid_parameter(given.name, "must be an ISO 8601 date or date-time") from None
    # a zone can move a date of the calendar beyond what can be shown
    if not INSTANT_MIN <= at <= INSTANT_MAX:
        raise invalid_parameter(given.name, "must lie in the years 1 to 9999 in UTC")
    return at


def conditions_of(given: list[Given]) -> tuple[list[Condition], str]:
    """The filters and how they are joined, `and` or `or`."""
    junction = "and"
    gathered: dict[tuple[str, str], list[Given]] = {}
    for each in given:
        match each.path:
            case ("filters", "junction"):
                junction = each.value.lower()
                if junction not in ("and", "or"):
                    raise invalid_parameter(each.name, "must be `and` or `or`")
            case ("filters", field, "conditions", operator, *index) if _is_index(index):
                gathered.setdefault((field, operator), []).append(each)
            # how the contract writes the states of campaigns
            case ("filters", field, operator, *index) if operator[:1] == "$" and _is_index(index):
                gathered.setdefault((field, operator), []).append(each)
            case ("filters", *_):
                raise invalid_parameter(
                    each.name, "is read as `filters[field][conditions][$operator]`"
                )
    conditions = [
        Condition(
            field, operator, tuple(each.value for each in found), found[0].name, found[0].zone
        )
        for (field, operator), found in gathered.items()
    ]
    return conditions, junction


def _is_index(words: list[str]) -> bool:
    return not words or (len(words) == 1 and (not words[0] or bool(_DIGITS.fullmatch(words[0]))))
