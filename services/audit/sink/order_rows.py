"""From an event to the rows of orders."""

from collections.abc import Iterable

from engine.pricing.sums import left_to_pay
from schemas.orders import Order, OrderCreated, OrderUpdated
from services.audit.sink.entities import EntityRow, entity_row


def order_changed(project: str, event: OrderCreated | OrderUpdated) -> Iterable[EntityRow]:
    """The order's row."""
    return (order_row(project, event.order),)


def order_row(project: str, order: Order) -> EntityRow:
    """An order as it is."""
    items_discount = order.items_discount
    return entity_row(
        project,
        "order",
        order,
        alias=order.source_id,
        texts={"status": order.status, "customer_id": order.customer_id},
        numbers={
            "amount": order.amount,
            # what is left of it
            "balance": left_to_pay(order),
            "discount_amount": order.discount_amount,
            "items_discount_amount": items_discount,
            "total_discount_amount": order.discount_amount + items_discount,
        },
        metadata=order.metadata,
    )
