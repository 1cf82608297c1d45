"""Products, SKUs and collections. Source: the API contract, section 10."""

from collections.abc import Sequence
from types import MappingProxyType

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.products import (
    SKUS_SHOWN_MAX,
    Product,
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    Sku,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
)


def product_body(product: Product) -> Body:
    """The product without its SKUs, as the answers to writes and collections show it."""
    return {
        "id": product.id,
        "source_id": product.source_id,
        "name": product.name,
        "price": product.price,
        "attributes": product.attributes,
        "metadata": product.metadata,
        "image_url": product.image_url,
        "created_at": iso(product.created_at),
        "updated_at": iso_or_none(product.updated_at),
        "object": "product",
    }


def full_product_body(product: Product, skus: Sequence[Sku], total: int) -> Body:
    """The product with its first SKUs, where it has some; `total` is how many."""
    if not total:
        return product_body(product)
    data = [sku_body(sku) for sku in skus[:SKUS_SHOWN_MAX]]
    listed = {"object": "list", "data_ref": "data", "data": data, "total": total}
    return product_body(product) | {"skus": listed}


def sku_body(sku: Sku) -> Body:
    """The SKU as every endpoint shows it."""
    return {
        "id": sku.id,
        "source_id": sku.source_id,
        "product_id": sku.product_id,
        "sku": sku.sku,
        "price": sku.price,
        "currency": sku.currency,
        "attributes": sku.attributes,
        "image_url": sku.image_url,
        "metadata": sku.metadata,
        "created_at": iso(sku.created_at),
        "updated_at": iso_or_none(sku.updated_at),
        "object": "sku",
    }


ANSWERS: Answers = MappingProxyType(
    {
        ProductCreated: shows(product_body, "product"),
        ProductUpdated: shows(product_body, "product"),
        ProductDeleted: shows_nothing,
        SkuCreated: shows(sku_body, "sku"),
        SkuUpdated: shows(sku_body, "sku"),
        SkuDeleted: shows_nothing,
    }
)
