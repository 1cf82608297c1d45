"""The catalogue in the state: by id, ids by source id, SKUs by product, members by collection."""

from collections.abc import Iterable
from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State, Table
from schemas.base import Millis
from schemas.products import (
    Product,
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    Sku,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
)


def product_stored(state: State, event: ProductCreated | ProductUpdated, _: Millis) -> None:
    """The product is as the event says."""
    product = event.product
    _store_source(state, tables.PRODUCT_SOURCES, state.get(tables.PRODUCTS, product.id), product)
    state.put(tables.PRODUCTS, product, product.id)


def product_deleted(state: State, event: ProductDeleted, _: Millis) -> None:
    """The product is in the bin, with its SKUs, or all of them are gone."""
    product = event.product
    if event.force:
        _remove(state, product, event.sku_ids)
    else:
        state.put(tables.PRODUCTS, product, product.id)


def sku_stored(state: State, event: SkuCreated | SkuUpdated, _: Millis) -> None:
    """The SKU is as the event says."""
    sku = event.sku
    _store_source(state, tables.SKU_SOURCES, state.get(tables.SKUS, sku.id), sku)
    state.put(tables.SKUS, sku, sku.id)
    state.put(tables.PRODUCT_SKUS, sku.id, sku.product_id, sku.id)


def sku_deleted(state: State, event: SkuDeleted, _: Millis) -> None:
    """The SKU is in the bin, or gone."""
    sku = event.sku
    if event.force:
        remove_sku(state, sku.id)
    else:
        state.put(tables.SKUS, sku, sku.id)


def remove_product(state: State, product_id: str) -> None:
    """The product left the bin for good, with the SKUs that have no entry of their own there."""
    product = state.get(tables.PRODUCTS, product_id)
    if product is None:
        return
    sku_ids = list(state.scan(tables.PRODUCT_SKUS, product_id))
    skus = (state.get(tables.SKUS, sku_id) for sku_id in sku_ids)
    _remove(state, product, [sku.id for sku in skus if sku is not None and sku.deleted_at is None])


def remove_sku(state: State, sku_id: str) -> None:
    """The SKU is gone for good; its source id is free."""
    sku = state.get(tables.SKUS, sku_id)
    if sku is None:
        return
    if sku.source_id is not None:
        state.delete(tables.SKU_SOURCES, sku.source_id)
    state.delete(tables.SKUS, sku_id)
    state.delete(tables.PRODUCT_SKUS, sku.product_id, sku_id)


def _remove(state: State, product: Product, sku_ids: Iterable[str]) -> None:
    for sku_id in sku_ids:
        remove_sku(state, sku_id)
    if product.source_id is not None:
        state.delete(tables.PRODUCT_SOURCES, product.source_id)
    state.delete(tables.PRODUCTS, product.id)


def _store_source(
    state: State, sources: Table[str], before: Product | Sku | None, after: Product | Sku
) -> None:
    if before is not None and before.source_id not in (None, after.source_id):
        state.delete(sources, before.source_id or "")
    if after.source_id is not None:
        state.put(sources, after.id, after.source_id)


FOLDS: Folds = MappingProxyType(
    {
        ProductCreated: product_stored,
        ProductUpdated: product_stored,
        ProductDeleted: product_deleted,
        SkuCreated: sku_stored,
        SkuUpdated: sku_stored,
        SkuDeleted: sku_deleted,
    }
)
