"""Projects and what belongs to them: keys, tokens, webhooks, schemas of metadata, stacking rules."""

from typing import Any

from engine.webhooks.ids import event_id
from schemas.expiry import ExpireDue
from schemas.projects import CONTROL_PROJECT, ApiKey, ChangeTrustedOrigins, ReplaceKey
from schemas.webhooks import DisableWebhook
from tests.examples.telling import DAY, PROJECT, Shop
from tests.unit.services.world import hash_token

NEW: dict[str, Any] = {
    "name": "Second shop",
    "description": "For those who come by train",
    "timezone": "Europe/Warsaw",
    "currency": "PLN",
    "dial_code": "+48",
    "case_sensitive_codes": True,
    "client_trusted_domains": ["https://second.test"],
    "client_redeem_enabled": False,
    "client_publish_enabled": True,
    "client_list_vouchers_enabled": True,
    "client_create_customer_enabled": True,
    "client_loyalty_events_enabled": True,
    "client_set_voucher_expiration_date_enabled": True,
}


async def projects(shop: Shop) -> None:
    """A second project is made, changed and deleted; the first one is arranged."""
    second = (await shop.manage("POST", "", NEW))["id"]
    changes = {"name": "Second hand", "client_trusted_domains": ["https://second-hand.test"]}
    await shop.manage("PUT", f"/{second}", changes)
    await shop.manage("DELETE", f"/{second}", status=204)
    third = {"name": "Third", "timezone": "Etc/UTC", "currency": "EUR"}
    await shop.manage("POST", "", third | {"case_sensitive_codes": False})
    await _keys(shop)
    await _hooks(shop)
    await _made_keys(shop)
    await _brand(shop)
    await _event_schemas(shop)
    await _schemas(shop)
    await _stacking(shop)
    await _zone(shop)


async def _keys(shop: Shop) -> None:
    origins = ChangeTrustedOrigins("proj2", ("https://shop.test", "https://m.shop.test"))
    await shop.send(origins, project=CONTROL_PROJECT)
    key = ApiKey("client3", "proj2", "client", hash_token("t-client3"))
    await shop.send(ReplaceKey(key), project=CONTROL_PROJECT)
    form = {"grant_type": "client_credentials", "scope": "api"}
    token = (await shop.form("/v1/oauth/token", form))["access_token"]
    await shop.form("/v1/oauth/token/revoke", {"access_token": token}, status=204)
    shop.wait(DAY)
    await shop.send(ExpireDue(), project=CONTROL_PROJECT)


async def _made_keys(shop: Shop) -> None:
    made = {"kind": "server", "name": "Tills", "scopes": ["redemptions", "validations"]}
    till = await shop.manage("POST", "/proj2/keys", made)
    path = f"/proj2/keys/{till['id']}"
    await shop.manage("PUT", path, {"name": "Old tills"})
    newer = await shop.manage("POST", f"{path}/rotate", {"overlap_hours": 24})
    newest = await shop.manage("POST", f"/proj2/keys/{newer['id']}/rotate", {})
    path = f"/proj2/keys/{newest['id']}"
    await shop.manage("DELETE", path, status=204)
    await shop.manage("DELETE", path, status=204)


async def _brand(shop: Shop) -> None:
    brand = {
        "brand": {
            "name": "Green Tea",
            "privacy_policy_url": "https://shop.test/privacy",
            "terms_of_use_url": "https://shop.test/terms",
            "permission_reminder": "You asked us to write to you.",
            "website_url": "https://shop.test",
        },
        "address": {
            "street": "Lindenweg 1",
            "city": "Berlin",
            "postal": "10115",
            "state": "Berlin",
            "country": "Germany",
        },
        "contact": {"email": "shop@shop.test", "phone": "+49 30 1234"},
    }
    path = f"/proj/branding/{(await shop.manage('POST', '/proj/branding', brand))['id']}"
    change = {
        "brand": {"name": "Green Teas"},
        "address": {"postal": None},
        "contact": {"phone": None},
    }
    await shop.manage("PUT", path, change)
    await shop.manage("DELETE", path, status=204)


async def _event_schemas(shop: Shop) -> None:
    properties = {
        "page": {"type": "string", "optional": False},
        "seconds": {"type": "number", "optional": True, "deleted": True},
    }
    body = {"name": "visited", "schema": {"properties": properties}}
    schema = await shop.manage("POST", "/proj/custom-event-schemas", body)
    path = f"/proj/custom-event-schemas/{schema['id']}"
    await shop.manage("PUT", path, {"schema": {"properties": {"page": properties["page"]}}})
    await shop.manage("DELETE", path, status=204)


async def _hooks(shop: Shop) -> None:
    hook = {
        "target_url": "https://shop.test/hooks",
        "events": ["voucher.created", "voucher.disabled", "redemption.succeeded"],
    }
    webhook = await shop.manage("POST", "/proj/webhooks", hook)
    path = f"/proj/webhooks/{webhook['id']}"
    code = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}
    await shop.post("/v1/vouchers/HOOKED", code)
    told = event_id(PROJECT, shop.ledger.position, 0)
    await shop.manage("POST", f"{path}/redeliveries", {"event_id": told}, status=202)
    await shop.manage("POST", f"{path}/test", status=202)
    await shop.manage("PUT", path, hook | {"events": ["voucher.created"], "active": True})
    await shop.send(DisableWebhook(webhook["id"], told, "It did not answer in 10 tries"))
    await shop.manage("DELETE", path, status=204)


async def _schemas(shop: Shop) -> None:
    texts = {"type": "string", "min_length": 2, "max_length": 40}
    size = {
        "type": "number",
        "optional": True,
        "gt": 0,
        "gte": 1,
        "lt": 100,
        "lte": 99.5,
        "ne": [13],
    }
    properties = {
        "brand": texts | {"eq": ["Ada", "Bea"]},
        "sizes": size | {"array": True},
        "code": {"type": "string", "exact_length": 4, "deleted": True},
        "maker": {"type": "object", "object_type": "maker", "optional": True},
    }
    body = {"related_object": "voucher", "properties": properties, "allow_defined_only": True}
    schema = await shop.manage("POST", "/proj/metadata-schemas", body)
    path = f"/proj/metadata-schemas/{schema['id']}"
    await shop.manage("PUT", path, {"properties": {"brand": texts}})
    await shop.manage("DELETE", path, status=204)


async def _stacking(shop: Shop) -> None:
    names = ("Goods", "Basket", "Delivery", "Gifts")
    ids = [
        (await shop.post("/v1/categories", {"name": name, "hierarchy": number}))["id"]
        for number, name in enumerate(names, 1)
    ]
    goods, basket, delivery, gifts = ids
    known = (await shop.ask("GET", "/v1/categories"))["data"]
    others = [each["id"] for each in known if each["id"] not in ids]
    await shop.put("/v1/categories/order", {"ids": [gifts, goods, basket, delivery, *others]})
    rules = {
        "redeemables_limit": 10,
        "applicable_redeemables_limit": 4,
        "applicable_redeemables_per_category_limit": 2,
        "applicable_redeemables_category_limits": {goods: 3},
        "applicable_exclusive_redeemables_limit": 2,
        "applicable_exclusive_redeemables_per_category_limit": 2,
        "exclusive_categories": [gifts],
        "joint_categories": [delivery],
        "discount_calculation_mode": "INITIAL_AMOUNT",
        "initial_amount_mode_categories": [goods],
        "discounted_amount_mode_categories": [basket],
        "redeemables_application_mode": "PARTIAL",
        "redeemables_sorting_rule": "CATEGORY_HIERARCHY",
        "redeemables_products_application_mode": "ONCE",
        "redeemables_no_effect_rule": "SKIP",
        "no_effect_skip_categories": [goods],
        "no_effect_redeem_anyway_categories": [basket],
        "redeemables_rollback_order_mode": "WITHOUT_ORDER",
    }
    stored = await shop.manage("POST", "/proj/stacking-rules", rules)
    path = f"/proj/stacking-rules/{stored['id']}"
    await shop.manage("PUT", path, {"redeemables_application_mode": "ALL"})
    await shop.put(f"/v1/categories/{basket}", {"name": "Whole basket", "hierarchy": 9})
    await shop.manage("DELETE", path, status=204)
    await shop.delete(f"/v1/categories/{gifts}")


async def _zone(shop: Shop) -> None:
    await shop.manage("PUT", "/proj", {"timezone": "Pacific/Auckland"})
    shop.wait(DAY)
    code = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}
    await shop.post("/v1/vouchers/KIWI", code)
    redeemables = [{"object": "voucher", "id": "KIWI"}]
    await shop.post("/v1/redemptions", {"redeemables": redeemables, "order": {"amount": 4000}})
