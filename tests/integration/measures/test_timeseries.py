"""Totals over time, over a real engine: the points sum to the totals, whatever the interval."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from schemas.campaigns import Campaign, CampaignCreated
from schemas.observations import ValidationObserved
from services.analytics.measures.queries import TOTALS
from tests.integration.insight_host import Insight, running
from tests.integration.insight_world import many
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    created,
    decided,
    failed,
    locked,
    rolled_back,
    succeeded,
)

ADDED = [name for name in TOTALS if name != "unique_customers"]
PATH = "/v1/analytics/timeseries"


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def campaign(number: int) -> CampaignCreated:
    """The campaign that `examples.voucher` names."""
    name = f"name of camp_{number}"
    return CampaignCreated(Campaign(f"camp_{number}", name, "DISCOUNT_COUPONS", "STATIC", START))


def history(insight: Insight) -> None:
    """Tuesday 2023-11-14 22:13:20 and the days after it."""
    insight.world.append(
        decided(*(campaign(number) for number in (1, 2))),
        decided(created("A", "camp_1"), created("B", "camp_2"), created("C")),
        decided(
            succeeded(
                applicable("A", 100, "camp_1"), applicable("B", 50, "camp_2"), ids="1", by="cust_1"
            )
        ),
        decided(succeeded(applicable("A", 30, "camp_1"), ids="2", by="cust_2"), at=START + 1),
        decided(failed("A", campaign="camp_1", ids="3"), at=START + DAY),
        decided(succeeded(applicable("C", 5), ids="4"), at=START + DAY),
        decided(rolled_back("A", "B", ids="1"), at=START + 3 * DAY),
        decided(locked(applicable("B", 1, "camp_2")), at=START + 3 * DAY, command=7),
        decided(succeeded(applicable("A", 1), ids="9"), project="other"),
    )
    insight.world.observe(
        ValidationObserved(
            "valid_1", PROJECT, START + DAY, False, "server", ("A",), ("camp_1",),
            ("name of camp_1",),
        )
    )  # fmt: skip


async def points(insight: Insight, query: str) -> list[dict[str, Any]]:
    (series,) = (await insight.get(f"{PATH}?{query}"))["series"]
    found: list[dict[str, Any]] = series["points"]
    return found


async def test_a_point_for_each_day_also_where_nothing_happened(insight: Insight) -> None:
    history(insight)
    found = await insight.get(f"{PATH}?from=2023-11-14&to=2023-11-19&metrics=discount_amount,"
                              "redemptions_succeeded,redemptions_rolled_back,validations_valid")  # fmt: skip
    assert (found["from"], found["to"]) == ("2023-11-14T00:00:00.000Z", "2023-11-19T00:00:00.000Z")
    assert (found["interval"], "has_more" in found) == ("day", False)
    (series,) = found["series"]
    assert [tuple(point.values()) for point in series["points"]] == [
        ("2023-11-14T00:00:00.000Z", 180, 3, 0, 0),
        ("2023-11-15T00:00:00.000Z", 5, 1, 0, 0),
        ("2023-11-16T00:00:00.000Z", 0, 0, 0, 0),
        ("2023-11-17T00:00:00.000Z", -150, 0, 2, 1),
        ("2023-11-18T00:00:00.000Z", 0, 0, 0, 0),
    ]
    assert list(series["points"][0])[1:] == found["metrics"]


STARTS = (
    ("hour", ["2023-11-14T22:00:00.000Z", "2023-11-14T23:00:00.000Z"]),
    ("week", ["2023-11-13T00:00:00.000Z", "2023-11-20T00:00:00.000Z"]),
    ("month", ["2023-11-01T00:00:00.000Z", "2023-12-01T00:00:00.000Z"]),
)


async def test_intervals_are_those_of_the_calendar(insight: Insight) -> None:
    for interval, starts in STARTS:
        until = {"hour": "2023-11-15", "week": "2023-11-21", "month": "2023-12-02"}[interval]
        query = f"interval={interval}&from=2023-11-14T22:13:20Z&to={until}"
        assert [each["at"] for each in await points(insight, query)] == starts, interval


INTERVALS = ("hour", "day", "week", "month")


async def test_the_points_of_a_period_sum_to_its_totals(insight: Insight) -> None:
    many(insight.world, 120)
    history(insight)
    for interval in INTERVALS:
        period = "from=2023-11-14T12:34:56Z&to=2023-11-17T22:13:20Z"
        for campaign in ("", "&campaign=camp_1"):
            found = await points(insight, f"interval={interval}&{period}{campaign}")
            totals = await insight.totals(f"{period}{campaign}")
            assert {name: sum(each[name] for each in found) for name in ADDED} == {
                name: totals[name] for name in ADDED
            }, interval


async def test_each_campaign_has_its_own_series(insight: Insight) -> None:
    history(insight)
    found = await insight.get(f"{PATH}?group_by=campaign&interval=month")
    named = {(each["campaign"] or {}).get("id"): each["points"] for each in found["series"]}
    assert set(named) == {"camp_1", "camp_2", None}
    assert found["has_more"] is False
    assert found["series"][0]["campaign"] == {"id": "camp_1", "name": "name of camp_1"}
    for campaign in ("camp_1", "camp_2"):
        totals = await insight.totals(f"campaign={campaign}")
        assert {name: sum(each[name] for each in named[campaign]) for name in TOTALS} == totals
    assert [
        each["redemptions_succeeded"] for each in named[None] if any(list(each.values())[1:])
    ] == [1]
    (one,) = (await insight.get(f"{PATH}?group_by=campaign&campaign=camp_2"))["series"]
    assert one["campaign"]["id"] == "camp_2"


async def test_thirty_intervals_up_to_now_unless_said_otherwise(insight: Insight) -> None:
    history(insight)
    found = await points(insight, "interval=day")
    assert len(found) == 30
    assert found[-1]["at"] == "2023-11-23T00:00:00.000Z"
    assert sum(each["redemptions_succeeded"] for each in found) == 4


REFUSED = (
    ("interval=second", "interval"),
    ("metrics=colour", "metrics"),
    ("metrics=", "metrics"),
    ("group_by=colour", "group_by"),
    ("from=2024-01-02&to=2024-01-01", "from"),
    ("from=1969-01-01", "from"),
    ("interval=hour&from=2020-01-01&to=2024-01-01", "interval"),
    ("from=x", "from"),
    ("colour=red", "colour"),
)


async def test_what_cannot_be_asked_is_refused_by_name(insight: Insight) -> None:
    for query, named in REFUSED:
        found = await insight.get(f"{PATH}?{query}", 400)
        assert found["key"] == "invalid_query_params", query
        assert f"`{named}`" in found["details"], query


async def test_an_unknown_campaign_is_not_found(insight: Insight) -> None:
    assert (await insight.get(f"{PATH}?campaign=none", 404))["key"] == "not_found"


async def test_intervals_are_those_of_the_projects_time_zone(insight: Insight) -> None:
    """On Kiritimati it is Wednesday already, the 15th at 12:13."""
    history(insight)
    query = f"{PATH}?from=2023-11-14&to=2023-11-17&metrics=redemptions_succeeded"
    there = {"x-tessera-time-zone": "Pacific/Kiritimati"}
    found = await insight.get(query, headers=there)
    assert found["from"] == "2023-11-13T10:00:00.000Z"
    assert found["timezone"] == "Pacific/Kiritimati"
    (series,) = found["series"]
    assert [tuple(point.values()) for point in series["points"]] == [
        ("2023-11-13T10:00:00.000Z", 0),
        ("2023-11-14T10:00:00.000Z", 3),
        ("2023-11-15T10:00:00.000Z", 1),
    ]
    totals = await insight.get("/v1/analytics/totals?to=2023-11-15", headers=there)
    assert totals["totals"]["redemptions_succeeded"] == 0
