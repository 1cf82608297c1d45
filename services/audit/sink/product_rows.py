"""From an event to the rows of products, SKUs and collections, each as it is after the event."""

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import structs

from schemas.collections import (
    MEMBERS_SHOWN_MAX,
    CollectionCreated,
    CollectionDeleted,
    CollectionUpdated,
)
from schemas.products import (
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
)
from services.audit.sink.entities import EntityRow, entity_row, gone_row

PRODUCT: Final = "product"
SKU: Final = "sku"
COLLECTION: Final = "product_collection"


def product_changed(project: str, event: ProductCreated | ProductUpdated) -> Iterable[EntityRow]:
    """The product."""
    product = event.product
    return (
        entity_row(
            project,
            PRODUCT,
            product,
            alias=product.source_id,
            texts={"name": product.name, "attributes": product.attributes},
            numbers={"amount": product.price},
            metadata=product.metadata,
        ),
    )


def product_deleted(project: str, event: ProductDeleted) -> Iterator[EntityRow]:
    """That the product and its SKUs are gone, be it to the bin."""
    yield gone_row(project, PRODUCT, event.product.id, event.product.source_id or "")
    for sku_id in event.sku_ids:
        yield gone_row(project, SKU, sku_id)


def sku_changed(project: str, event: SkuCreated | SkuUpdated) -> Iterable[EntityRow]:
    """The SKU."""
    sku = event.sku
    return (
        entity_row(
            project,
            SKU,
            sku,
            alias=sku.source_id,
            texts={"name": sku.sku, "product_id": sku.product_id},
            numbers={"amount": sku.price},
            metadata=sku.metadata,
        ),
    )


def sku_deleted(project: str, event: SkuDeleted) -> Iterable[EntityRow]:
    """That the SKU is gone, be it to the bin."""
    return (gone_row(project, SKU, event.sku.id, event.sku.source_id or ""),)


def collection_changed(
    project: str, event: CollectionCreated | CollectionUpdated
) -> Iterable[EntityRow]:
    """The collection and the ids of its members, with which only a small one is shown."""
    collection = event.collection
    members = (*collection.products, *collection.skus)
    if collection.members_count > MEMBERS_SHOWN_MAX:
        collection = structs.replace(collection, products=(), skus=())
    texts = {"type": collection.type, "members": members}
    return (entity_row(project, COLLECTION, collection, alias=collection.name, texts=texts),)


def collection_deleted(project: str, event: CollectionDeleted) -> Iterable[EntityRow]:
    """That the collection is gone."""
    return (gone_row(project, COLLECTION, event.collection.id, event.collection.name),)
