"""Lists of small tables, read from the state: filters, order and page, as lists elsewhere take them.

A kind of entity says by which texts and times it is filtered (`Selection`); what those mean is the
same for all. For what can be long there are the lists of the audit service.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, TypeVar

from engine.kernel.encode import Body
from fronts.query_string import (
    Condition,
    Given,
    conditions_of,
    invalid_parameter,
    page_of,
    require_known,
    single_parameter,
    time_of,
    yes_of,
)
from schemas.base import DAY_MS, Millis

T = TypeVar("T")

#: Parameters of every list.
PAGING: Final = frozenset({"limit", "page", "order", "filters"})
IDS_MAX: Final = 100
_DAYS_MAX: Final = 100_000
_TESTS: Final[Mapping[str, Callable[[str, tuple[str, ...]], bool]]] = MappingProxyType(
    {
        "$is": lambda value, wanted: value in wanted,
        "$in": lambda value, wanted: value in wanted,
        "$is_not": lambda value, wanted: value not in wanted,
        "$not_in": lambda value, wanted: value not in wanted,
        "$starts_with": lambda value, wanted: value.startswith(wanted),
        "$ends_with": lambda value, wanted: value.endswith(wanted),
        "$contains": lambda value, wanted: any(each in value for each in wanted),
        "$not_contain": lambda value, wanted: not any(each in value for each in wanted),
    }
)
#: Whether there has to be a value where the operator is to hold.
_PRESENCE: Final[Mapping[str, bool]] = MappingProxyType({"$has_value": True, "$is_unknown": False})
_DATE_TESTS: Final[Mapping[str, Callable[[int, int], bool]]] = MappingProxyType(
    {"$after": lambda at, than: at > than, "$before": lambda at, than: at < than}
)
#: Days ago or ahead, as lists of the audit service read them.
_AGE_TESTS: Final[Mapping[str, Callable[[int, int], bool]]] = MappingProxyType(
    {
        "$more_than": lambda age, days: age > days,
        "$more_than_ago": lambda age, days: age > days,
        "$less_than": lambda age, days: age < days,
        "$less_than_ago": lambda age, days: 0 <= age < days,
        "$more_than_future": lambda age, days: -age > days,
        "$less_than_future": lambda age, days: 0 <= -age < days,
    }
)


@dataclass(frozen=True, slots=True)
class Selection(Generic[T]):
    """What a kind of entity is filtered and sorted by."""

    texts: Mapping[str, Callable[[T], str]]
    times: Mapping[str, Callable[[T], Millis | None]]
    #: The keys of its orders; the id makes each total.
    orders: Mapping[str, Callable[[T], Any]]
    id_of: Callable[[T], str]
    #: Parameters besides those of every list.
    more: frozenset[str] = field(default_factory=frozenset)


class FoundPage(NamedTuple, Generic[T]):
    """A page of what was found."""

    entities: list[T]
    #: On all pages.
    total: int
    has_more: bool

    def body(self, render: Callable[[T], Body]) -> Body:
        """The list as the API answers it."""
        return {
            "object": "list",
            "data_ref": "data",
            "data": list(map(render, self.entities)),
            "total": self.total,
            "has_more": self.has_more,
        }


def select_page(
    selection: Selection[T], entities: Iterable[T], given: list[Given], now: Millis
) -> FoundPage[T]:
    """The page that the query asks for. Raises ApiError."""
    require_known(given, PAGING | selection.more)
    page = page_of(given, frozenset(selection.orders))
    test = test_of(selection.texts, selection.times, given, now)
    ids = {each.value for each in given if each.path[0] == "ids"}
    if len(ids) > IDS_MAX:
        raise invalid_parameter("ids", f"names more than {IDS_MAX}")
    until = single_parameter(given, "end_date")
    found = [each for each in entities if test(each) and (not ids or selection.id_of(each) in ids)]
    if until is not None:
        created, last = selection.times["created_at"], time_of(until)
        found = [each for each in found if (created(each) or 0) <= last]
    key = selection.orders[page.order]
    found.sort(key=lambda each: (key(each), selection.id_of(each)), reverse=page.descending)
    end = page.offset + page.limit
    return FoundPage(found[page.offset : end], len(found), end < len(found))


def test_of(
    texts: Mapping[str, Callable[[T], str]],
    times: Mapping[str, Callable[[T], Millis | None]],
    given: list[Given],
    now: Millis,
) -> Callable[[T], bool]:
    """Whether an entity meets the filters of a query. Raises ApiError for what cannot be asked."""
    conditions, junction = conditions_of(given)
    tests = [_test(texts, times, each, now) for each in conditions]
    joined = any if junction == "or" else all
    return lambda entity: not tests or joined(test(entity) for test in tests)


def _test(
    texts: Mapping[str, Callable[[T], str]],
    times: Mapping[str, Callable[[T], Millis | None]],
    condition: Condition,
    now: Millis,
) -> Callable[[T], bool]:
    time = times.get(condition.field)
    if time is not None:
        return _date_test(time, condition, now)
    text = texts.get(condition.field)
    if text is None:
        raise invalid_parameter(condition.name, "names an unknown field")
    if condition.operator in _PRESENCE:
        wanted = _presence(condition)
        return lambda entity: bool(text(entity)) in wanted
    holds = _TESTS.get(condition.operator)
    if holds is None:
        raise invalid_parameter(condition.name, "names an unknown operator")
    return lambda entity: holds(text(entity), condition.values)


def _date_test(
    time: Callable[[T], Millis | None], condition: Condition, now: Millis
) -> Callable[[T], bool]:
    if condition.operator in _PRESENCE:
        present = _presence(condition)
        return lambda entity: (time(entity) is not None) in present
    older = _AGE_TESTS.get(condition.operator)
    if older is not None:
        ages = [_days(condition.name, value) * DAY_MS for value in condition.values]
        return lambda entity: (
            (at := time(entity)) is not None and any(older(now - at, age) for age in ages)
        )
    compare = _DATE_TESTS.get(condition.operator)
    if compare is None:
        raise invalid_parameter(condition.name, "names an unknown operator")
    wanted = list(map(time_of, condition.given))
    return lambda entity: (
        (at := time(entity)) is not None and all(compare(at, than) for than in wanted)
    )


def _presence(condition: Condition) -> set[bool]:
    """What may be: that there is a value, that there is none, or, by several values, both."""
    present = _PRESENCE[condition.operator]
    return {yes_of(condition.name, value) == present for value in condition.values}


def _days(name: str, value: str) -> int:
    if not (value.isascii() and value.isdecimal() and int(value) <= _DAYS_MAX):
        raise invalid_parameter(name, f"must be a number of days between 0 and {_DAYS_MAX}")
    return int(value)
