"""What lists find by a category: its name of now or its id, whenever what is in it was changed last."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from schemas.campaigns import Campaign, CampaignCreated
from schemas.categories import Category, CategoryCreated, CategoryDeleted, CategoryUpdated
from schemas.discounts import Discount
from schemas.promotion_events import StackCreated
from schemas.promotions import PromotionStack, PromotionTier
from schemas.voucher_events import VoucherCreated, VoucherDeleted
from schemas.vouchers import Voucher
from tests.integration.insight_host import Insight, is_, running
from tests.unit.services.audit.examples import START, decided

OFF = Discount("AMOUNT", 500)
CATEGORY = Category("cat_1", "hot", 1, START)
OTHER = Category("cat_2", "cold", 2, START)
VOUCHERS = [
    Voucher("v_1", "A", "DISCOUNT_VOUCHER", START, OFF, category="hot", category_id="cat_1"),
    Voucher("v_2", "B", "DISCOUNT_VOUCHER", START, OFF, category="cold", category_id="cat_2"),
    Voucher("v_3", "C", "DISCOUNT_VOUCHER", START, OFF),
]
SALE = Campaign("camp_1", "Sale", "PROMOTION", "STATIC", START, category="hot", category_id="cat_1")
TIERS = (
    PromotionTier("promo_1", "camp_1", "In", START, OFF, hierarchy=1, category_id="cat_1"),
    PromotionTier("promo_2", "camp_1", "Out", START, OFF, hierarchy=2),
)
STACK = PromotionStack("stack_1", "camp_1", "S", START, ("promo_1",), category_id="cat_1")


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        found.world.append(
            decided(CategoryCreated(CATEGORY), CategoryCreated(OTHER)),
            decided(*map(VoucherCreated, VOUCHERS)),
            decided(CampaignCreated(SALE, TIERS), StackCreated(STACK)),
        )
        yield found


async def ids(insight: Insight, path: str, query: str) -> list[str]:
    answer = await insight.get(f"/v1/{path}?{query}")
    return sorted(each["id"] for each in answer[answer["data_ref"]])


LISTS = {
    "vouchers": "v_1",
    "campaigns": "camp_1",
    "promotions/tiers": "promo_1",
    "promotions/stacks": "stack_1",
}


@pytest.mark.parametrize("path", LISTS)
async def test_a_category_is_found_by_its_name_of_now(insight: Insight, path: str) -> None:
    own = [LISTS[path]]
    assert await ids(insight, path, is_("categories", "$is", "hot")) == own
    assert await ids(insight, path, is_("category_ids", "$in", "cat_1")) == own
    insight.world.append(decided(CategoryUpdated(structs.replace(CATEGORY, name="warm"))))
    assert await ids(insight, path, is_("categories", "$is", "hot")) == []
    assert await ids(insight, path, is_("categories", "$starts_with", "wa")) == own
    assert await ids(insight, path, is_("category_id", "$is", "cat_1")) == own
    insight.world.append(decided(CategoryDeleted(CATEGORY)))
    assert await ids(insight, path, is_("categories", "$is", "warm")) == []
    assert await ids(insight, path, is_("category_ids", "$is", "cat_1")) == []


async def test_vouchers_are_asked_for_by_the_name_or_the_id(insight: Insight) -> None:
    for named in ("hot", "cat_1"):
        assert await ids(insight, "vouchers", f"category={named}") == ["v_1"]
    insight.world.append(decided(CategoryUpdated(structs.replace(CATEGORY, name="warm"))))
    assert await ids(insight, "vouchers", "category=warm") == ["v_1"]
    assert await ids(insight, "vouchers", "category=hot") == []
    unknown = is_("categories", "$is_unknown", "true")
    assert await ids(insight, "vouchers", unknown) == ["v_3"]


async def test_what_is_in_each_category_is_counted_as_it_is_now(insight: Insight) -> None:
    path = "/v1/analytics/summaries?by=category&ids=cat_1,cat_2,none"
    counted = ("vouchers_count", "campaigns_count", "tiers_count", "stacks_count")

    async def counts() -> list[tuple[int, ...]]:
        return [tuple(row[each] for each in counted) for row in (await insight.get(path))["data"]]

    assert await counts() == [(1, 1, 1, 1), (1, 0, 0, 0), (0, 0, 0, 0)]
    insight.world.append(decided(VoucherDeleted("v_2", "B")))
    assert (await counts())[1] == (0, 0, 0, 0)
    answer = await insight.get(f"{path}&start_date=2024-01-01", status=400)
    assert "start_date" in answer["details"]
