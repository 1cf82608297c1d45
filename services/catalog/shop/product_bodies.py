"""What the endpoints of products, SKUs and collections take, and what becomes of it.

Official clients send back what they read, so members that are made here are read and ignored.
"""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field

from schemas.collections import CreateCollection, ProductCollection, UpdateCollection
from schemas.products import Product, Sku
from services.catalog.vouchers.voucher_bodies import Amount, Body, Long, Short

#: How many attributes a product has at most.
ATTRIBUTES_MAX = 100
#: A member that is made here.
Shown = Any


class ProductTerms(Body):
    """What creating and updating a product have in common; in an update null clears."""

    id: Short | None = None
    source_id: Short | None = None
    name: Short | None = None
    price: Amount | None = None
    attributes: Annotated[list[Short], Field(max_length=ATTRIBUTES_MAX)] | None = None
    image_url: Long | None = None
    metadata: dict[str, Any] | None = None
    skus: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["product"] | None = None


class BulkProductBody(ProductTerms):
    """What a bulk update says of one product, which is created where nothing has its source id."""

    source_id: Annotated[Short, Field(min_length=1)]


class ProductsMetadataBody(Body):
    """One metadata for many products."""

    source_ids: list[Annotated[Short, Field(min_length=1)]]
    metadata: dict[str, Any]


class SkuTerms(Body):
    """What creating and updating a SKU have in common; in an update null clears."""

    id: Short | None = None
    source_id: Short | None = None
    product_id: Short | None = None
    sku: Short | None = None
    price: Amount | None = None
    currency: Short | None = None
    attributes: Annotated[dict[Short, Any], Field(max_length=ATTRIBUTES_MAX)] | None = None
    image_url: Long | None = None
    metadata: dict[str, Any] | None = None
    product: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["sku"] | None = None


class MemberBody(Body):
    """A product or a SKU of a collection, by id or source id."""

    id: Annotated[Short, Field(min_length=1)]
    object: Literal["product", "sku"]
    product_id: Short | None = None


class UpdateCollectionBody(Body):
    """Changes of a collection; its members are all named anew."""

    name: Annotated[Short, Field(min_length=1)] | None = None
    type: Literal["STATIC", "AUTO_UPDATE"] | None = None
    filter: dict[str, Any] | None = None
    products: list[MemberBody] | None = None
    id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["products_collection"] | None = None


class CreateCollectionBody(UpdateCollectionBody):
    """A new collection: members one by one, or a filter."""

    name: Annotated[Short, Field(min_length=1)]
    type: Literal["STATIC", "AUTO_UPDATE"]


_PRODUCT = ("source_id", "name", "price", "attributes", "image_url", "metadata")
_SKU = ("source_id", "sku", "price", "currency", "attributes", "image_url", "metadata")
_KEPT = frozenset({"source_id"})


def product_of(body: ProductTerms) -> Product:
    """The product as a creation names it; null counts as left out."""
    return Product(
        id=body.id or "",
        created_at=0,
        source_id=body.source_id or None,
        name=body.name,
        price=body.price,
        attributes=tuple(body.attributes or ()),
        image_url=body.image_url,
        metadata=body.metadata or {},
    )


def sku_of(body: SkuTerms) -> Sku:
    """The SKU as a creation names it; null counts as left out."""
    return Sku(
        id=body.id or "",
        product_id="",
        created_at=0,
        source_id=body.source_id or None,
        sku=body.sku,
        price=body.price,
        currency=body.currency,
        attributes=body.attributes or {},
        image_url=body.image_url,
        metadata=body.metadata or {},
    )


def changes_of(body: ProductTerms | SkuTerms) -> msgspec.Raw:
    """What an update sets, null included; nothing for the source id counts as left out."""
    names = _PRODUCT if isinstance(body, ProductTerms) else _SKU
    changes = {
        name: getattr(body, name)
        for name in names
        if name in body.model_fields_set and (name not in _KEPT or getattr(body, name))
    }
    return msgspec.Raw(msgspec.json.encode(changes))


def create_collection_command(body: CreateCollectionBody) -> CreateCollection:
    """The command that makes a collection."""
    products, skus = _members(body.products or [])
    collection = ProductCollection(
        id="",
        name=body.name,
        created_at=0,
        type=body.type,
        filter=_filter(body.filter),
        products=products,
        skus=skus,
    )
    return CreateCollection(collection)


def update_collection_command(body: UpdateCollectionBody, collection: str) -> UpdateCollection:
    """The command that sets what the body names; null counts as left out."""
    changes: dict[str, Any] = {
        name: getattr(body, name) for name in ("name", "type") if getattr(body, name) is not None
    }
    if body.filter is not None:
        changes["filter"] = _filter(body.filter)
    if body.products is not None:
        changes["products"], changes["skus"] = _members(body.products)
    return UpdateCollection(collection, msgspec.Raw(msgspec.json.encode(changes)))


def _filter(given: dict[str, Any] | None) -> str | None:
    """The text of a filter, which always says how its fields are joined."""
    return None if given is None else msgspec.json.encode({"junction": "and"} | given).decode()


def _members(given: list[MemberBody]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    products = tuple(each.id for each in given if each.object == "product")
    return products, tuple(each.id for each in given if each.object == "sku")
