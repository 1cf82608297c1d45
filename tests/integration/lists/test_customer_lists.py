"""The list of customers over a real engine: filters, sums, and both kinds of cursor."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.customers import CustomerDeleted, CustomersSummed, CustomerSummary
from schemas.personal import Address
from schemas.segments import (
    Segment,
    SegmentCreated,
    SegmentDeleted,
    SegmentEntered,
    SegmentLeft,
    SegmentUpdated,
)
from tests.integration.insight_host import Insight, is_, running
from tests.integration.insight_world import customer
from tests.unit.services.audit.examples import START, decided


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


async def test_customers_are_filtered_and_show_their_sums(insight: Insight) -> None:
    insight.world.append(
        decided(
            customer(1, name="Ada", email="ada@shop.test", address=Address(city="Rome")),
            customer(2, name="Bob", metadata={"vip": True}),
            customer(3, phone="123"),
            CustomersSummed({"cust_1": CustomerSummary(succeeded=3, orders_count=1)}),
        )
    )
    wanted = {
        "": "321", "email=ada@shop.test": "1", "name=Bob": "2", "city=Rome": "1",
        "order=source_id": "123", is_("metadata.vip", "$is", "true"): "2",
        is_("email", "$has_value", ""): "1", is_("phone", "$starts_with", "12"): "3",
        is_("name", "$is_not", "Bob"): "31", is_("source_id", "$is", "source_2"): "2",
    }  # fmt: skip
    found = {}
    for query in wanted:
        answer = await insight.get(f"/v1/customers?{query}")
        found[query] = "".join(each["id"][-1] for each in answer["customers"])
        assert (answer["total"], answer["has_more"]) == (len(found[query]), False)
    assert found == wanted
    (ada,) = (await insight.get("/v1/customers?name=Ada"))["customers"]
    assert ada["summary"]["redemptions"]["total_succeeded"] == 3
    assert ada["address"]["city"] == "Rome"


async def test_customers_are_read_on_from_a_time_or_from_a_customer(insight: Insight) -> None:
    insight.world.append(decided(*(customer(number) for number in range(1, 8))))

    async def all_of(order: str, cursor: str) -> str:
        ids, after = "", ""
        while True:
            found = await insight.get(f"/v1/customers?limit=2&order={order}{after}")
            assert found["total"] == 7
            ids += "".join(each["id"][-1] for each in found["customers"])
            if not found["has_more"]:
                return ids
            after = f"&starting_after={found['customers'][-1][cursor]}"

    assert await all_of("created_at", "id") == "1234567"
    assert await all_of("-created_at", "id") == "7654321"
    # pairs were created at the same time, and a page ends within none of them
    assert await all_of("-created_at", "created_at") == "7654321"
    # how the official JavaScript client scrolls: from the end of time, then from each page's last
    for order, start, expected in (("-", "2200", "7654321"), ("", "1970", "1234567")):
        ids, after, pages = "", f"{start}-01-01T00:00:00Z", 0
        while True:
            query = f"limit=3&order={order}created_at&starting_after={after}"
            found = await insight.get(f"/v1/customers?{query}")
            pages += 1
            ids += "".join(each["id"][-1] for each in found["customers"])
            if not found["has_more"]:
                break
            after = found["customers"][-1]["created_at"]
        assert (ids, pages) == (expected, 2)
    refused = await insight.get("/v1/customers?order=source_id&starting_after=cust_1", 400)
    assert refused["key"] == "invalid_query_params"
    assert (await insight.get("/v1/customers?starting_after=cust_9"))["customers"] == []


def in_segment(name: str, **fields: str) -> Segment:
    """A segment by the last part of its id."""
    return Segment(f"seg_{name}", name, START, **fields)  # type: ignore[arg-type]


async def test_the_members_of_a_segment_are_listed(insight: Insight) -> None:
    static, auto = in_segment("static"), in_segment("auto", type="auto-update", filter="{}")
    passive = in_segment("passive", type="passive", filter="{}")
    known = [customer(number, name=f"N{number}") for number in range(1, 6)]
    insight.world.append(
        decided(*known),
        decided(SegmentCreated(static, ("cust_1", "cust_2", "cust_3"))),
        decided(SegmentCreated(auto), SegmentCreated(passive)),
        decided(SegmentEntered("cust_4", {"seg_auto": "auto"})),
        decided(SegmentEntered("cust_5", {"seg_auto": "auto"})),
        decided(SegmentLeft("cust_4", {"seg_auto": "auto"})),
    )

    async def members(query: str) -> tuple[str, int]:
        found = await insight.get(query)
        return "".join(each["id"][-1] for each in found["customers"]), found["total"]

    assert await members("/v1/customers?segment_id=seg_static") == ("321", 3)
    assert await members("/v1/segments/seg_static/customers?limit=1") == ("3", 3)
    assert await members("/v1/customers?segment_id=seg_auto") == ("5", 1)
    numbers = "/v1/analytics/summaries?by=segment&ids=seg_auto,seg_static,seg_passive,seg_none"
    assert [each["members_count"] for each in (await insight.get(numbers))["data"]] == [1, 3, 0, 0]
    assert await members("/v1/customers?segment_id=seg_static&name=N2") == ("2", 1)
    assert await members("/v1/customers?segment_id=seg_none") == ("", 0)
    await insight.get("/v1/segments/seg_none/customers", status=404)
    for path in ("/v1/customers?segment_id=seg_passive", "/v1/segments/seg_passive/customers"):
        refused = await insight.get(path, status=400)
        assert "passive" in refused["details"]
    insight.world.append(
        decided(SegmentUpdated(static, entered=("cust_5",), left=("cust_1",))),
        decided(CustomerDeleted(known[1].customer)),
    )
    assert await members("/v1/customers?segment_id=seg_static") == ("53", 2)
    insight.world.append(decided(SegmentDeleted(static)))
    await insight.get("/v1/segments/seg_static/customers", status=404)
    assert [each["members_count"] for each in (await insight.get(numbers))["data"]] == [1, 0, 0, 0]
    assert await members("/v1/customers?segment_id=seg_static") == ("", 0)
