"""Orders: what changes them, beside the redemptions that name them."""

from typing import Final, Literal

from schemas.api import CustomerInput, OrderInput, OrderItemTerms, OrderStatus
from schemas.base import Instant, Metadata, Millis, Shape


class OrderItem(OrderItemTerms, frozen=True):
    """A line of a calculated order."""

    id: str | None = None
    discount_amount: int = 0
    #: What redemptions took of units that were taken back since: it counts for nothing.
    discount_void: int = 0
    #: Units that a discount made free, and what the line was before discounts added units to it.
    discount_quantity: int = 0
    initial_quantity: int | None = None
    initial_amount: int | None = None
    #: What the caller said of it; nothing but shown.
    given_discount_quantity: int | None = None


class OrderEntry(Shape, frozen=True):
    """One redemption of an order, a stack's parent included."""

    id: str
    at: Millis
    related_object_type: Literal["voucher", "promotion_tier", "redemption"]
    related_object_id: str
    parent_id: str | None = None
    stacked: tuple[str, ...] = ()
    rollback_id: str | None = None
    rollback_at: Millis | None = None
    rollback_stacked: tuple[str, ...] = ()


class Order(Shape, frozen=True):
    """A calculated order. `id` is empty while it is only validated, not saved.

    `discount_amount` is what all its redemptions took on the order as a whole, so far.
    """

    id: str = ""
    source_id: str | None = None
    status: OrderStatus | None = None
    amount: int | None = None
    initial_amount: int | None = None
    discount_amount: int = 0
    items: tuple[OrderItem, ...] | None = None
    metadata: Metadata | None = None
    customer_id: str | None = None
    redemptions: tuple[OrderEntry, ...] = ()
    #: Whose referral code was redeemed for it.
    referrer_id: str | None = None
    created_at: Millis | None = None
    updated_at: Millis | None = None

    @property
    def items_discount(self) -> int:
        """The sum of the discounts on single items."""
        return sum([item.discount_amount for item in self.items]) if self.items else 0


class CreateOrder(Shape, tag="create_order", frozen=True):
    """Creates an order, or merges what is said over the one of that id or source id."""

    order: OrderInput
    customer: CustomerInput | None = None
    created_at: Instant | None = None
    #: The ids that the request gives the order's items, in their order.
    item_ids: tuple[str | None, ...] = ()
    #: Whom it says to have referred, which only the code that was redeemed can say.
    referrer_ids: tuple[str, ...] = ()


class UpdateOrder(Shape, tag="update_order", frozen=True):
    """Merges what is said over the order of that id or source id."""

    named: str
    order: OrderInput
    customer: CustomerInput | None = None
    created_at: Instant | None = None
    item_ids: tuple[str | None, ...] = ()
    referrer_ids: tuple[str, ...] = ()


class OrderCreated(Shape, tag="order.created", frozen=True):
    """An order exists; a redemption that creates one tells of it itself."""

    order: Order


class OrderUpdated(Shape, tag="order.updated", frozen=True):
    """An order is as `order` says; `status_before` tells whether it was paid or canceled by it."""

    order: Order
    status_before: OrderStatus | None = None
    #: Whose it was, where it is another customer's now.
    customer_before: str | None = None


OrderCommand = CreateOrder | UpdateOrder
OrderEvent = OrderCreated | OrderUpdated
#: Orders by themselves: nothing is redeemed by them.
ORDER_EVENTS: Final = frozenset({OrderCreated, OrderUpdated})
