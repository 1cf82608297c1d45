"""The list of vouchers over a real engine: every filter, page and cursor."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.campaigns import CampaignCreated, CampaignDeleted, VouchersGenerated
from schemas.categories import Category, CategoryCreated
from schemas.discounts import Discount
from schemas.voucher_events import VoucherCreated, VoucherDeleted, VoucherUpdated
from schemas.vouchers import Voucher
from tests.integration.insight_host import Insight, is_, running
from tests.integration.insight_world import World
from tests.integration.listed import A, B, C, campaign
from tests.unit.services.audit.examples import DAY, START, applicable, decided, succeeded

D = Voucher("v_D", "d", "DISCOUNT_VOUCHER", START + DAY, Discount("AMOUNT", 1))


def shop(world: World) -> None:
    world.append(
        decided(CategoryCreated(Category("cat_1", "hot", 1, START))),
        decided(*(VoucherCreated(each) for each in (A, B, C, D))),
        decided(
            VoucherUpdated(
                Voucher("v_D", "d", "DISCOUNT_VOUCHER", START + DAY, updated_at=START + 2 * DAY)
            )
        ),
        decided(VoucherCreated(Voucher("v_E", "E", "DISCOUNT_VOUCHER", START))),
        decided(VoucherDeleted("v_E", "E")),
        decided(VoucherCreated(Voucher("v_X", "X", "DISCOUNT_VOUCHER", START)), project="other"),
    )


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


async def vouchers(insight: Insight, query: str) -> str:
    found = await insight.get(f"/v1/vouchers?order=code&{query}")
    codes = [each["id"][-1] for each in found["vouchers"]]
    assert found["total"] == len(codes)
    return "".join(codes)


#: In the order of their codes: GIFT-B, SUMMER-A, SUMMER-C, d.
VOUCHER_FILTERS = [
    ("", "BACD"),
    ("code=d", "D"),
    ("campaign=summer", "AC"), ("campaign=camp_1", "AC"), ("campaign_id=camp_1", "AC"),
    ("category=hot", "A"), ("customer=cust_1", "B"), ("customer=nobody", ""),
    ("ids=v_A&ids=v_D", "AD"), ("ids[0]=v_A&ids[1]=v_X", "A"),
    ("is_referral_code=true", ""), ("is_referral_code=false", "BACD"),
    ("created_at[after]=2023-11-15", "CD"), ("created_at[before]=2023-11-15", "BA"),
    ("updated_at[after]=2023-11-15", "D"), ("updated_at[before]=2030-01-01", "D"),
    (is_("code", "$is", "d"), "D"), (is_("code", "$is_not", "d"), "BAC"),
    (is_("code", "$in", "d", "GIFT-B"), "BD"), (is_("code", "$not_in", "d", "GIFT-B"), "AC"),
    (is_("code", "$starts_with", "SUM"), "AC"), (is_("code", "$ends_with", "-C"), "C"),
    (is_("code", "$contains", "-"), "BAC"), (is_("code", "$not_contain", "-"), "D"),
    (is_("campaign_ids", "$has_value", ""), "AC"), (is_("campaign_ids", "$is_unknown", ""), "BD"),
    (is_("type", "$is", "gift_voucher"), "B"), (is_("discount.type", "$is", "PERCENT"), "C"),
    (is_("categories", "$is", "hot"), "A"), (is_("holder_id", "$is", "cust_1"), "B"),
    (is_("active", "$active", ""), "D"), (is_("active", "$expired", ""), "A"),
    (is_("active", "$enabled", ""), "ACD"), (is_("active", "$disabled", ""), "B"),
    (is_("active", "$active", "false"), "BAC"), ("filters[active][$disabled]=", "B"),
    (is_("is_referral_code", "$is", "TRUE"), ""), (is_("is_referral_code", "$is", "FALSE"), "BACD"),
    (is_("expiration_date", "$has_value", ""), "A"), (is_("expiration_date", "$before", "2023-11-20"), "A"),
    (is_("start_date", "$after", "2023-11-20"), "C"),
    (is_("start_date", "$more_than", "9"), "A"), (is_("start_date", "$less_than", "11"), "A"),
    (is_("start_date", "$less_than_future", "12"), "C"),
    (is_("start_date", "$more_than_future", "10.5"), "C"),
    (is_("created_at", "$is_days_ago", "9"), "BA"), (is_("created_at", "$is", "2023-11-14"), "BA"),
    (is_("created_at", "$is_not", "2023-11-14"), "CD"),
    (is_("updated_at", "$is_unknown", "true"), "BAC"),
    (is_("redemption.redeemed_quantity", "$more_than", "0"), "A"),
    (is_("redemption.redeemed_quantity", "$less_than_equal", "0"), "BCD"),
    (is_("redemption.quantity", "$is", "3"), "A"), (is_("redemption.quantity", "$in", "1", "3"), "AC"),
    (is_("redemption.quantity", "$less_than", "3"), "C"),
    (is_("redemption.quantity", "$more_than_equal", "1"), "AC"),
    (is_("redemption.quantity", "$is_unknown", ""), "BD"),
    (is_("redemption.quantity", "$not_in", "3"), "BCD"),
    (is_("gift.balance", "$is", "2000"), "B"), (is_("gift.amount", "$more_than", "4999"), "B"),
    (is_("metadata.tier", "$is", "gold"), "A"), (is_("metadata.tier", "$is_not", "gold"), "BCD"),
    (is_("metadata.tier", "$in", "gold", "silver"), "BA"),
    (is_("metadata.tier", "$contains", "l"), "BA"), (is_("metadata.tier", "$starts_with", "s"), "B"),
    (is_("metadata.tier", "$has_value", ""), "BA"), (is_("metadata.none", "$has_value", ""), ""),
    (is_("metadata.n", "$is", "5"), "A"), (is_("metadata.n", "$more_than", "5"), "B"),
    (is_("metadata.n", "$less_than_equal", "12.5"), "BA"), (is_("metadata.flag", "$is", "true"), "B"),
    (is_("metadata.tags", "$is", "y"), "A"), (is_("metadata.since", "$after", "2024-02-28"), "A"),
    (is_("metadata.since", "$before", "2024-02-28"), ""), (is_("metadata.tier", "$more_than", "1"), ""),
    (f"{is_('metadata.tier', '$is', 'gold')}&{is_('code', '$is', 'd')}", ""),
    (f"{is_('metadata.tier', '$is', 'gold')}&{is_('code', '$is', 'd')}&filters[junction]=OR", "AD"),
    ((f"campaign=summer&{is_('active', '$expired', '')}&{is_('code', '$is', 'd')}"
     "&filters[junction]=or"), "A"),
]  # fmt: skip


async def test_vouchers_are_filtered_by_everything(insight: Insight) -> None:
    shop(insight.world)
    found = {query: await vouchers(insight, query) for query, _ in VOUCHER_FILTERS}
    assert found == dict(VOUCHER_FILTERS)


async def test_a_list_is_read_page_by_page_in_a_total_order(insight: Insight) -> None:
    shop(insight.world)
    pages = [
        (await insight.get(f"/v1/vouchers?limit=2&page={page}&order=-created_at"))["vouchers"]
        for page in (1, 2, 3)
    ]
    assert [[each["id"] for each in page] for page in pages] == [["v_D", "v_C"], ["v_B", "v_A"], []]


async def test_the_vouchers_of_a_deleted_campaign_leave_the_list_with_it(insight: Insight) -> None:
    made = VouchersGenerated(
        campaign(1),
        Voucher("", "", "DISCOUNT_VOUCHER", START, campaign="name 1", campaign_id="camp_1"),
        ("v_1", "v_2"),
        ("ONE", "TWO"),
        0,
    )
    insight.world.append(
        decided(CampaignCreated(campaign(1)), made, VoucherCreated(B)),
    )
    assert await vouchers(insight, "") == "B12"
    first = (await insight.get("/v1/vouchers?code=TWO"))["vouchers"][0]
    assert (first["id"], first["campaign_id"]) == ("v_2", "camp_1")
    own = ("/v1/vouchers/TWO/transactions", "/v1/vouchers/v_2/redemption")
    for path in own:
        await insight.get(path)
    insight.world.append(decided(CampaignDeleted(campaign(1))))
    assert await vouchers(insight, "") == "B"
    for path in own:
        assert (await insight.get(path, status=404))["key"] == "not_found"
    assert (await insight.get("/v1/campaigns"))["total"] == 0


async def test_the_lists_that_a_vouchers_urls_name_are_there(insight: Insight) -> None:
    insight.world.append(
        decided(*(VoucherCreated(each) for each in (A, B))),
        decided(succeeded(applicable("A", 100, "camp_1"), ids="1")),
        decided(succeeded(applicable("B", 50), ids="2")),
    )
    redeemed = await insight.get("/v1/vouchers/v_A/redemptions?page=1&limit=10")
    assert [each["id"] for each in redeemed["redemptions"]] == ["r_10"]
    assert redeemed["total"] == 1
    published = await insight.get("/v1/vouchers/v_A/publications?page=1&limit=10")
    assert (published["publications"], published["total"]) == ([], 0)
    for path in ("redemptions", "publications"):
        await insight.get(f"/v1/vouchers/NONE/{path}", status=404)
