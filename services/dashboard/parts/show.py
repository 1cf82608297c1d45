"""How values are told to people: money, numbers, times, in the project's terms and one zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.core import UnknownLocaleError
from babel.numbers import format_currency, format_decimal, format_percent
from htpy import Node
from markupsafe import Markup

#: One thing, as the API tells it.
Row = Mapping[str, Any]
#: What stands for what is not there.
NOTHING: Final = "–"  # noqa: RUF001 - a dash on purpose
_MINOR: Final = 100
#: Digits of an amount before its point; no currency has more.
_DIGITS_MAX: Final = 15


@dataclass(frozen=True, slots=True)
class Show:
    """Formats in a project's currency and time zone, and a person's language."""

    zone_name: str
    currency: str
    language: str = "en"

    @property
    def zone(self) -> ZoneInfo:
        """The project's time zone."""
        return ZoneInfo(self.zone_name)

    def money(self, minor: object) -> str:
        """An amount in minor units, with the project's currency."""
        if not isinstance(minor, int):
            return NOTHING
        return _write_money(minor, self.currency, self.language)

    def number(self, value: object) -> str:
        """A count or a decimal, grouped."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            return NOTHING
        return str(format_decimal(value, locale="en" if "_" in self.language else self.language))

    def percent(self, share: float | None) -> str:
        """A share of one, with one decimal."""
        return NOTHING if share is None else str(format_percent(share, "#,##0.#%", locale="en"))

    def when(self, text: object) -> Node:
        """A moment in the project's zone, to the second; UTC on hover."""
        moment = read_moment(text)
        if moment is None:
            return NOTHING
        here = at_zone(moment, self.zone)
        utc = moment.astimezone(UTC)
        return _write_time(utc, f"{here.day} {here:%b %Y, %H:%M:%S}")

    def day(self, text: object) -> Node:
        """The day of a moment in the project's zone; a date without a time is that day anywhere."""
        moment = read_moment(text)
        if moment is None:
            return NOTHING
        is_plain = isinstance(text, str) and len(text) == len("2026-01-31")
        here = moment if is_plain else at_zone(moment, self.zone)
        return _write_time(moment.astimezone(UTC), f"{here.day} {here:%b %Y}")

    def period(self, start: object, end: object) -> Node:
        """From when to when; open ends are said."""
        begins, ends = read_moment(start), read_moment(end)
        if begins is None and ends is None:
            return "Always"
        if ends is None:
            return ["From ", self.day(start)]
        if begins is None:
            return ["Until ", self.day(end)]
        return [self.day(start), " to ", self.day(end)]

    def local(self, text: object) -> str:
        """A moment as an input of type datetime-local takes it, in the project's zone.

        Seconds and less stand there where there are some: what is saved unchanged loses nothing.
        """
        moment = read_moment(text)
        if moment is None:
            return ""
        here = at_zone(moment, self.zone).replace(tzinfo=None)
        exact = "milliseconds" if here.microsecond else "seconds" if here.second else "minutes"
        return here.isoformat(timespec=exact)

    def from_local(self, text: str) -> str | None:
        """What such an input gives, as the API takes it. None: nothing, or no time."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self.zone)
        return at_zone(moment, UTC).isoformat().replace("+00:00", "Z")

    def today(self, now: datetime) -> date:
        """The day that it is in the project."""
        return now.astimezone(self.zone).date()


# one stands in each row of most lists, so it is written at once
_TIME: Final = Markup('<time datetime="{}" title="{} UTC">{}</time>')


def _write_time(utc: datetime, said: str) -> Markup:
    return _TIME.format(utc.isoformat(), f"{utc:%Y-%m-%d %H:%M:%S}", said)


def read_moment(text: object) -> datetime | None:
    """A time of the API; a date is its first moment in UTC."""
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at_zone(moment if moment.tzinfo else moment.replace(tzinfo=UTC), UTC)


def at_zone(moment: datetime, zone: tzinfo) -> datetime:
    """A moment in a zone; what falls out of the calendar there is its first or last moment."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        first, last = datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone)
        return first if moment.year == 1 else last


def read_minor(text: str) -> int | None:
    """An amount that somebody typed (`12`, `12.5`, `12,50`) in minor units; None: no amount."""
    plain = text.strip().replace(" ", "").replace(",", ".")
    sign = -1 if plain.startswith("-") else 1
    whole, point, rest = plain.lstrip("+-").partition(".")
    if not (whole or rest) or not (whole or "0").isdecimal():
        return None
    if len(whole) > _DIGITS_MAX or len(rest) > 2:
        return None
    if point and rest and not rest.isdecimal():
        return None
    return sign * (int(whole or "0") * _MINOR + int((rest + "00")[:2]))


def write_minor(minor: object) -> str:
    """An amount in minor units as an input shows it."""
    if not isinstance(minor, int):
        return ""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // _MINOR}.{abs(minor) % _MINOR:02d}"


def first_of(row: Mapping[str, Any] | None, *names: str) -> str:
    """The first of the named members that says something, else nothing's sign."""
    for name in names:
        value = (row or {}).get(name)
        if value not in (None, "", [], {}):
            return str(value)
    return NOTHING


@lru_cache(8_192)
def _write_money(minor: int, currency: str, language: str) -> str:
    try:
        return format_currency(minor / _MINOR, currency, locale=language)
    except (UnknownLocaleError, ValueError):
        return format_currency(minor / _MINOR, currency, locale="en")
