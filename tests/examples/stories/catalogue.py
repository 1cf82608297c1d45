"""What the shop sells, and the orders of it: products, SKUs, collections, orders."""

from typing import Any

from tests.examples.telling import Shop

SHIRT: dict[str, Any] = {
    "source_id": "t-shirt",
    "name": "T-shirt",
    "price": 2400,
    "attributes": ["colour", "size"],
    "image_url": "https://shop.test/t-shirt.png",
    "metadata": {"kind": "clothes", "organic": True},
}
MEDIUM: dict[str, Any] = {
    "source_id": "t-shirt-m",
    "sku": "T-shirt M",
    "price": 2600,
    "currency": "EUR",
    "attributes": {"size": "M", "colour": "green"},
    "image_url": "https://shop.test/t-shirt-m.png",
    "metadata": {"kind": "clothes", "stock": 40},
}


async def catalogue(shop: Shop) -> None:
    """A shirt in two sizes and a mug are sold, changed, collected and taken off the shelf."""
    await shop.post("/v1/products", SHIRT)
    await shop.post("/v1/products/t-shirt/skus", MEDIUM)
    for source_id in ("t-shirt-l", "t-shirt-xl"):
        await shop.post("/v1/products/t-shirt/skus", {"source_id": source_id})
    mug = await shop.post("/v1/products", {"source_id": "mug", "name": "Mug", "price": 1250})
    await shop.put("/v1/products/t-shirt", {"price": 2500, "image_url": None})
    await shop.put("/v1/products/t-shirt/skus/t-shirt-m", {"price": None, "sku": "Medium"})
    await _collected(shop, mug["id"])
    await _ordered(shop)
    await shop.delete("/v1/products/t-shirt/skus/t-shirt-xl?force=true")
    await shop.delete("/v1/products/t-shirt/skus/t-shirt-m")
    await shop.delete("/v1/products/t-shirt")
    await shop.delete("/v1/products/mug?force=true")
    await shop.delete(f"/v1/trash-bin/{shop.binned('T-shirt')}")


async def _collected(shop: Shop, mug: str) -> None:
    members = [{"object": "product", "id": mug}, {"object": "sku", "id": "t-shirt-m"}]
    static = {"name": "Of the week", "type": "STATIC", "products": members}
    made = await shop.post("/v1/product-collections", static)
    await shop.put(f"/v1/product-collections/{made['id']}", {"name": "Of the month"})
    clothes = {"junction": "and", "metadata.kind": {"conditions": {"$is": ["clothes"]}}}
    by_filter = {"name": "Clothes", "type": "AUTO_UPDATE", "filter": clothes}
    await shop.post("/v1/product-collections", by_filter)
    await shop.delete(f"/v1/product-collections/{made['id']}")


async def _ordered(shop: Shop) -> None:
    shirt = {"override": True, "name": "T-shirt", "price": 2300, "metadata": {"kind": "sale"}}
    size = {"override": True, "sku": "M", "price": 2350, "metadata": {"stock": 39}}
    items = [
        {
            "source_id": "t-shirt-m",
            "related_object": "sku",
            "product_id": "t-shirt",
            "quantity": 2,
            "price": 2350,
            "amount": 4700,
            "product": shirt | {"source_id": "t-shirt"},
            "sku": size | {"source_id": "t-shirt-m"},
            "metadata": {"gift": True},
        },
        {"source_id": "mug", "related_object": "product", "quantity": 1, "price": 1250},
    ]
    order = {
        "source_id": "order-1",
        "status": "CREATED",
        "items": items,
        "metadata": {"channel": "app"},
        "customer": {"source_id": "ann", "name": "Ann Fischer"},
    }
    made = await shop.post("/v1/orders", order)
    again = {"status": "PAID", "metadata": {"paid_by": "card"}}
    await shop.put(f"/v1/orders/{made['id']}", again)
    await shop.post("/v1/orders", {"amount": 700, "created_at": "2023-11-01T10:00:00Z"})
