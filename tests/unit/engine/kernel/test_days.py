"""When a day begins and ends, in every zone and on both changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernel.calendar import INSTANT_MIN, iso
from engine.kernel.days import first_instant, last_instant
from engine.kernel.zones import zone_named
from schemas.base import INSTANT_MAX, Millis

#: Far east and west, clocks that change by day, over midnight, by half an hour, and a day left out.
ZONES: Final = (
    "Pacific/Kiritimati", "Pacific/Auckland", "Pacific/Pago_Pago", "Europe/Warsaw", "Asia/Beirut",
    "America/Havana", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Etc/UTC",
)  # fmt: skip


def shown(at: Millis, zone: str) -> datetime:
    """What the clocks show."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at)).astimezone(
        zone_named(zone)
    )


@pytest.mark.parametrize(
    ("zone", "day", "first", "last"),
    [
        ("Etc/UTC", "2026-11-28", "2026-11-28T00:00:00.000Z", "2026-11-28T23:59:59.999Z"),
        ("Pacific/Kiritimati", "2026-11-28",
         "2026-11-27T10:00:00.000Z", "2026-11-28T09:59:59.999Z"),
        ("Pacific/Auckland", "2026-11-28",
         "2026-11-27T11:00:00.000Z", "2026-11-28T10:59:59.999Z"),
        # the clocks there are put forward on 2026-09-27, and back on 2026-04-05
        ("Pacific/Auckland", "2026-09-27",
         "2026-09-26T12:00:00.000Z", "2026-09-27T10:59:59.999Z"),
        ("Pacific/Auckland", "2026-04-05",
         "2026-04-04T11:00:00.000Z", "2026-04-05T11:59:59.999Z"),
        ("Europe/Warsaw", "2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T21:59:59.999Z"),
        ("Europe/Warsaw", "2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T22:59:59.999Z"),
        # over midnight: forward, so that the day begins at one, and back, so that it begins twice
        ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00.000Z", "2022-03-27T20:59:59.999Z"),
        ("America/Havana", "2022-11-06", "2022-11-06T04:00:00.000Z", "2022-11-07T04:59:59.999Z"),
    ],
)  # fmt: skip
def test_a_day_begins_and_ends_when_it_does_there(
    zone: str, day: str, first: str, last: str
) -> None:
    named = date.fromisoformat(day)
    assert iso(first_instant(named, zone_named(zone))) == first
    assert iso(last_instant(named, zone_named(zone))) == last


@given(st.dates(date(1970, 1, 2), date(2037, 12, 30)), st.sampled_from(ZONES))
def test_law_days_follow_one_another_and_show_their_date(day: date, zone: str) -> None:
    there = zone_named(zone)
    first, last = first_instant(day, there), last_instant(day, there)
    assert last + 1 == first_instant(day + timedelta(days=1), there)
    assert 22 * 3_600_000 < last - first < 26 * 3_600_000
    assert shown(first, zone).date() == day
    assert shown(first - 1, zone).date() < day
    assert shown(last + 1, zone).date() > day


def test_what_cannot_be_written_is_the_end_of_what_can() -> None:
    assert last_instant(date.max, zone_named("Pacific/Pago_Pago")) == INSTANT_MAX
    assert first_instant(date.min, zone_named("Pacific/Auckland")) == INSTANT_MIN
    assert first_instant(date.max, None) < INSTANT_MAX == last_instant(date.max, None)


def test_a_day_that_was_left_out_is_over_when_it_begins() -> None:
    apia, day = zone_named("Pacific/Apia"), date(2011, 12, 30)
    assert last_instant(day, apia) < first_instant(day, apia)
    assert first_instant(day, apia) == first_instant(day + timedelta(days=1), apia)
