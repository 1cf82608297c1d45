"""Rewards: what a program offers for points, and members who take it, use it and give it back."""

from typing import Any

from tests.examples.telling import Shop

CARD: dict[str, Any] = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 1000}}
#: Its points last a year.
LASTING: dict[str, Any] = {
    "type": "LOYALTY_CARD",
    "loyalty_card": {
        "points": 1000,
        "expiration_rules": {"period_type": "MONTH", "period_value": 12},
    },
}


async def rewards(shop: Shop) -> None:
    """A club with coupons, mugs, gift cards and points for an order; what of it ends with the club."""
    await shop.post("/v1/loyalties", {"name": "Cup club", "type": "AUTO_UPDATE", "voucher": CARD})
    kinds = await _made(shop)
    offers = await _offered(shop, kinds)
    await _rewarded(shop, kinds, offers)
    await _with_points_of_another(shop)
    await _by_itself(shop)
    await _ended(shop, offers)


async def _made(shop: Shop) -> dict[str, str]:
    """A reward of each kind."""
    coupon = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 15}}
    coupons = {"name": "Cup coupons", "type": "AUTO_UPDATE", "voucher": coupon}
    coupon_id = (await shop.post("/v1/campaigns", coupons))["id"]
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 500}}
    gifts = {"name": "Cup gifts", "type": "AUTO_UPDATE", "voucher": gift}
    await shop.post("/v1/campaigns", gifts)
    mug = await shop.post("/v1/products", {"source_id": "cup", "name": "Cup", "price": 900})
    blue = await shop.post("/v1/products/cup/skus", {"source_id": "cup-blue", "sku": "Blue"})
    cups = {
        "name": "Blue cup",
        "type": "MATERIAL",
        "parameters": {"product": {"id": mug["id"], "sku_id": blue["id"]}},
        "stock": 1,
        "attributes": {"image_url": "https://shop.test/cup.png", "description": "A blue cup"},
        "metadata": {"shelf": 3},
    }
    cup = await shop.post("/v1/rewards", cups)
    await shop.put(f"/v1/rewards/{cup['id']}", {"stock": 2})
    code = {"name": "15% off", "parameters": {"campaign": {"id": coupon_id}}}
    card = {"name": "Gift card", "parameters": {"campaign": {"id": "Cup gifts", "balance": 250}}}
    coin = {"name": "Pay", "parameters": {"coin": {"exchange_ratio": "0.01"}}}
    return {
        "cup": cup["id"],
        "code": (await shop.post("/v1/rewards", code))["id"],
        "card": (await shop.post("/v1/rewards", card))["id"],
        "coin": (await shop.post("/v1/rewards", coin))["id"],
    }


async def _offered(shop: Shop, kinds: dict[str, str]) -> dict[str, str]:
    """What the club offers, one by one and together."""
    vip = {"1": {"name": "redemption.metadata", "property": "vip", "conditions": {"$is": ["yes"]}}}
    rule = await shop.post("/v1/validation-rules", {"name": "At the counter", "rules": vip})
    offer = {"campaign": "Cup club", "parameters": {"loyalty": {"points": 200}}}
    cup = await shop.post(f"/v1/rewards/{kinds['cup']}/assignments", offer)
    await shop.post(f"/v1/rewards/{kinds['cup']}/assignments", offer, status=409)
    both = [
        {
            "reward": kinds["code"],
            "parameters": {"loyalty": {"points": 150, "auto_redeem": False}},
            "validation_rules": [rule["id"]],
        },
        {"reward": kinds["coin"]},
    ]
    code, _ = await shop.post("/v1/loyalties/Cup club/rewards", both)
    one = [{"reward": kinds["card"], "parameters": {"loyalty": {"points": 300}}}]
    card = await shop.post("/v1/loyalties/Cup club/rewards", one)
    cheaper = {"parameters": {"loyalty": {"points": 250}}}
    await shop.put(f"/v1/loyalties/Cup club/rewards/{card['id']}", cheaper)
    return {"cup": cup["id"], "code": code["id"], "card": card["id"]}


async def _rewarded(shop: Shop, kinds: dict[str, str], offers: dict[str, str]) -> None:
    """A member takes all of it, and gives some of it back."""
    tiers = [{"name": "Cups", "points": {"from": 0}, "rewards": _cheaper(offers["cup"])}]
    await shop.post("/v1/loyalties/Cup club/tiers", tiers)
    joining = {"customer": {"source_id": "dora"}}
    member = await shop.post("/v1/loyalties/Cup club/members", joining)
    path = f"/v1/loyalties/members/{member['code']}/redemption"
    cup = await shop.post(path, {"reward": {"id": kinds["cup"]}})
    within = f"/v1/loyalties/Cup club/members/{member['code']}/redemption"
    await shop.post(within, {"reward": {"id": kinds["code"]}}, status=400)
    vip = {"reward": {"id": kinds["code"]}, "metadata": {"vip": "yes"}}
    code = await shop.post(within, vip)
    asked = {"id": kinds["card"], "assignment_id": offers["card"], "points": 250}
    body = {"redeemables": [{"object": "voucher", "id": member["code"], "reward": asked}]}
    await shop.post("/v1/redemptions", body)
    paying = {"reward": {"id": kinds["coin"], "points": 100}, "order": {"amount": 5000}}
    await shop.post(path, paying)
    await shop.post(f"/v1/redemptions/{cup['id']}/rollback", {"reason": "Broken"})
    used = code["reward"]["voucher"]["code"]
    spent = await shop.post(f"/v1/vouchers/{used}/redemption", {"order": {"amount": 2000}})
    await shop.post(f"/v1/redemptions/{code['id']}/rollback", status=400)
    await shop.post(f"/v1/redemptions/{spent['id']}/rollback")
    await shop.post(f"/v1/redemptions/{code['id']}/rollback")
    await shop.post(path, {"reward": {"id": kinds["cup"]}})


async def _with_points_of_another(shop: Shop) -> None:
    """Points of another club: who is in it has them on the card that is there."""
    await shop.post(
        "/v1/loyalties", {"name": "Pot club", "type": "AUTO_UPDATE", "voucher": LASTING}
    )
    points = {"name": "Pots", "parameters": {"campaign": {"id": "Pot club", "balance": 30}}}
    reward = await shop.post("/v1/rewards", points)
    offer = [{"reward": reward["id"], "parameters": {"loyalty": {"points": 10}}}]
    await shop.post("/v1/loyalties/Cup club/rewards", offer)
    joining = {"customer": {"source_id": "emil"}}
    member = await shop.post("/v1/loyalties/Cup club/members", joining)
    path = f"/v1/loyalties/members/{member['code']}/redemption"
    await shop.post(path, {"reward": {"id": reward["id"]}})
    again = await shop.post(path, {"reward": {"id": reward["id"]}})
    await shop.post(f"/v1/redemptions/{again['id']}/rollback")


async def _by_itself(shop: Shop) -> None:
    """A lid for whoever comes to the points of it."""
    lid = await shop.post("/v1/products", {"source_id": "lid", "name": "Lid", "price": 100})
    reward = {"name": "Lid", "parameters": {"product": {"id": lid["id"]}}}
    made = await shop.post("/v1/rewards", reward)
    terms = {"loyalty": {"points": 1010, "auto_redeem": True}}
    offer = [{"reward": made["id"], "parameters": terms}]
    await shop.post("/v1/loyalties/Cup club/rewards", offer)
    joining = {"customer": {"source_id": "fritz"}}
    member = await shop.post("/v1/loyalties/Cup club/members", joining)
    await shop.post(f"/v1/loyalties/members/{member['code']}/balance", {"points": 20})


def _cheaper(offer: str) -> dict[str, Any]:
    return {offer: {"type": "CUSTOM", "points": 180}}


async def _ended(shop: Shop, offers: dict[str, str]) -> None:
    """One offer ends by itself, the others with their club."""
    await shop.delete(f"/v1/loyalties/Cup club/rewards/{offers['card']}")
    await shop.delete("/v1/campaigns/Cup club", status=202)
