"""Products, their stock-keeping units (SKUs), and collections of both. Prices in minor units."""

from typing import Any, Final, Literal, NamedTuple

import msgspec
from msgspec import field

from schemas.base import Metadata, Millis, Shape

#: How many SKUs a product has at most, those in the bin included, and with how many it is shown.
SKUS_MAX = 1000
SKUS_SHOWN_MAX = 100


class Product(Shape, frozen=True):
    """A product of the catalogue."""

    id: str
    created_at: Millis
    source_id: str | None = None
    name: str | None = None
    price: int | None = None
    attributes: tuple[str, ...] = ()
    image_url: str | None = None
    metadata: Metadata = field(default_factory=dict)
    updated_at: Millis | None = None
    #: When it went to the bin; nobody finds it there, and its source id stays taken.
    deleted_at: Millis | None = None


class Sku(Shape, frozen=True):
    """A variant of a product."""

    id: str
    product_id: str
    created_at: Millis
    source_id: str | None = None
    sku: str | None = None
    price: int | None = None
    currency: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    image_url: str | None = None
    metadata: Metadata = field(default_factory=dict)
    updated_at: Millis | None = None
    deleted_at: Millis | None = None


class CatalogItem(NamedTuple):
    """A product or a SKU; `product_id` is its own id for a product. Prices in minor units."""

    id: str
    object: Literal["product", "sku"]
    product_id: str
    #: The product's; the SKU's own is beside it.
    source_id: str | None
    sku_source_id: str | None
    name: str | None
    price: int | None
    metadata: Metadata


class CreateProduct(Shape, tag="create_product", frozen=True):
    """Creates a product, or changes the one with that id or source id.

    What is not said (an empty metadata, for example) stays as it is.
    """

    product: Product


class UpdateProduct(Shape, tag="update_product", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    product: str
    changes: msgspec.Raw


class DeleteProduct(Shape, tag="delete_product", frozen=True):
    """Moves a product and its SKUs to the bin; `force` removes them for good."""

    product: str
    force: bool = False


class CreateSku(Shape, tag="create_sku", frozen=True):
    """Creates a SKU of a product, or changes the one with that id or source id, as products."""

    product: str
    sku: Sku


class UpdateSku(Shape, tag="update_sku", frozen=True):
    """Sets the named fields, null included, in the encoding of the state."""

    product: str
    sku: str
    changes: msgspec.Raw


class DeleteSku(Shape, tag="delete_sku", frozen=True):
    """Moves a SKU to the bin; `force` removes it for good."""

    product: str
    sku: str
    force: bool = False


class ProductCreated(Shape, tag="product.created", frozen=True):
    """A product exists."""

    product: Product


class ProductUpdated(Shape, tag="product.updated", frozen=True):
    """A product changed; `product` is the whole after it."""

    product: Product


class ProductDeleted(Shape, tag="product.deleted", frozen=True):
    """A product is in the bin, or, with `force`, gone; so are its SKUs."""

    product: Product
    sku_ids: tuple[str, ...] = ()
    force: bool = False


class SkuCreated(Shape, tag="sku.created", frozen=True):
    """A SKU exists."""

    sku: Sku


class SkuUpdated(Shape, tag="sku.updated", frozen=True):
    """A SKU changed; `sku` is the whole after it."""

    sku: Sku


class SkuDeleted(Shape, tag="sku.deleted", frozen=True):
    """A SKU is in the bin, or, with `force`, gone."""

    sku: Sku
    force: bool = False


ProductCommand = CreateProduct | UpdateProduct | DeleteProduct | CreateSku | UpdateSku | DeleteSku
ProductEvent = (
    ProductCreated | ProductUpdated | ProductDeleted | SkuCreated | SkuUpdated | SkuDeleted
)
#: Products and their SKUs by themselves: no order changes by them.
PRODUCT_EVENTS: Final = frozenset(
    {ProductCreated, ProductUpdated, ProductDeleted, SkuCreated, SkuUpdated, SkuDeleted}
)
