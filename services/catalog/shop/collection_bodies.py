"""What the endpoints of collections take, and the commands that come of it."""

from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import Field, model_validator

from fronts.fields import Body, Short, Shown
from schemas.collections import CreateCollection, ProductCollection, UpdateCollection


class MemberBody(Body):
    """A product or a SKU of a collection, by id or source id."""

    id: Short | None = None
    source_id: Short | None = None
    object: Literal["product", "sku"]
    product_id: Short | None = None

    @property
    def name(self) -> str:
        """What it goes by."""
        return self.id or self.source_id or ""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.name:
            raise ValueError("id or source_id is required")
        return self


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
    products = tuple(each.name for each in given if each.object == "product")
    return products, tuple(each.name for each in given if each.object == "sku")
