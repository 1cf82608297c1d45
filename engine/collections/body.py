"""Collections of products and SKUs. Source: the API contract, section 10."""

from types import MappingProxyType

import msgspec

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.collections import (
    MEMBERS_SHOWN_MAX,
    CollectionCreated,
    CollectionDeleted,
    CollectionUpdated,
    ProductCollection,
)


def collection_body(collection: ProductCollection) -> Body:
    """The collection; one of very many members is shown without them."""
    body: Body = {"id": collection.id, "name": collection.name, "type": collection.type}
    if collection.filter is not None:
        body["filter"] = msgspec.json.decode(collection.filter)
    elif collection.members_count <= MEMBERS_SHOWN_MAX:
        pairs = zip(collection.skus, collection.sku_products, strict=True)
        body["products"] = [
            *({"id": each, "object": "product"} for each in collection.products),
            *({"id": sku, "product_id": product, "object": "sku"} for sku, product in pairs),
        ]
    body["created_at"] = iso(collection.created_at)
    if collection.updated_at is not None:
        body["updated_at"] = iso(collection.updated_at)
    body["object"] = "products_collection"
    return body


ANSWERS: Answers = MappingProxyType(
    {
        CollectionCreated: shows(collection_body, "collection"),
        CollectionUpdated: shows(collection_body, "collection"),
        CollectionDeleted: shows_nothing,
    }
)
