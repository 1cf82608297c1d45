"""Points of members: they expire in time, are told of before, are paid, come back, and change hands."""

from typing import Any

from schemas.expiry import ExpireDue
from tests.examples.telling import DAY, Shop
from tests.unit.services.world import SERVER

COIN = {"parameters": {"coin": {"exchange_ratio": 1, "points_ratio": 10}}}
BY_DAYS = {"period_type": "DAY", "period_value": 30, "notice_days": 7}
BY_MONTHS = {
    "period_type": "MONTH",
    "period_value": 2,
    "rounding_type": "PARTICULAR_MONTH",
    "rounding_value": 6,
}
BY_YEAR = {"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 12, "fixed_day": 31}
BY_ACTIVITY = {"period_type": "INACTIVITY", "period_value": 20}


async def member_points(shop: Shop) -> None:
    """Programs whose points expire by each kind of rules."""
    reward = await shop.post("/v1/rewards", {"name": "Pay with leaves"} | COIN)
    await _in_time(shop, reward["id"])
    await _by_activity(shop, reward["id"])
    await _with_points(shop)
    await _program(shop, "Summer club", BY_MONTHS)
    await _program(shop, "Year club", BY_YEAR)


async def _in_time(shop: Shop, reward: str) -> None:
    await _program(shop, "Leaf club", BY_DAYS)
    await _offer(shop, "Leaf club", reward)
    ada, ben = [await _member(shop, "Leaf club", who) for who in ("ada", "ben")]
    await _add(shop, ada, {"amount": 100})
    await _add(shop, ben, {"amount": 40, "reason": "welcome"})
    moves = [{"code": ben, "points": 30, "source_id": "m-1", "reason": "a gift"}]
    shown = SERVER | {"X-Voucherify-Channel": "Node.js-app"}
    await shop.post(f"/v1/loyalties/Leaf club/members/{ada}/transfers", moves, headers=shown)
    members = f"/v1/loyalties/members/{ben}/balance"
    await shop.post(members, {"points": 15, "reason": "a survey"}, headers=shown)
    soon_back = await _pay(shop, reward, ben, 20)
    await shop.post(f"/v1/redemptions/{soon_back['redemptions'][0]['id']}/rollback", {})
    paid = await _pay(shop, reward, ada, 80)
    shop.wait(24 * DAY)
    await shop.send(ExpireDue())
    shop.wait(8 * DAY)
    await shop.send(ExpireDue())
    await shop.post(f"/v1/redemptions/{paid['redemptions'][0]['id']}/rollback", {})


async def _by_activity(shop: Shop, reward: str) -> None:
    await _program(shop, "Green club", BY_ACTIVITY)
    await _offer(shop, "Green club", reward)
    eve = await _member(shop, "Green club", "eve")
    await _add(shop, eve, {"amount": 60})
    shop.wait(10 * DAY)
    await _pay(shop, reward, eve, 20)
    shop.wait(30 * DAY)
    await _add(shop, eve, {"amount": 5})
    for_orders = {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 8}}
    longer = BY_ACTIVITY | {"period_value": 40}
    rules = [for_orders | {"expiration_rules": longer}]
    await shop.post("/v1/loyalties/Green club/earning-rules", rules)
    bought = {"amount": 900, "status": "PAID", "customer": {"source_id": "eve"}}
    await shop.post("/v1/orders", bought)


async def _with_points(shop: Shop) -> None:
    """A card is deleted that has points left."""
    await _program(shop, "Brief club", BY_DAYS)
    dora = await _member(shop, "Brief club", "dora")
    await _add(shop, dora, {"amount": 70})
    await shop.delete(f"/v1/vouchers/{dora}")


async def _program(shop: Shop, name: str, rules: dict[str, Any]) -> None:
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0, "expiration_rules": rules}}
    body = {"name": name, "campaign_type": "LOYALTY_PROGRAM", "type": "AUTO_UPDATE"}
    await shop.post("/v1/campaigns", body | {"voucher": card})


async def _offer(shop: Shop, program: str, reward: str) -> None:
    """What points of a card pay, its program says."""
    await shop.post(f"/v1/loyalties/{program}/rewards", [{"reward": reward}])


async def _member(shop: Shop, program: str, who: str) -> str:
    joined = await shop.post(f"/v1/loyalties/{program}/members", {"customer": {"source_id": who}})
    return str(joined["code"])


async def _add(shop: Shop, card: str, body: dict[str, Any]) -> None:
    await shop.post(f"/v1/vouchers/{card}/balance", body)


async def _pay(shop: Shop, reward: str, card: str, points: int) -> dict[str, Any]:
    paying = {"object": "voucher", "id": card, "reward": {"id": reward, "points": points}}
    body = {"redeemables": [paying], "order": {"amount": 100_000}}
    paid: dict[str, Any] = await shop.post("/v1/redemptions", body)
    return paid
