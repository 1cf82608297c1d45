"""What the hand-written service works out, and whom it lets in."""

from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from fastapi import HTTPException

from bench.baselines.service import Keys, compute_discount


@pytest.mark.parametrize(
    ("percent", "off", "amount", "discount"),
    [
        (Decimal(10), None, 10_000, 1000),
        (Decimal("12.5"), None, 101, 13),
        (Decimal("0.5"), None, 100, 1),
        (None, 500, 10_000, 500),
        (None, 500, 300, 300),
    ],
)
def test_a_discount_is_rounded_once_and_never_more_than_there_is(
    percent: Decimal | None, off: int | None, amount: int, discount: int
) -> None:
    voucher: Any = {"percent_off": percent, "amount_off": off}
    assert compute_discount(voucher, amount) == discount


@pytest.mark.parametrize(("app_id", "token"), [("bench", "wrong"), ("other", "right")])
def test_only_a_key_with_its_token_is_let_in(app_id: str, token: str) -> None:
    rows: Any = [{"app_id": "bench", "token_hash": sha256(b"right").digest()}]
    keys = Keys(rows)
    keys.require("bench", "right")
    with pytest.raises(HTTPException) as refused:
        keys.require(app_id, token)
    assert refused.value.status_code == 401
