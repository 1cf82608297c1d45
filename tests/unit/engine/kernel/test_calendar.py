"""Durations, timeframes, hours and days."""

from datetime import UTC, datetime

import pytest

from engine.kernel.calendar import (
    HOUR_MS,
    INSTANT_LENGTH_MAX,
    Duration,
    add_duration,
    day_of_week,
    is_within_hours,
    is_within_timeframe,
    iso,
    parse_clock,
    parse_duration,
    parse_instant,
)
from schemas.base import INSTANT_MAX
from schemas.validity import DailyHours, ValidityTimeframe


def at(text: str) -> int:
    """An instant written as ISO 8601 without a zone."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_an_instant_is_written_with_milliseconds_in_utc() -> None:
    assert iso(at("2023-01-27T12:34:57.100")) == "2023-01-27T12:34:57.100Z"
    assert iso(0) == "1970-01-01T00:00:00.000Z"
    assert iso(INSTANT_MAX) == "9999-12-31T23:59:59.999Z"


def test_what_is_too_long_is_no_instant() -> None:
    text = "2023-01-27T12:34:57.100Z"
    assert parse_instant(text) == at("2023-01-27T12:34:57.100")
    assert parse_instant(text.replace("Z", "0" * INSTANT_LENGTH_MAX + "Z")) is None


def test_the_week_begins_with_sunday_as_0() -> None:
    days = [f"2025-01-{day}" for day in (12, 13, 14, 15, 16, 17, 18)]
    assert [day_of_week(at(day)) for day in days] == [0, 1, 2, 3, 4, 5, 6]
    assert day_of_week(at("2025-01-12T23:59:59.999")) == 0


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P1D", Duration(days=1)),
        ("PT1H", Duration(millis=HOUR_MS)),
        ("P1Y2M", Duration(months=14)),
        ("P1W", Duration(days=7)),
        ("P1DT1H1M1S", Duration(days=1, millis=HOUR_MS + 61_000)),
    ],
)
def test_a_duration_is_read(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "P", "PT", "P0D", "1D", "P-1D", "P1.5D", "PT1D", "P1234567D"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration|no time"):
        parse_duration(text)


def test_months_are_calendar_months_counted_from_the_anchor() -> None:
    month = parse_duration("P1M")
    assert add_duration(at("2025-01-31T08:00"), month, 1) == at("2025-02-28T08:00")
    assert add_duration(at("2025-01-31T08:00"), month, 2) == at("2025-03-31T08:00")
    assert add_duration(at("2024-01-31"), month, 1) == at("2024-02-29")
    assert add_duration(at("2024-12-05"), month, 1) == at("2025-01-05")
    assert add_duration(at("2025-11-30"), month, 1) == at("2025-12-30")
    assert add_duration(at("2025-01-31"), parse_duration("P9000Y"), 1) == INSTANT_MAX


@pytest.mark.parametrize(
    ("duration", "interval", "instant", "within"),
    [
        ("PT1H", "P1D", "2025-01-01T09:00", True),
        ("PT1H", "P1D", "2025-01-01T09:59:59.999", True),
        ("PT1H", "P1D", "2025-01-01T10:00", False),
        ("PT1H", "P1D", "2025-03-01T09:30", True),
        ("PT1H", "P1D", "2025-03-01T08:59:59.999", False),
        ("PT1H", "P1D", "2024-12-31T09:30", False),
        ("P1D", "P1M", "2025-02-01T10:00", True),
        ("P1D", "P1M", "2025-02-02T08:59", True),
        ("P1D", "P1M", "2025-02-02T09:00", False),
        ("P1D", "P1M", "2095-07-01T09:00", True),
        ("P1D", "P1M", "2095-07-01T08:59", False),
        ("P2D", "P1D", "2025-05-05T08:00", True),
    ],
)
def test_a_timeframe_repeats_from_its_anchor(
    duration: str, interval: str, instant: str, within: bool
) -> None:
    timeframe = ValidityTimeframe(duration, interval)
    assert is_within_timeframe(timeframe, at("2025-01-01T09:00"), at(instant)) is within


@pytest.mark.parametrize(
    ("start", "end", "days", "instant", "within"),
    [
        ("18:00", "20:00", (), "2025-01-15T18:00", True),
        ("18:00", "20:00", (), "2025-01-15T19:59:59.999", True),
        ("18:00", "20:00", (), "2025-01-15T20:00", False),
        ("18:00", "20:00", (), "2025-01-15T17:59:59.999", False),
        ("18:00", "20:00", (3,), "2025-01-15T19:00", True),
        ("18:00", "20:00", (2, 4), "2025-01-15T19:00", False),
        ("00:00", "24:00", (3,), "2025-01-15T23:59:59.999", True),
        ("22:00", "02:00", (3,), "2025-01-15T23:00", True),
        ("22:00", "02:00", (3,), "2025-01-16T01:00", True),
        ("22:00", "02:00", (3,), "2025-01-15T01:00", False),
        ("22:00", "02:00", (3,), "2025-01-16T02:00", False),
        ("22:00", "02:00", (6,), "2025-01-12T01:00", True),
    ],
)
def test_hours_hold_their_beginning_and_not_their_end(
    start: str, end: str, days: tuple[int, ...], instant: str, within: bool
) -> None:
    assert is_within_hours(DailyHours(start, end, days), at(instant)) is within


@pytest.mark.parametrize("text", ["", "8:00", "24:01", "12:60", "12:00:00", "aa:bb"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="HH:MM"):
        parse_clock(text)
