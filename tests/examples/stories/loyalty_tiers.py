"""Tiers of loyalty programs: by the points of a month, and by the balance, for some months."""

from typing import Any

from engine.kernel import tables
from schemas.expiry import ExpireDue
from tests.examples.telling import DAY, PROJECT, Shop

CARD = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
MONTHLY: dict[str, Any] = {
    "qualification_type": "POINTS_IN_PERIOD",
    "qualification_period": "MONTH",
    "start_date": {"type": "IMMEDIATE"},
    "expiration_date": {"type": "END_OF_NEXT_PERIOD", "extend": "P5D"},
}
LASTING: dict[str, Any] = {
    "qualification_type": "BALANCE",
    "start_date": {"type": "IMMEDIATE"},
    "expiration_date": {"type": "CUSTOM", "extend": "P3M"},
}
ROUNDED = LASTING | {
    "expiration_date": {
        "type": "CUSTOM",
        "extend": "P3M",
        "rounding": {"type": "CUSTOM", "strategy": "END", "unit": "MONTH", "value": 11},
    }
}


async def loyalty_tiers(shop: Shop) -> None:
    """Members who come to tiers, fall, are prolonged and leave; tiers that change and go."""
    await _by_month(shop)
    await _by_balance(shop)
    await _by_themselves(shop)


async def _by_month(shop: Shop) -> None:
    await _program(shop, "Tea club", MONTHLY)
    steps = {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 5}}
    (rule,) = await shop.post("/v1/loyalties/Tea club/earning-rules", [steps])
    coin = {"parameters": {"coin": {"exchange_ratio": 1, "points_ratio": 10}}}
    reward = await shop.post("/v1/rewards", {"name": "Pay with tea"} | coin)
    offer = await shop.post("/v1/loyalties/Tea club/rewards", [{"reward": reward["id"]}])
    tiers = [
        {"name": "Leaf", "points": {"from": 0, "to": 99}},
        {
            "name": "Bud",
            "points": {"from": 100, "to": 499},
            "earning_rules": {rule["id"]: {"type": "MULTIPLY", "multiplier": 1.5}},
            "rewards": {offer["id"]: {"type": "CUSTOM", "points": 80}},
            "metadata": {"colour": "green"},
        },
        {"name": "Blossom", "points": {"from": 500}},
    ]
    made = await shop.post("/v1/loyalties/Tea club/tiers", tiers)
    await _work(shop)
    card = await _card(shop, "Tea club", "ada")
    for points in (30, 80):
        await _add(shop, card, points)
    # the customer is told of with the tier
    await shop.put("/v1/customers/ada", {"name": "Ada"})
    shop.wait(31 * DAY)
    await _add(shop, card, 200)
    shop.wait(80 * DAY)
    await shop.send(ExpireDue())
    bud = f"/v1/loyalties/Tea club/tiers/{made[1]['id']}"
    await shop.put(bud, {"name": "Young bud", "points": {"from": 110, "to": 499}})
    await _work(shop)


async def _by_balance(shop: Shop) -> None:
    campaign = await _program(shop, "Pot club", LASTING)
    [gold] = await shop.post(
        "/v1/loyalties/Pot club/tiers", [{"name": "Gold", "points": {"from": 100}}]
    )
    await _work(shop)
    card = await _card(shop, "Pot club", "ben")
    await _add(shop, card, 120)
    shop.wait(10 * DAY)
    await _add(shop, card, -50)
    await _add(shop, card, 50)
    changes = {"loyalty_tiers_expiration": ROUNDED, "options": {"recalculate_tiers": True}}
    await shop.put(f"/v1/loyalties/{campaign}", changes)
    await _work(shop)
    await shop.delete(f"/v1/loyalties/Pot club/tiers/{gold['id']}")
    await _work(shop)


async def _by_themselves(shop: Shop) -> None:
    """Each tier gives the points of the next: it ends after so many rounds."""
    await _program(shop, "Ladder", LASTING)
    steps = range(10, 100, 10)
    tiers = [{"name": f"Step {n}", "points": {"from": n, "to": n + 9}} for n in steps]
    await shop.post("/v1/loyalties/Ladder/tiers", tiers)
    await _work(shop)
    ten = {"loyalty": {"type": "FIXED", "points": 10}}
    rules = [{"event": f"customer.loyalty.tier.{each}"} | ten for each in ("joined", "upgraded")]
    await shop.post("/v1/loyalties/Ladder/earning-rules", rules)
    await _add(shop, await _card(shop, "Ladder", "cid"), 10)


async def _program(shop: Shop, name: str, tiers: dict[str, Any]) -> str:
    body = {
        "name": name,
        "campaign_type": "LOYALTY_PROGRAM",
        "type": "AUTO_UPDATE",
        "voucher": CARD,
        "loyalty_tiers_expiration": tiers,
    }
    made = await shop.post("/v1/campaigns", body)
    return str(made["id"])


async def _card(shop: Shop, program: str, who: str) -> str:
    body = {"customer": {"source_id": who}, "campaign": {"name": program, "count": 1}}
    given = await shop.post("/v1/publications", body)
    return str(given["voucher"]["code"])


async def _add(shop: Shop, card: str, points: int) -> None:
    await shop.post(f"/v1/vouchers/{card}/balance", {"amount": points})


async def _work(shop: Shop) -> None:
    """Has what is begun in the background done."""
    for action in list(shop.ledger.view(PROJECT).scan(tables.OPEN_ACTIONS)):
        await shop.work({"async_action_id": action.id})
