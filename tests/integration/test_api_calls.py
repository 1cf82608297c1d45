"""The log of API calls over a real engine: every record's calls, found by what is known of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.observations import ApiCall, ApiCallsObserved
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import PROJECT, START


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def call(number: int, status: int = 200, ignored: tuple[str, ...] = (), **more: str) -> ApiCall:
    known = {
        "method": "GET", "path": f"/v1/vouchers/{number}", "route": "/v1/vouchers/{id}",
        "key_id": "key_1", "origin": "API", "channel": "API",
    } | more  # fmt: skip
    return ApiCall(
        request_id=f"v-{number}",
        at=START + number,
        status=status,
        duration_us=number * 1500,
        key_kind="server",
        ignored=ignored,
        **known,
    )


async def test_calls_are_listed_and_filtered(insight: Insight) -> None:
    insight.world.called(
        ApiCallsObserved(PROJECT, (call(1), call(2, 404, method="POST"))),
        ApiCallsObserved(PROJECT, (call(3, 503, ("customr", "x"), origin="https://shop.test"),)),
        ApiCallsObserved("other", (call(4),)),
    )
    await insight.filled()
    wanted = {
        "": "321", "order=created_at": "123", "order=-duration": "321", "status=404": "2",
        "status=5xx": "3", "method=post": "2", "path=/v1/vouchers/1": "1",
        "path=/v1/vouchers/{id}": "321", "origin=https://shop.test": "3", "channel=API": "321",
        "key_id=key_1": "321", "key_id=key_2": "", "limit=2&page=2": "1",
        "filters[duration_ms][conditions][$more_than]=3": "3",
        "filters[status][conditions][$in][0]=200&filters[status][conditions][$in][1]=404": "21",
        "filters[path][conditions][$ends_with]=3": "3",
        "filters[ignored_members][conditions][$has_value]=1": "3",
        "filters[ignored_members][conditions][$contains]=customr": "3",
        "created_at[after]=2023-11-14T22:13:20.002Z": "3",
    }  # fmt: skip
    found = {}
    for query in wanted:
        answer = await insight.get(f"/v1/audit/api-calls?{query}")
        found[query] = "".join(each["id"][-1] for each in answer["data"])
    assert found == wanted
    (told,) = (await insight.get("/v1/audit/api-calls?status=503"))["data"]
    assert told["ignored_members"] == ["customr", "x"]
    (shown,) = (await insight.get("/v1/audit/api-calls?status=404"))["data"]
    assert shown["ignored_members"] == []
    assert (shown["duration_ms"], shown["key"]) == (3.0, {"id": "key_1", "kind": "server"})
