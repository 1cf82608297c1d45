"""Products and their SKUs: created or completed by source id, changed, deleted to the bin.

A creation that names a product that is there completes it: what it does not say stays, metadata
is merged member by member. An update sets what it names, null included. A source id belongs to one
product, and to one SKU, also while either is in the bin. A product's entry of the bin stands for
its SKUs, too; a SKU that was deleted before has an entry of its own.
"""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec
from msgspec import structs

from engine.kernel import tables
from engine.kernel.bin_entries import bin_entry_added_event
from engine.kernel.changes import named_changes, with_changes
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import Table, View
from engine.products.find import find_product, find_sku
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.products import (
    SKUS_MAX,
    CreateProduct,
    CreateSku,
    DeleteProduct,
    DeleteSku,
    Product,
    ProductCreated,
    ProductDeleted,
    ProductUpdated,
    Sku,
    SkuCreated,
    SkuDeleted,
    SkuUpdated,
    UpdateProduct,
    UpdateSku,
)

T = TypeVar("T", Product, Sku)

#: What a creation and an update may say, metadata aside.
_PRODUCT_FIELDS: Final = ("source_id", "name", "price", "attributes", "image_url")
_SKU_FIELDS: Final = ("source_id", "sku", "price", "currency", "attributes", "image_url")


def create_product(
    view: View, command: Command, body: CreateProduct, now: Millis
) -> Decision | Refusal:
    """Creates a product, or completes the one that is named."""
    given = body.product
    stored = _find_named(view, "product", tables.PRODUCTS, tables.PRODUCT_SOURCES, given)
    if isinstance(stored, Refusal):
        return stored
    if stored is None:
        product_id = new_id(command.seed, "prod_")
        return Decision((ProductCreated(structs.replace(given, id=product_id, created_at=now)),))
    return Decision((ProductUpdated(_complete_item(stored, given, _PRODUCT_FIELDS, now)),))


def update_product(view: View, _: Command, body: UpdateProduct, now: Millis) -> Decision | Refusal:
    """Sets what is named."""
    stored = find_product(view, body.product)
    if stored is None:
        return not_found("product", body.product)
    changed = _change_item(stored, body.changes, _PRODUCT_FIELDS, now)
    if isinstance(changed, Refusal):
        return changed
    refusal = _source_id_taken(view, "product", tables.PRODUCT_SOURCES, changed)
    if refusal is not None:
        return refusal
    return Decision((ProductUpdated(changed),))


def delete_product(
    view: View, command: Command, body: DeleteProduct, now: Millis
) -> Decision | Refusal:
    """Moves a product with its SKUs to the bin; `force` removes them, and their source ids."""
    stored = find_product(view, body.product)
    if stored is None:
        return not_found("product", body.product)
    deleted = structs.replace(stored, deleted_at=now)
    sku_ids = tuple(sku.id for sku in skus_of(view, stored.id))
    event = ProductDeleted(deleted, sku_ids, force=body.force)
    if body.force:
        return Decision((event,))
    return Decision(
        (event, bin_entry_added_event(command, "product", stored.id, stored.name or "", now))
    )


def create_sku(view: View, command: Command, body: CreateSku, now: Millis) -> Decision | Refusal:
    """Creates a SKU of a product, or completes the one that is named."""
    product = find_product(view, body.product)
    if product is None:
        return not_found("product", body.product)
    given = body.sku
    stored = _find_named(view, "sku", tables.SKUS, tables.SKU_SOURCES, given)
    if isinstance(stored, Refusal):
        return stored
    if stored is not None:
        if stored.product_id != product.id:
            return _duplicate_source_id("sku", "another product's SKU")
        return Decision((SkuUpdated(_complete_item(stored, given, _SKU_FIELDS, now)),))
    if sum(1 for _ in view.scan(tables.PRODUCT_SKUS, product.id)) >= SKUS_MAX:
        return refuse("invalid_payload", f"A product has at most {SKUS_MAX} SKUs")
    sku = structs.replace(
        given, id=new_id(command.seed, "sku_"), product_id=product.id, created_at=now
    )
    return Decision((SkuCreated(sku),))


def update_sku(view: View, _: Command, body: UpdateSku, now: Millis) -> Decision | Refusal:
    """Sets what is named."""
    stored = _sku_of(view, body.product, body.sku)
    if isinstance(stored, Refusal):
        return stored
    changed = _change_item(stored, body.changes, _SKU_FIELDS, now)
    if isinstance(changed, Refusal):
        return changed
    refusal = _source_id_taken(view, "sku", tables.SKU_SOURCES, changed)
    if refusal is not None:
        return refusal
    return Decision((SkuUpdated(changed),))


def delete_sku(view: View, command: Command, body: DeleteSku, now: Millis) -> Decision | Refusal:
    """Moves a SKU to the bin; `force` removes it, and its source id."""
    stored = _sku_of(view, body.product, body.sku)
    if isinstance(stored, Refusal):
        return stored
    event = SkuDeleted(structs.replace(stored, deleted_at=now), force=body.force)
    if body.force:
        return Decision((event,))
    name = stored.sku or ""
    entry = bin_entry_added_event(command, "sku", stored.id, name, now, parent_id=stored.product_id)
    return Decision((event, entry))


def skus_of(view: View, product_id: str) -> Iterator[Sku]:
    """The SKUs of a product, in the order of their ids, without those in the bin."""
    for sku_id in view.scan(tables.PRODUCT_SKUS, product_id):
        sku = view.get(tables.SKUS, sku_id)
        if sku is not None and sku.deleted_at is None:
            yield sku


def _sku_of(view: View, product: str, named: str) -> Sku | Refusal:
    found = find_product(view, product)
    if found is None:
        return not_found("product", product)
    sku = find_sku(view, named)
    return not_found("sku", named) if sku is None or sku.product_id != found.id else sku


def _find_named(
    view: View, kind: str, table: Table[T], sources: Table[str], given: T
) -> T | Refusal | None:
    """What a creation names, by id, else by source id; None: nothing that is there.

    This system gives the ids, so an unknown one is refused; a known source id may stand there.
    """
    owner = view.get(sources, given.source_id) if given.source_id else None
    if given.id:
        found = view.get(table, given.id) or view.get(table, view.get(sources, given.id) or "")
        if found is None or found.deleted_at is not None:
            return not_found(kind, given.id)
        return (
            _duplicate_source_id(kind, f"another {kind}")
            if owner not in (None, found.id)
            else found
        )
    found = view.get(table, owner) if owner is not None else None
    if found is not None and _is_binned(view, found):
        return _duplicate_source_id(kind, f"a {kind} in the bin")
    return found


def _is_binned(view: View, entity: Product | Sku) -> bool:
    if entity.deleted_at is not None:
        return True
    product = view.get(tables.PRODUCTS, entity.product_id) if isinstance(entity, Sku) else None
    return product is not None and product.deleted_at is not None


def _source_id_taken(
    view: View, kind: str, sources: Table[str], entity: Product | Sku
) -> Refusal | None:
    owner = view.get(sources, entity.source_id) if entity.source_id else None
    return None if owner in (None, entity.id) else _duplicate_source_id(kind, f"another {kind}")


def _duplicate_source_id(kind: str, owner: str) -> Refusal:
    return refuse("duplicate_source_id", f"The source id is that of {owner}", resource_type=kind)


def _complete_item(stored: T, given: T, fields: tuple[str, ...], now: Millis) -> T:
    """The entity with everything that `given` says."""
    said: dict[str, Any] = {}
    for name in fields:
        value = getattr(given, name)
        if value not in (None, (), {}):
            said[name] = value
    metadata = stored.metadata | given.metadata
    return structs.replace(stored, **said, metadata=metadata, updated_at=now)


def _change_item(
    stored: T, given: msgspec.Raw, fields: tuple[str, ...], now: Millis
) -> T | Refusal:
    """The product or the SKU after an update; null empties its attributes."""
    changes = named_changes(stored, given, {*fields, "metadata"})
    if isinstance(changes, Refusal):
        return changes
    if "attributes" in changes and changes["attributes"] is None:
        changes["attributes"] = type(stored.attributes)()
    return with_changes(stored, changes | {"updated_at": now})


DECISIONS: Decisions = MappingProxyType(
    {
        CreateProduct: create_product,
        UpdateProduct: update_product,
        DeleteProduct: delete_product,
        CreateSku: create_sku,
        UpdateSku: update_sku,
        DeleteSku: delete_sku,
    }
)
