"""What the demo's shop offers without a code: goods, and promotions on them; and cards of points.

Whatever has its name, code or source id already is left as it is.
"""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from demo.api import Api

#: Source id, name, price in cents, what kind of goods it is.
GOODS: Final = (
    ("mug", "Mug", 1250, "home"),
    ("poster", "Poster", 1900, "home"),
    ("t-shirt", "T-shirt", 2400, "clothes"),
    ("cap", "Cap", 1800, "clothes"),
    ("bottle", "Bottle", 2990, "outdoor"),
    ("lamp", "Lamp", 6900, "home"),
)
SIZES: Final = ("S", "M", "L")
#: Offers on goods count before offers on the whole basket, and one of each per order.
CATEGORIES: Final = (("Goods", 10), ("Basket", 20))
PROMOTION: Final = "Every day"
STACK: Final = "Clothes and from 50.00"
CARDS: Final = tuple(f"POINTS-{number:04}" for number in range(1, 21))
POINTS: Final = 20_000


@dataclass(frozen=True)
class Offers:
    """What the traffic redeems without a code, as redeemables, and the cards that it pays with."""

    tiers: tuple[dict[str, Any], ...]
    cards: tuple[dict[str, Any], ...]


async def offer(api: Api) -> Offers:
    """Makes what is missing. Raises ApiRefused."""
    for name, hierarchy in CATEGORIES:
        await api.make("/v1/categories", {"name": name, "hierarchy": hierarchy})
    products = await _goods(api)
    await _promotion(api, await _rules(api, products))
    path = f"/v1/campaigns/{quote(PROMOTION)}"
    promotion = await api.get(path)
    tiers = [tier["id"] for tier in promotion["promotion"]["tiers"]]
    stack = await _named(
        api, f"/v1/promotions/{promotion['id']}/stacks", STACK, {"tiers": {"ids": tiers[:2]}}
    )
    redeemables = [{"object": "promotion_tier", "id": each} for each in tiers]
    redeemables.append({"object": "promotion_stack", "id": stack})
    return Offers(tuple(redeemables), await _cards(api))


async def _goods(api: Api) -> dict[str, str]:
    """The products and SKUs; the ids of the products."""
    ids = {}
    for source_id, name, price, kind in GOODS:
        product = await api.find(f"/v1/products/{source_id}")
        if product is None:
            terms = {"name": name, "price": price, "metadata": {"kind": kind}}
            product = await api.make("/v1/products", {"source_id": source_id, **terms})
        ids[source_id] = str((product or {})["id"])
    for size in SIZES:
        if await api.find(f"/v1/skus/t-shirt-{size.lower()}") is None:
            sku = {"source_id": f"t-shirt-{size.lower()}", "sku": f"T-shirt {size}"}
            await api.make("/v1/products/t-shirt/skus", {**sku, "attributes": {"size": size}})
    return ids


async def _rules(api: Api, products: dict[str, str]) -> dict[str, str]:
    """The sets of rules with what they name; their ids."""
    clothes = await _named(
        api,
        "/v1/product-collections",
        "Clothes",
        {
            "type": "AUTO_UPDATE",
            "filter": {"junction": "and", "metadata.kind": _condition("$is", "clothes")},
        },
    )
    readers = await _named(
        api,
        "/v1/segments",
        "Readers",
        {
            "type": "auto-update",
            "filter": {"junction": "and", "metadata.interest": _condition("$is", "books")},
        },
    )
    many = {"name": "order.items.quantity", **_condition("$more_than_or_equal", 2)}
    posters = {"id": products["poster"], "object": "product"}
    sets: dict[str, dict[str, Any]] = {
        "Clothes only": {
            "applicable_to": {"included": [{"object": "products_collection", "id": clothes}]}
        },
        "From 50.00": {
            "rules": {"1": {"name": "order.amount", **_condition("$more_than_or_equal", 5000)}},
            "error": {"message": "Add a little more: it is for orders from 50.00."},
        },
        "Two posters": {
            "rules": {
                "1": {
                    "name": "order.items.any",
                    **_condition("$is", posters),
                    "rules": {"1": many, "logic": "1"},
                }
            }
        },
        "Readers, 100 a day": {
            "rules": {
                "1": {"name": "customer.segment", **_condition("$is", readers)},
                "2": {
                    "name": "redemption.count.daily",
                    **_condition("$less_than_or_equal", 100),
                },
                "logic": "1 and 2",
            }
        },
    }
    return {
        name: await _named(api, "/v1/validation-rules", name, terms) for name, terms in sets.items()
    }


async def _promotion(api: Api, rules: dict[str, str]) -> None:
    tiers: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        (
            "10% off clothes",
            "Goods",
            "Clothes only",
            {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ITEMS"},
        ),
        ("5.00 off from 50.00", "Basket", "From 50.00", {"type": "AMOUNT", "amount_off": 500}),
        (
            "A mug with two posters",
            "Goods",
            "Two posters",
            {"type": "UNIT", "unit_off": 1, "unit_type": "mug", "effect": "ADD_NEW_ITEMS"},
        ),
        (
            "5% for readers",
            "Basket",
            "Readers, 100 a day",
            {"type": "PERCENT", "percent_off": 5, "amount_limit": 1000},
        ),
    )
    made = [
        {
            "name": name,
            "banner": name,
            "category": category,
            "action": {"discount": discount},
            "validation_rules": [rules[binding]],
        }
        for name, category, binding, discount in tiers
    ]
    body = {"name": PROMOTION, "campaign_type": "PROMOTION", "promotion": {"tiers": made}}
    await api.make("/v1/campaigns", body)


async def _cards(api: Api) -> tuple[dict[str, Any], ...]:
    """Cards of points; 100 points are worth one major unit."""
    coin = {"coin": {"exchange_ratio": 1, "points_ratio": 100}}
    pays = await _named(api, "/v1/rewards", "Pay with points", {"type": "COIN", "parameters": coin})
    for code in CARDS:
        card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": POINTS}}
        await api.make(f"/v1/vouchers/{code}", card)
    reward = {"id": pays, "points": 500}
    return tuple({"object": "voucher", "id": code, "reward": reward} for code in CARDS)


async def _named(api: Api, path: str, name: str, terms: dict[str, Any]) -> str:
    """The id of what a list has under that name; else it is made."""
    found = await find_named(api, path, name)
    return found or str((await api.make(path, {"name": name, **terms}) or {})["id"])


async def find_named(api: Api, path: str, name: str) -> str | None:
    """The id of what a list has under that name. Raises ApiRefused."""
    for page in range(1, 100):
        found = (await api.get(f"{path}?limit=100&page={page}"))["data"]
        for each in found:
            if each["name"] == name:
                return str(each["id"])
        if len(found) < 100:
            break
    return None


def _condition(operator: str, value: Any) -> dict[str, Any]:
    return {"conditions": {operator: [value]}}
