"""The lists of other entities than vouchers over a real engine: every filter, page and cursor."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.bin import BinEntry, BinEntryAdded, BinEntryRemoved
from schemas.campaigns import CampaignCreated
from schemas.categories import Category, CategoryCreated
from schemas.discounts import Discount
from schemas.errors import refuse
from schemas.orders import Order, OrderCreated, OrderItem
from schemas.projects import Asker
from schemas.publications import Publication, PublicationFailed, PublicationSucceeded
from schemas.validity import ValidityTimeframe
from schemas.voucher_events import VoucherCreated
from tests.integration.insight_host import Insight, is_, running
from tests.integration.insight_world import customer
from tests.integration.lists.listed import A, B, C, campaign
from tests.unit.services.audit.examples import (
    DAY,
    START,
    applicable,
    decided,
    failed,
    rolled_back,
    succeeded,
)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


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
        decided(PublicationSucceeded(single, (A,)), PublicationSucceeded(two, (B, C))),
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
    known = {"id": "cust_1", "source_id": "source_1", "name": "Ada", "object": "customer"}
    assert (shown["customer"], shown["voucher"]["code"]) == (known, "AAA")
    assert shown["tracking_id"] == "source_1"


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
    second = await insight.get("/v1/trash-bin?limit=3&page=2")
    assert (second["data"], second["total"]) == (rest["data"], 4)
    named = await insight.get(f"/v1/trash-bin?{is_('resource_type', '$is', 'voucher')}")
    assert [each["resource_name"] for each in named["data"]] == ["name 5", "name 1"]


async def test_the_bin_says_who_deleted_what(insight: Insight) -> None:
    entries = [
        BinEntry("tbe_2", "voucher", "v_2", "B", START + 2, deleted_by=Asker("system", "")),
        BinEntry("tbe_1", "voucher", "v_1", "A", START + 1, deleted_by=Asker("server", "app")),
        BinEntry("tbe_0", "voucher", "v_0", "O", START),
    ]
    insight.world.append(decided(*map(BinEntryAdded, entries)))
    found = (await insight.get("/v1/trash-bin"))["data"]
    assert [each["deleted_by"] for each in found] == [
        {"type": "system", "id": None},
        {"type": "key", "id": "app"},
        None,
    ]
    assert {each["deleted_by_user_id"] for each in found} == {None}


REFUSED = (
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
    ("/v1/trash-bin?updated_at[after]=2024-01-01", "updated_at"),
    ("/v1/vouchers/A/redemption?page=2", "page"),
)


async def test_what_cannot_be_asked_is_refused_by_name(insight: Insight) -> None:
    for path, named in REFUSED:
        found = await insight.get(path, 400)
        assert found["key"] == "invalid_query_params", path
        assert named in found["details"], path
