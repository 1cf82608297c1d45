"""Redemptions, found by what belongs to their customers and to what was redeemed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from schemas.categories import Category, CategoryCreated
from schemas.evaluations import Outcome
from schemas.segments import Segment, SegmentCreated
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import (
    START,
    applicable,
    customer_created,
    decided,
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


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("segment=seg_1", ["r_30", "r_10"]),
        ("segment=seg_gone", []),
        ("category=cat_1", ["r_20", "r_10"]),
        ("category=Toys", ["r_20", "r_10"]),
        ("category=none", []),
        ("segment=seg_1&category=cat_1", ["r_10"]),
    ],
)
async def test_redemptions_are_found_by_segment_and_category(
    insight: Insight, query: str, wanted: list[str]
) -> None:
    insight.world.append(
        decided(CategoryCreated(Category("cat_1", "Toys", 1, START)), customer_created(1)),
        decided(SegmentCreated(Segment("seg_1", "Best", START), ("cust_1",))),
        decided(SegmentCreated(Segment("seg_2", "Asked", START, "passive", "{}"), ())),
        decided(succeeded(in_category("A"), ids="1", by="cust_1")),
        decided(succeeded(in_category("B"), ids="2", by="cust_2")),
        decided(succeeded(applicable("C", 100), ids="3", by="cust_1")),
    )
    assert await insight.ids(query) == wanted
    refused = await insight.get("/v1/redemptions?segment=seg_2", status=400)
    assert "`segment` is a passive segment" in refused["details"]
