"""Days, weeks and months of every zone: each instant lies in one, and each begins where another ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kernel.calendar import (
    add_duration,
    day_after,
    day_of,
    instant_of_wall,
    month_after,
    month_of,
    parse_duration,
    wall_of,
    week_after,
    week_of,
)
from engine.kernel.zones import zone_named, zone_names

#: From 1970 to 2060, to the minute.
INSTANTS = st.integers(0, 47_340_000).map(lambda minute: minute * 60_000)
ZONES = st.sampled_from(sorted(zone_names()))
BOUNDS = {
    "day": (day_of, day_after),
    "week": (week_of, week_after),
    "month": (month_of, month_after),
}


@pytest.mark.parametrize("period", BOUNDS)
@given(INSTANTS, ZONES)
def test_an_instant_lies_between_the_beginning_and_the_end(period: str, at: int, name: str) -> None:
    zone = zone_named(name)
    began, ends = BOUNDS[period]
    assert began(at, zone) <= at < ends(at, zone)
    assert began(began(at, zone), zone) == began(at, zone)
    assert began(ends(at, zone), zone) == ends(at, zone)
    assert began(ends(at, zone) - 1, zone) == began(at, zone)


@given(INSTANTS, ZONES)
def test_what_the_clocks_show_leads_back_to_the_instant_unless_it_is_shown_again(
    at: int, name: str
) -> None:
    zone = zone_named(name)
    back = instant_of_wall(wall_of(at, zone), zone)
    assert back <= at
    assert wall_of(back, zone) == wall_of(at, zone)


@given(INSTANTS, ZONES, st.sampled_from(["P1D", "P1W", "P1M", "P1DT12H", "PT36H"]))
def test_what_repeats_never_goes_back(at: int, name: str, text: str) -> None:
    zone, interval = zone_named(name), parse_duration(text)
    begun = [add_duration(at, interval, n, zone) for n in range(40)]
    assert all(one <= other for one, other in pairwise(begun))
