"""When something is a new alert, when it goes on, and what makes room."""

import pytest

from engine.kernel import tables
from schemas.alerts import (
    ALERTS_MAX,
    KEPT_DAYS,
    Alert,
    AlertContinued,
    AlertRaised,
    AlertThresholds,
    RaiseAlert,
    SetAlertThresholds,
)
from tests.unit.engine.world import DAY, MINUTE, NOON, World

FIRST = NOON


def beyond(minute: int, subject: str = "cust_1", previous: int | None = None) -> RaiseAlert:
    before = None if previous is None else FIRST + previous * MINUTE
    return RaiseAlert("codes.guessed", subject, FIRST + minute * MINUTE, 30, 20, None, before)


def known(world: World) -> list[Alert]:
    return sorted(world.view.scan(tables.ALERTS), key=lambda each: each.window)


def test_what_is_beyond_its_threshold_is_an_alert() -> None:
    world = World()
    (event,) = world.when(beyond(0)).events
    assert isinstance(event, AlertRaised)
    assert event.alert.id.startswith("alert_")
    assert (event.alert.window, event.alert.value, event.alert.threshold) == (FIRST, 30, 20)
    assert known(world) == [event.alert]


def test_the_same_again_or_late_is_nothing() -> None:
    world = World()
    world.when(beyond(5))
    assert world.when(beyond(5)).events == ()
    assert world.when(beyond(4)).events == ()


@pytest.mark.parametrize(("minute", "alerts"), [(30, 1), (31, 2)])
def test_it_is_a_new_alert_only_after_a_quiet_time(minute: int, alerts: int) -> None:
    world = World()
    world.when(beyond(0))
    world.when(beyond(minute))
    assert len(known(world)) == alerts


def test_the_quiet_time_is_a_setting() -> None:
    world = World()
    world.when(SetAlertThresholds(AlertThresholds(quiet_minutes=2)))
    world.when(beyond(0))
    world.when(beyond(2))
    assert len(known(world)) == 1
    world.when(beyond(5))
    assert len(known(world)) == 2


def test_one_that_goes_on_says_how_long() -> None:
    world = World()
    world.when(beyond(0))
    (event,) = world.when(beyond(20)).events
    assert isinstance(event, AlertContinued)
    (alert,) = known(world)
    assert (alert.window, alert.last_window) == (FIRST, FIRST + 20 * MINUTE)


def test_whoever_says_so_may_know_that_it_was_not_quiet() -> None:
    world = World()
    world.when(beyond(0))
    (event,) = world.when(beyond(40, previous=25)).events
    assert isinstance(event, AlertContinued)


def test_others_are_alerts_of_their_own() -> None:
    world = World()
    world.when(beyond(0))
    world.when(beyond(0, "cust_2"))
    world.when(RaiseAlert("code.rate", "cust_1", FIRST, 30, 20))
    assert len({each.id for each in known(world)}) == 3


def test_the_oldest_makes_room() -> None:
    world = World()
    for number in range(ALERTS_MAX + 1):
        world.when(beyond(number, f"cust_{number}"), after=1)
    subjects = {each.subject for each in known(world)}
    assert len(subjects) == ALERTS_MAX
    assert "cust_0" not in subjects


@pytest.mark.parametrize(("age", "left"), [(KEPT_DAYS * DAY, 2), (KEPT_DAYS * DAY + 1, 1)])
def test_so_does_one_that_was_kept_long_enough(age: int, left: int) -> None:
    world = World()
    world.when(beyond(0))
    world.when(beyond(age // MINUTE, "cust_2"), after=age)
    assert len(known(world)) == left


def test_thresholds_are_replaced_as_a_whole() -> None:
    world = World()
    world.when(SetAlertThresholds(AlertThresholds(quiet_minutes=2)))
    world.when(SetAlertThresholds(AlertThresholds(guesses_per_minute=7)))
    found = world.view.get(tables.ALERT_THRESHOLDS, tables.THE_ONE)
    assert found is not None
    assert (found.quiet_minutes, found.guesses_per_minute) == (30, 7)
    assert found.updated_at == world.now
