"""Collections of products and SKUs: named by hand, or by a filter."""

from typing import Final, Literal

import msgspec

from schemas.base import Millis, Shape

COLLECTIONS_MAX = 1000
#: How many members a static collection has at most, and up to how many it is shown with them.
MEMBERS_MAX = 20_000
MEMBERS_SHOWN_MAX = 1000


class ProductCollection(Shape, frozen=True):
    """Products and SKUs, named one by one, or by a filter (JSON text, as the API shows it).

    A collection in an event has its members with it; the state has them beside it, one by one.
    """

    id: str
    name: str
    created_at: Millis
    type: Literal["STATIC", "AUTO_UPDATE"] = "STATIC"
    filter: str | None = None
    #: The ids of its products and of its SKUs, each in the order of the ids.
    products: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    #: Of each SKU its product, where there are few enough to be shown (`MEMBERS_SHOWN_MAX`).
    sku_products: tuple[str, ...] = ()
    members_count: int = 0
    updated_at: Millis | None = None


class CreateCollection(Shape, tag="create_product_collection", frozen=True):
    """Creates a collection; members are named by id or source id."""

    collection: ProductCollection


class UpdateCollection(Shape, tag="update_product_collection", frozen=True):
    """Sets the named fields, in the encoding of the state; members are all named anew."""

    collection_id: str
    changes: msgspec.Raw


class DeleteCollection(Shape, tag="delete_product_collection", frozen=True):
    """Removes a collection."""

    collection_id: str


class CollectionCreated(Shape, tag="product_collection.created", frozen=True):
    """A collection exists."""

    collection: ProductCollection


class CollectionUpdated(Shape, tag="product_collection.updated", frozen=True):
    """A collection changed; `collection` is the whole after it."""

    collection: ProductCollection


class CollectionDeleted(Shape, tag="product_collection.deleted", frozen=True):
    """A collection is gone."""

    collection: ProductCollection


CollectionCommand = CreateCollection | UpdateCollection | DeleteCollection
CollectionEvent = CollectionCreated | CollectionUpdated | CollectionDeleted
#: Collections by themselves: no product changes by them.
COLLECTION_EVENTS: Final = frozenset({CollectionCreated, CollectionUpdated, CollectionDeleted})
