"""The numbers of a campaign over a real chDB."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from runtime.clickhouse.database import Query
from schemas.balances import BalanceAdjusted
from schemas.campaigns import CampaignCreated, CampaignDeleted
from schemas.discounts import Discount
from schemas.errors import refuse
from schemas.evaluations import Outcome, Taken
from schemas.promotions import PromotionTier
from schemas.redemptions import RollbackFailed
from schemas.voucher_events import VoucherDeleted
from services.analytics.measures.campaign_summary import (
    facts_of,
    failed_rollbacks_of,
    living_campaign,
    redeemed_of,
)
from services.analytics.measures.queries import TIME_MAX, FactSelection, find_campaign
from tests.integration.insight_host import Insight, running
from tests.integration.insight_world import World
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    decided,
    failed,
    generated,
    rolled_back,
    succeeded,
)

MADE = generated("A", "B", gift=500)
REFUSED = RollbackFailed("rrf_1", "r_10", "v_A", refuse("already_rolled_back"))


async def test_a_campaign_counts_what_is_its_own(tmp_path: Path) -> None:
    world = World()
    stack = (applicable("A", 100, "c1"), applicable("B", 50, "c1"), applicable("C", 5, "c2"))
    world.append(
        decided(CampaignCreated(MADE.campaign), MADE),
        decided(succeeded(*stack, ids="1")),
        decided(succeeded(applicable("A", 30, "c1"), ids="2"), at=START + DAY),
        decided(failed("A", ids="3", campaign="c1")),
        decided(rolled_back("A", "B", "C", ids="1"), at=START + 2 * DAY),
        decided(REFUSED, at=START + 2 * DAY),
        decided(BalanceAdjusted(MADE.template, 30, "vtx_1")),
        decided(VoucherDeleted("v_A", "A", campaign=MADE.campaign, credits=400)),
    )
    every = FactSelection(PROJECT, 0, TIME_MAX, "c1")
    last_day = FactSelection(PROJECT, START + 2 * DAY, TIME_MAX, "c1")
    async with world.open(tmp_path) as database:
        await world.fill(database)
        assert await database.query(redeemed_of(every)) == [(3, 1, 2, 2000, 1000, 180, 150)]
        assert await database.query(redeemed_of(last_day)) == [(0, 0, 2, 0, 1000, 0, 150)]
        assert await database.query(failed_rollbacks_of(every)) == [(1,)]
        assert await database.query(
            failed_rollbacks_of(FactSelection(PROJECT, 0, START, "c1"))
        ) == [(0,)]
        assert sorted(await database.query(facts_of(every))) == [
            ("added", 1, 30),
            ("created", 2, 1000),
            ("deleted", 1, 400),
        ]


async def test_a_deleted_campaign_has_totals_but_no_summary(tmp_path: Path) -> None:
    world = World()
    world.append(decided(CampaignCreated(MADE.campaign)), decided(MADE))
    async with world.open(tmp_path) as database:
        await world.fill(database)
        for named in ("c1", "Spring"):
            assert len(await database.query(living_campaign(PROJECT, named))) == 1
            assert await database.query(find_campaign(PROJECT, named)) == [("c1",)]
        assert await database.query(living_campaign("other", "c1")) == []
        world.append(decided(CampaignDeleted(MADE.campaign, force=True)))
        await world.fill(database)
        assert await database.query(living_campaign(PROJECT, "c1")) == []
        assert await database.query(find_campaign(PROJECT, "Spring")) == [("c1",)]
        assert await database.query(Query("SELECT count() FROM tessera.campaigns FINAL")) == [(1,)]


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def of_tier(name: str, taken: int, campaign: str) -> Outcome:
    tier = PromotionTier(name, campaign, name, START, Discount("AMOUNT", taken))
    return Outcome("promotion_tier", name, "APPLICABLE", tier=tier, taken=Taken(order=taken))


async def test_the_numbers_of_a_page_are_those_of_each_summary(insight: Insight) -> None:
    second = structs.replace(MADE.campaign, id="c2", name="Other", campaign_type="DISCOUNT_COUPONS")
    stack = (applicable("A", 100, "c2"), applicable("B", 50, "c2"), applicable("C", 5, "c3"))
    insight.world.append(
        decided(CampaignCreated(MADE.campaign), MADE, CampaignCreated(second)),
        decided(succeeded(*stack, ids="1", by="cust_1")),
        decided(succeeded(applicable("A", 30, "c2"), ids="2", by="cust_1"), at=START + DAY),
        decided(failed("A", ids="3", campaign="c2")),
        decided(rolled_back("A", "B", "C", ids="1"), at=START + 2 * DAY),
        decided(VoucherDeleted("v_A", "A", campaign=MADE.campaign, credits=400)),
        decided(succeeded(of_tier("t1", 70, "c4"), of_tier("t2", 20, "c4"), ids="5")),
    )
    for period in ("", "&start_date=2023-11-16&end_date=2023-11-20"):
        path = f"/v1/analytics/summaries?ids=c2,c1,none{period}"
        second_row, first_row, nothing = (await insight.get(path))["data"]
        for row in (first_row, second_row):
            whole = await insight.get(f"/v1/campaigns/{row['id']}/summary?{period[1:]}")
            shared = row.keys() & whole.keys() - {"object"}
            assert {name: row[name] for name in shared} == {name: whole[name] for name in shared}
            assert "orders_amount" in shared
        assert set(nothing.values()) == {"none", "campaign_numbers", 0}
    # a page of campaigns asks for all that it shows at once
    page = ["c2", *(f"camp_{number:024x}" for number in range(99))]
    rows = (await insight.get(f"/v1/analytics/summaries?ids={','.join(page)}"))["data"]
    assert [each["id"] for each in rows] == page
    (row,) = (await insight.get("/v1/analytics/summaries?ids=c2"))["data"]
    assert (row["redemptions_succeeded"], row["unique_customers"]) == (3, 1)
    one, two = (await insight.get("/v1/analytics/summaries?by=tier&ids=t1,t2"))["data"]
    assert (one["discounted_amount"], one["orders_amount"]) == (70, 1000)
    assert (two["discounted_amount"], two["redemptions_succeeded"]) == (20, 1)
    many = ",".join(map(str, range(101)))
    for query in ("by=x&ids=a", "ids=", "ids=a,,b", f"ids={many}", "by=tier", "ids=a&page=1"):
        answer = await insight.get(f"/v1/analytics/summaries?{query}", status=400)
        assert answer["key"] == "invalid_query_params"
