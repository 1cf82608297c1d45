"""What the endpoints of customers and orders take, and what becomes of it.

Official clients send back what they read, so members that are calculated here are read and ignored.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from pydantic import BeforeValidator, Field

from fronts.fields import Amount, Body, Count, Short, Shown
from schemas.api import (
    ITEMS_MAX,
    CustomerInput,
    OrderInput,
    OrderItemInput,
    OrderStatus,
    ProductInput,
    SkuInput,
)
from schemas.base import INSTANT_MAX
from schemas.orders import CreateOrder
from schemas.personal import Address
from services.catalog.dates import Start


def _day(value: Any) -> Any:
    """A date, or the date of a date-time, as YYYY-MM-DD."""
    try:
        return datetime.fromisoformat(value).date().isoformat()
    except (TypeError, ValueError):
        raise ValueError("an ISO 8601 date is wanted") from None


Day = Annotated[str, BeforeValidator(_day)]
Metadata = dict[str, Any]


class AddressBody(Body):
    """A postal address; null is kept as a line that there is not."""

    city: Short | None = None
    state: Short | None = None
    line_1: Short | None = None
    line_2: Short | None = None
    country: Short | None = None
    postal_code: Short | None = None


class CustomerBody(Body):
    """A customer as the shop describes it."""

    id: Short | None = None
    source_id: Short | None = None
    name: Short | None = None
    description: Short | None = None
    email: Short | None = None
    phone: Short | None = None
    birthday: Day | None = None
    birthdate: Day | None = None
    address: AddressBody | None = None
    metadata: Metadata | None = None
    summary: Shown = None
    loyalty: Shown = None
    referrals: Shown = None
    system_metadata: Shown = None
    assets: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["customer"] | None = None


class ProductBody(Body):
    """What the shop says of an item's product."""

    id: Short | None = None
    source_id: Short | None = None
    override: bool | None = None
    name: Short | None = None
    metadata: Metadata | None = None
    price: Amount | None = None
    object: Shown = None


class SkuBody(Body):
    """What the shop says of an item's stock-keeping unit."""

    id: Short | None = None
    source_id: Short | None = None
    override: bool | None = None
    sku: Short | None = None
    metadata: Metadata | None = None
    price: Amount | None = None
    object: Shown = None


class ItemBody(Body):
    """A line of an order; one that is sent back with its id stays that line."""

    id: Short | None = None
    product_id: Short | None = None
    sku_id: Short | None = None
    source_id: Short | None = None
    related_object: Literal["product", "sku"] | None = None
    quantity: Count | None = None
    amount: Amount | None = None
    price: Amount | None = None
    product: ProductBody | None = None
    sku: SkuBody | None = None
    metadata: Metadata | None = None
    object: Shown = None
    discount_quantity: Shown = None
    initial_quantity: Shown = None
    discount_amount: Shown = None
    initial_amount: Shown = None
    subtotal_amount: Shown = None
    applied_discount_amount: Shown = None
    applied_discount_quantity: Shown = None
    applied_quantity: Shown = None
    applied_quantity_amount: Shown = None


class ReferrerBody(Body):
    """Who referred, as an order shows it."""

    id: Short
    object: Literal["customer"] | None = None


class OrderBody(Body):
    """An order as the shop describes it; its discounts, and who referred, come of redemptions."""

    id: Short | None = None
    source_id: Short | None = None
    status: OrderStatus | None = None
    amount: Amount | None = None
    items: Annotated[list[ItemBody], Field(max_length=ITEMS_MAX)] | None = None
    metadata: Metadata | None = None
    customer: CustomerBody | None = None
    customer_id: Short | None = None
    referrer: ReferrerBody | None = None
    referrer_id: Short | None = None
    created_at: Annotated[Start, Field(ge=0, le=INSTANT_MAX)] | None = None
    updated_at: Shown = None
    redemptions: Shown = None
    object: Literal["order"] | None = None
    initial_amount: Shown = None
    discount_amount: Shown = None
    items_discount_amount: Shown = None
    total_discount_amount: Shown = None
    total_amount: Shown = None
    applied_discount_amount: Shown = None
    items_applied_discount_amount: Shown = None
    total_applied_discount_amount: Shown = None


_PERSONAL = (
    "source_id",
    "name",
    "description",
    "email",
    "phone",
    "birthday",
    "birthdate",
    "metadata",
)
_KEPT = frozenset({"source_id"})


def customer_input(body: CustomerBody) -> CustomerInput:
    """The customer as commands name it; null counts as left out."""
    fields = {name: getattr(body, name) for name in _PERSONAL}
    return CustomerInput(id=body.id, address=_address(body.address), **fields)


def customer_changes(body: CustomerBody) -> msgspec.Raw:
    """What an update sets, null included; null for the source id counts as left out."""
    named = body.model_fields_set
    changes: dict[str, Any] = {
        name: getattr(body, name)
        for name in _PERSONAL
        if name in named and not (name in _KEPT and getattr(body, name) is None)
    }
    if "address" in named:
        address = body.address
        changes["address"] = None if address is None else address.model_dump(exclude_unset=True)
    return msgspec.Raw(msgspec.json.encode(changes))


def order_customer(body: OrderBody) -> CustomerInput | None:
    """Whose order it is; None: nobody is named."""
    if body.customer is not None:
        return customer_input(body.customer)
    return CustomerInput(id=body.customer_id) if body.customer_id else None


def order_referrers(body: OrderBody) -> tuple[str, ...]:
    """Whom the body says to have referred: what it shows may be sent back."""
    named = (body.referrer_id, None if body.referrer is None else body.referrer.id)
    return tuple(each for each in named if each)


def new_order(body: OrderBody) -> CreateOrder:
    """The command that makes it; its dates are instants already."""
    return CreateOrder(
        order_input(body),
        order_customer(body),
        body.created_at,
        item_ids(body),
        order_referrers(body),
    )


def item_ids(body: OrderBody) -> tuple[str | None, ...]:
    """The id that the body gives each of its items."""
    return tuple(item.id for item in body.items or ())


def order_input(body: OrderBody) -> OrderInput:
    """The order as commands describe it."""
    return OrderInput(
        id=body.id,
        source_id=body.source_id,
        status=body.status,
        amount=body.amount,
        items=None if body.items is None else tuple(map(_item, body.items)),
        metadata=body.metadata,
    )


def _item(body: ItemBody) -> OrderItemInput:
    product, sku = body.product, body.sku
    return OrderItemInput(
        product_id=body.product_id,
        sku_id=body.sku_id,
        source_id=body.source_id,
        related_object=body.related_object,
        quantity=body.quantity,
        amount=body.amount,
        price=body.price,
        product=None if product is None else ProductInput(**product.model_dump(exclude={"object"})),
        sku=None if sku is None else SkuInput(**sku.model_dump(exclude={"object"})),
        metadata=body.metadata,
    )


def _address(body: AddressBody | None) -> Address | None:
    return None if body is None else Address(**body.model_dump(exclude_unset=True))
