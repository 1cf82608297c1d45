"""Redemptions: stacks under stacking rules, of units and points, in vain, and taken back."""

from typing import Any

from schemas.expiry import ExpireDue
from tests.examples.telling import DAY, Shop
from tests.unit.services.world import CLIENT

ANN: dict[str, Any] = {"source_id": "ann", "name": "Ann Fischer"}


def voucher(code: str, **more: Any) -> dict[str, Any]:
    return {"object": "voucher", "id": code} | more


async def redemptions(shop: Shop) -> None:
    """Ann buys shirts and mugs with all that the shop gives, and sends most of it back."""
    await _offered(shop)
    stack = await _stacked(shop)
    await _with_points(shop)
    await _of_units(shop)
    await _in_vain(shop)
    parent = f"/v1/redemptions/{stack['parent_redemption']['id']}/rollbacks"
    body = {
        "reason": "Sent back",
        "order": {"source_id": "order-1", "status": "CANCELED"},
        "customer": {"source_id": "ann"},
        "metadata": {"parcel": "P-1"},
    }
    await shop.post(parent, body)
    await shop.post(parent, {"metadata": {"parcel": "P-1"}}, status=400)
    shop.wait(100 * DAY)
    await shop.send(ExpireDue())


async def _offered(shop: Shop) -> None:
    shirt = {"source_id": "t-shirt", "name": "T-shirt", "price": 2400}
    shirt_id = (await shop.post("/v1/products", shirt))["id"]
    mug = (await shop.post("/v1/products", {"source_id": "mug", "name": "Mug", "price": 1250}))[
        "id"
    ]
    size = {"source_id": "t-shirt-m", "sku": "Medium", "price": 2600}
    await shop.post("/v1/products/t-shirt/skus", size)
    goods = await shop.post("/v1/categories", {"name": "Goods", "hierarchy": 1})
    basket = await shop.post("/v1/categories", {"name": "Basket", "hierarchy": 2})
    stacking = {
        "applicable_redeemables_per_category_limit": 3,
        "applicable_redeemables_category_limits": {basket["id"]: 1},
        "joint_categories": [goods["id"]],
        "redeemables_application_mode": "PARTIAL",
        "redeemables_sorting_rule": "CATEGORY_HIERARCHY",
    }
    await shop.manage("POST", "/proj/stacking-rules", stacking)
    included = {
        "object": "product",
        "id": shirt_id,
        "effect": "APPLY_TO_CHEAPEST",
        "quantity_limit": 2,
        "target": "UNIT",
        "product_campaign_quantity_limit": 100,
        "product_customer_campaign_quantity_limit_formula": "2 + 1",
    }
    excluded = {"object": "product", "id": mug}
    shirts = await shop.post(
        "/v1/validation-rules",
        {
            "name": "Shirts",
            "applicable_to": {"included": [included], "excluded": [excluded]},
            "bundle_rules": {"1": _bundled(shirt_id), "2": _bundled(mug), "limit": 5},
        },
    )
    campaign = {
        "name": "Shirts",
        "campaign_type": "DISCOUNT_COUPONS",
        "type": "STATIC",
        "vouchers_count": 0,
        "validation_rules": [shirts["id"]],
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": {
                "type": "PERCENT",
                "percent_off": 5,
                "percent_off_formula": "5 + 5",
                "effect": "APPLY_TO_ITEMS",
            },
        },
    }
    made = await shop.post("/v1/campaigns", campaign)
    await shop.post(f"/v1/campaigns/{made['id']}/vouchers/SHIRTS-10", {"category": "Goods"})
    ten = {"type": "AMOUNT", "amount_off": 1000}
    for code in ("TEN-A", "TEN-B"):
        of_basket = {"type": "DISCOUNT_VOUCHER", "discount": ten, "category": "Basket"}
        await shop.post(f"/v1/vouchers/{code}", of_basket)
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}, "category": "Goods"}
    await shop.post("/v1/vouchers/GIFT-50", gift)


def _bundled(product: str) -> dict[str, Any]:
    wanted = {"name": "order.items.aggregated_quantity", "conditions": {"$is": [1]}}
    return {
        "name": "order.items.any",
        "conditions": {"$is": [{"id": product, "type": "product_or_sku", "object": "product"}]},
        "rules": {"1": wanted, "logic": "1"},
    }


async def _stacked(shop: Shop) -> Any:
    """Several at once, of which one is skipped and one does not exist, on an order of before."""
    items = [
        {"source_id": "t-shirt-m", "related_object": "sku", "quantity": 2, "price": 2600},
        {"source_id": "mug", "related_object": "product", "quantity": 3, "price": 1250},
    ]
    await shop.post("/v1/orders", {"source_id": "order-1", "items": items, "customer": ANN})
    asked = {
        "redeemables": [
            voucher("TEN-A"),
            voucher("TEN-B"),
            voucher("SHIRTS-10"),
            voucher("GIFT-50", gift={"credits": 1500}),
            voucher("NO-SUCH"),
        ],
        "order": {"source_id": "order-1", "status": "PAID", "items": items},
        "customer": {"source_id": "ann"},
        "metadata": {"till": 4},
        "tracking_id": "device-7",
    }
    return await shop.post("/v1/redemptions", asked)


async def _with_points(shop: Shop) -> None:
    coin = {"coin": {"exchange_ratio": 1, "points_ratio": 100}}
    body = {"name": "Pay with points", "type": "COIN", "parameters": coin}
    reward = await shop.post("/v1/rewards", body)
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 2000}}
    await shop.post("/v1/vouchers/POINTS-1", card)
    await shop.post("/v1/publications", {"voucher": "POINTS-1", "customer": ANN})
    paid = {
        "redeemables": [voucher("POINTS-1", reward={"id": reward["id"], "points": 500})],
        "order": {"amount": 4000},
        "customer": {"source_id": "ann"},
    }
    [redemption] = (await shop.post("/v1/redemptions", paid))["redemptions"]
    undo = f"/v1/redemptions/{redemption['id']}/rollback"
    await shop.post(undo, {"reason": "Changed her mind"})
    await shop.post(undo, {"reason": "Changed it again"}, status=400)


async def _of_units(shop: Shop) -> None:
    """Units are added and replaced; what was taken of those that leave again counts for nothing."""
    free = {"type": "UNIT", "unit_off": 1, "unit_type": "mug", "effect": "ADD_NEW_ITEMS"}
    swap = {"type": "UNIT", "unit_off": 1, "unit_type": "t-shirt", "effect": "REPLACE_ITEMS"}
    off = {"type": "AMOUNT", "amount_off": 2000, "effect": "APPLY_TO_ITEMS"}
    for code, discount in (("FREE-MUG", free), ("BETTER", swap), ("ITEMS-20", off)):
        await shop.post(f"/v1/vouchers/{code}", {"type": "DISCOUNT_VOUCHER", "discount": discount})
    items = [{"source_id": "poster", "quantity": 2, "price": 1500}]
    await shop.post(
        "/v1/redemptions",
        {"redeemables": [voucher("FREE-MUG")], "order": {"source_id": "order-2", "items": items}},
    )
    better = {"redeemables": [voucher("BETTER")], "order": {"source_id": "order-3", "items": items}}
    [redemption] = (await shop.post("/v1/redemptions", better))["redemptions"]
    more = {"redeemables": [voucher("ITEMS-20")], "order": {"source_id": "order-3"}}
    await shop.post("/v1/redemptions", more)
    await shop.post(f"/v1/redemptions/{redemption['id']}/rollback", {})


async def _in_vain(shop: Shop) -> None:
    large = {"1": {"name": "order.amount", "conditions": {"$more_than": [50_000]}}}
    told = {"message": "From 500.00 on"}
    body = {"name": "Large", "rules": large, "error": told}
    rule = await shop.post("/v1/validation-rules", body)
    code = {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "PERCENT", "percent_off": 20},
        "validation_rules": [rule["id"]],
    }
    await shop.post("/v1/vouchers/LARGE-20", code)
    asked = {
        "redeemables": [voucher("LARGE-20")],
        "order": {"amount": 2000},
        "customer": {"source_id": "ann"},
        "metadata": {"till": 5},
        "session": {"type": "LOCK", "key": "cart-9"},
    }
    await shop.post("/v1/redemptions", asked, status=400)
    browser = {"redeemables": [voucher("LARGE-20")], "order": {"amount": 60_000}}
    await shop.post("/client/v1/redemptions", browser, headers=CLIENT)
    await shop.post("/client/v1/redemptions", asked, headers=CLIENT, status=400)
