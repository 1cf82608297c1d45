"""The log of API calls over a real engine: every record's calls, found by what is known of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from runtime.clickhouse.database import Query
from runtime.clickhouse.retention import Retention, remove_old
from runtime.log.log import Place
from schemas.observations import ApiCall, ApiCallsObserved
from services.audit.sink.api_call_table import API_CALLS, CHANGED
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    created,
    customer_created,
    decided,
    succeeded,
)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def call(number: int, status: int = 200, ignored: tuple[str, ...] = (), **more: Any) -> ApiCall:
    known: dict[str, Any] = {
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
        "type=vouchers": "321", "type=campaigns": "", "text=SHOP.test": "3", "text=vouchers/2": "2",
        "order=-origin": "321", "order=path": "123", "order=type": "123", "order=key_id": "123",
        "customer=ann": "",
    }  # fmt: skip
    found = {}
    for query in wanted:
        answer = await insight.get(f"/v1/audit/api-calls?{query}")
        found[query] = "".join(each["id"][-1] for each in answer["data"])
    assert found == wanted
    (one,) = (await insight.get("/v1/audit/api-calls?path=/v1/vouchers/1"))["data"]
    assert (one["type"], one["query"], one["record"]) == ("vouchers", "", None)
    assert await insight.get("/v1/audit/api-calls/v-1") == one | {"events": [], "response": None}
    await insight.get("/v1/audit/api-calls/v-4", status=404)
    (told,) = (await insight.get("/v1/audit/api-calls?status=503"))["data"]
    assert told["ignored_members"] == ["customr", "x"]
    (shown,) = (await insight.get("/v1/audit/api-calls?status=404"))["data"]
    assert shown["ignored_members"] == []
    assert (shown["duration_ms"], shown["key"]) == (3.0, {"id": "key_1", "kind": "server"})


async def test_calls_are_found_by_the_customer_whom_they_concern(insight: Insight) -> None:
    insight.world.append(
        decided(customer_created(1)),
        decided(succeeded(applicable("A", 100), by="cust_1"), command=1),
        decided(created("B"), command=2),
    )
    path = "/v1/customers/cust_1/activity"
    insight.world.called(
        ApiCallsObserved(
            PROJECT, (call(1, record=0), call(2, record=1), call(3, record=2), call(4, path=path))
        )
    )
    await insight.filled()
    for customer in ("cust_1", "source_1"):
        found = await insight.get(f"/v1/audit/api-calls?customer={customer}")
        assert [each["id"] for each in found["data"]] == ["v-4", "v-2", "v-1"]


async def test_only_calls_that_changed_something_are_kept_for_good(insight: Insight) -> None:
    insight.world.append(decided(created("A")))
    insight.world.called(
        ApiCallsObserved(
            PROJECT, (call(1), call(2, record=0), structs.replace(call(3), at=START + DAY))
        )
    )
    await insight.filled()

    async def listed() -> list[str]:
        return [each["id"] for each in (await insight.get("/v1/audit/api-calls"))["data"]]

    insight.world.time = START + 90 * DAY
    assert await listed() == ["v-3", "v-2", "v-1"]
    insight.world.time = START + 90 * DAY + 1
    assert await listed() == ["v-3", "v-2"]
    await insight.get("/v1/audit/api-calls/v-1", status=404)
    retention = Retention(API_CALLS, 90, unless=CHANGED)
    await remove_old(insight.database, retention, (Place("api-calls", 0),), START + 90 * DAY + 2)
    settled = "SELECT count() FROM system.mutations WHERE NOT is_done"
    while (await insight.database.query(Query(settled)))[0][0]:
        pass
    left = f"SELECT id FROM {API_CALLS.full_name} WHERE log_index >= 0 ORDER BY id"
    assert await insight.database.query(Query(left)) == [("v-2",), ("v-3",)]
