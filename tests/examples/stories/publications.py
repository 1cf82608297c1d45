"""Who was given a code: one by one, several at once, again, and in vain."""

from typing import Any

from engine.kernel import tables
from tests.examples.telling import PROJECT, Shop
from tests.unit.services.world import CLIENT

CAMPAIGN: dict[str, Any] = {
    "name": "Welcome",
    "campaign_type": "DISCOUNT_COUPONS",
    "type": "STATIC",
    "vouchers_count": 4,
    "voucher": {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "PERCENT", "percent_off": 10},
        "redemption": {"quantity": 2},
        "code_config": {"pattern": "WELCOME-######"},
    },
}
ANN: dict[str, Any] = {"source_id": "ann", "name": "Ann Fischer", "email": "ann@example.com"}


async def publications(shop: Shop) -> None:
    """Codes of a campaign and a gift card are given to Ann and Ben."""
    campaign = await shop.post("/v1/campaigns", CAMPAIGN)
    await shop.post(f"/v1/campaigns/{campaign['id']}/vouchers/WELCOME-LAST")
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 3000}}
    await shop.post("/v1/vouchers/THANKS-30", gift)
    await shop.post("/v1/categories", {"name": "Thanks", "hierarchy": 3})
    await shop.put("/v1/vouchers/THANKS-30", {"category": "Thanks"})
    asked: dict[str, Any] = {
        "campaign": {"name": "Welcome"},
        "customer": ANN,
        "source_id": "mail-1",
        "channel": "Newsletter",
        "metadata": {"mailing": "autumn", "variant": 2},
    }
    await _too_many(shop)
    await shop.post("/v1/publications?join_once=true", asked)
    await shop.post("/v1/publications?join_once=true", asked | {"source_id": "mail-2"})
    ben = {"source_id": "ben", "metadata": {"newsletter": True}}
    await shop.post(
        "/v1/publications", {"campaign": {"name": "Welcome", "count": 2}, "customer": ben}
    )
    thanks = {"voucher": "THANKS-30", "customer": ANN}
    await shop.post("/v1/publications", thanks | {"source_id": "thanks-1"})
    spend = {"redeemables": [{"object": "voucher", "id": "THANKS-30", "gift": {"credits": 500}}]}
    await shop.post("/v1/redemptions", spend | {"order": {"amount": 4000}, "customer": ANN})
    again = {"campaign": {"name": "Welcome"}, "customer": {"source_id": "ann"}}
    await shop.post("/v1/publications?join_once=true", again)
    failed = {"voucher": "THANKS-30", "customer": ben, "metadata": {"by": "mistake"}}
    await shop.post("/v1/publications", failed, status=400)
    last = {"campaign": {"name": "Welcome"}, "customer": {"source_id": "eve"}}
    await shop.manage("PUT", "/proj", {"client_publish_enabled": True})
    await shop.post("/client/v1/publish", last, headers=CLIENT)
    await shop.post("/v1/publications", again, status=400)


async def _too_many(shop: Shop) -> None:
    """More than there are: the first one is paused, and nobody looks at it again."""
    view = shop.ledger.view(PROJECT)
    [first] = [each.code for each in view.scan(tables.VOUCHERS) if each.campaign_number == 0]
    await shop.post(f"/v1/vouchers/{first}/disable")
    asked = {"campaign": {"name": "Welcome", "count": 5}, "customer": ANN}
    await shop.post("/v1/publications", asked, status=400)
