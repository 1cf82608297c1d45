"""The tier of so many points, and what a tier makes of points."""

from decimal import Decimal
from typing import Any

import pytest

from engine.kernel.calendar import INSTANT_MIN, iso, parse_iso
from engine.kernel.zones import zone_named
from engine.loyalty_tiers.ladder import Ladder, mapped_points
from engine.loyalty_tiers.periods import begin_of_month, month_at, period_of
from schemas.base import INSTANT_MAX
from schemas.loyalty_tiers import LoyaltyTier, PointsMapping, PointsRange


def _tier(name: str, low: int | None, high: int | None, **more: Any) -> LoyaltyTier:
    return LoyaltyTier(name, name, "camp", 0, PointsRange(low, high), **more)


LADDER = Ladder((_tier("none", None, None), _tier("a", None, 9), _tier("b", 20, None)), {})


@pytest.mark.parametrize(
    ("points", "name"),
    [(-5, "a"), (0, "a"), (9, "a"), (10, None), (19, None), (20, "b"), (10**15, "b")],
)
def test_points_lie_in_one_range_or_in_none(points: int, name: str | None) -> None:
    tier = LADDER.tier_for(points)
    assert (tier and tier.id) == name


def test_a_tier_that_is_gone_is_below_all_others() -> None:
    gone = _tier("gone", 50, None, deleted_at=1)
    ladder = LADDER._replace(gone={"gone": gone})
    assert ladder.find("gone") is gone
    assert ladder.find("nobody") is None
    assert ladder.find(None) is None
    assert ladder.rank_of(gone) == ladder.rank_of(None) == -1
    assert ladder.rank_of(ladder.find("b")) == 20


@pytest.mark.parametrize(
    ("mapping", "points", "mapped"),
    [
        (None, 7, 7),
        (PointsMapping("MULTIPLY", Decimal("1.5")), 7, 11),
        (PointsMapping("MULTIPLY", Decimal("1.5")), 5, 8),
        (PointsMapping("MULTIPLY", Decimal("0.1")), 4, 0),
        (PointsMapping("MULTIPLY", Decimal(0)), 4, 0),
        (PointsMapping("CUSTOM", points=3), 100, 3),
        (PointsMapping("CUSTOM", points=0), 100, 0),
    ],
)
def test_points_are_multiplied_and_rounded_half_up_or_others(
    mapping: PointsMapping | None, points: int, mapped: int
) -> None:
    assert mapped_points(mapping, points) == mapped


@pytest.mark.parametrize(
    ("at", "zone", "month", "begin"),
    [
        ("2025-01-31T23:30:00.000Z", "Europe/Warsaw", 24301, "2025-01-31T23:00:00.000Z"),
        ("2025-02-01T04:59:59.999Z", "America/New_York", 24300, "2025-01-01T05:00:00.000Z"),
        # the day before was left out there
        ("2011-12-31T00:00:00.000Z", "Pacific/Apia", 24143, "2011-12-01T10:00:00.000Z"),
        # clocks that were put forward at midnight skip the first hour of the month
        ("2011-03-31T22:00:00.000Z", "Asia/Amman", 24135, "2011-03-31T22:00:00.000Z"),
    ],
)
def test_a_month_is_that_of_the_zone(at: str, zone: str, month: int, begin: str) -> None:
    assert month_at(parse_iso(at), zone_named(zone)) == month
    assert iso(begin_of_month(month, zone_named(zone))) == begin


def test_months_end_where_nothing_can_be_written_any_more() -> None:
    assert begin_of_month(10_000 * 12, None) == INSTANT_MAX
    assert month_at(INSTANT_MAX, None) == 9999 * 12 + 11
    assert month_at(INSTANT_MIN, None) == 12


@pytest.mark.parametrize(("months", "first"), [(1, 24305), (3, 24303), (6, 24300), (12, 24300)])
def test_periods_of_a_year_begin_with_january(months: int, first: int) -> None:
    assert period_of(24305, months) == first
