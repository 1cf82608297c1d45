"""The catalogue as orders and discounts need it: what a product or a SKU is, and what it costs.

A SKU without a price costs what its product costs. What lies in the bin is not found.
"""

from engine.kernel import tables
from engine.kernel.state import View
from schemas.api import OrderItemTerms
from schemas.base import Metadata
from schemas.products import CatalogItem, Product, Sku


def find_product(view: View, id_or_source: str) -> Product | None:
    """The product with that id, else with that source id."""
    product = view.get(tables.PRODUCTS, id_or_source)
    if product is None:
        product_id = view.get(tables.PRODUCT_SOURCES, id_or_source)
        product = None if product_id is None else view.get(tables.PRODUCTS, product_id)
    return None if product is None or product.deleted_at is not None else product


def find_sku(view: View, id_or_source: str) -> Sku | None:
    """The SKU with that id, else with that source id; none of a product in the bin."""
    sku = view.get(tables.SKUS, id_or_source)
    if sku is None:
        sku_id = view.get(tables.SKU_SOURCES, id_or_source)
        sku = None if sku_id is None else view.get(tables.SKUS, sku_id)
    if sku is None or sku.deleted_at is not None:
        return None
    product = view.get(tables.PRODUCTS, sku.product_id)
    return None if product is not None and product.deleted_at is not None else sku


def find_item(view: View, id_or_source: str) -> CatalogItem | None:
    """The product that goes by that id or source id, else the SKU."""
    product = find_product(view, id_or_source)
    if product is not None:
        return item_of_product(product)
    sku = find_sku(view, id_or_source)
    return None if sku is None else item_of_sku(view, sku)


def metadata_of_product(view: View, product_id: str) -> Metadata | None:
    """The metadata of the product with that id."""
    product = view.get(tables.PRODUCTS, product_id)
    return None if product is None else product.metadata


def find_meant_item(view: View, line: OrderItemTerms) -> CatalogItem | None:
    """What a line of an order is: the SKU that it names, else the product.

    A bare source id is a product's unless the line says that it is about a SKU.
    """
    about_sku = line.related_object == "sku"
    names = [line.sku_id, line.source_id if about_sku else None]
    if line.sku is not None:
        names += line.sku.id, line.sku.source_id
    for name in filter(None, names):
        sku = find_sku(view, name)
        if sku is not None:
            return item_of_sku(view, sku)
    names = [line.product_id, None if about_sku else line.source_id]
    if line.product is not None:
        names += line.product.id, line.product.source_id
    for name in filter(None, names):
        product = find_product(view, name)
        if product is not None:
            return item_of_product(product)
    return None


def item_of_product(product: Product) -> CatalogItem:
    """A product as an item of the catalogue."""
    return CatalogItem(
        id=product.id,
        object="product",
        product_id=product.id,
        source_id=product.source_id,
        sku_source_id=None,
        name=product.name,
        price=product.price,
        metadata=product.metadata,
    )


def item_of_sku(view: View, sku: Sku) -> CatalogItem:
    """A SKU as an item of the catalogue."""
    product = view.get(tables.PRODUCTS, sku.product_id)
    price = sku.price
    if price is None and product is not None:
        price = product.price
    return CatalogItem(
        id=sku.id,
        object="sku",
        product_id=sku.product_id,
        source_id=None if product is None else product.source_id,
        sku_source_id=sku.source_id,
        name=sku.sku,
        price=price,
        metadata=sku.metadata,
    )
