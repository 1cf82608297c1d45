"""What the words of a filter mean, held against what a row says: written of the words alone."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.integration.dashboard_filters.facts import Row

#: What a row says, what is compared with it, and the present.
Test = Callable[[Sequence[Any], Any, datetime], bool]


def _any(test: Callable[[Any, Any], bool]) -> Test:
    return lambda told, value, _: any(test(each, value) for each in told)


def _none(test: Callable[[Any, Any], bool]) -> Test:
    return lambda told, value, _: not any(test(each, value) for each in told)


def _moved(test: Callable[[datetime, datetime, datetime], bool], sign: int) -> Test:
    """Compares with the moment that lies so many days before or after the present."""
    return lambda told, days, now: any(
        test(each, now + sign * timedelta(days=int(days)), now) for each in told
    )


TESTS: Final[Mapping[str, Test]] = {
    "is": _any(lambda each, value: each == value),
    "is not": _none(lambda each, value: each == value),
    "contains": _any(lambda each, value: value in each),
    "does not contain": _none(lambda each, value: value in each),
    "starts with": _any(lambda each, value: each.startswith(value)),
    "ends with": _any(lambda each, value: each.endswith(value)),
    "is known": lambda told, _, __: bool(told),
    "is not known": lambda told, _, __: not told,
    "is more than": _any(lambda each, value: each > value),
    "is at least": _any(lambda each, value: each >= value),
    "is less than": _any(lambda each, value: each < value),
    "is at most": _any(lambda each, value: each <= value),
    "is after": _any(lambda each, value: each > value),
    "is before": _any(lambda each, value: each < value),
    "was within the last days:": _moved(lambda each, then, now: then < each <= now, -1),
    "was longer ago than days:": _moved(lambda each, then, _: each < then, -1),
    "is within the next days:": _moved(lambda each, then, now: now <= each < then, 1),
    "is further away than days:": _moved(lambda each, then, _: each > then, 1),
}


def read_time(text: str) -> datetime:
    """A moment of the API."""
    return datetime.fromisoformat(text)


def said_time(said: str, zone: ZoneInfo) -> datetime:
    """A moment as a person reads it in a chip."""
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=zone).astimezone(UTC)


def said_money(said: str) -> Decimal:
    """An amount as a person reads it in a chip, in minor units."""
    return Decimal(said.strip("€").replace(",", "")) * 100


def _started(row: Row, now: datetime) -> bool:
    return not row.get("start_date") or read_time(row["start_date"]) <= now


def _ended(row: Row, now: datetime) -> bool:
    return bool(row.get("expiration_date")) and read_time(row["expiration_date"]) <= now


def _is_active(row: Row, now: datetime) -> bool:
    return row["active"] and _started(row, now) and not _ended(row, now)


#: Words of a state → whether a row is in it.
STATES: Final[Mapping[str, Callable[[Row, datetime], bool]]] = {
    "active": _is_active,
    "expired": _ended,
    "ended": _ended,
    "scheduled": lambda row, now: not _started(row, now),
    "making codes": lambda row, _: row["vouchers_generation_status"] == "IN_PROGRESS",
    "switched on": lambda row, _: row["active"],
    "switched off": lambda row, _: not row["active"],
}
#: Words of a choice that are not just the API's, written as a person writes.
CHOICES: Final[Mapping[tuple[str, str], str]] = {}
