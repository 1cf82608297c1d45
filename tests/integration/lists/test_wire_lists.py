"""Lists that are read from ClickHouse, as clients of the API are held to see them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import structs

from schemas.balances import BalanceAdjusted
from schemas.discounts import Discount
from schemas.voucher_events import VoucherCreated
from schemas.vouchers import Gift, Voucher
from tests.integration.insight_host import Insight, running
from tests.unit.services.audit.examples import START, decided

CUT = Voucher("v_1", "CUT", "DISCOUNT_VOUCHER", START, discount=Discount("AMOUNT", amount_off=1))
CARD = Voucher("v_2", "CARD", "GIFT_VOUCHER", START, gift=Gift(100, 100))


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path) as found:
        yield found


async def test_transactions_are_a_page_also_of_a_voucher_that_has_none(insight: Insight) -> None:
    insight.world.append(decided(VoucherCreated(CUT), VoucherCreated(CARD)))
    for query in ("?limit=20&page=1", "", "?page=2"):
        assert await insight.get(f"/v1/vouchers/CUT/transactions{query}") == {
            "object": "list", "data_ref": "data", "data": [], "has_more": False,
        }  # fmt: skip


async def test_transactions_go_on_by_page(insight: Insight) -> None:
    insight.world.append(decided(VoucherCreated(CARD)))
    for number in range(1, 6):
        card = structs.replace(CARD, gift=Gift(100 + number, 100 + number))
        insight.world.append(decided(BalanceAdjusted(card, 1, f"vtx_{number}")))
    path = "/v1/vouchers/CARD/transactions?limit=2"
    pages = [await insight.get(f"{path}&page={page}") for page in (1, 2, 3, 4)]
    assert [[each["id"][-1] for each in page["data"]] for page in pages] == [
        ["5", "4"], ["3", "2"], ["1"], [],
    ]  # fmt: skip
    assert [page["has_more"] for page in pages] == [True, True, False, False]
    assert (await insight.get(f"{path}&page=0", status=400))["key"] == "invalid_query_params"
