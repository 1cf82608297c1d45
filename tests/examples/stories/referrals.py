"""Friends who bring friends: codes, conversions of each kind, rewards, and what is taken back."""

from typing import Any

from schemas.api import CustomerInput
from schemas.custom_events import Referral, TrackCustomEvent
from tests.examples.telling import Shop

OFF = {"type": "AMOUNT", "amount_off": 500}
CODES = {"type": "DISCOUNT_VOUCHER", "discount": OFF, "is_referral_code": True}
ANN: dict[str, Any] = {"source_id": "ann", "name": "Ann Fischer", "email": "ann@example.com"}


async def referrals(shop: Shop) -> None:
    """Ann brings Ben, Cid and Dan; Ben sends his order back, and is brought by Zoe then."""
    await _rewards(shop)
    reward = {"related_object_parent": {"name": "Points"}, "type": "LOYALTY_CARD", "amount": 50}
    credits = {"related_object_parent": {"name": "Cards"}, "type": "GIFT_VOUCHER", "amount": 700}
    await shop.post("/v1/campaigns", {
        "name": "Friends", "campaign_type": "REFERRAL_PROGRAM", "type": "AUTO_UPDATE",
        "voucher": CODES,
        "referral_program": {"referee_reward": reward, "referrer_reward": credits}})  # fmt: skip
    code = await _published(shop, "Friends")
    tier = await shop.post("/v1/referrals/Friends/tiers", {
        "conversions": 2, "reward": credits | {"amount": 900}, "banner": "Two friends"})  # fmt: skip
    await shop.put(f"/v1/referrals/Friends/tiers/{tier['id']}", {"banner": "Two friends, or more"})
    asked = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 9000}}
    ben = await shop.post("/v1/redemptions", asked | {"customer": {"source_id": "ben"}})
    await shop.post("/v1/redemptions", asked | {"customer": ANN}, status=400)
    held = await shop.ask("GET", "/v1/customers/ann/redeemables")
    [card] = [each for each in held["data"] if each["voucher_type"] == "GIFT_VOUCHER"]
    spent = {"redeemables": [{"object": "voucher", "id": card["redeemable_id"]}]}
    await shop.post("/v1/redemptions", spent | {"customer": ANN, "order": {"amount": 300}})
    await shop.post(f"/v1/redemptions/{ben['redemptions'][0]['id']}/rollback")
    # Ben comes once more, by another code; what Ann had spent of her reward is hers
    given = {"campaign": {"name": "Friends"}, "customer": {"source_id": "zoe"}}
    other = (await shop.post("/v1/publications", given))["voucher"]["code"]
    again = {"redeemables": [{"object": "voucher", "id": other}], "order": {"amount": 9000}}
    await shop.post("/v1/redemptions", again | {"customer": {"source_id": "ben"}})
    for who in ("cid", "dan"):
        await shop.post("/v1/redemptions", asked | {"customer": {"source_id": who}})
    await shop.delete(f"/v1/referrals/Friends/tiers/{tier['id']}")
    await _holders(shop, code)
    await _by_event(shop)
    await _by_segment(shop)
    # whoever is known already is answered with whom it referred
    await shop.post("/v1/customers", ANN)


async def _rewards(shop: Shop) -> None:
    expiring = {"period_type": "MONTH", "period_value": 3}
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0, "expiration_rules": expiring}}
    await shop.post("/v1/loyalties", {"name": "Points", "type": "AUTO_UPDATE", "voucher": card})
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 0, "balance": 0}}
    await shop.post("/v1/campaigns", {"name": "Cards", "type": "AUTO_UPDATE", "voucher": gift})
    thanks = {"type": "DISCOUNT_VOUCHER", "discount": OFF}
    await shop.post("/v1/campaigns", {"name": "Thanks", "type": "AUTO_UPDATE", "voucher": thanks})
    await shop.post("/v1/campaigns", {"name": "None", "type": "STATIC", "voucher": thanks})


async def _published(shop: Shop, name: str) -> str:
    """The code that Ann is given."""
    given = await shop.post("/v1/publications", {"campaign": {"name": name}, "customer": ANN})
    return str(given["voucher"]["code"])


async def _holders(shop: Shop, code: str) -> None:
    """Ivo is added by hand, a guest beside him, who is removed again."""
    path = f"/v1/referrals/members/{code}/holders"
    body = {"holders": [{"source_id": "ivo"}, {"email": "guest@example.com"}]}
    added = await shop.post(path, body | {"metadata": {"by": "desk"}})
    await shop.post(path, {"holders": [{"source_id": "ivo"}]}, status=409)
    await shop.delete(f"/v1/referrals/Friends/members/{code}/holders/{added['holders'][1]['id']}")


async def _by_event(shop: Shop) -> None:
    """Who signs up with a code is referred; the referrer's reward cannot be given."""
    schema = {"name": "signed_up", "schema": {"properties": {}}}
    made = await shop.manage("POST", "/proj/custom-event-schemas", schema)
    thanks = {"related_object_parent": {"name": "Thanks"}, "type": "CAMPAIGN"}
    none = {"related_object_parent": {"name": "None"}, "type": "CAMPAIGN"}
    await shop.post("/v1/campaigns", {
        "name": "Sign up", "type": "AUTO_UPDATE", "voucher": CODES, "referral_program": {
            "conversion_event_type": "custom_event", "custom_event": {"id": made["id"]},
            "referee_reward": thanks, "referrer_reward": none}})  # fmt: skip
    code = await _published(shop, "Sign up")
    asked = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 5000}}
    used = await shop.post("/v1/redemptions", asked | {"customer": {"source_id": "eve"}})
    await shop.post(f"/v1/redemptions/{used['redemptions'][0]['id']}/rollback")
    event = {"event": "signed_up", "customer": {"source_id": "fay"}}
    await shop.post("/v1/events", event | {"referral": {"code": code, "referrer_id": "ann"}})
    named = Referral(code)
    await shop.send(TrackCustomEvent("seen", CustomerInput(source_id="gus"), referral=named))


async def _by_segment(shop: Shop) -> None:
    """Who was brought by a code counts once it is in the segment."""
    chosen = {"junction": "and", "metadata.vip": {"conditions": {"$is": [True]}}}
    segment = await shop.post("/v1/segments", {"name": "VIP", "filter": chosen})
    await shop.post("/v1/campaigns", {
        "name": "VIPs", "type": "AUTO_UPDATE", "voucher": CODES, "referral_program": {
            "conversion_event_type": "segment", "segment": {"id": segment["id"]}}})  # fmt: skip
    code = await _published(shop, "VIPs")
    asked = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 5000}}
    await shop.post("/v1/redemptions", asked | {"customer": {"source_id": "hal"}})
    await shop.put("/v1/customers/hal", {"metadata": {"vip": True}})
