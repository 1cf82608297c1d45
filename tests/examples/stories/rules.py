"""Validation rules, what they bind, and what they can name: places and rewards among it."""

from typing import Any

from schemas.expiry import ExpireDue
from tests.examples.telling import DAY, Shop

RULES: dict[str, Any] = {
    "1": {"name": "order.amount", "conditions": {"$more_than": [5000]}},
    "2": {
        "name": "customer.metadata",
        "property": "interest",
        "conditions": {"$is": ["books"]},
        "error": {"message": "For readers"},
    },
    "logic": "1 and 2",
}
CIRCLE: dict[str, Any] = {
    "type": "circle",
    "format": "distance",
    "distance": {"center": "52.2297,21.0122", "radius": "5 km"},
}
RING = [[20.0, 50.0], [22.0, 50.0], [22.0, 53.0], [20.0, 53.0], [20.0, 50.0]]
AREA: dict[str, Any] = {
    "type": "polygon",
    "format": "geojson",
    "geojson": {"type": "MultiPolygon", "coordinates": [[RING]]},
}


async def rules(shop: Shop) -> None:
    """Sets of rules are made, changed, assigned and deleted; places and rewards are, too."""
    await _sets(shop)
    await _places(shop)
    await _rewards(shop)


async def _sets(shop: Shop) -> None:
    entry = {
        "object": "sku",
        "id": "sku_1",
        "source_id": "t-shirt-m",
        "product_id": "prod_1",
        "product_source_id": "t-shirt",
        "price": 900,
        "price_formula": 8,
        "effect": "APPLY_TO_CHEAPEST",
        "quantity_limit": 2,
        "aggregated_quantity_limit": 4,
        "amount_limit": 3000,
        "aggregated_amount_limit": 5000,
        "repeat": 2,
        "skip_initially": 1,
        "target": "UNIT",
        "product_campaign_quantity_limit": 100,
        "product_customer_campaign_quantity_limit_formula": "2 + 1",
    }
    bundle = {"1": _bundled("prod_1", 2), "limit": 3}
    body = {
        "name": "Readers, from 50.00",
        "rules": RULES,
        "bundle_rules": bundle,
        "applicable_to": {
            "included": [entry],
            "excluded": [{"object": "product", "id": "prod_2"}],
            "included_all": True,
        },
        "error": {"message": "Only for readers, from 50.00 on"},
        "type": "advanced",
        "context_type": "voucher.discount_voucher",
    }
    made = await shop.post("/v1/validation-rules", body)
    path = f"/v1/validation-rules/{made['id']}"
    changes = {"name": "Readers", "rules": {"1": RULES["2"]}, "error": {"message": "Read more"}}
    await shop.put(path, changes | {"bundle_rules": {}, "applicable_to": {}})
    ids = [await _assigned(shop, path, code) for code in ("READ-1", "READ-2")]
    await shop.delete(f"{path}/assignments/{ids[0]}")
    await shop.delete(path)
    shop.wait(DAY)
    await shop.send(ExpireDue())


async def _assigned(shop: Shop, rule: str, code: str) -> Any:
    """A new code that the set binds; the assignment's id."""
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}}
    voucher = await shop.post(f"/v1/vouchers/{code}", body)
    bound = {"related_object_id": voucher["id"], "related_object_type": "voucher"}
    return (await shop.post(f"{rule}/assignments", bound))["id"]


def _bundled(product: str, quantity: int) -> dict[str, Any]:
    wanted = {"name": "order.items.aggregated_quantity", "conditions": {"$is": [quantity]}}
    return {
        "name": "order.items.any",
        "conditions": {"$is": [{"id": product, "type": "product_or_sku", "object": "product"}]},
        "rules": {"1": wanted, "logic": "1"},
    }


async def _places(shop: Shop) -> None:
    centre = await shop.post("/v1/locations", {"name": "Centre", "shape": CIRCLE})
    await shop.post("/v1/locations", {"name": "Country", "shape": AREA})
    await shop.put(f"/v1/locations/{centre['id']}", {"name": "Old town"})
    await shop.delete(f"/v1/locations/{centre['id']}")


async def _rewards(shop: Shop) -> None:
    coin = {"coin": {"exchange_ratio": "0.5", "points_ratio": 10}}
    body = {"name": "Pay with points", "type": "COIN", "parameters": coin, "metadata": {"for": 1}}
    reward = await shop.post("/v1/rewards", body)
    await shop.put(f"/v1/rewards/{reward['id']}", {"name": "Points pay"})
    await shop.delete(f"/v1/rewards/{reward['id']}")
