"""Time zones, and that of a project.

Their rules come from the package `tzdata` alone, whose version is pinned: the machine's own could be
another on each machine, and the same command would be decided differently. A zone is read once.

A project's days, weeks and months follow one another without a gap, also where its zone changes: those
that run then go on until the new zone ends its own, with what they have counted. So no moment belongs
to two of a kind, and a budget is never begun twice by a change of the zone.
"""

from functools import cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from engine.kernel import tables
from engine.kernel.calendar import Zone, day_after, month_after, periods_at, week_after
from engine.kernel.state import View
from schemas.base import Millis
from schemas.projects import OpenedProject
from schemas.tallies import Periods, Running

UTC_NAME: Final = "Etc/UTC"
#: The names of the zone that nothing has to be looked up for.
_UTC: Final = frozenset({UTC_NAME, "UTC"})
#: In the list, and no zone: it says that none was set.
_UNSET: Final = "Factory"


@cache
def zone_names() -> frozenset[str]:
    """The names of all zones, those of the past included. Source: IANA's Time Zone Database."""
    names = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return frozenset(names) - {_UNSET}


@cache
def _zone_named(name: str) -> Zone:
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def zone_named(name: str) -> Zone:
    """The zone with that name; UTC where there is none, as older projects may have said."""
    return None if name in _UTC or name not in zone_names() else _zone_named(name)


def zone_name_of(view: View) -> str:
    """What the project's zone is called."""
    opened = view.get(tables.OPENED, view.project)
    return UTC_NAME if opened is None else opened.timezone


def zone_of(view: View) -> Zone:
    """The zone in which the project's days, weeks, months and hours are reckoned."""
    return zone_named(zone_name_of(view))


def periods_of(view: View, now: Millis) -> Periods:
    """When the day, the week and the month of the project began that run now."""
    opened = view.get(tables.OPENED, view.project)
    return periods_at(now) if opened is None else _periods_in(opened, now)


def _periods_in(opened: OpenedProject, now: Millis) -> Periods:
    found = periods_at(now, zone_named(opened.timezone))
    running = opened.running
    if running is None or now >= running.until.month:
        return found
    began, until = running.began, running.until
    return Periods(
        began.day if now < until.day else found.day,
        began.week if now < until.week else found.week,
        began.month if now < until.month else found.month,
    )


def counted_in(view: View, now: Millis) -> Periods | None:
    """What a redemption counts in now; None: the periods of UTC, which nobody has to be told."""
    opened = view.get(tables.OPENED, view.project)
    if opened is None or (opened.running is None and opened.timezone in _UTC):
        return None
    found = _periods_in(opened, now)
    return None if found == periods_at(now) else found


def running_into(view: View, zone: Zone, now: Millis) -> Running:
    """What runs now, and when a zone that begins to count ends it."""
    until = Periods(day_after(now, zone), week_after(now, zone), month_after(now, zone))
    return Running(periods_of(view, now), until)
