"""The log of API calls over a real engine: every record's calls, found by what is known of them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Raw, structs

from engine.kernel.state import encode
from runtime.clickhouse.database import Query
from runtime.clickhouse.retention import Retention, remove_old
from runtime.log.log import Place
from schemas.api import Redeemable
from schemas.evaluations import Asked, Evaluation
from schemas.observations import (
    ApiCall,
    ApiCallsObserved,
    ValidationDetails,
    ValidationObserved,
)
from schemas.sessions import SessionRefused
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
    rolled_back,
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
    nothing = {"body_kept": False, "from": None, "reason": "no_body", "body": None}
    assert await insight.get("/v1/audit/api-calls/v-1") == one | {
        "events": [], "request": nothing, "response": None,
    }  # fmt: skip
    await insight.get("/v1/audit/api-calls/v-4", status=404)
    (told,) = (await insight.get("/v1/audit/api-calls?status=503"))["data"]
    assert told["ignored_members"] == ["customr", "x"]
    (shown,) = (await insight.get("/v1/audit/api-calls?status=404"))["data"]
    assert shown["ignored_members"] == []
    assert (shown["duration_ms"], shown["key"]) == (3.0, {"id": "key_1", "kind": "server"})


ASKED = {"redeemables": [{"object": "voucher", "id": "A"}], "order": {"amount": 500}}


async def tell_of_bodies(insight: Insight) -> None:
    """Ten calls, each with another place for what it said, if any."""
    refused = SessionRefused(Evaluation(()), customer_id="cust_1", asked=ASKED, session_key="s_1")
    stacked = structs.replace(applicable("T", 1), object="promotion_tier", stack_id="stack_1")
    redeemed = structs.replace(
        succeeded(applicable("A", 100), stacked, stacked, by="cust_1"), metadata={"till": 3}
    )
    insight.world.append(
        decided(customer_created(1)),
        decided(refused, command=1),
        decided(redeemed, command=2),
        decided(rolled_back("A"), command=3),
        decided(created("B"), command=4),
    )
    details = ValidationDetails(Evaluation(()), Asked((Redeemable("voucher", "A"),)))
    insight.world.observe(
        ValidationObserved(
            "valid_1", PROJECT, START, valid=True, key_kind="server", customer_id="cust_1",
            details=Raw(encode(details)),
        )
    )  # fmt: skip
    to_redeem: dict[str, Any] = {"method": "POST", "path": "/v1/redemptions"}
    made: dict[str, Any] = {"method": "POST", "path": "/v1/vouchers"}
    insight.world.called(
        ApiCallsObserved(
            PROJECT,
            (
                call(1, **made, body='{"code":"B","secret":"*"}', record=4),
                call(2, **made, unkept="large", record=4),
                call(3, **made, record=4),
                call(4, method="POST", path="/v1/validations", validation="valid_1"),
                call(5, method="POST", path="/v1/validations", validation="valid_2"),
                call(6, method="POST", path="/v1/validations", record=1),
                call(7, **to_redeem, record=2),
                call(8, **to_redeem, record=3),
                call(9, 400, **to_redeem),
                call(10, method="POST", path="/v1/customers", record=0),
            ),
        )
    )
    await insight.filled()


async def test_a_call_tells_what_it_said_from_whatever_holds_it(insight: Insight) -> None:
    await tell_of_bodies(insight)

    async def request_of(number: int) -> tuple[Any, ...]:
        whole = await insight.get(f"/v1/audit/api-calls/v-{number}")
        request = whole["request"]
        assert request["body_kept"] is (request["from"] is not None)
        assert (request["body"] is None) is (request["reason"] is not None)
        return request["from"] or request["reason"], request["body"]

    assert await request_of(1) == ("call", {"code": "B", "secret": "*"})
    assert await request_of(2) == ("large", None)
    assert await request_of(3) == ("no_body", None)
    source, said = await request_of(4)
    assert (source, said["redeemables"][0]["id"], said["customer"]["id"]) == (
        "validation", "A", "cust_1",
    )  # fmt: skip
    assert (await insight.get("/v1/audit/api-calls/v-4"))["response"]["id"] == "valid_1"
    assert await request_of(5) == ("gone", None)
    source, said = await request_of(6)
    assert (source, said.pop("customer")["source_id"]) == ("record", "source_1")
    assert said == ASKED | {"session": {"type": "LOCK", "key": "s_1"}}
    source, said = await request_of(7)
    assert (source, said.pop("customer")["source_id"]) == ("record", "source_1")
    assert said == {
        "redeemables": [
            {"object": "voucher", "id": "A"},
            {"object": "promotion_stack", "id": "stack_1"},
        ],
        "metadata": {"till": 3},
    }
    assert await request_of(8) == ("record", {})
    assert await request_of(9) == ("personal", None)
    assert await request_of(10) == ("personal", None)
    found = await insight.get("/v1/audit/api-calls?text=secret")
    assert [each["id"] for each in found["data"]] == ["v-1"]


async def test_what_a_validation_said_is_gone_with_it_before_its_row_is_removed(
    insight: Insight,
) -> None:
    await tell_of_bodies(insight)
    insight.world.time = START + 30 * DAY - 1
    assert (await insight.get("/v1/audit/api-calls/v-4"))["request"]["from"] == "validation"
    insight.world.time = START + 30 * DAY
    await insight.get("/v1/validations/valid_1", status=404)
    whole = await insight.get("/v1/audit/api-calls/v-4")
    assert (whole["request"]["reason"], whole["request"]["body"]) == ("gone", None)
    assert whole["response"] is None


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


async def test_a_call_and_what_it_had_decided_for_another_project_name_each_other(
    insight: Insight,
) -> None:
    made = structs.replace(
        decided(created("A"), created("B"), project="other"), key_kind="management"
    )
    insight.world.append(decided(created("A")), made)
    path = "/management/v1/projects/other/webhooks"
    calls = (call(1, method="POST", path=path, other="other/1"), call(2, other="other/0"))
    insight.world.called(ApiCallsObserved(PROJECT, calls))
    await insight.filled()
    whole = await insight.get("/v1/audit/api-calls/v-1")
    assert (whole["record"], whole["events"]) == (None, ["ev_0_1_0", "ev_0_1_1"])
    # what was answered is the other project's
    assert whole["response"] is None
    headers = {"x-tessera-project": "other"}
    named = {"id": "v-1", "method": "POST", "path": path, "status": 200, "key_id": "key_1"}
    listed = (await insight.get("/v1/audit/events", headers=headers))["data"]
    assert [each["id"] for each in listed] == ["ev_0_1_1", "ev_0_1_0"]
    assert [each["api_calls"] for each in listed] == [[named], [named]]
    one = await insight.get("/v1/audit/events/ev_0_1_0", headers=headers)
    assert one["api_calls"] == [named]
    assert (await insight.get("/v1/audit/api-calls/v-2"))["events"] == []
    await insight.get("/v1/audit/events/ev_0_1_0", status=404)


async def test_only_calls_that_changed_something_are_kept_for_good(insight: Insight) -> None:
    insight.world.append(decided(created("A")))
    insight.world.called(
        ApiCallsObserved(
            PROJECT,
            (
                call(1),
                call(2, record=0),
                structs.replace(call(3), at=START + DAY),
                structs.replace(call(4, other="control/7"), at=START),
            ),
        )
    )
    await insight.filled()

    async def listed() -> list[str]:
        return [each["id"] for each in (await insight.get("/v1/audit/api-calls"))["data"]]

    insight.world.time = START + 90 * DAY
    assert await listed() == ["v-3", "v-2", "v-1", "v-4"]
    insight.world.time = START + 90 * DAY + 1
    assert await listed() == ["v-3", "v-2", "v-4"]
    await insight.get("/v1/audit/api-calls/v-1", status=404)
    retention = Retention(API_CALLS, 90, unless=CHANGED)
    await remove_old(insight.database, retention, (Place("api-calls", 0),), START + 90 * DAY + 2)
    settled = "SELECT count() FROM system.mutations WHERE NOT is_done"
    while (await insight.database.query(Query(settled)))[0][0]:
        pass
    left = f"SELECT id FROM {API_CALLS.full_name} WHERE log_index >= 0 ORDER BY id"
    assert await insight.database.query(Query(left)) == [("v-2",), ("v-3",), ("v-4",)]
