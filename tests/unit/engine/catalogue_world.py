"""A project with products, SKUs and collections, for tests."""

from typing import Any

import msgspec

from engine.kernel import tables
from schemas.collections import (
    CollectionCreated,
    CollectionUpdated,
    CreateCollection,
    ProductCollection,
)
from schemas.products import (
    CreateProduct,
    CreateSku,
    Product,
    ProductCreated,
    ProductUpdated,
    Sku,
    SkuCreated,
    SkuUpdated,
    UpdateProduct,
    UpdateSku,
)
from schemas.records import Decided
from tests.unit.engine.world import World, found


def create(source_id: str | None = "mug", **fields: Any) -> CreateProduct:
    """The creation of a product."""
    return CreateProduct(Product(id="", created_at=0, source_id=source_id, **fields))


def create_sku(source_id: str | None = "mug-red", of: str = "mug", **fields: Any) -> CreateSku:
    """The creation of a SKU of a product."""
    sku = Sku(id="", product_id="", created_at=0, source_id=source_id, **fields)
    return CreateSku(of, sku)


def product(world: World, source_id: str | None = "mug", **fields: Any) -> Product:
    """A product after its creation or completion."""
    [event] = world.when(create(source_id, **fields)).events
    assert isinstance(event, ProductCreated | ProductUpdated)
    return event.product


def sku(world: World, source_id: str | None = "mug-red", of: str = "mug", **fields: Any) -> Sku:
    """A SKU after its creation or completion."""
    [event] = world.when(create_sku(source_id, of, **fields)).events
    assert isinstance(event, SkuCreated | SkuUpdated)
    return event.sku


def update(world: World, named: str, **changes: Any) -> Decided:
    """Changes a product."""
    return world.when(UpdateProduct(named, raw(changes)))


def update_sku(world: World, of: str, named: str, **changes: Any) -> Decided:
    """Changes a SKU."""
    return world.when(UpdateSku(of, named, raw(changes)))


def create_collection(**fields: Any) -> CreateCollection:
    """The creation of a collection."""
    defaults: dict[str, Any] = {"id": "", "name": "All", "created_at": 0}
    return CreateCollection(ProductCollection(**(defaults | fields)))


def collection(world: World, **fields: Any) -> ProductCollection:
    """A collection after its creation, as its event tells."""
    [event] = world.when(create_collection(**fields)).events
    assert isinstance(event, CollectionCreated | CollectionUpdated)
    return event.collection


def stored_product(world: World, product_id: str) -> Product:
    """A product as the state has it."""
    return found(world.view.get(tables.PRODUCTS, product_id))


def raw(changes: dict[str, Any]) -> msgspec.Raw:
    """Changes as commands carry them."""
    return msgspec.Raw(msgspec.json.encode(changes))
