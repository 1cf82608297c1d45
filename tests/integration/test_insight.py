"""What the insight host answers: the history, totals, and what is refused."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from schemas.base import AMOUNT_MAX
from schemas.campaigns import Campaign, CampaignCreated
from schemas.evaluations import Evaluation
from schemas.observations import ValidationObserved
from schemas.orders import Order
from schemas.redemptions import RedemptionSucceeded
from services.analytics.sink.redemption_facts import REDEMPTION_FACTS, RedemptionFact
from tests.integration.insight_host import Insight, running
from tests.integration.insight_world import World
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    created,
    customer_created,
    decided,
    failed,
    rolled_back,
    succeeded,
)

EITHER = "filters[junction]=or&filters[failure_code][conditions][$has_value]="


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


CAMPAIGN = Campaign("camp_1", "name of camp_1", "DISCOUNT_COUPONS", "STATIC", START)


def history(world: World) -> None:
    world.append(
        decided(CampaignCreated(CAMPAIGN), created("A", "camp_1"), created("B")),
        decided(customer_created(1)),
        decided(
            succeeded(applicable("A", 100, "camp_1"), applicable("B", 50), ids="1", by="cust_1")
        ),
        decided(failed("Z", "not_found", ids="3"), at=START + 1),
        decided(succeeded(applicable("A", 100, "camp_1"), ids="2"), at=START + DAY),
        decided(rolled_back("A", "B", ids="1"), at=START + 2 * DAY),
        decided(created("C"), failed("C", ids="9"), project="other"),
    )


async def test_redemptions_are_listed_newest_first_with_what_came_later(insight: Insight) -> None:
    history(insight.world)
    found = await insight.get("/v1/redemptions?limit=100")
    assert (found["object"], found["data_ref"], found["total"]) == ("list", "redemptions", 8)
    assert [each["id"] for each in found["redemptions"]] == [
        "rr_1", "rr_11", "rr_10", "r_20", "rf_3", "r_1", "r_11", "r_10",
    ]  # fmt: skip
    child = found["redemptions"][-1]
    assert child["status"] == "ROLLED_BACK"
    assert child["related_redemptions"]["rollbacks"][0]["id"] == "rr_10"
    assert child["customer"] == {
        "id": "cust_1", "name": "Ada", "email": "ada@example.com", "source_id": "source_1",
        "metadata": {}, "object": "customer",
    }  # fmt: skip
    parent = await insight.get("/v1/redemptions/r_1")
    assert parent["status"] == "ROLLED_BACK"
    assert len(parent["related_redemptions"]["redemptions"]) == 2


FILTERED: tuple[tuple[str, list[str]], ...] = (
    ("voucher_code=B", ["rr_11", "r_11"]),
    ("filters[voucher_code][conditions][$in][0]=Z&filters[voucher_code][conditions][$in][1]=B",
     ["rr_11", "rf_3", "r_11"]),
    ("filters%5Bresult%5D%5Bconditions%5D%5B%24is%5D=FAILURE", ["rf_3"]),
    ("[filters][failure_code][conditions][$is]=not_found", ["rf_3"]),
    ("filters[object][conditions][$is_not]=redemption", ["rr_1", "rr_11", "rr_10"]),
    (f"{EITHER}&filters[customer_id][conditions][$is]=cust_1",
     ["rf_3", "r_1", "r_11", "r_10"]),
    ("filters[failure_code][conditions][$has_value]=true", ["rf_3"]),
    ("filters[failure_code][conditions][$is_unknown]=false", ["rf_3"]),
    ("filters[parent_redemption_id][conditions][$has_value]=false",
     ["rr_1", "r_20", "rf_3", "r_1"]),
    ("filters[parent_redemption_id][conditions][$is_unknown]=",
     ["rr_1", "r_20", "rf_3", "r_1"]),
    ("customer=cust_1", ["r_1", "r_11", "r_10"]),
    ("customer=nobody", []),
    ("filters[parent_redemption_id][conditions][$starts_with]=r_", ["r_11", "r_10"]),
    ("result=Failure-NotExist", ["rf_3"]),
    ("result=success&customer=source_1", ["r_1", "r_11", "r_10"]),
    ("campaign=name%20of%20camp_1&filters[object][conditions][$is]=redemption",
     ["r_20", "r_10"]),
    ("created_at[after]=2023-11-15&created_at[before]=2023-11-16", ["r_20"]),
    ("order=id&limit=2&page=2", ["r_11", "r_20"]),
    ("page=1000", []),
)  # fmt: skip


async def test_redemptions_are_filtered(insight: Insight) -> None:
    history(insight.world)
    for query, ids in FILTERED:
        assert await insight.ids(query) == ids, query


REFUSED = (
    ("/v1/redemptions?page=1001", "page_over_limit", ""),
    ("/v1/redemptions?limit=0", "invalid_query_params", "limit"),
    ("/v1/redemptions?colour=red", "invalid_query_params", "colour"),
    ("/v1/redemptions?result=maybe", "invalid_query_params", "result"),
    ("/v1/redemptions?filters[colour][conditions][$is]=x", "invalid_query_params", "colour"),
    ("/v1/redemptions?filters[result][conditions][$as]=x", "invalid_query_params", "$as"),
    ("/v1/redemptions?filters[result][conditions][$has_value]=no", "invalid_query_params",
     "$has_value"),
    ("/v1/redemptions?customer=", "invalid_query_params", "customer"),
    ("/v1/redemptions?campaign=", "invalid_query_params", "campaign"),
    ("/v1/redemptions?voucher_code=", "invalid_query_params", "voucher_code"),
    ("/v1/vouchers?code=", "invalid_query_params", "code"),
    ("/v1/vouchers?order=id", "invalid_query_params", "order"),
    ("/v1/analytics/totals?campaign=", "invalid_query_params", "campaign"),
    ("/v1/analytics/totals?from=0001-01-01T00:00:00%2B14:00", "invalid_query_params", "from"),
    ("/v1/analytics/totals?to=9999-12-31T23:59:59-14:00", "invalid_query_params", "to"),
    ("/v1/analytics/totals?from=2024-01-02&to=2024-01-01", "invalid_query_params", "from"),
    ("/v1/analytics/totals?from=x", "invalid_query_params", "from"),
    ("/v1/analytics/totals?since=2024-01-01", "invalid_query_params", "since"),
)  # fmt: skip


async def test_a_bad_query_is_refused_by_name(insight: Insight) -> None:
    for path, key, named in REFUSED:
        found = await insight.get(path, 400)
        assert found["key"] == key, path
        assert named in found.get("details", ""), path


async def test_every_kind_of_object_is_found_by_id_and_only_in_its_project(
    insight: Insight,
) -> None:
    history(insight.world)
    for redemption_id in ("r_10", "r_1", "rf_3", "rr_10"):
        assert (await insight.get(f"/v1/redemptions/{redemption_id}"))["id"] == redemption_id
    for missing in ("rf_9", "r_99", "%00", "x%27--"):
        assert (await insight.get(f"/v1/redemptions/{missing}", 404))["key"] == "not_found"
    other = await insight.get("/v1/redemptions", headers={"x-tessera-project": "other"})
    assert [each["id"] for each in other["redemptions"]] == ["rf_9"]


async def test_vouchers_are_listed_as_they_are_now(insight: Insight) -> None:
    history(insight.world)
    found = await insight.get("/v1/vouchers?order=code")
    assert [(each["code"], each["object"]) for each in found["vouchers"]] == [
        ("A", "voucher"),
        ("B", "voucher"),
    ]
    assert found["total"] == 2
    assert [each["code"] for each in (await insight.get("/v1/vouchers?code=B"))["vouchers"]] == [
        "B"
    ]


async def test_totals_over_http(insight: Insight) -> None:
    history(insight.world)
    insight.world.observe(ValidationObserved("valid_1", PROJECT, START, True, "server"))
    found = await insight.get("/v1/analytics/totals")
    assert (found["from"], found["to"]) == ("1970-01-01T00:00:00.000Z", "2023-11-23T22:13:20.000Z")
    assert found["totals"] == {
        "redemptions_succeeded": 3, "redemptions_failed": 1, "redemptions_rolled_back": 2,
        "validations_valid": 1, "validations_invalid": 0, "discount_amount": 100,
        "order_amount": 1000, "order_total_amount": 900, "unique_customers": 1,
    }  # fmt: skip
    assert (await insight.totals("campaign=camp_1"))["redemptions_succeeded"] == 2
    assert await insight.totals("campaign=name%20of%20camp_1") == (
        await insight.totals("campaign=camp_1")
    )
    unknown = await insight.get("/v1/analytics/totals?campaign=nope", 404)
    assert (unknown["key"], unknown["resource_type"]) == ("not_found", "campaign")


async def test_the_ends_of_the_calendar_are_a_period(insight: Insight) -> None:
    history(insight.world)
    ends = "from=0001-01-01&to=9999-12-31T23:59:59.999999Z"
    found = await insight.get(f"/v1/analytics/totals?{ends}")
    assert (found["from"], found["to"]) == ("0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z")
    assert found["totals"] == await insight.totals()


async def test_sums_do_not_wrap(insight: Insight) -> None:
    place, rest = ("ledger", 0), ("", "", "", AMOUNT_MAX, AMOUNT_MAX, AMOUNT_MAX, 1, 1)
    rows = [
        (*place, n, 0, "", *RedemptionFact(PROJECT, START, "succeeded", f"r_{n}", *rest))
        for n in range(20_000)
    ]
    await insight.database.insert(REDEMPTION_FACTS, rows)
    found = await insight.totals()
    for name in ("discount_amount", "order_amount", "order_total_amount"):
        assert found[name] == 20_000 * AMOUNT_MAX > 2**64


async def test_an_order_that_is_used_again_counts_for_each_request(insight: Insight) -> None:
    order = Order("ord_1", amount=10_000, discount_amount=500)
    again = structs.replace(order, discount_amount=800)
    first, second = (
        RedemptionSucceeded(Evaluation((applicable(code, off),), each), (f"r_{ids}0",))
        for code, off, each, ids in (("A", 500, order, "1"), ("B", 300, again, "2"))
    )
    insight.world.append(decided(first), decided(second), decided(rolled_back("A", ids="1")))
    found = await insight.totals()
    assert (found["redemptions_succeeded"], found["redemptions_rolled_back"]) == (2, 1)
    assert found["discount_amount"] == 500 + 300 - 500
    assert found["order_amount"] == 20_000 - 10_000
    assert found["order_total_amount"] == 9500 + 9200 - 9500


async def test_who_asks_for_more_than_is_there_is_asked_to_come_again(insight: Insight) -> None:
    history(insight.world)
    found = await insight.get(
        "/v1/redemptions", 503, headers={"x-tessera-positions": "ledger/0=99"}
    )
    assert found["key"] == "unavailable"


async def test_the_tables_are_told_with_their_digests(insight: Insight) -> None:
    history(insight.world)
    found = {
        (each["table"], each["topic"]): each
        for each in (await insight.get("/internal/tables"))["tables"]
    }
    assert found["redemptions", "ledger"]["rows"] == 9
    assert found["redemptions", "ledger"]["offset"] == found["redemptions", "ledger"]["last"] == 6
    assert {each["position"] for (_, topic), each in found.items() if topic == "ledger"} == {6}
    assert found["validation_facts", "validations"]["rows"] == 0
    assert found["validation_facts", "validations"]["position"] == -1


async def test_tables_that_are_behind_are_not_told(
    insight: Insight, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.clickhouse.sinks.SETTLED_SECONDS_MAX", 0.1)
    history(insight.world)
    await insight.get("/v1/redemptions")
    behind = {"x-tessera-positions": "ledger/0=6,validations/0=0"}
    assert (await insight.get("/internal/tables", 503, behind))["key"] == "unavailable"


async def test_health_names_every_sink(insight: Insight) -> None:
    parts = (await insight.get("/health"))["parts"]
    assert parts["sink ledger/0"]["state"] == "ok"
    assert parts["sink validations/0"]["state"] == "ok"
