"""What counts by day, week and month in a project's time zone, and what a change of the zone does."""

from itertools import pairwise
from typing import Any

import pytest

from engine.counters import tallies
from engine.counters.tallies import read_sums
from engine.kernel import tables
from engine.kernel.calendar import day_after, periods_at
from engine.kernel.zones import periods_of, zone_named
from schemas.events import Event
from schemas.projects import SetTimeZone, TimeZoneSet
from schemas.redemptions import Redemption, RedemptionSucceeded
from tests.unit.engine.kernel.test_zones import AUCKLAND, KIRITIMATI, at, in_zone
from tests.unit.engine.rule_world import redeemed
from tests.unit.engine.world import DAY, HOUR, NOON, PROJECT, World, redeem, voucher

CAMPAIGN = ("campaign", "camp_1")


def counted(world: World) -> tuple[int, int, int]:
    """How many redemptions of the voucher the running day, week and month have."""
    scope = ("voucher", "v_TEN")
    day, week, month = (
        read_sums(world.view, scope, (), period, world.now).count
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
    tallies.count_redemptions(found, [one])
    tally = found.get(tables.TALLIES, *CAMPAIGN)
    assert tally is not None
    assert (tally.day.began_at, tally.day.count) == (there.day, 1)
    tallies.take_back_redemptions(found, [one])
    tally = found.get(tables.TALLIES, *CAMPAIGN)
    assert tally is not None
    assert (tally.day.began_at, tally.day.count, tally.ever.count) == (there.day, 0, 0)


def test_what_was_counted_before_there_were_zones_counts_as_it_did() -> None:
    """The project's zone of now does not touch it."""
    world = World().given(voucher())
    world.given(TimeZoneSet("Pacific/Kiritimati", 1))
    old = Redemption("r_1", NOON, "SUCCEEDED", "voucher", "v_TEN", campaign_id="camp_1")
    found = world.view.trial()
    tallies.count_redemptions(found, [old])
    tally = found.get(tables.TALLIES, *CAMPAIGN)
    assert tally is not None
    assert tally.day.began_at == NOON - 12 * HOUR


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
