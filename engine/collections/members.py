"""Product collections: what is in one, asked whenever it is needed.

Of a static collection each member has an entry of its own, so asking costs a look-up however many
there are. Of an AUTO_UPDATE one the filter is asked about the product or the SKU as the catalogue
has it, with the metadata that the request says laid over. In both a product stands for its SKUs.
"""

from functools import partial
from typing import Any, Final

from engine.formulas.operands import property_of
from engine.kernel import tables
from engine.kernel.calendar import Moment, iso, iso_or_none
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.products.find import find_meant_item
from engine.rules.filters import parse_filter
from engine.rules.places import with_locations
from schemas.base import Metadata, Millis
from schemas.collections import ProductCollection
from schemas.orders import OrderItem
from schemas.products import CatalogItem, Product, Sku

#: The fields that filters can be about, beside `metadata.*`.
FIELDS: Final = frozenset(
    {
        "id",
        "source_id",
        "name",
        "sku",
        "price",
        "attributes",
        "created_at",
        "updated_at",
        "product_id",
    }
)


def is_member(view: View, collection: ProductCollection, item: OrderItem, now: Millis) -> bool:
    """Whether an item of an order is in the collection at a time."""
    if collection.type == "STATIC":
        return _is_static_member(view, collection.id, item)
    if collection.filter is None:
        return False
    found = find_meant_item(view, item)
    if found is None:
        return False
    meets, moment = parse_filter(collection.filter), Moment(now, zone_of(view))
    product, sku = view.get(tables.PRODUCTS, found.product_id), _sku(view, found)
    if product is not None:
        said = None if item.product is None else item.product.metadata
        if meets(partial(_said_field, view, product, said), moment):
            return True
    if sku is None:
        return False
    said = None if item.sku is None else item.sku.metadata
    return meets(partial(_said_field, view, sku, said), moment)


def is_in_collection(view: View, collection_id: str, item: OrderItem, now: Millis) -> bool:
    """Whether an item of an order is in the collection with that id; none is in one that is gone."""
    collection = view.get(tables.COLLECTIONS, collection_id)
    return collection is not None and is_member(view, collection, item, now)


def is_item_field(name: str) -> bool:
    """Whether filters can be about it."""
    return name in FIELDS or (name.startswith("metadata.") and name != "metadata.")


def item_field_of(entity: Product | Sku, name: str) -> Any:
    """The value of a field of a product or SKU; None: it has none."""
    if name.startswith("metadata."):
        return property_of(entity.metadata, name.removeprefix("metadata."))
    if name == "created_at":
        return iso(entity.created_at)
    if name == "updated_at":
        return iso_or_none(entity.updated_at)
    return getattr(entity, name, None) if name in FIELDS else None


def _is_static_member(view: View, collection_id: str, item: OrderItem) -> bool:
    for named in (item.product_id, item.sku_id):
        if named and view.get(tables.COLLECTION_MEMBERS, collection_id, named) is not None:
            return True
    found = find_meant_item(view, item)
    return found is not None and any(
        view.get(tables.COLLECTION_MEMBERS, collection_id, each) is not None
        for each in (found.id, found.product_id)
    )


def _sku(view: View, found: CatalogItem) -> Sku | None:
    return view.get(tables.SKUS, found.id) if found.object == "sku" else None


def _said_field(view: View, entity: Product | Sku, said: Metadata | None, name: str) -> Any:
    """The value of a field, of metadata what the request says of it first; geopoints are placed."""
    value = None
    if said and name.startswith("metadata."):
        value = property_of(said, name.removeprefix("metadata."))
    return with_locations(view, item_field_of(entity, name) if value is None else value)
