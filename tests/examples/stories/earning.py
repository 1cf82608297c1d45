"""Earning rules: what they give for orders, events, segments and tiers, at once or later, and take back."""

from typing import Any

from engine.kernel import tables
from schemas.base import AMOUNT_MAX
from schemas.expiry import ExpireDue
from tests.examples.telling import DAY, PROJECT, Shop

CARD: dict[str, Any] = {
    "type": "LOYALTY_CARD",
    "loyalty_card": {
        "points": 0,
        "expiration_rules": {"period_type": "MONTH", "period_value": 12},
    },
}
RULES = "/v1/loyalties/Bean club/earning-rules"
FIXED = {"type": "FIXED", "points": 20}
ADA = {"customer": {"source_id": "ada"}}


def _every(amount: int, points: int) -> dict[str, Any]:
    terms = {"amount": {"every": amount, "points": points}}
    return {"type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT", "order": terms}


async def earning(shop: Shop) -> None:
    """A program with rules of every kind, and a member who meets some of them."""
    await shop.post("/v1/loyalties", {"name": "Bean club", "type": "AUTO_UPDATE", "voucher": CARD})
    member = await shop.post("/v1/loyalties/Bean club/members", ADA)
    await _rules(shop)
    await _events(shop, member["code"])
    await _tiers(shop)
    await _pending(shop, member["code"])
    await shop.delete("/v1/loyalties/Bean club", status=200)


async def _rules(shop: Shop) -> None:
    """Points for orders: within limits, in their time, for whoever meets the rules."""
    big = {"1": {"name": "order.amount", "conditions": {"$more_than_or_equal": [5000]}}}
    large = await shop.post("/v1/validation-rules", {"name": "Large orders", "rules": big})
    [by_amount, large_order, weekend] = await shop.post(
        RULES,
        [
            {
                "event": "order.paid",
                "loyalty": _every(1000, 3),
                "source": {"banner": "Three for ten"},
                "limits": {"count": 2, "points": 100, "period": "DAY"},
                "metadata": {"team": "growth"},
            },
            {
                "event": "order.paid",
                "loyalty": FIXED,
                "validation_rule_id": large["id"],
                "expiration_rules": {
                    "period_type": "FIXED_DAY_OF_YEAR",
                    "fixed_month": 12,
                    "fixed_day": 31,
                },
            },
            {
                "event": "order.paid",
                "loyalty": FIXED,
                "start_date": "2020-01-01T00:00:00Z",
                "expiration_date": "2099-01-01T00:00:00Z",
                "validity_timeframe": {"duration": "P1D", "interval": "P7D"},
                "validity_day_of_week": [0, 6],
                "validity_hours": {
                    "daily": [
                        {"start_time": "10:00", "expiration_time": "12:00", "days_of_week": [0]}
                    ]
                },
            },
        ],
    )
    await shop.put(f"{RULES}/{weekend['id']}", {"loyalty": FIXED | {"points": 25}})
    await shop.post(f"{RULES}/{weekend['id']}/disable")
    await shop.post(f"{RULES}/{weekend['id']}/enable")
    await shop.put(f"{RULES}/{large_order['id']}", {"validation_rule_id": None})
    order = {"source_id": "o-1", "amount": 7500, "status": "PAID"}
    await shop.post("/v1/orders", order | ADA)
    await shop.put("/v1/orders/o-1", {"status": "CANCELED"})
    await shop.delete(f"{RULES}/{by_amount['id']}")


async def _events(shop: Shop, code: str) -> None:
    """Points for what a customer does, on the card that is named, and for entering a segment."""
    schema = await shop.manage(
        "POST",
        f"/{PROJECT}/custom-event-schemas",
        {"name": "tasting", "schema": {"properties": {}}},
    )
    regulars = await shop.post(
        "/v1/segments",
        {
            "name": "Regulars",
            "type": "auto-update",
            "filter": {"junction": "and", "metadata.visits": {"conditions": {"$more_than": [3]}}},
        },
    )
    [looking] = shop.ledger.view(PROJECT).scan(tables.OPEN_ACTIONS)
    await shop.work({"async_action_id": looking.id})
    entered = {"event": "customer.segment.entered", "segment": {"id": regulars["id"]}}
    await shop.post(
        RULES,
        [
            {"loyalty": FIXED, "custom_event": {"schema_id": schema["id"]}},
            entered | {"loyalty": FIXED},
        ],
    )
    await shop.post("/v1/events", {"event": "tasting", "loyalty": {"code": code}} | ADA)
    await shop.put("/v1/customers/ada", {"metadata": {"visits": 4}})


async def _tiers(shop: Shop) -> None:
    """Points for reaching a tier, in which a rule gives twice as many."""
    rules = await shop.ask("GET", RULES)
    double = {each["id"]: {"type": "MULTIPLY", "multiplier": 2} for each in rules["data"]}
    tiers = [
        {"name": "Green", "points": {"from": 0, "to": 99}},
        {"name": "Roasted", "points": {"from": 100}, "earning_rules": double},
    ]
    made = await shop.post("/v1/loyalties/Bean club/tiers", tiers)
    for looking in list(shop.ledger.view(PROJECT).scan(tables.OPEN_ACTIONS)):
        await shop.work({"async_action_id": looking.id})
    upgraded = {
        "event": "customer.loyalty.tier.upgraded",
        "loyalty_tier": {"id": made[1]["id"]},
        "loyalty": FIXED,
    }
    await shop.post(RULES, [upgraded])
    for _ in range(5):
        await shop.post("/v1/events", {"event": "tasting"} | ADA)


async def _pending(shop: Shop, code: str) -> None:
    """Points that wait for a fortnight: active in time or before, changed, canceled."""
    fortnight = {"period_type": "DAY", "period_value": 14}
    rule = {
        "event": "order.paid",
        "loyalty": _every(100, 1),
        "pending_points": fortnight,
        "source": {"banner": "After a fortnight"},
        "limits": {"count": 10, "period": "MONTH"},
    }
    [made] = await shop.post(RULES, [rule])
    roasted = (await shop.ask("GET", "/v1/loyalties/Bean club/tiers"))["data"]
    double = {made["id"]: {"type": "MULTIPLY", "multiplier": 2}}
    for tier in roasted:
        await shop.put(f"/v1/loyalties/Bean club/tiers/{tier['id']}", {"earning_rules": double})
    for number in range(2, 6):
        order = {"source_id": f"o-{number}", "amount": 1000 * number, "status": "PAID"}
        await shop.post("/v1/orders", order | ADA)
    path = f"/v1/loyalties/members/{code}/pending-points"
    first, second, *_ = (await shop.ask("GET", path))["data"]
    await shop.post(f"{path}/{first['id']}/balance", {"points": 5})
    await shop.post(f"{path}/{first['id']}/activate")
    await shop.post(f"{path}/{second['id']}/cancel", status=204)
    balance = (await shop.ask("GET", f"/v1/loyalties/members/{code}"))["loyalty_card"]["points"]
    await shop.post(f"/v1/loyalties/members/{code}/balance", {"points": AMOUNT_MAX - balance - 30})
    shop.wait(15 * DAY)
    await shop.send(ExpireDue())
    await shop.put("/v1/orders/o-5", {"status": "CANCELED"})
