"""The places of tiers in lists over a real engine: they follow moves that name nothing else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.campaigns import Campaign, CampaignCreated
from schemas.discounts import Discount
from schemas.promotion_events import TierDeleted, TiersMoved, TierUpdated
from schemas.promotions import PromotionTier
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import START, decided

SALE = Campaign("camp_1", "Sale", "PROMOTION", "STATIC", START, tiers_count=3, last_tier_place=3)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def tier(name: str, place: int) -> PromotionTier:
    off = Discount(type="AMOUNT", amount_off=100)
    return PromotionTier(f"promo_{name}", "camp_1", name, START + place, off, hierarchy=place)


async def shown(insight: Insight) -> list[tuple[str, int]]:
    """The tiers that the campaign shows; the list of all tiers has them in the same places."""
    [campaign] = (await insight.get("/v1/campaigns"))["campaigns"]
    listed = (await insight.get("/v1/promotions/tiers"))["tiers"]
    first = [(each["name"], each["hierarchy"]) for each in campaign["promotion"]["tiers"]]
    assert sorted(first) == sorted((each["name"], each["hierarchy"]) for each in listed)
    return first


async def test_lists_show_tiers_where_they_are(insight: Insight) -> None:
    tiers = (tier("A", 1), tier("B", 2), tier("C", 3))
    insight.world.append(decided(CampaignCreated(SALE, tiers)))
    assert await shown(insight) == [("A", 1), ("B", 2), ("C", 3)]
    moved = TiersMoved("camp_1", {"promo_A": 2, "promo_B": 3})
    insight.world.append(decided(moved, TierUpdated(tier("C", 1), SALE)))
    assert await shown(insight) == [("C", 1), ("A", 2), ("B", 3)]
    insight.world.append(decided(TierDeleted(tier("A", 2), SALE)))
    assert await shown(insight) == [("C", 1), ("B", 3)]
