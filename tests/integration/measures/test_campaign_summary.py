"""The numbers of a campaign over a real chDB."""

from pathlib import Path

from runtime.clickhouse.database import Query
from schemas.balances import BalanceAdjusted
from schemas.campaigns import CampaignCreated, CampaignDeleted
from schemas.errors import refuse
from schemas.redemptions import RollbackFailed
from schemas.voucher_events import VoucherDeleted
from services.analytics.measures.campaign_summary import (
    facts_of,
    failed_rollbacks_of,
    living_campaign,
    redeemed_of,
)
from services.analytics.measures.queries import TIME_MAX, FactSelection, find_campaign
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
