"""A project's time zone: what its calendar and its clocks say, and what a change of it does.

Kiritimati is 14 hours before UTC, and skipped the last day of 1994; Auckland and Warsaw put their clocks
forward and back.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.formulas.formula import parse_formula
from engine.formulas.operands import RequestOperands
from engine.kernel.calendar import (
    add_duration,
    day_after,
    day_of,
    day_of_week,
    is_within_hours,
    is_within_timeframe,
    iso,
    month_of,
    parse_duration,
    parse_instant,
    periods_at,
    wall_of,
    week_of,
)
from engine.kernel.zones import zone_named, zone_names
from schemas.projects import ProjectOpened
from schemas.validity import DailyHours, ValidityHours, ValidityTimeframe
from tests.unit.engine.rule_world import everything_known, holds
from tests.unit.engine.world import HOUR, PROJECT, World, redeem, voucher

KIRITIMATI = zone_named("Pacific/Kiritimati")
AUCKLAND = zone_named("Pacific/Auckland")
WARSAW = zone_named("Europe/Warsaw")
NEW_YORK = zone_named("America/New_York")


def at(text: str) -> int:
    """An instant written as ISO 8601, without an offset in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_zones_are_those_of_the_pinned_package_and_utc_costs_nothing() -> None:
    assert zone_named("Etc/UTC") is None
    assert zone_named("Mars/Olympus") is None, "as before there were zones"
    assert zone_named("../../etc/passwd") is None
    assert zone_named("../../etc/passwd") is None
    assert {"Etc/UTC", "Pacific/Kiritimati", "Europe/Kiev"} < zone_names()
    assert not {"Mars/Olympus", "Factory", "", "europe/warsaw"} & zone_names()


def test_the_day_of_the_week_is_that_of_the_zone() -> None:
    noon = at("2025-01-15T12:00")  # a Wednesday
    assert day_of_week(noon) == 3
    assert day_of_week(noon, KIRITIMATI) == 4
    assert day_of_week(at("2025-01-15T09:59:59.999"), KIRITIMATI) == 3
    assert day_of_week(at("2025-01-15T10:00"), KIRITIMATI) == 4
    assert day_of_week(at("2025-01-15T04:59"), NEW_YORK) == 2


@pytest.mark.parametrize(
    ("instant", "within"),
    [
        # the clocks are put forward from 2 to 3 on 2025-03-30, and back from 3 to 2 on 2025-10-26
        ("2025-03-29T17:00", True),
        ("2025-03-29T16:59:59.999", False),
        ("2025-03-30T16:00", True),
        ("2025-03-30T15:59:59.999", False),
        ("2025-03-30T17:59:59.999", True),
        ("2025-03-30T18:00", False),
        ("2025-10-25T16:00", True),
        ("2025-10-26T16:59:59.999", False),
        ("2025-10-26T17:00", True),
    ],
)
def test_hours_are_what_the_clocks_show(instant: str, within: bool) -> None:
    assert is_within_hours(DailyHours("18:00", "20:00"), at(instant), WARSAW) is within


def test_hours_that_are_skipped_are_not_and_those_shown_twice_are_twice() -> None:
    window = DailyHours("02:00", "03:00")
    night = [at("2025-03-30T00:00") + minute * 60_000 for minute in range(180)]
    assert not any(is_within_hours(window, each, WARSAW) for each in night)
    night = [at("2025-10-26T00:00") + minute * 60_000 for minute in range(180)]
    assert [is_within_hours(window, each, WARSAW) for each in night] == [True] * 120 + [False] * 60


def test_hours_reach_into_the_next_day_of_the_zone() -> None:
    window = DailyHours("22:00", "02:00", (3,))  # from Wednesday evening
    assert is_within_hours(window, at("2025-01-15T08:00"), KIRITIMATI)
    assert is_within_hours(window, at("2025-01-15T11:59:59.999"), KIRITIMATI)
    assert not is_within_hours(window, at("2025-01-15T12:00"), KIRITIMATI)
    assert not is_within_hours(window, at("2025-01-16T08:00"), KIRITIMATI)


@pytest.mark.parametrize(
    ("interval", "instant", "within"),
    [
        # every day at 18:00 in Warsaw, for an hour, counted from the winter on
        ("P1D", "2025-01-15T17:00", True),
        ("P1D", "2025-06-15T16:00", True),
        ("P1D", "2025-06-15T16:59:59.999", True),
        ("P1D", "2025-06-15T17:00", False),
        ("P1D", "2025-06-15T15:59:59.999", False),
        ("P1W", "2025-06-11T16:30", True),
        ("P1W", "2025-06-12T16:30", False),
        ("P1M", "2025-07-01T16:30", True),
        ("P1M", "2025-12-01T17:30", True),
        # so many hours are exact, whatever the clocks do
        ("PT24H", "2025-06-15T17:30", True),
        ("PT24H", "2025-06-15T16:30", False),
    ],
)
def test_a_timeframe_keeps_to_the_calendar_of_the_zone(
    interval: str, instant: str, within: bool
) -> None:
    timeframe = ValidityTimeframe("PT1H", interval)
    anchor = at("2025-01-01T17:00")
    assert is_within_timeframe(timeframe, anchor, at(instant), WARSAW) is within


def test_a_day_may_have_23_or_25_hours_or_be_missing() -> None:
    spring, autumn = at("2025-03-29T23:00"), at("2025-10-25T22:00")
    assert day_after(spring, WARSAW) - spring == 23 * HOUR
    assert day_after(autumn, WARSAW) - autumn == 25 * HOUR
    assert add_duration(spring, parse_duration("P1D"), zone=WARSAW) - spring == 23 * HOUR
    # on Kiritimati the first of January 1995 followed the 30th of December
    eve = at("1994-12-31T10:00") - 1
    assert iso(day_after(eve, KIRITIMATI)) == "1994-12-31T10:00:00.000Z"
    assert day_of(eve + 1, KIRITIMATI) == eve + 1
    assert iso(add_duration(at("1994-12-30T22:00"), parse_duration("P2D"), zone=KIRITIMATI)) == (
        "1994-12-31T22:00:00.000Z"
    )


def test_a_time_that_the_clocks_skip_is_as_far_behind_the_change() -> None:
    assert parse_instant("2025-03-30T02:30", WARSAW) == at("2025-03-30T01:30")
    assert parse_instant("2025-10-26T02:30", WARSAW) == at("2025-10-26T00:30"), "the first of two"
    assert parse_instant("2025-10-26T02:30Z", WARSAW) == at("2025-10-26T02:30")
    # in Auckland they go forward in September and back in April
    assert parse_instant("2025-09-28T02:30", AUCKLAND) == at("2025-09-27T14:30")
    assert parse_instant("2025-04-06T02:30", AUCKLAND) == at("2025-04-05T13:30")


def test_weeks_begin_on_monday_and_months_on_the_first_of_the_zone() -> None:
    moment = at("2025-03-31T11:00")  # in Auckland the first of April, a Tuesday
    assert iso(week_of(moment, AUCKLAND)) == "2025-03-30T11:00:00.000Z"
    assert iso(month_of(moment, AUCKLAND)) == "2025-03-31T11:00:00.000Z"
    assert iso(month_of(moment - 1, AUCKLAND)) == "2025-02-28T11:00:00.000Z"
    assert periods_at(moment, None) == periods_at(moment)


def in_zone(name: str) -> World:
    """A project in a time zone."""
    return World(opened=False).given(ProjectOpened(PROJECT, name))


def valid(world: World, moment: str) -> bool:
    """Whether the voucher can be redeemed then."""
    world.now = at(moment)
    return not world.when(redeem("TEN")).refusal


def test_a_voucher_is_bound_by_the_days_and_hours_of_its_project() -> None:
    bound = voucher(
        validity_day_of_week=(6, 0),
        validity_hours=ValidityHours((DailyHours("08:00", "20:00"),)),
    )
    world = in_zone("Pacific/Kiritimati").given(bound)
    assert not valid(world, "2025-01-16T18:00"), "Friday, 8 in the morning"
    assert valid(world, "2025-01-17T18:00"), "Saturday"
    assert not valid(world, "2025-01-18T17:59"), "Sunday, before 8"
    assert valid(world, "2025-01-19T05:59"), "Sunday, before 20"
    assert not valid(world, "2025-01-19T06:00")


def test_a_refusal_says_which_zone_was_reckoned_in() -> None:
    world = in_zone("Pacific/Auckland").given(voucher(validity_day_of_week=(3,)))
    world.now = at("2025-01-15T12:00")
    refusal = world.when(redeem("TEN")).refusal
    assert refusal is not None
    assert refusal.explanation is not None
    assert refusal.explanation["timezone"] == "Pacific/Auckland"
    assert refusal.explanation["day_of_week"] == 4


def known(zone: str, now: str) -> Any:
    """A request of which everything is known, in a time zone."""
    return everything_known(zone=zone_named(zone), now=at(now))


def test_conditions_on_dates_are_asked_in_the_zone() -> None:
    there = known("Pacific/Auckland", "2025-01-15T12:00")  # Thursday, one in the morning
    assert holds("redemption.date", {"$dow": [4]}, there)
    assert holds("redemption.date", {"$timeframe_daily_hours": ["01:00;02:00;4"]}, there)
    assert holds("redemption.date", {"$timeframe": ["2025-01-01T01:00;P1D;PT1H"]}, there)
    assert not holds("redemption.date", {"$timeframe": ["2025-01-01T01:00Z;P1D;PT1H"]}, there)
    assert holds("redemption.date", {"$after": ["2025-01-16"]}, there)
    assert not holds("redemption.date", {"$after": ["2025-01-16T00:00Z"]}, there)
    assert holds("redemption.date", {"$timeframe_absolute": ["2025-01-16;2025-01-17"]}, there)
    # metadata says 2025-01-13T18:30Z, which is the 14th there
    assert holds("customer.metadata", {"$is_days_ago": [2]}, there, property="date")
    assert holds("order.metadata", {"$is_days_ago": [2]}, known("Etc/UTC", "2025-01-15T12:00"),
                 property="date")  # fmt: skip


def test_a_date_without_a_time_is_that_date_everywhere() -> None:
    for zone in ("America/New_York", "Etc/UTC", "Pacific/Kiritimati"):
        facts = known(zone, "2025-01-15T12:00")
        assert parse_formula("DAY_OF_MONTH(CUSTOMER_BIRTHDATE)").value(RequestOperands(facts)) == 3
        assert parse_formula('DAY_OF_MONTH(DATE("2025-03-30"))').value(RequestOperands(facts)) == 30


def test_today_is_that_of_the_zone() -> None:
    there = known("Pacific/Kiritimati", "2025-01-31T12:00")
    assert parse_formula("DAY_OF_MONTH() + 100 * MONTH()").value(RequestOperands(there)) == 201
    assert parse_formula('IF(TODAY = DATE("2025-02-01"); 1; 0)').value(RequestOperands(there)) == 1
    assert (
        parse_formula('IF(NOW > DATE_TIME("2025-02-01T01:59"); 1; 0)').value(RequestOperands(there))
        == 1
    )


def test_a_day_that_has_begun_goes_on_when_the_clocks_go_back_over_midnight() -> None:
    """In St. John's one minute after midnight, until 2011."""
    zone = zone_named("America/St_Johns")
    midnight = at("2010-11-07T02:30")
    assert wall_of(midnight + 5 * 60_000, zone) < wall_of(midnight, zone)
    assert {day_of(midnight + n * 60_000, zone) for n in range(120)} == {midnight}
