"""The period of a campaign's summary: whole days of the project, or minutes."""

import pytest

from engine.kernel.calendar import parse_instant
from engine.kernel.zones import zone_named
from fronts.query_string import read_parameters
from runtime.http.errors import ApiError
from services.analytics.measures.campaign_summary import period_of
from services.analytics.measures.queries import TIME_MAX


@pytest.mark.parametrize(
    ("zone", "start", "end", "since", "until"),
    [
        ("Etc/UTC", "2026-11-28", "2026-11-28", "2026-11-28T00:00Z", "2026-11-29T00:00Z"),
        (
            "Etc/UTC",
            "2026-11-28T09:30:59.999Z",
            "2026-11-28T09:31:00Z",
            "2026-11-28T09:30Z",
            "2026-11-28T09:32Z",
        ),
        # the minute itself, in the project's zone and in another
        (
            "Europe/Warsaw",
            "2026-11-28T09:30",
            "2026-11-28T08:30Z",
            "2026-11-28T08:30Z",
            "2026-11-28T08:31Z",
        ),
        ("Europe/Warsaw", "2026-03-29", "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        ("Pacific/Kiritimati", "2026-11-28", "2026-11-29T00:00+14:00", "2026-11-27T10:00Z",
         "2026-11-28T10:01Z"),
    ],
)  # fmt: skip
def test_a_period_is_of_days_or_of_minutes(
    zone: str, start: str, end: str, since: str, until: str
) -> None:
    given = read_parameters([("start_date", start), ("end_date", end)])
    expected = (parse_instant(since), parse_instant(until))
    assert period_of(given, zone_named(zone)) == expected


def test_without_an_end_everything_counts() -> None:
    assert period_of([], None) == (0, TIME_MAX)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-29", "2026-11-28"), ("2026-11-28T10:01Z", "2026-11-28T10:00Z"), ("x", "2026-11-28")],
)
def test_a_period_that_is_none_is_refused(start: str, end: str) -> None:
    with pytest.raises(ApiError):
        period_of(read_parameters([("start_date", start), ("end_date", end)]), None)
