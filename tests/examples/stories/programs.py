"""Loyalty programs: who joins them, by a request and by itself, and what becomes of them."""

from typing import Any

from engine.kernel import tables
from tests.examples.telling import DAY, PROJECT, Shop

CARD: dict[str, Any] = {
    "type": "LOYALTY_CARD",
    "loyalty_card": {
        "points": 100,
        "expiration_rules": {
            "period_type": "MONTH",
            "period_value": 3,
            "rounding_type": "PARTICULAR_MONTH",
            "rounding_value": 12,
        },
    },
}
GOLD: dict[str, Any] = {
    "1": {"name": "customer.metadata", "property": "tier", "conditions": {"$is": ["gold"]}}
}


async def programs(shop: Shop) -> None:
    """Members who join and are given cards; one who is there when a program begins to take them."""
    await shop.post("/v1/customers", {"source_id": "cleo", "metadata": {"tier": "gold"}})
    await _joined(shop)
    await _by_itself(shop)
    await _ended(shop)


async def _joined(shop: Shop) -> None:
    await shop.post("/v1/loyalties", {"name": "Tea club", "type": "AUTO_UPDATE", "voucher": CARD})
    joining = {
        "customer": {"source_id": "ada"},
        "channel": "counter",
        "source_id": "form-1",
        "metadata": {"clerk": 7},
    }
    member = await shop.post("/v1/loyalties/Tea club/members", joining)
    await shop.post("/v1/loyalties/Tea club/members", {"customer": {"source_id": "ada"}})
    spare = await shop.post("/v1/campaigns/Tea club/vouchers")
    given = {"customer": {"source_id": "ben"}, "voucher": spare["code"]}
    await shop.post("/v1/loyalties/Tea club/members", given)
    await shop.post(f"/v1/vouchers/{member['code']}/balance", {"amount": 20, "reason": "late tea"})
    # what a customer has in programs is told with the customer
    for named in ({"name": "Ada"}, {"name": "Ada"}):
        await shop.put("/v1/customers/ada", named)
    await shop.post("/v1/loyalties/Tea club/copy", {"name": "Coffee club"})
    file = "Code,Loyalty Points\nTEA-1,300\n"
    await shop.work(await shop.upload("/v1/campaigns/Tea club/importCSV", file, status=200))


async def _by_itself(shop: Shop) -> None:
    rule = await shop.post("/v1/validation-rules", {"name": "Gold", "rules": GOLD})
    golden = {
        "name": "Golden circle",
        "type": "AUTO_UPDATE",
        "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}},
        "validation_rules": [rule["id"]],
    }
    await shop.post("/v1/loyalties", golden)
    await shop.put("/v1/loyalties/Golden circle", {"auto_join": True})
    [looking] = shop.ledger.view(PROJECT).scan(tables.OPEN_ACTIONS)
    await shop.work({"async_action_id": looking.id})
    await shop.put("/v1/customers/ben", {"metadata": {"tier": "gold"}})
    # whoever is a member joins no second time
    await shop.put("/v1/customers/ben", {"name": "Ben"})


async def _ended(shop: Shop) -> None:
    shop.wait(DAY)
    await shop.put("/v1/loyalties/Golden circle", {"description": "By invitation"})
    await shop.work(await shop.delete("/v1/loyalties/Golden circle", status=200))
