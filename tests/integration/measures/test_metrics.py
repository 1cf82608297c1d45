"""Every metric of the catalogue over a real engine, as it was reckoned by hand."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest

from services.analytics.measures.catalogue import METRICS, dimensions_of
from tests.integration.insight_host import Insight, running
from tests.integration.measures.metrics_story import tell

YEAR: Final = "from=2023-01-01&to=2024-01-01"
#: Of the whole story; the year has 31,536,000 s.
EXPECTED: Final[dict[str, Any]] = {
    # 2 of a stack, and 4
    "redemptions_succeeded": 6,
    "redemptions_failed": 3,
    "redemptions_rolled_back": 2,
    "validations_valid": 4,
    "validations_invalid": 2,
    # 150 + 30 + 20 + 5 + 200 - 150
    "discount_amount": 255,
    # 1000 + 500 + 2000 + 1000 + 300 - 1000
    "order_amount": 3800,
    # 850 + 470 + 1980 + 995 + 100 - 850
    "order_total_amount": 3545,
    "unique_customers": 3,
    "new_customers": 3,
    # cust_1 comes again on the second day
    "returning_customers": 1,
    "redemptions_paid": 1,
    # A, B, C and G1
    "codes_redeemed": 4,
    "gift_credits_redeemed": 200,
    "validations": 6,
    "codes_created": 5,
    "codes_deleted": 1,
    "codes_published": 3,
    "publications_succeeded": 2,
    "publications_failed": 1,
    # 2 * 500 + 30
    "gift_credits_issued": 1030,
    "gift_credits_removed": 10,
    # no cards of points; tests/integration/measures/test_points_measures.py has some
    "points_issued": 0,
    "points_earned": 0,
    "points_redeemed": 0,
    "points_removed": 0,
    "points_expired": 0,
    "points_transferred": 0,
    # 330 + 490, which is 1030 - 10 - 200
    "gift_credits_outstanding": 820,
    "orders": 6,
    "orders_discounted": 5,
    "orders_plain": 1,
    "orders_discounted_amount": 4800,
    "orders_plain_amount": 700,
    "api_calls": 5,
    "api_errors": 2,
    "api_faults": 1,
    "api_latency_p50": 3,
    "api_latency_p95": 100,
    "api_latency_p99": 100,
    "conversion": 1.5,
    "codes_redeemed_share": 0.8,
    "average_order_discounted": 960,
    "average_order_plain": 700,
    "api_calls_per_second": float(f"{5 / 31_536_000:.12g}"),
    "api_error_share": 0.4,
}


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        tell(found.world)
        yield found


async def top(insight: Insight, query: str) -> dict[str | None, Any]:
    """The first metric of each group."""
    found = await insight.get(f"/v1/analytics/top?{query}")
    return {row["group"]: row[found["metrics"][0]] for row in found["rows"]}


async def points(insight: Insight, query: str, **headers: str) -> list[tuple[Any, ...]]:
    found = await insight.get(f"/v1/analytics/timeseries?{query}", headers=headers)
    (series,) = found["series"]
    return [tuple(point.values()) for point in series["points"]]


async def test_every_metric_is_what_was_reckoned_by_hand(insight: Insight) -> None:
    assert EXPECTED.keys() == METRICS.keys()
    over_time = [name for name, each in METRICS.items() if each.over_time]
    query = f"interval=year&{YEAR}&" + "&".join(f"metrics={name}" for name in over_time)
    (series,) = (await insight.get(f"/v1/analytics/timeseries?{query}"))["series"]
    (point,) = series["points"]
    assert point.pop("at") == "2023-01-01T00:00:00.000Z"
    assert point == {name: EXPECTED[name] for name in over_time}
    cards = await top(insight, "metrics=gift_credits_outstanding&by=campaign")
    assert cards == {"c1": EXPECTED["gift_credits_outstanding"]}


async def test_the_groups_of_every_dimension_sum_to_the_whole(insight: Insight) -> None:
    """Of what is summed; a validation of two campaigns counts in each, an order in each of its own.

    So does an order of two products.
    """
    asked = 0
    # nothing here has points: tests/integration/measures/test_points_measures.py
    of = {name: each for name, each in METRICS.items() if each.unit != "points"}
    for by in {each: None for metric in of.values() for each in dimensions_of(metric)}:
        names = [name for name, each in of.items() if by in dimensions_of(each)]
        query = f"metrics={','.join(names)}&by={by}&{YEAR}&limit=100"
        rows = (await insight.get(f"/v1/analytics/top?{query}"))["rows"]
        for name in names:
            asked += 1
            metric = METRICS[name]
            apart = (
                metric.over
                or metric.unit == "ms"
                or "customers" in name
                or name == "codes_redeemed"
            )
            many = by == "product" or (by == "campaign" and name.startswith(("valid", "order_")))
            if not apart and not many:
                assert sum(row[name] for row in rows) == EXPECTED[name], (name, by)
    assert asked == sum(len(dimensions_of(each)) for each in of.values())


GROUPS = (
    ("metrics=redemptions_failed&by=reason", {"voucher_expired": 2, "not_found": 1}),
    ("metrics=redemptions_succeeded&by=voucher", {"v_A": 3, "v_B": 1, "v_C": 1, "v_G1": 1, None: 0}),
    ("metrics=order_total_amount&by=campaign", {"camp_1": 2450, None: 995, "c1": 100, "camp_2": 0}),
    ("metrics=order_amount&by=customer", {"cust_1": 2000, None: 1000, "cust_2": 500, "cust_3": 300}),
    ("metrics=conversion&by=campaign", {"camp_1": 1.5, None: 1, "camp_2": 0.5, "c1": None}),
    ("metrics=api_calls&by=key", {"key_1": 3, "key_2": 2}),
    ("metrics=api_errors&by=status", {"404": 1, "500": 1, "200": 0, "201": 0}),
    ("metrics=api_latency_p50&by=route&order=least&limit=1", {"/v1/validations": 1}),
    ("metrics=orders&by=order_status", {None: 5, "PAID": 1}),
    ("metrics=discount_amount&by=type&segment=seg_1", {"DISCOUNT_VOUCHER": 20}),
    ("metrics=discount_amount&by=type&campaign_type=GIFT_VOUCHERS", {"GIFT_VOUCHER": 200}),
    ("metrics=discount_amount&by=campaign&metadata[season]=summer", {"camp_1": 50}),
    ("metrics=validations_valid&by=customer&metadata[season]=winter", {"cust_2": 1, None: 1}),
    ("metrics=validations_valid&by=campaign&campaign=name%20of%20camp_2", {"camp_2": 2}),
    ("metrics=redemptions_failed&by=channel&reason=not_found", {"API": 1}),
    ("metrics=order_amount&by=product", {"prod_1": 2000, None: 1800, "shirt": 0}),
    ("metrics=discount_amount&by=campaign&product=prod_1", {"camp_1": 20, "camp_2": 0}),
    ("metrics=redemptions_succeeded&by=voucher&product=shirt", {"v_A": 1, "v_B": 1}),
    ("metrics=redemptions_succeeded&by=country", {"NZ": 3, None: 2, "US": 1}),
    ("metrics=validations_valid&by=country&country=NZ", {"NZ": 1}),
    ("metrics=order_total_amount&by=tier&country=US", {None: 470}),
    ("metrics=orders&by=country", {None: 3, "NZ": 2, "US": 1}),
    ("metrics=conversion&by=country&customer_metadata[tier]=gold", {"NZ": 3, "US": 1}),
    ("metrics=validations_invalid&by=campaign&customer_metadata[tier]=gold&campaign=camp_1", {"camp_1": 1}),
    ("metrics=redemptions_succeeded&by=country&order_metadata[shop]=app", {"NZ": 3}),
    ("metrics=orders&by=order_status&order_metadata[shop]=web&customer_metadata[tier]=gold", {None: 1, "PAID": 1}),
)  # fmt: skip


async def test_top(insight: Insight) -> None:
    for query, groups in GROUPS:
        found = await top(insight, query)
        assert found == groups, query
        ranked = [value for value in groups.values() if value is not None]
        assert ranked == sorted(ranked, reverse="order=least" not in query), query
        assert [*found] == [*groups] or len(set(ranked)) < len(ranked), query


async def test_the_amounts_of_an_order_count_once_whatever_it_is_told_apart_by(
    insight: Insight,
) -> None:
    """The order of the stack is that of two vouchers, and went with both of them."""
    assert (
        await points(insight, f"interval=year&{YEAR}&metrics=order_amount&type=DISCOUNT_VOUCHER")
    )[0][1] == 3500
    of_b = await points(insight, "interval=day&from=2023-11-14&to=2023-11-18&metrics=order_amount&voucher=v_B")  # fmt: skip
    assert [point[1] for point in of_b] == [1000, 0, 0, -1000]


async def test_a_project_in_auckland_and_one_in_new_york_see_their_own_days(
    insight: Insight,
) -> None:
    """At 22:13 UTC it is the next morning in Auckland, and the afternoon of the same day in New York."""
    query = "metrics=redemptions_succeeded&from=2023-11-14&to=2023-11-16"
    auckland = {"x-tessera-time-zone": "Pacific/Auckland"}
    new_york = {"x-tessera-time-zone": "America/New_York", "x-tessera-project": "other"}
    assert await points(insight, query, **auckland) == [
        ("2023-11-13T11:00:00.000Z", 0),
        ("2023-11-14T11:00:00.000Z", 3),
    ]
    assert await points(insight, query, **new_york) == [
        ("2023-11-14T05:00:00.000Z", 1),
        ("2023-11-15T05:00:00.000Z", 0),
    ]
    asked = f"{query}&timezone=Pacific/Auckland"
    assert (await points(insight, asked))[1] == ("2023-11-14T11:00:00.000Z", 3)
    year = "interval=year&metrics=api_calls&from=2023-12-31T12:00:00Z&to=2024-01-01T12:00:00Z"
    assert await points(insight, year, **auckland) == [("2023-12-31T11:00:00.000Z", 0)]
    assert [at for at, _ in await points(insight, year)] == [
        "2023-01-01T00:00:00.000Z",
        "2024-01-01T00:00:00.000Z",
    ]


async def test_minutes_and_quotients_without_anything_to_divide_by(insight: Insight) -> None:
    query = "interval=minute&from=2023-11-14T22:12:00Z&to=2023-11-14T22:15:00Z"
    assert await points(insight, f"{query}&metrics=api_calls,api_latency_p50,api_error_share") == [
        ("2023-11-14T22:12:00.000Z", 0, None, None),
        ("2023-11-14T22:13:00.000Z", 5, 3, 0.4),
        ("2023-11-14T22:14:00.000Z", 0, None, None),
    ]


async def test_csv_is_safe_for_spreadsheets(insight: Insight) -> None:
    named = "metrics=redemptions_failed,discount_amount"
    answer = await insight.text(f"/v1/analytics/top?by=reason&{named}&format=csv")
    assert answer.splitlines() == [
        "group,redemptions_failed,discount_amount",
        "voucher_expired,2,0",
        "not_found,1,0",
        ",0,255",
    ]
    days = "from=2023-11-15&to=2023-11-17"
    answer = await insight.text(f"/v1/analytics/timeseries?{days}&{named}&format=csv")
    assert answer.splitlines() == [
        "at,redemptions_failed,discount_amount",
        "2023-11-15T00:00:00.000Z,2,20",
        "2023-11-16T00:00:00.000Z,1,205",
    ]


async def test_the_catalogue_names_every_metric(insight: Insight) -> None:
    found = await insight.get("/v1/analytics/metrics")
    assert [each["name"] for each in found["data"]] == list(METRICS)
    assert found["total"] == len(METRICS)


REFUSED = (
    ("metrics?colour=red", "colour"),
    ("top?by=campaign", "metrics"),
    ("top?metrics=colour&by=campaign", "metrics"),
    ("top?metrics=api_calls", "by"),
    ("top?metrics=api_calls&by=campaign", "by"),
    ("top?metrics=api_calls,orders&by=route", "by"),
    ("top?metrics=api_calls&by=route&reason=x", "reason"),
    ("top?metrics=api_calls&by=route&reason=", "reason"),
    ("top?metrics=api_calls&by=route&limit=0", "limit"),
    ("top?metrics=api_calls&by=route&order=up", "order"),
    ("top?metrics=api_calls&by=route&format=xml", "format"),
    ("top?metrics=api_calls&by=route&timezone=Mars", "timezone"),
    ("top?metrics=api_calls&by=route&from=2024-01-02&to=2024-01-01", "from"),
    ("top?metrics=api_calls&by=route&route=a&route=b", "route"),
    ("top?metrics=orders&by=customer&segment=seg_2", "segment"),
    ("top?metrics=discount_amount&by=type&metadata=x", "metadata"),
    ("top?metrics=discount_amount&by=type&customer_metadata=x", "customer_metadata"),
    ("top?metrics=validations&by=campaign&product=x", "product"),
    (
        "top?metrics=orders&by=customer&" + "&".join(["order_metadata[a]=b"] * 11),
        "order_metadata",
    ),
    ("timeseries?metrics=gift_credits_outstanding", "metrics"),
    ("timeseries?metrics=api_calls&group_by=tier", "group_by"),
    ("timeseries?route=x", "metrics"),
    ("timeseries?metrics=orders&tier=x", "tier"),
)


async def test_what_cannot_be_asked_is_refused_by_name(insight: Insight) -> None:
    for query, named in REFUSED:
        found = await insight.get(f"/v1/analytics/{query}", 400)
        assert found["key"] == "invalid_query_params", query
        assert f"`{named}`" in found["details"], query


ABSENT = ("campaign=none", "segment=none")


async def test_what_is_not_there_is_not_found(insight: Insight) -> None:
    for query in ABSENT:
        path = f"/v1/analytics/top?metrics=discount_amount&by=type&{query}"
        assert (await insight.get(path, 404))["key"] == "not_found", query
