"""Alerts and their thresholds over HTTP: what is taken, refused and shown."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from schemas.alerts import (
    PER_MINUTE_MAX,
    PERCENT_MAX,
    PLANS_MAX,
    QUIET_MINUTES_MAX,
    TIMES_MAX,
    RaiseAlert,
)
from schemas.base import AMOUNT_MAX
from tests.unit.services.world import CLIENT, OTHER, SERVER, World

PATH = "/v1/analytics/alerts"
THRESHOLDS = f"{PATH}/thresholds"
DEFAULTS = {
    "object": "alert_thresholds",
    "budget_percent": 150,
    "budgets": [],
    "code_redemptions_per_minute": 300,
    "code_times_usual": 5,
    "failures_per_minute": 50,
    "failures_times_usual": 5,
    "guesses_per_minute": 20,
    "quiet_minutes": 30,
    "updated_at": None,
}
CAMPAIGN = {
    "name": "Spring",
    "campaign_type": "DISCOUNT_COUPONS",
    "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 5}},
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as made:
        yield made


async def ask(
    world: World, method: str, path: str, body: Any = None, status: int = 200, **named: Any
) -> Any:
    answer = await world.call(method, path, body, **named)
    assert answer.status_code == status, answer.text
    return answer.json()


async def raised(world: World, kind: Any, subject: str, campaign: str | None = None) -> None:
    window = world.ledger.now // 60_000 * 60_000
    body = RaiseAlert(kind, subject, window, 30, 20, campaign)
    await world.ledger.send("proj", body, key_kind="system")
    world.ledger.now += 1000


async def test_a_project_begins_with_defaults(world: World) -> None:
    assert await ask(world, "GET", THRESHOLDS) == DEFAULTS


async def test_thresholds_are_replaced_as_a_whole(world: World) -> None:
    await ask(world, "PUT", THRESHOLDS, {"quiet_minutes": 5, "budget_percent": None})
    set_now = await ask(world, "PUT", THRESHOLDS, {"guesses_per_minute": 7})
    assert set_now.pop("updated_at") is not None
    expected = {**DEFAULTS, "guesses_per_minute": 7}
    del expected["updated_at"]
    assert set_now == expected
    assert (await ask(world, "GET", THRESHOLDS))["guesses_per_minute"] == 7


async def test_another_project_has_its_own(world: World) -> None:
    await ask(world, "PUT", THRESHOLDS, {"quiet_minutes": 5})
    await raised(world, "codes.guessed", "cust_1")
    assert await ask(world, "GET", THRESHOLDS, headers=OTHER) == DEFAULTS
    assert (await ask(world, "GET", PATH, headers=OTHER))["total"] == 0


async def test_a_plan_names_its_campaign_by_id_or_name(world: World) -> None:
    campaign = (await ask(world, "POST", "/v1/campaigns", CAMPAIGN))["id"]
    for named in ("Spring", campaign):
        plans = [{"campaign_id": named, "planned_per_hour": 100}]
        body = await ask(world, "PUT", THRESHOLDS, {"budgets": plans})
        assert body["budgets"] == [{"campaign_id": campaign, "planned_per_hour": 100}]


async def test_a_plan_of_no_campaign_or_of_one_twice_is_refused(world: World) -> None:
    plan = {"campaign_id": "Spring", "planned_per_hour": 100}
    refused = await ask(world, "PUT", THRESHOLDS, {"budgets": [plan]}, 400)
    assert ".budgets[0].campaign_id" in refused["details"]
    await ask(world, "POST", "/v1/campaigns", CAMPAIGN)
    refused = await ask(world, "PUT", THRESHOLDS, {"budgets": [plan, plan]}, 400)
    assert ".budgets[1].campaign_id" in refused["details"]


async def test_a_plan_may_outlive_its_campaign(world: World) -> None:
    campaign = (await ask(world, "POST", "/v1/campaigns", CAMPAIGN))["id"]
    plans = [{"campaign_id": campaign, "planned_per_hour": 100}]
    body = await ask(world, "PUT", THRESHOLDS, {"budgets": plans})
    assert (await world.call("DELETE", f"/v1/campaigns/{campaign}")).status_code == 202
    await ask(world, "GET", f"/v1/campaigns/{campaign}", None, 404)
    assert (await ask(world, "PUT", THRESHOLDS, body))["budgets"] == plans


LIMITS = [
    ("budget_percent", 0, PERCENT_MAX),
    ("code_redemptions_per_minute", 0, PER_MINUTE_MAX),
    ("code_times_usual", 1, TIMES_MAX),
    ("failures_per_minute", 0, PER_MINUTE_MAX),
    ("failures_times_usual", 1, TIMES_MAX),
    ("guesses_per_minute", 0, PER_MINUTE_MAX),
    ("quiet_minutes", 1, QUIET_MINUTES_MAX),
]


@pytest.mark.parametrize(("name", "least", "most"), LIMITS)
async def test_a_threshold_has_limits(world: World, name: str, least: int, most: int) -> None:
    for right in (least, most):
        assert (await ask(world, "PUT", THRESHOLDS, {name: right}))[name] == right
    for wrong in (least - 1, most + 1, 1.5, "7", True):
        refused = await ask(world, "PUT", THRESHOLDS, {name: wrong}, 400)
        assert name in refused["details"]


@pytest.mark.parametrize(
    ("budgets", "named"),
    [
        ([{"campaign_id": "Spring"}], "planned_per_hour"),
        ([{"planned_per_hour": 1}], "campaign_id"),
        ([{"campaign_id": "", "planned_per_hour": 1}], "campaign_id"),
        ([{"campaign_id": "Spring", "planned_per_hour": -1}], "planned_per_hour"),
        ([{"campaign_id": "Spring", "planned_per_hour": AMOUNT_MAX + 1}], "planned_per_hour"),
        ([{"campaign_id": "Spring", "planned_per_hour": 1}] * (PLANS_MAX + 1), "budgets"),
        ("Spring", "budgets"),
    ],
)
async def test_a_plan_is_whole(world: World, budgets: Any, named: str) -> None:
    refused = await ask(world, "PUT", THRESHOLDS, {"budgets": budgets}, 400)
    assert named in refused["details"]


async def test_an_alert_is_shown_with_what_it_is_about(world: World) -> None:
    await raised(world, "budget.burning", "camp_1", "camp_1")
    (alert,) = (await ask(world, "GET", PATH))["alerts"]
    assert alert.pop("id").startswith("alert_")
    assert all(alert.pop(name) for name in ("started_at", "lasted_until", "created_at"))
    assert alert == {
        "object": "alert",
        "type": "budget.burning",
        "related_object": {"object": "campaign", "id": "camp_1"},
        "campaign_id": "camp_1",
        "value": 30,
        "threshold": 20,
    }


async def test_the_list_is_filtered_paged_and_ordered(world: World) -> None:
    campaign = (await ask(world, "POST", "/v1/campaigns", CAMPAIGN))["id"]
    await raised(world, "budget.burning", campaign, campaign)
    await raised(world, "failures.rising", f"{campaign}/voucher_expired", campaign)
    await raised(world, "codes.guessed", "cust_1")

    async def kinds(query: str) -> list[str]:
        return [each["type"] for each in (await ask(world, "GET", f"{PATH}?{query}"))["alerts"]]

    assert await kinds("") == ["codes.guessed", "failures.rising", "budget.burning"]
    assert await kinds("order=created_at&limit=1&page=2") == ["failures.rising"]
    assert await kinds("type=codes.guessed") == ["codes.guessed"]
    assert await kinds("campaign=Spring") == ["failures.rising", "budget.burning"]
    assert await kinds(f"campaign={campaign}&type=budget.burning") == ["budget.burning"]
    assert await kinds("campaign=camp_none") == []


@pytest.mark.parametrize(
    ("query", "named"),
    [("type=other", "type"), ("since=1", "since"), ("limit=0", "limit"), ("order=value", "order")],
)
async def test_what_the_list_does_not_know_is_refused(world: World, query: str, named: str) -> None:
    refused = await ask(world, "GET", f"{PATH}?{query}", None, 400)
    assert named in refused["details"]


async def test_only_server_side_keys_see_alerts(world: World) -> None:
    for method, path in (("GET", PATH), ("GET", THRESHOLDS), ("PUT", THRESHOLDS)):
        answer = await world.call(method, path, {}, CLIENT)
        assert answer.status_code in (401, 403, 404)
        assert (await world.call(method, path, {}, SERVER)).status_code == 200
