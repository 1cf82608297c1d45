"""Requests as official clients write them: lines that are null, tiers without a discount."""

from tests.examples.telling import Shop


async def clients(shop: Shop) -> None:
    """Somebody moves, and buys what a stack of two tiers is for."""
    ann = {"source_id": "ann", "address": {"city": "Lyon", "line_1": "Market Street 1"}}
    await shop.post("/v1/customers", ann)
    await shop.put("/v1/customers/ann", {"address": {"line_1": None, "country": "FR"}})
    promotion = {"name": "Weekend", "campaign_type": "PROMOTION"}
    await shop.post("/v1/campaigns", promotion)
    off = {"discount": {"type": "AMOUNT", "amount_off": 300}}
    path = "/v1/promotions/Weekend"
    plain = await shop.post(f"{path}/tiers", {"name": "A free sticker"})
    tier = await shop.post(f"{path}/tiers", {"name": "3.00 off", "action": off})
    tiers = {"ids": [plain["id"], tier["id"]], "hierarchy_mode": "MANUAL"}
    stack = await shop.post(f"{path}/stacks", {"name": "Both", "tiers": tiers})
    item = {"product_id": "mug", "quantity": 2, "price": 1250, "discount_quantity": 1}
    await shop.post(
        "/v1/redemptions",
        {
            "redeemables": [{"object": "promotion_stack", "id": stack["id"]}],
            "order": {"source_id": "order-1", "items": [item]},
            "customer": {"source_id": "ann"},
        },
    )
