"""Files of points that expire."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from runtime.clickhouse import sink
from schemas.balances import BalanceAdjusted
from schemas.base import DAY_MS
from schemas.points import PointsBucket, PointsExpired
from schemas.voucher_events import VoucherDeleted
from schemas.vouchers import LoyaltyCard, Voucher
from tests.integration.exports_world import Shelf, shelf
from tests.unit.services.audit.examples import START, decided


@pytest.fixture
async def stocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Shelf]:
    # records are read as they come: nobody else waits for anything here
    monkeypatch.setattr(sink, "GATHER_SECONDS", 0.01)
    async with shelf(tmp_path) as made:
        yield made


async def test_points_that_expire_are_in_a_file_until_nothing_of_them_is_left(
    stocked: Shelf,
) -> None:
    card = Voucher(
        "v_A", "A", "LOYALTY_CARD", START, loyalty_card=LoyaltyCard(9, 9), campaign_id="camp_9"
    )
    late, soon = (
        PointsBucket(f"lopb_{number}", "v_A", "camp_9", number, START + number * DAY_MS, START)
        for number in (2, 1)
    )
    stocked.take(decided(BalanceAdjusted(card, 3, "vtx_1", buckets=(late, soon))))
    asked = {"filters": {"voucher_id": {"conditions": {"$in": ["v_A"]}}}, "order": "expires_at"}
    lines = await stocked.lines("points_expiration", **asked)
    assert lines == [
        "id,campaign_id,voucher_id,points,status,expires_at",
        "lopb_1,camp_9,v_A,1,ACTIVE,2023-11-15T22:13:20.000Z",
        "lopb_2,camp_9,v_A,2,ACTIVE,2023-11-16T22:13:20.000Z",
    ]
    stocked.take(decided(PointsExpired(card, 1, "vtx_2", (structs.replace(soon, points=0),))))
    assert len(await stocked.lines("points_expiration", **asked)) == 2
    stocked.take(decided(VoucherDeleted("v_A", "A")))
    assert len(await stocked.lines("points_expiration", **asked)) == 1
