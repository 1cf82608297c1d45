"""The lists of entities over a real engine: every filter, page and cursor."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.bin import BinEntry, BinEntryAdded, BinEntryRemoved
from schemas.campaigns import (
    Campaign,
    CampaignCreated,
    CampaignDeleted,
    VouchersGenerated,
    VoucherTemplate,
)
from schemas.categories import Category, CategoryCreated
from schemas.discounts import Discount
from schemas.errors import refuse
from schemas.orders import Order, OrderCreated, OrderItem
from schemas.publications import Publication, PublicationFailed, Published
from schemas.validity import ValidityTimeframe
from schemas.voucher_events import VoucherCreated, VoucherDeleted, VoucherUpdated
from schemas.vouchers import Gift, Voucher
from tests.integration.insight_host import Insight, is_, running
from tests.integration.insight_world import World, customer
from tests.unit.services.audit.examples import (
    DAY,
    START,
    applicable,
    decided,
    failed,
    rolled_back,
    succeeded,
)

A = Voucher(
    "v_A", "SUMMER-A", "DISCOUNT_VOUCHER", START, Discount("AMOUNT", 500),
    campaign="summer", campaign_id="camp_1",
    category="hot", category_id="cat_1", start_date=START - DAY, expiration_date=START + 5 * DAY, quantity=3,
    redeemed_quantity=1,
    metadata={"tier": "gold", "n": 5, "tags": ["x", "y"], "since": "2024-03-01", "none": None},
)  # fmt: skip
B = Voucher(
    "v_B", "GIFT-B", "GIFT_VOUCHER", START + 1, None, Gift(5000, 2000), active=False,
    holder_id="cust_1", metadata={"tier": "silver", "n": 12.5, "flag": True},
)  # fmt: skip
C = Voucher(
    "v_C", "SUMMER-C", "DISCOUNT_VOUCHER", START + DAY,
    Discount("PERCENT", percent_off=Decimal(10)), campaign="summer", campaign_id="camp_1",
    start_date=START + 20 * DAY, quantity=1,
)  # fmt: skip
D = Voucher("v_D", "d", "DISCOUNT_VOUCHER", START + DAY, Discount("AMOUNT", 1))


def campaign(number: int, **more: Any) -> Campaign:
    template = VoucherTemplate("DISCOUNT_VOUCHER", Discount("AMOUNT", 100))
    kind: dict[str, Any] = {
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "voucher": template,
    } | more
    return Campaign(f"camp_{number}", f"name {number}", created_at=START + number, **kind)


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


async def test_campaigns_are_filtered(insight: Insight) -> None:
    insight.world.append(
        decided(CategoryCreated(Category("cat_1", "hot", 1, START))),
        decided(
            CampaignCreated(
                campaign(
                    1,
                    category="hot",
                    category_id="cat_1",
                    metadata={"a": "b"},
                    validity_day_of_week=(0, 6),
                    validity_timeframe=ValidityTimeframe("PT1H", "P1D"),
                )
            ),
            CampaignCreated(campaign(2, type="AUTO_UPDATE", active=False, generating=5)),
            CampaignCreated(campaign(3, expiration_date=START, campaign_type="GIFT_VOUCHERS")),
            CampaignCreated(campaign(4, start_date=START + 10 * DAY)),
        ),
    )
    wanted = {
        "": "4321", "order=created_at": "1234", "campaign_type=gift_vouchers": "3",
        "campaign_status=IN_PROGRESS": "2", "is_referral_code=true": "",
        is_("campaigns", "$is", "name 3"): "3", is_("campaigns_id", "$in", "camp_1", "camp_2"): "21",
        is_("campaign_status", "$is_not", "DONE"): "2", is_("status", "$active", ""): "1",
        is_("status", "$in_progress", ""): "2", is_("status", "$failed", ""): "",
        is_("status", "before_start", ""): "4", "filters[active][$disabled]=": "2",
        is_("active", "$expired", ""): "3", is_("voucher_type", "$is", "discount_voucher"): "4321",
        is_("type", "$in", "AUTO_UPDATE"): "2", is_("categories", "$is", "hot"): "1",
        is_("metadata.a", "$is", "b"): "1", is_("start_date", "$has_value", ""): "4",
        is_("created_date", "$after", "2023-11-14"): "4321", "expand=category": "4321",
        is_("validity_timeframe", "$has_value", ""): "1",
        is_("validity_timeframe", "$is_unknown", ""): "432",
        is_("validity_day_of_week", "$is", "6"): "1", is_("validity_day_of_week", "$is", "1"): "",
        is_("validity_day_of_week", "$is", "[1, 6]"): "1",
        is_("validity_timeframe", "$more_than", "3"): "",
        is_("validity_timeframe", "$after", "2024-01-01"): "",
        is_("type", "$in", "STANDALONE"): "", is_("type", "$not_in", "STANDALONE", "BULK"): "4321",
        is_("type", "$in", "['STANDALONE', 'STATIC']"): "431",
        is_("is_referral_code", "$is", "FALSE"): "4321",
        # what the official Python client sends for what its models leave out
        is_("type", "$in", "AUTO_UPDATE") + "&filters[campaigns]=None"
        "&filters[type][conditions][$not_in]=None&filters[junction]=None": "2",
        "access_settings[filter][areas_ids]=None": "4321", "access_settings[filter]=None": "4321",
        "access_settings[filter][areas_ids]=['ar_1']": "",
        "access_settings[filter][area_stores_ids][0]=st_1": "",
    }  # fmt: skip
    found = {}
    for query in wanted:
        answer = await insight.get(f"/v1/campaigns?{query}")
        assert (answer["object"], answer["data_ref"]) == ("list", "campaigns")
        found[query] = "".join(each["id"][-1] for each in answer["campaigns"])
        assert answer["total"] == len(found[query])
    assert found == wanted


async def test_orders_are_filtered(insight: Insight) -> None:
    items = (OrderItem(discount_amount=50),)
    insight.world.append(
        decided(
            OrderCreated(
                Order("ord_1", "s1", "PAID", 1000, discount_amount=100, items=items,
                      customer_id="cust_1", created_at=START, metadata={"shop": "a"})
            ),
            OrderCreated(Order("ord_2", None, "CREATED", 500, created_at=START + 1)),
        ),
        decided(customer(1)),
    )  # fmt: skip
    wanted = {
        "": "21", "status=paid": "1", "customer=source_1": "1",
        is_("status", "$is", "created"): "2", is_("amount", "$more_than", "500"): "1",
        is_("total_amount", "$is", "850"): "1", is_("discount_amount", "$is", "100"): "1",
        is_("items_discount_amount", "$more_than", "0"): "1",
        is_("total_discount_amount", "$is", "150"): "1", is_("source_id", "$has_value", ""): "1",
        is_("metadata.shop", "$is", "a"): "1",
    }  # fmt: skip
    found = {}
    for query in wanted:
        answer = await insight.get(f"/v1/orders?{query}")
        found[query] = "".join(each["id"][-1] for each in answer["orders"])
        assert answer["total"] == len(found[query])
    assert found == wanted


async def test_publications_are_filtered_and_show_their_customer(insight: Insight) -> None:
    single = Publication(
        "pub_1", START, "cust_1", ("v_A",), ("AAA",), "camp_1", "summer", "DISCOUNT_VOUCHER",
        Discount("AMOUNT", 100), source_id="s1", tracking_id="t",
    )  # fmt: skip
    two = Publication(
        "pub_2", START + 1, "cust_2", ("v_B", "v_C"), ("BBB", "CCC"), "camp_2", "gifts",
        "GIFT_VOUCHER", channel="web", metadata={"k": "v"},
    )  # fmt: skip
    none = Publication(
        "pub_3", START + 2, "cust_1", campaign_id="camp_1", campaign="summer",
        failure_code="no_voucher_suitable_for_publication", failure_message="none",
    )  # fmt: skip
    insight.world.append(
        decided(customer(1, name="Ada"), customer(2)),
        decided(Published(single, (A,)), Published(two, (B, C))),
        decided(PublicationFailed(none, refuse("no_voucher_suitable_for_publication"))),
    )
    wanted = {
        "": "321", "campaign=summer": "31", "customer=source_2": "2", "voucher=CCC": "2",
        "voucher=v_A": "1", "result=SUCCESS": "21", "result=failure": "3",
        "voucher_type=discount": "1", "voucher_type=gift": "2", "voucher_type=loyalty": "",
        "source_id=s1": "1", "order=-channel": "231", "order=voucher_code": "312",
        is_("related_object_id", "$is", "v_C"): "2", is_("parent_object_id", "$is", "camp_1"): "31",
        is_("failure_code", "$has_value", ""): "3", is_("campaign_name", "$is", "gifts"): "2",
        is_("metadata.k", "$is", "v"): "2", is_("voucher_type", "$is", "GIFT_VOUCHER"): "2",
        **{is_("is_referral_code", operator, value): expected for operator, value, expected in (
            ("$is", "false", "321"), ("$is", "TRUE", ""), ("$is_not", "true", "321"),
            ("$in", "true", ""), ("$in", "['false', 'true']", "321"), ("$not_in", "FALSE", ""),
            ("$has_value", "", "321"), ("$has_value", "false", ""), ("$is_unknown", "", ""),
            ("$starts_with", "f", "321"), ("$ends_with", "e", "321"), ("$contains", "u", ""),
            ("$not_contain", "u", "321"),
        )},
    }  # fmt: skip
    found = {}
    for query in wanted:
        answer = await insight.get(f"/v1/publications?{query}")
        found[query] = "".join(each["id"][-1] for each in answer["publications"])
        assert answer["total"] == len(found[query])
    assert found == wanted
    (shown,) = (await insight.get("/v1/publications?source_id=s1"))["publications"]
    assert (shown["customer"]["name"], shown["voucher"]["code"]) == ("Ada", "AAA")


async def test_the_redemptions_of_a_voucher(insight: Insight) -> None:
    insight.world.append(
        decided(VoucherCreated(A)),
        decided(succeeded(applicable("A", 100), ids="1")),
        decided(failed("A", "quantity_exceeded", ids="2")),
        decided(rolled_back("A", ids="1")),
        decided(succeeded(applicable("B", 100), ids="3")),
    )
    found = await insight.get("/v1/vouchers/A/redemption")
    assert [each["id"] for each in found.pop("redemption_entries")] == ["rr_10", "rf_2", "r_10"]
    assert found == {
        "quantity": None, "redeemed_quantity": 0, "object": "list", "data_ref": "redemption_entries",
        "url": "/v1/vouchers/A/redemptions?page=1&limit=10", "total": 3,
    }  # fmt: skip
    assert (await insight.get("/v1/vouchers/v_A/redemption"))["total"] == 3
    assert (await insight.get("/v1/vouchers/none/redemption", 404))["key"] == "not_found"


async def test_what_is_in_the_bin_is_read_by_a_cursor(insight: Insight) -> None:
    entries = [
        BinEntry(f"tbe_{n}", "voucher" if n % 2 else "campaign", f"id_{n}", f"name {n}", START + n)
        for n in range(1, 6)
    ]
    insight.world.append(
        decided(*(BinEntryAdded(each) for each in entries)), decided(BinEntryRemoved(entries[2]))
    )
    first = await insight.get("/v1/trash-bin?limit=3")
    assert [each["id"] for each in first["data"]] == ["tbe_5", "tbe_4", "tbe_2"]
    assert (first["total"], first["has_more"]) == (4, True)
    rest = await insight.get(f"/v1/trash-bin?starting_after_id={first['more_starting_after']}")
    assert [each["id"] for each in rest["data"]] == ["tbe_1"]
    assert (rest["has_more"], "more_starting_after" in rest) == (False, False)
    named = await insight.get(f"/v1/trash-bin?{is_('resource_type', '$is', 'voucher')}")
    assert [each["resource_name"] for each in named["data"]] == ["name 5", "name 1"]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/v1/vouchers?colour=red", "colour"),
        ("/v1/vouchers?filters[colour][conditions][$is]=red", "filters[colour]"),
        ("/v1/vouchers?filters[code][conditions][$as]=red", "$as"),
        ("/v1/vouchers?filters[redemption.quantity][conditions][$is]=many", "redemption.quantity"),
        ("/v1/vouchers?filters[active][conditions][$is]=true", "$is"),
        ("/v1/vouchers?is_referral_code=maybe", "is_referral_code"),
        ("/v1/vouchers?limit=1000", "limit"),
        ("/v1/campaigns?customer=cust_1", "customer"),
        ("/v1/campaigns?order=name", "order"),
        ("/v1/campaigns?expand=everything", "expand"),
        ("/v1/campaigns?access_settings[filter][stores]=a", "access_settings[filter][stores]"),
        ("/v1/campaigns?access_settings=a", "access_settings"),
        ("/v1/vouchers?access_settings[filter][areas_ids]=a", "access_settings"),
        ("/v1/vouchers?expand=category", "expand"),
        ("/v1/customers?starting_after=x", "starting_after"),
        ("/v1/orders?filters[colour][conditions][$is]=red", "filters[colour]"),
        ("/v1/publications?updated_at[after]=2024-01-01", "updated_at"),
        ("/v1/trash-bin?page=2", "page"),
        ("/v1/vouchers/A/redemption?page=2", "page"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_name(
    insight: Insight, path: str, named: str
) -> None:
    found = await insight.get(path, 400)
    assert found["key"] == "invalid_query_params"
    assert named in found["details"]


async def test_the_lists_that_a_vouchers_urls_name_are_there(insight: Insight) -> None:
    insight.world.append(
        decided(*(VoucherCreated(each) for each in (A, B))),
        decided(succeeded(applicable("A", 100, "camp_1"), ids="1")),
        decided(succeeded(applicable("B", 50), ids="2")),
    )
    redeemed = await insight.get("/v1/vouchers/v_A/redemptions?page=1&limit=10")
    assert [each["id"] for each in redeemed["redemptions"]] == ["r_1"]
    assert redeemed["total"] == 1
    published = await insight.get("/v1/vouchers/v_A/publications?page=1&limit=10")
    assert (published["publications"], published["total"]) == ([], 0)
    for path in ("redemptions", "publications"):
        await insight.get(f"/v1/vouchers/NONE/{path}", status=404)
