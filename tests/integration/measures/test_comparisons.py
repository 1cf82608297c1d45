"""Funnel, comparisons and cohorts over a real engine, as they were reckoned by hand."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.insight_host import Insight, running
from tests.integration.measures.metrics_story import tell
from tests.unit.services.audit.examples import DAY, START, applicable, decided, succeeded


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        tell(found.world)
        yield found


async def rows(insight: Insight, path: str, word: str) -> list[tuple[Any, ...]]:
    found = await insight.get(f"/v1/analytics/{path}")
    return [tuple(row.values()) for row in found[word]]


async def test_the_funnel(insight: Insight) -> None:
    assert await rows(insight, "funnel", "steps") == [
        ("published", "codes_published", 3, None, 1),
        ("validated", "validations_valid", 4, 1.33333333333, 1.33333333333),
        ("redeemed", "redemptions_succeeded", 6, 1.5, 2),
        ("paid", "redemptions_paid", 1, 0.166666666667, 0.333333333333),
    ]
    for query in ("campaign=camp_1", "metadata[season]=summer"):
        found = await rows(insight, f"funnel?{query}", "steps")
        assert [row[2] for row in found] == [2, 2, 3, 1]
    empty = await rows(insight, "funnel?to=2023-11-01", "steps")
    assert [row[2:] for row in empty] == [(0, None, None)] * 4


async def test_two_periods(insight: Insight) -> None:
    query = "compare?metrics=discount_amount,redemptions_succeeded&from=2023-11-15&to=2023-11-16"
    assert await rows(insight, f"{query}&against_from=2023-11-14", "metrics") == [
        ("discount_amount", 20, 180, -160, -0.888888888889),
        ("redemptions_succeeded", 1, 3, -2, -0.666666666667),
    ]
    wider = f"{query}&against_from=2023-11-14&against_to=2023-11-18"
    found = await insight.get(f"/v1/analytics/{wider}")
    assert found["against"] == {
        "from": "2023-11-14T00:00:00.000Z",
        "to": "2023-11-18T00:00:00.000Z",
    }
    assert [row["against"] for row in found["metrics"]] == [255, 6]


async def test_two_campaigns(insight: Insight) -> None:
    query = "campaign=camp_1&against_campaign=name%20of%20camp_2&metrics=discount_amount"
    found = await insight.get(f"/v1/analytics/compare?{query}")
    assert (found["campaign"], found["against"]["campaign"]) == ("camp_1", "camp_2")
    assert found["metrics"] == [
        {
            "metric": "discount_amount",
            "value": 50,
            "against": 0,
            "difference": 50,
            "change": None,
        }
    ]
    usual = await rows(insight, "compare?campaign=camp_1&against_campaign=camp_2", "metrics")
    assert len(usual) == 9


async def test_customers_by_the_month_of_their_first_redemption(insight: Insight) -> None:
    december = START + 20 * DAY
    insight.world.append(
        decided(
            succeeded(applicable("A", 10, "camp_1"), ids="10", amount=400, by="cust_1"), at=december
        ),
        decided(
            succeeded(applicable("A", 10, "camp_1"), ids="11", amount=600, by="cust_4"), at=december
        ),
    )
    query = "cohorts?from=2023-11-01&to=2024-01-01"
    november, later = "2023-11-01T00:00:00.000Z", "2023-12-01T00:00:00.000Z"
    assert await rows(insight, query, "rows") == [
        (november, 0, november, 3, 1, 2550),
        (november, 1, later, 1, 0.333333333333, 390),
        (later, 0, later, 1, 1, 590),
    ]
    # who came before the period is in none of its cohorts
    assert await rows(insight, "cohorts?from=2023-12-01&to=2024-01-01", "rows") == [
        (later, 0, later, 1, 1, 590)
    ]
    of_camp_2 = await rows(insight, f"{query}&campaign=camp_2", "rows")
    assert [row[3] for row in of_camp_2] == [1, 0, 0]
    assert len(await rows(insight, "cohorts", "rows")) == 12 * 13 / 2


HEADS = (
    ("funnel", "step,metric,count,of_previous,of_first"),
    (
        "compare?metrics=orders&against_from=2020-01-01",
        "metric,value,against,difference,change",
    ),
    ("cohorts", "cohort,month,at,customers,share,order_total_amount"),
)


async def test_all_of_them_come_as_csv(insight: Insight) -> None:
    for path, head in HEADS:
        joint = "&" if "?" in path else "?"
        found = await insight.text(f"/v1/analytics/{path}{joint}format=csv")
        assert found.splitlines()[0] == head, path


REFUSED = (
    ("funnel?metrics=orders", "metrics"),
    ("funnel?customer=cust_1", "customer"),
    ("compare?metrics=orders", "against_from"),
    ("compare?metrics=orders&against_to=2024-01-01", "against_to"),
    ("compare?metrics=orders&against_from=2024-01-02&against_to=2024-01-01", "against_from"),
    ("compare?metrics=discount_amount&against_campaign=camp_1", "against_campaign"),
    ("compare?metrics=gift_credits_outstanding&against_from=2024-01-01", "metrics"),
    ("cohorts?from=2010-01-01", "from"),
    ("cohorts?route=x", "route"),
    ("cohorts?interval=day", "interval"),
)


async def test_what_cannot_be_asked_is_refused_by_name(insight: Insight) -> None:
    for query, named in REFUSED:
        found = await insight.get(f"/v1/analytics/{query}", 400)
        assert found["key"] == "invalid_query_params", query
        assert f"`{named}`" in found["details"], query


async def test_a_campaign_to_compare_with_has_to_be_there(insight: Insight) -> None:
    path = "/v1/analytics/compare?campaign=camp_1&against_campaign=none"
    assert (await insight.get(path, 404))["key"] == "not_found"
