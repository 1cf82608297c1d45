"""A lottery: entries of each kind, the draw, a winner who is refused, and a prize that comes late."""

from typing import Any

from schemas.base import DAY_MS
from tests.examples.telling import Shop

OFF = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 5000}}


async def giveaways(shop: Shop) -> None:
    """Orders take part in one, visits in another, and whoever asks in a third."""
    closes = "2023-12-01"
    await shop.post("/v1/campaigns", {"name": "Stock", "type": "STATIC", "voucher": OFF})
    prize = {"related_object_parent": {"name": "Stock"}, "type": "CAMPAIGN"}
    await shop.post("/v1/campaigns", {
        "name": "Orders", "campaign_type": "GIVEAWAY", "giveaway": {
            "closes_at": closes, "entry_type": "order.paid", "each_event": True,
            "prize": prize}})  # fmt: skip
    await shop.post("/v1/campaigns", {
        "name": "Visits", "campaign_type": "GIVEAWAY", "type": "AUTO_UPDATE", "voucher": OFF,
        "giveaway": {"closes_at": closes, "entry_type": "custom_event",
                     "custom_event": {"name": "visited"}}})  # fmt: skip
    await shop.post("/v1/campaigns", {
        "name": "Once", "campaign_type": "GIVEAWAY", "type": "AUTO_UPDATE", "voucher": OFF,
        "giveaway": {"closes_at": closes, "entry_type": "order.paid"}})  # fmt: skip
    await shop.post("/v1/campaigns", {
        "name": "Lottery", "campaign_type": "GIVEAWAY", "type": "AUTO_UPDATE", "voucher": OFF,
        "giveaway": {"closes_at": closes, "each_event": True, "winners": 2, "alternates": 1}})  # fmt: skip
    await _enter(shop)
    await shop.post("/v1/giveaways/Lottery/draw", status=400)
    shop.wait(60 * DAY_MS)
    draw = await shop.post("/v1/giveaways/Lottery/draw")
    first = draw["drawn"][0]["entry_id"]
    await shop.post(f"/v1/giveaways/Lottery/winners/{first}/refuse", {"reason": "under age"})
    await shop.post("/v1/giveaways/Orders/draw")
    await shop.post("/v1/campaigns/Stock/vouchers")
    await shop.post("/v1/giveaways/Orders/prizes")


async def _enter(shop: Shop) -> None:
    order: dict[str, Any] = {"amount": 4000, "status": "PAID"}
    for who in ("ann", "ben"):
        await shop.post("/v1/orders", order | {"customer": {"source_id": who}, "source_id": who})
        await shop.post("/v1/events", {"event": "visited", "customer": {"source_id": who}})
    await shop.post("/v1/orders", order | {"customer": {"source_id": "ben"}, "source_id": "second"})
    await shop.put("/v1/orders/ben", {"status": "CANCELED"})
    await shop.put("/v1/orders/second", {"customer": {"source_id": "ann"}})
    for who, ticket in (("ann", "1"), ("ann", "2"), ("cid", "1"), ("cid", "1")):
        body = {"customer": {"source_id": who}, "source_id": ticket, "metadata": {"desk": 2}}
        await shop.post("/v1/giveaways/Lottery/entries", body)
