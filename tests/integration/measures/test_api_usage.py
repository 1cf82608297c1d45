"""Usage of the API over a real engine: by time, by key, by status; last uses and failures."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from schemas.observations import ApiCall, ApiCallsObserved
from services.analytics.measures.api_usage import USED_DAYS
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import DAY, PROJECT, START

PATH = "/v1/analytics/api-usage"
HOUR = 3_600_000
#: Tuesday 2023-11-14 22:13:20 is the next day already in Warsaw two hours later.
PERIOD = "from=2023-11-14T00:00:00Z&to=2023-11-17T00:00:00Z"


def call(number: int, at: int, key: str = "key_1", status: int = 200, **more: Any) -> ApiCall:
    known: dict[str, Any] = {"method": "GET", "path": "/v1/orders", "route": "/v1/orders"} | more
    return ApiCall(
        request_id=f"v-{number}",
        at=at,
        status=status,
        duration_us=1000,
        key_id=key,
        key_kind="server",
        origin="API",
        channel="API",
        **known,
    )


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        found.world.called(
            ApiCallsObserved(
                PROJECT,
                (
                    call(1, START),
                    call(2, START + 1, "key_2", 404),
                    call(3, START + 2 * HOUR, "key_2", 503, method="POST"),
                    call(4, START + DAY),
                ),
            ),
            ApiCallsObserved("other", (call(5, START, "key_9"),)),
        )
        await found.filled()
        yield found


def numbers(series: dict[str, Any]) -> list[tuple[int, int]]:
    return [(each["calls"], each["errors"]) for each in series["points"]]


async def test_calls_are_counted_by_day_in_the_zone_of_the_project(insight: Insight) -> None:
    body = await insight.get(f"{PATH}?{PERIOD}")
    assert (body["interval"], body["timezone"]) == ("day", "Etc/UTC")
    assert (body["total"], body["errors"]) == (4, 2)
    (series,) = body["series"]
    assert numbers(series) == [(2, 1), (2, 1), (0, 0)]
    assert (series["total"], series["errors"]) == (4, 2)
    assert series["last_at"] == "2023-11-15T22:13:20.000Z"
    assert "group" not in series
    assert "has_more" not in body
    of_zone = await insight.get(
        f"{PATH}?from=2023-11-14&to=2023-11-17", headers={"x-tessera-time-zone": "Asia/Tokyo"}
    )
    assert of_zone["series"][0]["points"][1]["at"] == "2023-11-14T15:00:00.000Z"
    assert numbers(of_zone["series"][0]) == [(0, 0), (3, 2), (1, 0)]


async def test_calls_are_told_apart(insight: Insight) -> None:
    body = await insight.get(f"{PATH}?{PERIOD}&group_by=key&interval=week")
    assert {each["group"]: (each["total"], each["errors"]) for each in body["series"]} == {
        "key_1": (2, 0),
        "key_2": (2, 2),
    }
    assert body["has_more"] is False
    for by, groups in {
        "status": {"200", "404", "503"},
        "kind": {"server"},
        "method": {"GET", "POST"},
        "route": {"/v1/orders"},
        "channel": {"API"},
    }.items():
        found = await insight.get(f"{PATH}?{PERIOD}&group_by={by}")
        assert {each["group"] for each in found["series"]} == groups


async def test_they_are_told_as_csv(insight: Insight) -> None:
    text = await insight.text(f"{PATH}?{PERIOD}&group_by=key&interval=month&format=csv")
    head, *rows = text.split()
    assert head == "at,key,calls,errors"
    assert sorted(rows) == [
        "2023-11-01T00:00:00.000Z,key_1,2,0",
        "2023-11-01T00:00:00.000Z,key_2,2,2",
    ]


REFUSED = (
    "interval=minute",
    "group_by=origin",
    "metrics=api_calls",
    "from=2023-11-15&to=2023-11-14",
    "from=1990-01-01&interval=hour",
    "timezone=Mars",
    "format=xml",
    "from=yesterday",
)


async def test_what_makes_no_sense_is_refused(insight: Insight) -> None:
    for query in REFUSED:
        body = await insight.get(f"{PATH}?{query}", 400)
        assert body["key"] == "invalid_query_params", query


async def test_another_host_learns_of_last_uses_and_failures_of_late(insight: Insight) -> None:
    insight.world.time = START + DAY + 2
    last, second = START + DAY, START + 2 * HOUR
    assert await insight.get("/internal/keys/used") == {
        "key_1": last - last % HOUR,
        "key_2": second - second % HOUR,
    }
    (failed,) = (await insight.get("/internal/api-errors"))["errors"]
    assert failed == {
        "status": 503,
        "method": "POST",
        "route": "/v1/orders",
        "calls": 1,
        "last_at": "2023-11-15T00:13:20.000Z",
    }
    insight.world.time = START + (USED_DAYS + 2) * DAY
    assert await insight.get("/internal/keys/used") == {}
    assert await insight.get("/internal/api-errors") == {"errors": []}
