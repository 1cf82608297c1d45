"""What the endpoints of products, SKUs and collections take, and what becomes of it.

Official clients send back what they read, so members that are made here are read and ignored.
"""

from typing import Annotated, Any, Literal

import msgspec
from pydantic import Field

from fronts.fields import Amount, Body, Long, Short, Shown
from schemas.blank import name_in
from schemas.products import Product, Sku

#: How many attributes a product has at most.
ATTRIBUTES_MAX = 100


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
    """One metadata for many products; who names none asks for nothing."""

    source_ids: list[Annotated[Short, Field(min_length=1)]] | None = None
    metadata: dict[str, Any] | None = None


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


_PRODUCT = ("source_id", "name", "price", "attributes", "image_url", "metadata")
_SKU = ("source_id", "sku", "price", "currency", "attributes", "image_url", "metadata")
_KEPT = frozenset({"source_id"})


def product_of(body: ProductTerms) -> Product:
    """The product as a creation names it; null counts as left out."""
    return Product(
        id=body.id or "",
        created_at=0,
        source_id=name_in(body.source_id),
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
        source_id=name_in(body.source_id),
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
