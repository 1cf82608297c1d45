"""Promotions: tiers that need no code, and stacks of them."""

from typing import Any

from tests.examples.stories.vouchers import HOURS
from tests.examples.telling import DAY, Shop


def tier(name: str, discount: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "action": {"discount": discount}} | more


async def promotions(shop: Shop) -> None:
    """A promotion of three tiers and a stack, changed, redeemed, and deleted for good."""
    await shop.post("/v1/categories", {"name": "Basket", "hierarchy": 20})
    large = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}
    rule = await shop.post("/v1/validation-rules", {"name": "From 50.00", "rules": large})
    promotion = await _made(shop, rule["id"])
    ids = [each["id"] for each in promotion["promotion"]["tiers"]]
    added = await _changed(shop, promotion["id"], ids[0])
    await _stacked(shop, promotion["id"], ids)
    order = {"ids": [*reversed(ids), added]}
    await shop.put(f"/v1/promotions/{promotion['id']}/tiers/order", order)
    await shop.delete(f"/v1/promotions/tiers/{added}")
    await shop.put(f"/v1/campaigns/{promotion['id']}", {"description": "Every day of the year"})
    shop.wait(DAY)
    path = f"/v1/campaigns/{promotion['id']}?force=true"
    await shop.work(await shop.delete(path, status=202))


async def _made(shop: Shop, rule: str) -> Any:
    whole = tier(
        "5.00 off from 50.00",
        {"type": "AMOUNT", "amount_off": 500},
        banner="5.00 off from 50.00 on",
        category="Basket",
        metadata={"shown": "in the basket"},
        start_date="2023-11-01T00:00:00Z",
        expiration_date="2024-11-01T00:00:00Z",
        validity_timeframe={"duration": "P2D", "interval": "P7D"},
        validity_day_of_week=[1, 2, 3],
        validity_hours=HOURS,
        validation_rules=[rule],
    )
    percent = tier("10% off", {"type": "PERCENT", "percent_off": 10, "amount_limit": 1000})
    return await shop.post(
        "/v1/campaigns",
        {
            "name": "Every day",
            "campaign_type": "PROMOTION",
            "promotion": {"tiers": [whole, percent]},
        },
    )


async def _changed(shop: Shop, promotion: str, first: str) -> Any:
    third = tier("Free delivery", {"type": "FIXED", "fixed_amount": 100}, hierarchy=1, active=False)
    third["category"] = "Basket"
    added = await shop.post(f"/v1/promotions/{promotion}/tiers", third)
    path = f"/v1/promotions/tiers/{first}"
    changes = {"banner": "5.00 off", "metadata": {"shown": "everywhere"}, "category": "Basket"}
    await shop.put(path, changes | {"validity_timeframe": None, "validity_hours": None})
    await shop.post(f"{path}/disable")
    await shop.post(f"{path}/enable")
    return added["id"]


async def _stacked(shop: Shop, promotion: str, tiers: list[str]) -> None:
    category = await shop.post("/v1/categories", {"name": "Stacks", "hierarchy": 5})
    body = {"name": "Both", "tiers": {"ids": tiers}, "category_id": category["id"]}
    stack = await shop.post(f"/v1/promotions/{promotion}/stacks", body)
    path = f"/v1/promotions/{promotion}/stacks/{stack['id']}"
    asked = {
        "redeemables": [{"object": "promotion_stack", "id": stack["id"]}],
        "order": {"amount": 12_000, "source_id": "order-1"},
        "customer": {"source_id": "ann"},
    }
    # in one category, the second tier is skipped
    await shop.post("/v1/redemptions", asked)
    await shop.put(path, {"name": "Both of them"})
    await shop.put(path, {"category_id": None})
    redeemed = await shop.post("/v1/redemptions", asked | {"order": {"amount": 12_000}})
    parent = redeemed["parent_redemption"]["id"]
    await shop.post(f"/v1/redemptions/{parent}/rollbacks?reason=returned", {})
    single = {"order": {"amount": 9000}, "customer": {"source_id": "ann"}}
    redemption = await shop.post(f"/v1/promotions/tiers/{tiers[1]}/redemption", single)
    undo = f"/v1/redemptions/{redemption['id']}/rollback"
    await shop.post(undo, {"reason": "one too many", "metadata": {"ticket": 7}})
    await shop.post(undo, {"reason": "one too many"}, status=400)
    await shop.put(path, {"category_id": category["id"]})
    await shop.delete(path)
    await shop.post(f"/v1/promotions/{promotion}/stacks", body)
