"""Vouchers and a campaign that lists show."""

from decimal import Decimal
from typing import Any

from schemas.campaigns import Campaign, VoucherTemplate
from schemas.discounts import Discount
from schemas.vouchers import Gift, Voucher
from tests.unit.services.audit.examples import DAY, START

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


def campaign(number: int, **more: Any) -> Campaign:
    template = VoucherTemplate("DISCOUNT_VOUCHER", Discount("AMOUNT", 100))
    kind: dict[str, Any] = {
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "voucher": template,
    } | more
    return Campaign(f"camp_{number}", f"name {number}", created_at=START + number, **kind)
