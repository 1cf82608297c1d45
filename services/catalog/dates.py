"""Dates of bodies and files. One without a time is a day of the project's time zone.

`start_date: "2026-11-28"` is when that day begins, `expiration_date: "2026-11-28"` when it ends. Which
instants these are only the project can say, so a body that is read holds the day until `place_days`
puts the instant in its place. A date-time without an offset is UTC.
"""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Any, Final, Self, TypeVar

from pydantic import BaseModel, PlainValidator, WithJsonSchema
from starlette.requests import Request

from engine.kernel.calendar import INSTANT_MIN, Zone, parse_iso
from engine.kernel.days import first_instant, last_instant
from engine.kernel.zones import zone_of
from runtime.http.routing import caller_of
from schemas.base import INSTANT_MAX, Millis
from services.catalog.reads import Reads

B = TypeVar("B", bound=BaseModel)
#: When of a day, in a time zone.
_Edge = Callable[[date, Zone], Millis]


class UnplacedDay(int):
    """A day whose time zone is not known yet; as a number, its instant in UTC."""

    day: date
    edge: _Edge

    @classmethod
    def of(cls, day: date, edge: _Edge) -> Self:
        """The edge of a day."""
        made = cls(edge(day, None))
        made.day, made.edge = day, edge
        return made

    def within(self, zone: Zone) -> Millis:
        """The instant in a time zone."""
        return self.edge(self.day, zone)


def as_instant(value: Any, edge: _Edge) -> int:
    """Milliseconds of an ISO 8601 date-time, or the edge of a date's day. Raises ValueError."""
    try:
        day = _day_of(value)
        at = parse_iso(value) if day is None else UnplacedDay.of(day, edge)
    except (TypeError, ValueError):
        raise ValueError("an ISO 8601 date is wanted") from None
    if not INSTANT_MIN <= at <= INSTANT_MAX:
        raise ValueError("a date in the years 1 to 9999 in UTC is wanted")
    return at


def _day_of(value: Any) -> date | None:
    """The day of a date without a time; None: it has one, or is no date."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


_TEXT: Final = WithJsonSchema({"type": "string", "format": "date-time"})
#: When something begins.
Start = Annotated[int, PlainValidator(partial(as_instant, edge=first_instant)), _TEXT]
#: When something ends: at the end of a day, where only the day is said.
End = Annotated[int, PlainValidator(partial(as_instant, edge=last_instant)), _TEXT]


def start_in_zone(zone: Zone, text: str) -> Millis:
    """When something begins that the cell of a file says. Raises ValueError."""
    return _instant_in(as_instant(text, first_instant), zone)


def end_in_zone(zone: Zone, text: str) -> Millis:
    """When something ends that the cell of a file says. Raises ValueError."""
    return _instant_in(as_instant(text, last_instant), zone)


def _instant_in(at: int, zone: Zone) -> Millis:
    return at.within(zone) if isinstance(at, UnplacedDay) else at


def names_days(value: Any) -> bool:
    """Whether a body holds a day that only the project's time zone can tell."""
    if isinstance(value, BaseModel):
        return any(names_days(getattr(value, name)) for name in value.model_fields_set)
    return (
        any(map(names_days, value)) if isinstance(value, list) else isinstance(value, UnplacedDay)
    )


def place_days(body: B, zone: Zone) -> B:
    """The body with the instants that its days mean."""
    if not names_days(body):
        return body
    said = {name: getattr(body, name) for name in body.model_fields_set}
    return body.model_copy(update={name: _place(value, zone) for name, value in said.items()})


def _place(value: Any, zone: Zone) -> Any:
    if isinstance(value, BaseModel):
        return place_days(value, zone)
    if isinstance(value, list):
        return [_place(each, zone) for each in value]
    return _instant_in(value, zone) if isinstance(value, UnplacedDay) else value


async def place_own_days(view_of: Reads, request: Request, body: B) -> B:
    """The body with the instants that its days mean for the project that asks."""
    return place_days(body, await zone_of_caller(view_of, request)) if names_days(body) else body


async def zone_of_caller(view_of: Reads, request: Request) -> Zone:
    """The time zone of the project that asks."""
    return zone_of(await view_of(caller_of(request).project))
