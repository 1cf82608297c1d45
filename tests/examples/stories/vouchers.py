"""Single codes, gift cards and cards of points: made, changed, paused, loaded, thrown away."""

from typing import Any

from tests.examples.telling import DAY, Shop
from tests.unit.services.world import SERVER

HOURS: dict[str, Any] = {
    "daily": [{"start_time": "08:00", "expiration_time": "20:00", "days_of_week": [1, 2, 3, 4, 5]}]
}


async def vouchers(shop: Shop) -> None:
    """A code with every condition that it can have, one of each discount, and cards."""
    await _described(shop)
    await _of_each_discount(shop)
    await _cards(shop)
    await _gone(shop)


async def _described(shop: Shop) -> None:
    category = await shop.post("/v1/categories", {"name": "Seasonal", "hierarchy": 10})
    code = {
        "type": "DISCOUNT_VOUCHER",
        "discount": {
            "type": "PERCENT",
            "percent_off": 12.5,
            "amount_limit": 3000,
            "effect": "APPLY_TO_ORDER",
        },
        "category": "Seasonal",
        "start_date": "2023-11-01T00:00:00Z",
        "expiration_date": "2024-12-31T23:59:59Z",
        "validity_timeframe": {"duration": "P2D", "interval": "P7D"},
        "validity_day_of_week": [1, 2, 3, 4, 5],
        "validity_hours": HOURS,
        "additional_info": "Printed on the flyer of the autumn fair",
        "metadata": {"flyer": "autumn-7", "printed": 2500},
        "redemption": {"quantity": 500},
    }
    made = await shop.post("/v1/vouchers/AUTUMN-12", code)
    assert made["category_id"] == category["id"]
    changes = {
        "category_id": None,
        "validity_timeframe": None,
        "additional_info": "Printed again",
        "metadata": {"flyer": "autumn-8"},
        "redemption": {"quantity": None},
    }
    await shop.put("/v1/vouchers/AUTUMN-12", changes)
    await shop.post("/v1/vouchers/AUTUMN-12/disable")
    await shop.post("/v1/vouchers/AUTUMN-12/enable")


async def _of_each_discount(shop: Shop) -> None:
    mug = await shop.post("/v1/products", {"source_id": "mug", "name": "Mug", "price": 1250})
    size = {"source_id": "t-shirt-m", "sku": "T-shirt M"}
    await shop.post("/v1/products", {"source_id": "t-shirt", "name": "T-shirt", "price": 2400})
    shirt = await shop.post("/v1/products/t-shirt/skus", size)
    units = [
        {"unit_type": mug["id"], "unit_off": 1, "effect": "ADD_NEW_ITEMS"},
        {"unit_type": shirt["id"], "unit_off_formula": "1 + 1", "effect": "ADD_MISSING_ITEMS"},
    ]
    discounts: dict[str, dict[str, Any]] = {
        "AMOUNT-5": {
            "type": "AMOUNT",
            "amount_off": 500,
            "amount_off_formula": "ORDER_AMOUNT * 0.05",
            "aggregated_amount_limit": 2000,
            "effect": "APPLY_TO_ITEMS",
        },
        "PERCENT-F": {
            "type": "PERCENT",
            "percent_off": 5,
            "percent_off_formula": "MIN(ORDER_AMOUNT / 10; 20)",
        },
        "FIXED-9": {
            "type": "FIXED",
            "fixed_amount": 900,
            "fixed_amount_formula": "ORDER_AMOUNT / 2",
            "effect": "APPLY_TO_ITEMS",
        },
        "FREE-MUG": {
            "type": "UNIT",
            "unit_off": 1,
            "unit_off_formula": "ORDER_AMOUNT / 50",
            "unit_type": "mug",
            "effect": "ADD_NEW_ITEMS",
        },
        "FREE-SHIRT": {
            "type": "UNIT",
            "unit_off": 1,
            "unit_type": shirt["id"],
            "effect": "ADD_MISSING_ITEMS",
        },
        "FREE-MANY": {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": units},
    }
    for code, discount in discounts.items():
        body = {"type": "DISCOUNT_VOUCHER", "discount": discount, "active": code != "FIXED-9"}
        await shop.post(f"/v1/vouchers/{code}", body)
    rule = {"prefix": "GIFT-", "postfix": "-A", "length": 6, "charset": "0123456789"}
    card = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000, "effect": "APPLY_TO_ITEMS"}}
    await shop.post("/v1/vouchers", card | {"code_config": rule})


async def _cards(shop: Shop) -> None:
    card = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000, "balance": 4000}}
    await shop.post("/v1/vouchers/GIFT-50", card)
    points = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 1000}}
    await shop.post("/v1/vouchers/POINTS-1", points)
    till = {"x-voucherify-channel": "Till 4"} | SERVER
    more = {"amount": 1500, "source_id": "receipt-17", "reason": "Loaded at the till"}
    await shop.post("/v1/vouchers/GIFT-50/balance", more, headers=till)
    await shop.post("/v1/vouchers/GIFT-50/balance", {"amount": -700, "source_id": "receipt-18"})
    await shop.post(
        "/v1/vouchers/POINTS-1/balance", {"amount": -250, "reason": "Points by mistake"}
    )
    spend = {
        "redeemables": [{"object": "voucher", "id": "GIFT-50", "gift": {"credits": 1200}}],
        "order": {"amount": 9900},
    }
    await shop.post("/v1/redemptions", spend)


async def _gone(shop: Shop) -> None:
    shop.wait(DAY)
    await shop.delete("/v1/vouchers/AUTUMN-12")
    await shop.delete("/v1/vouchers/AMOUNT-5?force=true")
    await shop.delete(f"/v1/trash-bin/{shop.binned('AUTUMN-12')}")
    missing = await shop.delete("/v1/vouchers/AMOUNT-5", status=404)
    assert missing["key"] == "not_found"
