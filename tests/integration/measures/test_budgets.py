"""Budgets over a real engine: their use as it was reckoned by hand, and as the state tallies it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from engine.rules.caps import CAPPED
from schemas.assignments import RuleAssigned, RuleAssignment, RuleUnassigned
from schemas.campaigns import Campaign, CampaignUpdated
from schemas.rules import ValidationRule, ValidationRuleCreated
from services.analytics.measures.budgets import UNITS
from tests.integration.insight_host import Insight, running
from tests.integration.measures.metrics_story import tell
from tests.unit.services.audit.examples import DAY, START, applicable, decided, succeeded

NAMES = {
    "campaign.redemptions.count": 10,
    "campaign.orders.amount_discounted": 1000,
    "campaign.orders.amount": 5000,
    "campaign.redemptions.customers_count": 2,
}


def rule(number: int, *names: str) -> ValidationRuleCreated:
    rules = {
        str(place): {"name": name, "conditions": {"$less_than_or_equal": [NAMES[name]]}}
        for place, name in enumerate(names)
    }
    definition = msgspec.json.encode(rules).decode()
    return ValidationRuleCreated(
        ValidationRule(f"val_{number}", f"Rule {number}", START, definition)
    )


def bound(number: int, campaign: str) -> RuleAssignment:
    return RuleAssignment(f"asgm_{campaign}_{number}", f"val_{number}", campaign, "campaign", START)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    """The story; it is told nine days after its beginning."""
    async with running(tmp_path) as found:
        tell(found.world)
        camp_2 = Campaign(
            "camp_2", "name of camp_2", "DISCOUNT_COUPONS", "STATIC", START,
            start_date=START, expiration_date=START + 18 * DAY,
        )  # fmt: skip
        order = structs.replace(
            succeeded(applicable("A", 300, "camp_1"), ids="8", amount=800, by="cust_3"),
        )
        assert order.evaluation.order is not None
        initial = structs.replace(order.evaluation.order, initial_amount=750)
        order = structs.replace(order, evaluation=structs.replace(order.evaluation, order=initial))
        found.world.append(
            decided(rule(1, *NAMES), rule(2, "campaign.redemptions.count")),
            decided(CampaignUpdated(camp_2)),
            decided(RuleAssigned(bound(1, "camp_1"), 1), RuleAssigned(bound(2, "camp_2"), 1)),
            decided(RuleAssigned(bound(1, "camp_2"), 2)),
            decided(RuleUnassigned(bound(1, "camp_2"), 1)),
            decided(RuleAssigned(bound(2, "c9"), 1)),
            decided(order, at=START + 7 * DAY),
        )
        yield found


async def budgets(insight: Insight, query: str = "") -> list[dict[str, Any]]:
    found = await insight.get(f"/v1/analytics/budgets{query}")
    return [dict(each) for each in found["budgets"]]


async def test_every_bound_is_told_with_what_is_used_of_it(insight: Insight) -> None:
    told = await budgets(insight)
    assert [
        (each["campaign"]["id"], each["budget"], each["limit"], each["used"]) for each in told
    ] == [
        # cust_1 has one redemption left, since the stack was taken back
        ("camp_1", "campaign.redemptions.customers_count", 2, 3),
        # 30 + 20 + 300
        ("camp_1", "campaign.orders.amount_discounted", 1000, 350),
        ("camp_1", "campaign.redemptions.count", 10, 3),
        # before the units that a discount added
        ("camp_1", "campaign.orders.amount", 5000, 750),
        # B was taken back
        ("camp_2", "campaign.redemptions.count", 10, 0),
    ]
    assert [each["left"] for each in told] == [0, 650, 7, 4250, 10]
    assert told[0]["validation_rule"] == {"id": "val_1", "name": "Rule 1"}
    assert {each["budget"]: each["unit"] for each in told} == dict(UNITS)


async def test_the_pace_says_when_a_budget_runs_out(insight: Insight) -> None:
    """Of the last two days, in which 300 were given: 150 a day, and 650 are left."""
    (money,) = [
        each
        for each in await budgets(insight, "?campaign=camp_1&days=2")
        if each["budget"] == "campaign.orders.amount_discounted"
    ]
    assert (money["per_day"], money["share"]) == (150, 0.35)
    # 9 days after 2023-11-14T22:13:20 the story is told, and 4 days and 8 hours later it is spent
    assert money["runs_out_at"] == "2023-11-28T06:13:20.000Z"
    assert money["campaign_ends_at"] is None
    (slow,) = [
        each
        for each in await budgets(insight, "?campaign=camp_1&days=1")
        if each["budget"] == "campaign.orders.amount_discounted"
    ]
    assert (slow["per_day"], slow["runs_out_at"]) == (0, None)


async def test_a_campaign_that_is_half_over_plans_half_of_its_budget(insight: Insight) -> None:
    (planned,) = await budgets(insight, "?campaign=name%20of%20camp_2")
    assert (planned["planned_share"], planned["share"]) == (0.5, 0)
    assert planned["campaign_ends_at"] == "2023-12-02T22:13:20.000Z"


async def test_of_campaigns_that_are_named_it_is_the_one_that_is_used_most(
    insight: Insight,
) -> None:
    told = await budgets(insight, "?ids=camp_2,camp_1,nobody,camp_2&limit=100")
    assert [(each["campaign"]["id"], each["budget"]) for each in told] == [
        ("camp_1", "campaign.redemptions.customers_count"),
        ("camp_2", "campaign.redemptions.count"),
    ]
    assert await budgets(insight, "?ids=nobody") == []


async def test_a_page_has_a_limit(insight: Insight) -> None:
    found = await insight.get("/v1/analytics/budgets?limit=2")
    assert (len(found["budgets"]), found["has_more"], found["days"]) == (2, True, 7)
    answer = await insight.text("/v1/analytics/budgets?format=csv&campaign=camp_2&days=2")
    head, row = (line.split(",") for line in answer.splitlines())
    assert head[:5] == ["campaign", "name", "validation_rule", "budget", "unit"]
    assert dict(zip(head, row, strict=True)) == {
        "campaign": "camp_2",
        "name": "name of camp_2",
        "validation_rule": "val_2",
        "budget": "campaign.redemptions.count",
        "unit": "count",
        "limit": "10",
        "used": "0",
        "left": "10",
        "share": "0",
        "planned_share": "0.5",
        "per_day": "0",
        "runs_out_at": "",
        "campaign_ends_at": "2023-12-02T22:13:20.000Z",
    }


REFUSED = (
    ("colour=red", "colour"),
    ("days=0", "days"),
    ("days=91", "days"),
    ("limit=0", "limit"),
    ("format=xml", "format"),
    ("ids=", "ids"),
    ("ids=" + ",".join(map(str, range(101))), "ids"),
    ("ids=camp_1&campaign=camp_1", "ids"),
)


async def test_what_cannot_be_asked_is_refused_by_name(insight: Insight) -> None:
    for query, named in REFUSED:
        found = await insight.get(f"/v1/analytics/budgets?{query}", 400)
        assert f"`{named}`" in found["details"], query


async def test_another_project_has_no_budgets(insight: Insight) -> None:
    found = await insight.get("/v1/analytics/budgets", headers={"x-tessera-project": "other"})
    assert found["budgets"] == []
    query = "/v1/analytics/budgets?campaign=camp_1"
    assert (await insight.get(query, 404, {"x-tessera-project": "other"}))["key"] == "not_found"


def test_every_bound_has_a_unit() -> None:
    assert set(UNITS) == set(CAPPED)
