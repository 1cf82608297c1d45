"""Orders: what changes them, beside the redemptions that name them."""

from schemas.api import CustomerInput, OrderInput, OrderStatus
from schemas.base import Instant, Shape
from schemas.entities import Order

# --- commands


class CreateOrder(Shape, tag="create_order", frozen=True):
    """Creates an order, or merges what is said over the one of that id or source id."""

    order: OrderInput
    customer: CustomerInput | None = None
    created_at: Instant | None = None
    #: The ids that the request gives the order's items, in their order.
    item_ids: tuple[str | None, ...] = ()


class UpdateOrder(Shape, tag="update_order", frozen=True):
    """Merges what is said over the order of that id or source id."""

    named: str
    order: OrderInput
    customer: CustomerInput | None = None
    created_at: Instant | None = None
    item_ids: tuple[str | None, ...] = ()


# --- events


class OrderCreated(Shape, tag="order.created", frozen=True):
    """An order exists; a redemption that creates one tells of it itself."""

    order: Order


class OrderUpdated(Shape, tag="order.updated", frozen=True):
    """An order is as `order` says; `status_before` tells whether it was paid or canceled by it."""

    order: Order
    status_before: OrderStatus | None = None
