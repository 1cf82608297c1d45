"""Product collections: made, changed and deleted; what is in one is in engine/collections/members.py.

A static one has members, all of which are there when they are named; a product or SKU that is
deleted later is still a member, of which nothing can be bought. A collection that a set of
validation rules names stays, so that no rule loses its meaning unnoticed.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from types import MappingProxyType
from typing import Final

import msgspec
from msgspec import structs

from engine.collections.members import is_item_field
from engine.kernel import tables
from engine.kernel.changes import named_changes
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.products.find import find_product, find_sku
from engine.rules.filters import FilterError, fields_of, parse_filter
from schemas.base import Millis
from schemas.collections import (
    COLLECTIONS_MAX,
    MEMBERS_MAX,
    MEMBERS_SHOWN_MAX,
    CollectionCreated,
    CollectionDeleted,
    CollectionUpdated,
    CreateCollection,
    DeleteCollection,
    ProductCollection,
    UpdateCollection,
)
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.products import Product, Sku
from schemas.segments import FILTER_LENGTH_MAX

#: How many of the sets of validation rules that name a collection a refusal tells.
RULES_TOLD_MAX: Final = 10
#: What an update may name; the type may be named, but not changed.
UPDATABLE: Final = frozenset({"name", "filter", "products", "skus"})
FIXED: Final = frozenset({"type"})


def create_collection(
    view: View, command: Command, body: CreateCollection, now: Millis
) -> Decision | Refusal:
    """Makes a collection; its name need not be new."""
    if sum(1 for _ in view.scan(tables.COLLECTIONS)) >= COLLECTIONS_MAX:
        reason = f"A project has at most {COLLECTIONS_MAX} product collections"
        return refuse("invalid_payload", reason)
    made = structs.replace(body.collection, id=new_id(command.seed, "pc_"), created_at=now)
    checked = _check_collection(view, made)
    if isinstance(checked, Refusal):
        return checked
    return Decision((CollectionCreated(checked),))


def update_collection(
    view: View, _: Command, body: UpdateCollection, now: Millis
) -> Decision | Refusal:
    """Sets what is named; products and SKUs together are the members from now on."""
    stored = view.get(tables.COLLECTIONS, body.collection_id)
    if stored is None:
        return not_found("products_collection", body.collection_id)
    changes = named_changes(stored, body.changes, UPDATABLE, FIXED)
    if isinstance(changes, Refusal):
        return changes
    if "products" in changes or "skus" in changes:
        changes = {"products": (), "skus": ()} | changes
    else:
        changes |= members_of(view, stored.id)
    changed = structs.replace(stored, **changes, updated_at=now)
    checked = _check_collection(view, changed)
    if isinstance(checked, Refusal):
        return checked
    return Decision((CollectionUpdated(checked),))


def delete_collection(
    view: View, _: Command, body: DeleteCollection, __: Millis
) -> Decision | Refusal:
    """Removes a collection that no set of validation rules names."""
    stored = view.get(tables.COLLECTIONS, body.collection_id)
    if stored is None:
        return not_found("products_collection", body.collection_id)
    told = list(islice(view.scan(tables.COLLECTION_RULES, stored.id), RULES_TOLD_MAX))
    if told:
        return refuse(
            "resource_in_use",
            f"The collection is named by validation rules: {', '.join(told)}",
            resource_id=stored.id,
            resource_type="products_collection",
            explanation={"rule": "resource_in_use", "validation_rules": told},
        )
    return Decision((CollectionDeleted(stored),))


def members_of(view: View, collection_id: str) -> dict[str, tuple[str, ...]]:
    """The ids of a static collection's products and SKUs, each in their order."""
    ids = list(view.scan(tables.COLLECTION_MEMBERS, collection_id))
    return {
        "products": tuple(each for each in ids if not each.startswith("sku_")),
        "skus": tuple(each for each in ids if each.startswith("sku_")),
    }


def with_members(view: View, collection: ProductCollection) -> ProductCollection:
    """A stored collection with the members that it is shown with."""
    if not collection.members_count or collection.members_count > MEMBERS_SHOWN_MAX:
        return collection
    members = members_of(view, collection.id)
    products = tuple(_product_of(view, each) for each in members["skus"])
    return structs.replace(collection, **members, sku_products=products)


def _check_collection(view: View, collection: ProductCollection) -> ProductCollection | Refusal:
    """The collection as it is stored, its members by their ids."""
    if not collection.name:
        return refuse("invalid_payload", "Property `.name` should not be empty")
    if collection.type == "AUTO_UPDATE":
        return wrong_filter(collection) or collection
    if collection.filter is not None:
        return refuse("invalid_payload", "Property `.filter` is for a collection of AUTO_UPDATE")
    if len(collection.products) + len(collection.skus) > MEMBERS_MAX:
        return refuse("invalid_payload", f"A collection has at most {MEMBERS_MAX} products")
    products = _ids("product", collection.products, lambda name: find_product(view, name))
    if isinstance(products, Refusal):
        return products
    skus = _ids("sku", collection.skus, lambda name: find_sku(view, name))
    if isinstance(skus, Refusal):
        return skus
    count = len(products) + len(skus)
    few = count <= MEMBERS_SHOWN_MAX
    return structs.replace(
        collection,
        products=products,
        skus=skus,
        sku_products=tuple(_product_of(view, each) for each in skus) if few else (),
        members_count=count,
    )


def wrong_filter(collection: ProductCollection) -> Refusal | None:
    """The refusal of what cannot be the filter of an AUTO_UPDATE collection."""
    if collection.products or collection.skus:
        return refuse("invalid_payload", "Property `.products` is for a STATIC collection")
    if collection.filter is None:
        return refuse("invalid_payload", "Property `.filter` is required")
    if len(collection.filter) > FILTER_LENGTH_MAX:
        reason = f"is longer than {FILTER_LENGTH_MAX} characters"
        return refuse("invalid_payload", f"Property `.filter` {reason}")
    try:
        parse_filter(collection.filter)
    except FilterError as error:
        place = f".filter.{error.field}" if error.field else ".filter"
        return refuse("invalid_payload", f"Property `{place}` {error.reason}")
    for name in fields_of(msgspec.json.decode(collection.filter)):
        if not is_item_field(name):
            return refuse("invalid_payload", f"Property `.filter.{name}` is not supported")
    return None


def _ids(
    kind: str, names: Iterable[str], find: Callable[[str], Product | Sku | None]
) -> tuple[str, ...] | Refusal:
    """The ids of what is named, each once, in their order."""
    found: set[str] = set()
    for name in names:
        entity = find(name)
        if entity is None:
            return not_found(kind, name)
        found.add(entity.id)
    return tuple(sorted(found))


def _product_of(view: View, sku_id: str) -> str:
    sku = view.get(tables.SKUS, sku_id)
    return "" if sku is None else sku.product_id


DECISIONS: Decisions = MappingProxyType(
    {
        CreateCollection: create_collection,
        UpdateCollection: update_collection,
        DeleteCollection: delete_collection,
    }
)
