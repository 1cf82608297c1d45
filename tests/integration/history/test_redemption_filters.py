"""Redemptions, found by what belongs to their customers and to what was redeemed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from schemas.api import ProductInput
from schemas.categories import Category, CategoryCreated
from schemas.evaluations import Outcome
from schemas.orders import OrderItem
from schemas.redemptions import RedemptionSucceeded
from schemas.segments import Segment, SegmentCreated
from tests.integration.insight_host import Insight, is_, running
from tests.unit.services.audit.examples import (
    START,
    applicable,
    customer_created,
    decided,
    failed,
    rolled_back,
    succeeded,
)


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


def in_category(code: str) -> Outcome:
    outcome = applicable(code, 100)
    assert outcome.voucher is not None
    return structs.replace(outcome, voucher=structs.replace(outcome.voucher, category_id="cat_1"))


OF_THE_CUSTOMER = {
    "segment=seg_1": ["r_30", "r_10"],
    "segment=seg_gone": [],
    "category=cat_1": ["r_20", "r_10"],
    "category=Toys": ["r_20", "r_10"],
    "category=none": [],
    "segment=seg_1&category=cat_1": ["r_10"],
}


async def test_redemptions_are_found_by_segment_and_category(insight: Insight) -> None:
    insight.world.append(
        decided(CategoryCreated(Category("cat_1", "Toys", 1, START)), customer_created(1)),
        decided(SegmentCreated(Segment("seg_1", "Best", START), ("cust_1",))),
        decided(SegmentCreated(Segment("seg_2", "Asked", START, "passive", "{}"), ())),
        decided(succeeded(in_category("A"), ids="1", by="cust_1")),
        decided(succeeded(in_category("B"), ids="2", by="cust_2")),
        decided(succeeded(applicable("C", 100), ids="3", by="cust_1")),
    )
    found = {query: await insight.ids(query) for query in OF_THE_CUSTOMER}
    assert found == OF_THE_CUSTOMER
    refused = await insight.get("/v1/redemptions?segment=seg_2", status=400)
    assert "`segment` is a passive segment" in refused["details"]


def bought(number: int, *items: OrderItem, taken: int = 100, **more: Any) -> RedemptionSucceeded:
    event = succeeded(applicable("A", taken), ids=str(number), amount=number * 1000)
    assert event.evaluation.order is not None
    order = structs.replace(event.evaluation.order, items=items)
    evaluation = structs.replace(event.evaluation, order=order)
    return structs.replace(event, evaluation=evaluation, **more)


def tell(insight: Insight) -> None:
    """`r_10` to `r_30`, a stack, a failure and a rollback."""
    bread = OrderItem(product_id="prod_1", source_id="bread", quantity=1)
    wine = OrderItem(sku_id="sku_1", product=ProductInput(source_id="wine"), quantity=1)
    stack = succeeded(applicable("B", 30), applicable("C", 20), ids="4", amount=4000)
    insight.world.append(
        decided(bought(1, bread, metadata={"till": 3, "tags": ["x", "y"]})),
        structs.replace(decided(bought(2, bread, wine, taken=700)), key_kind="client"),
        decided(bought(3, channel_id="key_1", session_key="cart", metadata={"till": 4})),
        decided(stack),
        decided(structs.replace(failed("Z"), channel_id="key_1")),
        decided(rolled_back("A", ids="1", discount=100)),
    )


BOUGHT = {
    "channel=CLIENT_API": ["r_20"],
    is_("channel", "$in", "CLIENT_API", "WEB"): ["r_20"],
    is_("channel_id", "$is", "key_1"): ["rf_1", "r_30"],
    is_("session_key", "$is", "cart"): ["r_30"],
    "product=bread": ["r_20", "r_10"],
    "product=prod_1": ["r_20", "r_10"],
    "product=sku_1": ["r_20"],
    is_("product", "$is", "wine"): ["r_20"],
    is_("product", "$contains", "rea"): ["r_20", "r_10"],
    is_("amount", "$more_than", "2000"): ["r_4", "r_41", "r_40", "r_30"],
    is_("amount", "$is", "1000"): ["r_10"],
    is_("amount", "$is_unknown", "1"): ["rr_10", "rf_1"],
    is_("discount", "$more_than_equal", "700"): ["r_20"],
    is_("discount", "$is", "50"): ["r_4"],
    is_("metadata.till", "$is", "3"): ["r_10"],
    is_("metadata.till", "$more_than", "3"): ["r_30"],
    is_("metadata.tags", "$is", "y"): ["r_10"],
    is_("metadata.till", "$has_value", "1"): ["r_30", "r_10"],
    "order=amount": ["rf_1", "rr_10", "r_10", "r_20", "r_30", "r_40", "r_41", "r_4"],
    "order=-amount&limit=4": ["r_4", "r_41", "r_40", "r_30"],
    "order=-discount&limit=3": ["r_20", "rr_10", "r_30"],
}


async def test_redemptions_are_found_and_sorted_by_what_was_bought(insight: Insight) -> None:
    tell(insight)
    assert {query: await insight.ids(query) for query in BOUGHT} == BOUGHT


ORDERS = ("amount", "-amount", "-discount", "created_at", "-created_at", "id", "-customer_id")


async def test_pages_of_any_order_go_on_after_their_last_entry(insight: Insight) -> None:
    tell(insight)
    for order in ORDERS:
        await assert_pages_go_on(insight, order)
    refused = await insight.get("/v1/redemptions?starting_after_id=r_99", status=400)
    assert "starting_after_id" in refused["details"]


async def assert_pages_go_on(insight: Insight, order: str) -> None:
    whole = await insight.ids(f"order={order}&limit=100")
    found = page = await insight.ids(f"order={order}&limit=3")
    while page:
        page = await insight.ids(f"order={order}&limit=3&starting_after_id={page[-1]}")
        found = found + page
    assert found == whole, order
    ending = await insight.get(f"/v1/redemptions?limit=3&starting_after_id={whole[0]}")
    assert ending["total"] == len(whole)
