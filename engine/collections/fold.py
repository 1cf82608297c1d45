"""Collections in the state: by id, and each member by itself."""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State, encode
from schemas.base import Millis
from schemas.collections import CollectionCreated, CollectionDeleted, CollectionUpdated


def collection_stored(
    state: State, event: CollectionCreated | CollectionUpdated, _: Millis
) -> None:
    """The collection is as the event says; each member can be asked for by itself."""
    collection = event.collection
    members = {*collection.products, *collection.skus}
    before = _members(state, collection.id)
    for member in before - members:
        state.delete(tables.COLLECTION_MEMBERS, collection.id, member)
    added = sorted(members - before)
    values = [encode(each) for each in added]
    state.put_encoded(tables.COLLECTION_MEMBERS, added, values, collection.id)
    kept = structs.replace(collection, products=(), skus=(), sku_products=())
    state.put(tables.COLLECTIONS, kept, collection.id)


def collection_deleted(state: State, event: CollectionDeleted, _: Millis) -> None:
    """The collection is gone."""
    collection_id = event.collection.id
    for member in _members(state, collection_id):
        state.delete(tables.COLLECTION_MEMBERS, collection_id, member)
    state.delete(tables.COLLECTIONS, collection_id)


def _members(state: State, collection_id: str) -> set[str]:
    if state.get(tables.COLLECTIONS, collection_id) is None:
        return set()
    return set(state.scan(tables.COLLECTION_MEMBERS, collection_id))


FOLDS: Folds = MappingProxyType(
    {
        CollectionCreated: collection_stored,
        CollectionUpdated: collection_stored,
        CollectionDeleted: collection_deleted,
    }
)
