"""Sessions: what a cart holds for a while, gives back, loses, or takes."""

from typing import Any

from schemas.expiry import ExpireDue
from tests.examples.telling import HOUR, Shop

ANN: dict[str, Any] = {"source_id": "ann", "metadata": {"vip": True}}


def locking(key: str, *codes: str, **more: Any) -> dict[str, Any]:
    session = {"type": "LOCK", "key": key, "ttl": 0.5, "ttl_unit": "HOURS"}
    redeemables = [{"object": "voucher", "id": code} for code in codes]
    return {"redeemables": redeemables, "session": session, "order": {"amount": 6000}} | more


async def sessions(shop: Shop) -> None:
    """A code for one is held by one cart, wanted by another, given back, lost and taken."""
    once = {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "AMOUNT", "amount_off": 700},
        "redemption": {"quantity": 1},
    }
    await shop.post("/v1/vouchers/ONCE", once)
    await shop.post("/v1/vouchers/GIFT-20", {"type": "GIFT_VOUCHER", "gift": {"amount": 2000}})
    await shop.post("/v1/customers", ANN)
    await shop.post("/v1/validations", locking("cart-1", "ONCE", "GIFT-20", customer=ANN))
    await shop.post("/v1/validations", locking("cart-2", "ONCE", customer=ANN))
    await shop.delete("/v1/vouchers/ONCE/sessions/cart-1")
    await shop.post("/v1/validations", locking("cart-2", "ONCE"))
    await shop.put("/v1/vouchers/ONCE", {"metadata": {"held": True}})
    shop.wait(HOUR)
    await shop.send(ExpireDue())
    await shop.post("/v1/validations", locking("cart-3", "ONCE"))
    await shop.post("/v1/validations", locking("cart-4", "GIFT-20", customer=ANN))
    await shop.delete("/v1/sessions/cart-4")
    taken = {"session": {"type": "LOCK", "key": "cart-3"}, "metadata": {"till": 1}}
    await shop.post("/v1/redemptions", locking("cart-3", "ONCE") | taken)
