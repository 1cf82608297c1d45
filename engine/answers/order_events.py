"""What became of an order by an event, in the names that the API has for it."""

from typing import Final

from schemas.api import OrderStatus
from schemas.events import Event
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded

_REACHED: Final = {
    "PAID": "order.paid",
    "CANCELED": "order.canceled",
    "FULFILLED": "order.fulfilled",
}


def order_events(event: Event) -> tuple[tuple[str, Order], ...]:
    """The names with the order as it is after the event: created or updated, then its new status."""
    match event:
        case OrderCreated(order):
            return _named(order, None, created=True)
        case OrderUpdated(order, before):
            return _named(order, before, created=False)
        case RedemptionSucceeded():
            saved = event.evaluation.order
            if saved is not None:
                return _named(saved, event.status_before, created=event.order_created)
        case RedemptionRolledBack():
            if event.order is not None:
                return _named(event.order, event.status_before, created=False)
    return ()


def _named(
    order: Order, before: OrderStatus | None, *, created: bool
) -> tuple[tuple[str, Order], ...]:
    names = ["order.created" if created else "order.updated"]
    reached = _REACHED.get(order.status or "")
    if order.status != before and reached is not None:
        names.append(reached)
    return tuple((name, order) for name in names)
