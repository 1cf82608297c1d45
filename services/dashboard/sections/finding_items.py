"""Finding what orders are made of: products, their SKUs and collections, in one combobox."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, Final

from services.dashboard.web.asking import Refused
from services.dashboard.web.visit import Visit

FOUND_MAX: Final = 10
#: What each combobox offers; its values are `product:prod_1`, `sku:sku_1`, `products_collection:pc_1`.
ITEM_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "sku": ("sku",),
    "item": ("product", "sku", "products_collection"),
    "line-item": ("product", "sku"),
    "product-item": ("product", "products_collection"),
    "sku-item": ("sku", "products_collection"),
}
_WORDS: Final = {"product": "product", "sku": "SKU", "products_collection": "collection"}
Option = tuple[str, str]


async def find_items(visit: Visit, kind: str, text: str) -> list[Option]:
    """Value and label of each that fits. Raises ApiFault."""
    wanted = ITEM_KINDS[kind]
    products, collections = await asyncio.gather(
        _ask(visit, "/v1/products", _named(text, "name", "source_id")),
        _ask(visit, "/v1/product-collections", _named(text, "name")),
    )
    found: list[Option] = []
    for row in products.get("products") or products.get("data") or ():
        name = str(row.get("name") or row.get("source_id") or row["id"])
        if "product" in wanted:
            found.append(_option("product", row["id"], name))
        if "sku" in wanted:
            found += [
                _option("sku", each["id"], f"{name}, {each.get('sku') or each.get('source_id')}")
                for each in (row.get("skus") or {}).get("data") or ()
            ]
    if "products_collection" in wanted:
        found += [
            _option("products_collection", row["id"], str(row["name"]))
            for row in collections.get("data") or ()
        ]
    return found[: FOUND_MAX * 2]


def _named(text: str, *fields: str) -> tuple[tuple[str, str], ...]:
    limit = (("limit", str(FOUND_MAX)),)
    if not text:
        return limit
    return (
        *limit,
        ("filters[junction]", "or"),
        *((f"filters[{each}][conditions][$contains]", text) for each in fields),
    )


def _option(kind: str, name: object, label: str) -> Option:
    return f"{kind}:{name}", f"{label} ({_WORDS[kind]})"


async def _ask(visit: Visit, path: str, params: tuple[tuple[str, str], ...]) -> Mapping[str, Any]:
    """Nothing where the role may not see it."""
    asked: Awaitable[Any] = visit.api.get(path, params)
    try:
        found: Mapping[str, Any] = await asked
    except Refused:
        return {}
    return found
