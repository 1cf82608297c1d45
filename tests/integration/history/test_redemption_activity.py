"""What a redemption brought about, over a real engine: with or without a customer."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import refuse
from schemas.observations import ApiCallsObserved
from schemas.redemptions import RollbackFailed
from tests.integration.history.test_api_calls import call
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import (
    PROJECT,
    START,
    applicable,
    customer_created,
    decided,
    failed,
    rolled_back,
    succeeded,
)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def tell(insight: Insight) -> None:
    refused = RollbackFailed("rrf_1", "r_11", "v_A", refuse("already_rolled_back"), code="A")
    events: list[tuple[Any, ...]] = [
        (customer_created(1), succeeded(applicable("A", 100), applicable("B", 50), ids="1")),
        (rolled_back("A", "B", ids="1"),),
        (refused,),
        (succeeded(applicable("C", 5), ids="2", by="cust_1"),),
        (failed("Z", "not_found", ids="3"),),
    ]
    insight.world.append(
        *(decided(*each, at=START + 1000 * n, command=n) for n, each in enumerate(events)),
        decided(succeeded(applicable("A", 1), ids="9"), project="other"),
    )
    insight.world.called(ApiCallsObserved(PROJECT, (call(7, record=1),)))


async def told(insight: Insight, redemption: str, query: str = "") -> list[tuple[str, str]]:
    found = await insight.get(f"/v1/redemptions/{redemption}/activity?limit=100&{query}")
    return [(each["type"], each["event_id"]) for each in found["data"]]


async def test_a_redemption_tells_what_it_brought_about(insight: Insight) -> None:
    tell(insight)
    assert await told(insight, "r_11") == [
        ("redemption.rollback.failed", "ev_0_2_0"),
        ("redemption.rollback.succeeded", "ev_0_1_0"),
        ("redemption.succeeded", "ev_0_0_1"),
        ("redemption.succeeded", "ev_0_0_1"),
        ("customer.created", "ev_0_0_0"),
    ]
    assert ("redemption.rollback.failed", "ev_0_2_0") not in await told(insight, "r_10")
    assert await told(insight, "r_10", "type=customer.created") == [
        ("customer.created", "ev_0_0_0")
    ]
    assert await told(insight, "rf_3") == [("redemption.failed", "ev_0_4_0")]
    assert await told(insight, "r_11", "order=created_at") == (await told(insight, "r_11"))[::-1]


async def test_it_is_linked_both_ways(insight: Insight) -> None:
    tell(insight)
    await insight.filled()
    page = await insight.get("/v1/redemptions/r_11/activity?type=redemption.rollback.succeeded")
    (entry,) = page["data"]
    assert [each["id"] for each in entry["api_calls"]] == ["v-7"]
    event = await insight.get(f"/v1/audit/events/{entry['event_id']}")
    assert (event["log_id"], event["api_calls"]) == (entry["log_id"], entry["api_calls"])
    assert entry["data"]["redemption_rollback"]["id"] in event["redemption_ids"]
    called = await insight.get("/v1/audit/api-calls/v-7")
    assert called["events"] == [entry["event_id"]]
    (first,) = (await insight.get("/v1/audit/events?type=redemption.failed"))["data"]
    assert first["redemption_ids"] == ["rf_3"]
    (customer,) = (await insight.get("/v1/audit/events?type=customer.created"))["data"]
    assert customer["redemption_ids"] == []


async def test_pages_go_on_from_a_cursor_and_what_is_wrong_is_named(insight: Insight) -> None:
    tell(insight)
    path = "/v1/redemptions/r_11/activity"
    whole = [each["id"] for each in (await insight.get(path))["data"]]
    first = await insight.get(f"{path}?limit=2")
    assert [each["id"] for each in first["data"]] == whole[:2]
    after = first["more_starting_after"]
    rest = await insight.get(f"{path}?starting_after_id={after}")
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (whole[2:], False)
    for query in ("starting_after_id=act_9", "order=type", "page=1", "colour=red"):
        answer = await insight.get(f"{path}?{query}", status=400)
        assert query.partition("=")[0] in answer["details"]
    assert (await insight.get("/v1/redemptions/r_91/activity", status=404))["key"] == "not_found"


async def test_the_parent_of_a_stack_shows_all_of_it(insight: Insight) -> None:
    tell(insight)
    types = [kind for kind, _ in await told(insight, "r_1")]
    assert types.count("redemption.succeeded") == 3
