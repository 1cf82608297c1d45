"""A project's time zone: what its calendar and its clocks say, and what a change of it does.

Kiritimati is 14 hours before UTC, and skipped the last day of 1994; Auckland and Warsaw put their clocks
forward and back.
"""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from engine.counters import tallies
from engine.counters.tallies import tallied
from engine.formulas.formula import formula
from engine.formulas.operands import RequestOperands
from engine.kernel import tables
from engine.kernel.calendar import (
    day_after,
    day_of,
    day_of_week,
    instant_of,
    iso,
    later,
    month_of,
    parse_duration,
    periods_at,
    wall_of,
    week_of,
    within_hours,
    within_timeframe,
)
from engine.kernel.zones import periods_of, zone_named, zone_names
from schemas.events import Event
from schemas.projects import ProjectOpened, SetTimeZone, TimeZoneSet
from schemas.redemptions import Redemption, RedemptionSucceeded
from schemas.validity import DailyHours, ValidityHours, ValidityTimeframe
from tests.unit.engine.rule_world import everything_known, holds, redeemed
from tests.unit.engine.world import DAY, HOUR, NOON, PROJECT, World, redeem, voucher

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
    assert within_hours(DailyHours("18:00", "20:00"), at(instant), WARSAW) is within


def test_hours_that_are_skipped_are_not_and_those_shown_twice_are_twice() -> None:
    window = DailyHours("02:00", "03:00")
    night = [at("2025-03-30T00:00") + minute * 60_000 for minute in range(180)]
    assert not any(within_hours(window, each, WARSAW) for each in night)
    night = [at("2025-10-26T00:00") + minute * 60_000 for minute in range(180)]
    assert [within_hours(window, each, WARSAW) for each in night] == [True] * 120 + [False] * 60


def test_hours_reach_into_the_next_day_of_the_zone() -> None:
    window = DailyHours("22:00", "02:00", (3,))  # from Wednesday evening
    assert within_hours(window, at("2025-01-15T08:00"), KIRITIMATI)
    assert within_hours(window, at("2025-01-15T11:59:59.999"), KIRITIMATI)
    assert not within_hours(window, at("2025-01-15T12:00"), KIRITIMATI)
    assert not within_hours(window, at("2025-01-16T08:00"), KIRITIMATI)


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
    assert within_timeframe(timeframe, anchor, at(instant), WARSAW) is within


def test_a_day_may_have_23_or_25_hours_or_be_missing() -> None:
    spring, autumn = at("2025-03-29T23:00"), at("2025-10-25T22:00")
    assert day_after(spring, WARSAW) - spring == 23 * HOUR
    assert day_after(autumn, WARSAW) - autumn == 25 * HOUR
    assert later(spring, parse_duration("P1D"), zone=WARSAW) - spring == 23 * HOUR
    # on Kiritimati the first of January 1995 followed the 30th of December
    eve = at("1994-12-31T10:00") - 1
    assert iso(day_after(eve, KIRITIMATI)) == "1994-12-31T10:00:00.000Z"
    assert day_of(eve + 1, KIRITIMATI) == eve + 1
    assert iso(later(at("1994-12-30T22:00"), parse_duration("P2D"), zone=KIRITIMATI)) == (
        "1994-12-31T22:00:00.000Z"
    )


def test_a_time_that_the_clocks_skip_is_as_far_behind_the_change() -> None:
    assert instant_of("2025-03-30T02:30", WARSAW) == at("2025-03-30T01:30")
    assert instant_of("2025-10-26T02:30", WARSAW) == at("2025-10-26T00:30"), "the first of two"
    assert instant_of("2025-10-26T02:30Z", WARSAW) == at("2025-10-26T02:30")
    # in Auckland they go forward in September and back in April
    assert instant_of("2025-09-28T02:30", AUCKLAND) == at("2025-09-27T14:30")
    assert instant_of("2025-04-06T02:30", AUCKLAND) == at("2025-04-05T13:30")


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
        assert formula("DAY_OF_MONTH(CUSTOMER_BIRTHDATE)").value(RequestOperands(facts)) == 3
        assert formula('DAY_OF_MONTH(DATE("2025-03-30"))').value(RequestOperands(facts)) == 30


def test_today_is_that_of_the_zone() -> None:
    there = known("Pacific/Kiritimati", "2025-01-31T12:00")
    assert formula("DAY_OF_MONTH() + 100 * MONTH()").value(RequestOperands(there)) == 201
    assert formula('IF(TODAY = DATE("2025-02-01"); 1; 0)').value(RequestOperands(there)) == 1
    assert (
        formula('IF(NOW > DATE_TIME("2025-02-01T01:59"); 1; 0)').value(RequestOperands(there)) == 1
    )


# --- budgets

CAMPAIGN = ("campaign", "camp_1")


def counted(world: World) -> tuple[int, int, int]:
    """How many redemptions of the voucher the running day, week and month have."""
    scope = ("voucher", "v_TEN")
    day, week, month = (
        tallied(world.view, scope, (), period, world.now).count
        for period in ("daily", "weekly", "monthly")
    )
    return day, week, month


def redeem_at(world: World, moment: str) -> None:
    world.now = at(moment)
    assert world.when(redeem("TEN")).refusal is None


def test_budgets_count_by_the_days_weeks_and_months_of_the_project() -> None:
    world = in_zone("Pacific/Auckland").given(voucher())
    redeem_at(world, "2025-03-30T10:59")  # Sunday, the 30th of March, 23:59
    assert counted(world) == (1, 1, 1)
    redeem_at(world, "2025-03-30T11:00")  # Monday
    assert counted(world) == (1, 1, 2)
    redeem_at(world, "2025-03-31T11:00")  # the first of April
    assert counted(world) == (1, 2, 1)


def test_a_record_says_which_periods_it_counts_in_where_they_are_not_those_of_utc() -> None:
    world = in_zone("Pacific/Auckland").given(voucher())
    world.now = at("2025-03-31T11:00")
    event = only(world.when(redeem("TEN")).events, RedemptionSucceeded)
    assert event.periods == periods_at(world.now, AUCKLAND)
    assert (
        only(World().given(voucher()).when(redeem("TEN")).events, RedemptionSucceeded).periods
        is None
    )


def only(events: tuple[Event, ...], kind: type[Any]) -> Any:
    """The one event of a kind."""
    [found] = [each for each in events if isinstance(each, kind)]
    return found


def test_a_rollback_takes_back_from_the_periods_of_the_redemption() -> None:
    found = World().view.trial()
    there = periods_at(NOON, KIRITIMATI)
    one = redeemed(1, NOON, periods=there)
    tallies.count(found, [one])
    tally = found.get(tables.TALLIES, *CAMPAIGN)
    assert tally is not None
    assert (tally.day.began_at, tally.day.count) == (there.day, 1)
    tallies.take_back(found, [one])
    tally = found.get(tables.TALLIES, *CAMPAIGN)
    assert tally is not None
    assert (tally.day.began_at, tally.day.count, tally.ever.count) == (there.day, 0, 0)


def test_what_was_counted_before_there_were_zones_counts_as_it_did() -> None:
    """The project's zone of now does not touch it."""
    world = World().given(voucher())
    world.given(TimeZoneSet("Pacific/Kiritimati", 1))
    old = Redemption("r_1", NOON, "SUCCEEDED", "voucher", "v_TEN", campaign_id="camp_1")
    found = world.view.trial()
    tallies.count(found, [old])
    tally = found.get(tables.TALLIES, *CAMPAIGN)
    assert tally is not None
    assert tally.day.began_at == NOON - 12 * HOUR


# --- a change of the zone


def change(world: World, name: str, revision: int = 1) -> TimeZoneSet | None:
    """What a change of the zone says."""
    events = world.when(SetTimeZone(name, revision)).events
    return events[0] if events and isinstance(events[0], TimeZoneSet) else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Etc/UTC", "Pacific/Kiritimati"),
        ("Etc/UTC", "Pacific/Midway"),
        ("Pacific/Kiritimati", "Pacific/Midway"),
        ("Pacific/Midway", "Pacific/Kiritimati"),
        ("Europe/Warsaw", "Pacific/Auckland"),
    ],
)
@pytest.mark.parametrize("hour", [0, 6, 10, 11, 13, 18, 23])
def test_the_running_day_keeps_its_count_until_the_new_zone_ends_it(
    before: str, after: str, hour: int
) -> None:
    world = in_zone(before).given(voucher())
    world.now = at("2025-01-15T00:00") + hour * HOUR
    assert world.when(redeem("TEN")).refusal is None
    began = periods_of(world.view, world.now)
    changed = change(world, after)
    assert changed is not None
    assert changed.running is not None
    assert periods_of(world.view, world.now) == began
    assert counted(world) == (1, 1, 1)
    ends = day_after(world.now, zone_named(after))
    assert changed.running.until.day == ends
    world.now = ends - 1
    assert counted(world)[0] == 1
    world.now = ends
    assert counted(world)[0] == 0
    assert periods_of(world.view, ends).day == ends


def test_periods_follow_one_another_without_a_gap_through_changes_of_the_zone() -> None:
    world = in_zone("Etc/UTC")
    zones = ["Pacific/Kiritimati", "Pacific/Midway", "Europe/Warsaw", "Pacific/Auckland"]
    world.now = at("2025-03-26T00:30")
    seen: list[int] = []
    for revision, name in enumerate(zones, 1):
        for _ in range(40):
            world.now += HOUR
            began = periods_of(world.view, world.now).day
            assert began <= world.now
            if not seen or seen[-1] != began:
                assert not seen or began > seen[-1], "no day begins twice"
                seen.append(began)
        change(world, name, revision)
    assert all(later - earlier <= 50 * HOUR for earlier, later in pairwise(seen))


def test_hours_and_days_count_in_the_new_zone_at_once() -> None:
    world = in_zone("Etc/UTC").given(voucher(validity_day_of_week=(4,)))
    world.now = at("2025-01-15T12:00")
    assert world.when(redeem("TEN")).refusal is not None
    change(world, "Pacific/Auckland")
    assert world.when(redeem("TEN")).refusal is None


def test_the_later_revision_wins_in_whatever_order_they_come() -> None:
    world = in_zone("Etc/UTC")
    assert change(world, "Etc/UTC", 2) is not None
    assert change(world, "Pacific/Auckland", 1) is None
    opened = world.view.get(tables.OPENED, PROJECT)
    assert opened is not None
    assert (opened.timezone, opened.revision, opened.running) == ("Etc/UTC", 2, None)
    assert change(world, "Europe/Warsaw", 3) is not None
    assert change(world, "Europe/Warsaw", 3) is None, "the same again says nothing"


def test_what_told_the_zone_before_the_project_had_revisions_is_made_good() -> None:
    """At the first start after an update; both are of revision 0."""
    world = World()
    assert change(world, "Europe/Warsaw", 0) is not None
    opened = world.view.get(tables.OPENED, PROJECT)
    assert opened is not None
    assert opened.timezone == "Europe/Warsaw"


def test_a_project_without_a_change_has_the_days_of_its_zone() -> None:
    world = in_zone("Pacific/Kiritimati")
    assert periods_of(world.view, NOON + DAY) == periods_at(NOON + DAY, KIRITIMATI)


def test_a_day_that_has_begun_goes_on_when_the_clocks_go_back_over_midnight() -> None:
    """In St. John's one minute after midnight, until 2011."""
    zone = zone_named("America/St_Johns")
    midnight = at("2010-11-07T02:30")
    assert wall_of(midnight + 5 * 60_000, zone) < wall_of(midnight, zone)
    assert {day_of(midnight + n * 60_000, zone) for n in range(120)} == {midnight}
