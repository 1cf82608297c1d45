"""Campaigns of codes: their vouchers, their switches, and their ends; and who was given a code."""

from typing import Any

from schemas.actions import RunChunk
from tests.examples.stories.vouchers import HOURS
from tests.examples.telling import DAY, Shop

CODES: dict[str, Any] = {
    "name": "Spring sale",
    "campaign_type": "DISCOUNT_COUPONS",
    "type": "AUTO_UPDATE",
    "description": "Everything for the garden",
    "start_date": "2023-11-01T00:00:00Z",
    "expiration_date": "2024-05-31T00:00:00Z",
    "validity_timeframe": {"duration": "P3D", "interval": "P7D"},
    "validity_day_of_week": [0, 1, 2, 3, 4, 5, 6],
    "validity_hours": HOURS,
    "activity_duration_after_publishing": "P30D",
    "auto_join": True,
    "join_once": True,
    "use_voucher_metadata_schema": False,
    "category": "Seasonal",
    "metadata": {"season": "spring", "owner": "garden"},
    "vouchers_count": 2,
    "voucher": {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "AMOUNT", "amount_off": 1000},
        "redemption": {"quantity": 1},
        "code_config": {
            "pattern": "SPRING-####",
            "charset": "ABCDEFGHJKLMNPQRSTUVWXYZ",
            "initial_count": 2,
        },
    },
}
CARDS: dict[str, Any] = {
    "name": "Gift cards",
    "campaign_type": "GIFT_VOUCHERS",
    "type": "STATIC",
    "vouchers_count": 1,
    "voucher": {
        "type": "GIFT_VOUCHER",
        "gift": {"amount": 2500},
        "code_config": {"length": 10, "prefix": "GC-", "postfix": "-24"},
    },
}


async def campaigns(shop: Shop) -> None:
    """A campaign of codes and one of gift cards, from their making to their end."""
    await shop.post("/v1/categories", {"name": "Seasonal", "hierarchy": 10})
    large = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}
    rule = await shop.post("/v1/validation-rules", {"name": "From 50.00", "rules": large})
    codes = await shop.post("/v1/campaigns", CODES | {"validation_rules": [rule["id"]]})
    cards = await shop.post("/v1/campaigns", CARDS)
    await _changed(shop, codes["id"])
    await _more_codes(shop, cards["id"])
    await _ended(shop, codes["id"], cards["id"])


async def _changed(shop: Shop, codes: str) -> None:
    path = f"/v1/campaigns/{codes}"
    changes = {"description": "Everything for the balcony", "category_id": None, "active": True}
    await shop.put(path, changes)
    await shop.post(f"{path}/disable")
    await shop.post(f"{path}/enable")


async def _more_codes(shop: Shop, cards: str) -> None:
    path = f"/v1/campaigns/{cards}/vouchers"
    named = {"category": "Seasonal", "metadata": {"batch": 2}, "additional_info": "For the fair"}
    added = await shop.post(path, named | {"redemption": {"quantity": 3}})
    await shop.post(f"/v1/vouchers/{added['code']}/balance", {"amount": 500})
    await shop.post(f"{path}/GC-BY-HAND", {"expiration_date": "2024-12-24"})
    many = {"vouchers_count": 3, "code_config": {"pattern": "FAIR-####"}, "metadata": {"batch": 3}}
    action = await shop.post(path, many, status=202)
    await shop.work(action)
    await shop.delete("/v1/vouchers/GC-BY-HAND?force=true")


async def _ended(shop: Shop, codes: str, cards: str) -> None:
    shop.wait(DAY)
    await shop.work(await shop.delete(f"/v1/campaigns/{cards}", status=202))
    await shop.work(await shop.delete(f"/v1/campaigns/{codes}?force=true", status=202))
    await shop.delete(f"/v1/trash-bin/{shop.binned('Gift cards')}")
    # a chunk that was done already does nothing
    await shop.send(RunChunk(shop.actions()[0], 0))
