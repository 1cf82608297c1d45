"""The log of events over a real engine: where each lies is in tables, what it says in the ledger."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from schemas.customers import CustomersSummed, CustomerSummary
from schemas.erasures import CustomerForgotten, PermanentDeletion
from schemas.observations import ApiCall, ApiCallsObserved
from schemas.personal import Personal
from schemas.records import Decided
from schemas.voucher_events import VoucherUpdated
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import (
    PROJECT,
    START,
    applicable,
    created,
    customer,
    customer_created,
    decided,
    failed,
    generated,
    rolled_back,
    succeeded,
    voucher,
)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def history() -> list[Decided]:
    """At offset 0 to 7, a second apart."""
    events: list[tuple[Any, ...]] = [
        (generated("G1", "G2"),),
        (created("A", "c1"), created("B")),
        (customer_created(1),),
        (succeeded(applicable("A", 100, "c1"), applicable("B", 50), ids="1", by="cust_1"),),
        (failed("Z", "not_found", ids="3"),),
        (rolled_back("A", "B", ids="1"),),
        (VoucherUpdated(structs.replace(voucher("B"), metadata={"a": 1})),),
    ]
    return [
        *(decided(*each, at=START + 1000 * n, command=n) for n, each in enumerate(events)),
        decided(created("A"), project="other", at=START + 7000),
    ]


async def ids(insight: Insight, query: str) -> list[str]:
    found = await insight.get(f"/v1/audit/events?limit=100&{query}")
    assert found["total"] == len(found["data"])
    return [each["id"].removeprefix("ev_0_") for each in found["data"]]


async def test_every_event_is_listed_newest_first(insight: Insight) -> None:
    insight.world.append(*history())
    found = (await insight.get("/v1/audit/events?limit=100"))["data"]
    assert [(each["id"], each["type"]) for each in found] == [
        ("ev_0_6_0", "voucher.updated"),
        ("ev_0_5_0", "redemption.rolled_back"),
        ("ev_0_4_0", "redemption.failed"),
        ("ev_0_3_0", "redemption.succeeded"),
        ("ev_0_2_0", "customer.created"),
        ("ev_0_1_1", "voucher.created"),
        ("ev_0_1_0", "voucher.created"),
        ("ev_0_0_0", "campaign.vouchers_generated"),
    ]
    assert await ids(insight, "order=created_at") == [
        "0_0", "1_0", "1_1", "2_0", "3_0", "4_0", "5_0", "6_0",
    ]  # fmt: skip
    newest = found[0]
    assert newest["data"]["voucher"]["metadata"] == {"a": 1}
    assert (newest["log_id"], newest["channel"]) == ("0/6", "API")
    assert newest["created_at"] == "2023-11-14T22:13:26.000Z"
    one = await insight.get("/v1/audit/events/ev_0_6_0")
    assert one == newest


async def test_what_a_customer_adds_up_to_stands_beside_what_changed_it(insight: Insight) -> None:
    summed = CustomersSummed({"cust_1": CustomerSummary(succeeded=1)})
    insight.world.append(decided(succeeded(applicable("A", 100), by="cust_1"), summed))
    (event,) = (await insight.get("/v1/audit/events"))["data"]
    assert (event["id"], event["same_record"]) == ("ev_0_0_0", ["ev_0_0_1"])
    beside = await insight.get("/v1/audit/events/ev_0_0_1")
    assert (beside["type"], beside["same_record"]) == ("customer.summed", ["ev_0_0_0"])
    assert beside["data"] == {"summaries": {"cust_1": {"succeeded": 1}}}


FOUND = {
    "type=voucher.created": ["1_1", "1_0"],
    "type=redemption.failed": ["4_0"],
    "type=nothing": [],
    "object=voucher": ["6_0", "1_1", "1_0"],
    "object=redemption": ["5_0", "4_0", "3_0"],
    "customer=source_1": ["3_0", "2_0"],
    "customer=cust_1": ["3_0", "2_0"],
    "campaign=c1": ["3_0", "1_0", "0_0"],
    "voucher=A": ["5_0", "3_0", "1_0"],
    "voucher=v_B": ["6_0", "5_0", "3_0", "1_1"],
    "voucher=Z": ["4_0"],
    "order_id=ord_1": ["3_0"],
    "redemption=r_11": ["5_0", "3_0"],
    "redemption=rr_1": ["5_0"],
    "voucher=B&type=voucher.updated": ["6_0"],
    "created_at[after]=2023-11-14T22:13:24.000Z": ["6_0", "5_0"],
    "created_at[before]=2023-11-14T22:13:21.000Z": ["0_0"],
}


async def test_events_are_found_by_what_they_concern(insight: Insight) -> None:
    insight.world.append(*history())
    assert {query: await ids(insight, query) for query in FOUND} == FOUND


async def test_pages_hold_each_event_once(insight: Insight) -> None:
    insight.world.append(*history())
    found: list[str] = []
    for page in range(1, 5):
        answer = await insight.get(f"/v1/audit/events?limit=3&page={page}")
        assert answer["total"] == 8
        found += [each["id"] for each in answer["data"]]
    assert found == [f"ev_0_{each}" for each in await ids(insight, "")]


async def test_a_redemption_has_its_events(insight: Insight) -> None:
    insight.world.append(*history())
    found = await insight.get("/v1/audit/redemptions/r_10/events")
    assert [each["id"] for each in found["data"]] == ["ev_0_5_0", "ev_0_3_0"]
    await insight.get("/v1/audit/redemptions/r_none/events", status=404)
    await insight.get("/v1/audit/redemptions/r_10/events?redemption=x", status=400)


async def test_an_event_shows_the_person_until_they_are_forgotten(insight: Insight) -> None:
    insight.world.append(*history())
    shown = (await insight.get("/v1/audit/events/ev_0_2_0"))["data"]["customer"]
    assert (shown["id"], shown["personal"]["name"]) == ("cust_1", "Ada")
    # as the codec reads it when the key is gone
    known = customer(1)
    gone = structs.replace(known, personal=Personal(known.personal.owner, None))
    event = structs.replace(customer_created(1), customer=gone)
    insight.world.records[2] = structs.replace(history()[2], events=(event,))
    forgotten = CustomerForgotten(PermanentDeletion("del_1", "cust_1", START))
    insight.world.append(decided(forgotten, at=START + 9000, command=9))
    shown = (await insight.get("/v1/audit/events/ev_0_2_0"))["data"]["customer"]
    assert (shown["id"], shown["personal"]) == ("cust_1", None)
    assert await ids(insight, "customer=cust_1") == ["8_0", "3_0", "2_0"]


async def test_an_event_and_its_call_name_one_another(insight: Insight) -> None:
    insight.world.append(*history())
    call = ApiCall(
        "v-1", START + 3005, "POST", "/v1/redemptions", "/v1/redemptions", 200, 5000, "key_1",
        "server", "API", "API", record=3,
    )  # fmt: skip
    insight.world.called(ApiCallsObserved(PROJECT, (call,)))
    await insight.filled()
    (event,) = (await insight.get("/v1/audit/events?type=redemption.succeeded"))["data"]
    assert event["api_calls"] == [
        {
            "id": "v-1",
            "method": "POST",
            "path": "/v1/redemptions",
            "status": 200,
            "key_id": "key_1",
        }
    ]
    found = await insight.get("/v1/audit/api-calls/v-1")
    assert (found["events"], found["record"]) == (["ev_0_3_0"], "0/3")
    assert [each["id"] for each in found["response"]["redemptions"]] == ["r_10", "r_11"]


async def test_another_projects_events_are_not_seen(insight: Insight) -> None:
    insight.world.append(*history())
    await insight.get("/v1/audit/events/ev_0_7_0", status=404)
    other = {"x-tessera-project": "other"}
    found = await insight.get("/v1/audit/events", headers=other)
    assert [each["id"] for each in found["data"]] == ["ev_0_7_0"]
    await insight.get("/v1/audit/events/ev_0_3_0", status=404, headers=other)


NO_EVENTS = ("ev_0_6_1", "ev_0_99_0", "ev_1_6_0", "ev_0_6", "x", "ev_0_6_0x")


async def test_what_is_no_event_is_not_found(insight: Insight) -> None:
    insight.world.append(*history())
    for wrong in NO_EVENTS:
        answer = await insight.get(f"/v1/audit/events/{wrong}", status=404)
        assert answer["resource_id"] == wrong, wrong


async def test_a_void_record_has_no_event(insight: Insight) -> None:
    insight.world.append(*history()[:2])
    insight.world.append_void()
    insight.world.append(history()[2])
    assert await ids(insight, "customer=cust_1") == ["3_0"]
    await insight.get("/v1/audit/events/ev_0_2_0", status=404)


NO_PARAMETERS = (
    "limit=0",
    "order=id",
    "type=",
    "status=1",
    "created_at=1",
    "filters[type][conditions][$is]=a",
)


async def test_what_is_no_parameter_of_the_list_is_refused(insight: Insight) -> None:
    for query in NO_PARAMETERS:
        answer = await insight.get(f"/v1/audit/events?{query}", status=400)
        assert answer["key"] == "invalid_query_params", query
        assert f"`{query.partition('=')[0]}`" in answer["details"], query
