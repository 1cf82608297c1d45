"""What became of an order by an event, in the names that the API has for it."""

from typing import Final, assert_never

from schemas.api import OrderStatus
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded

_REACHED: Final = {
    "PAID": "order.paid",
    "CANCELED": "order.canceled",
    "FULFILLED": "order.fulfilled",
}

#: What changes an order.
OrderChanging = OrderCreated | OrderUpdated | RedemptionSucceeded | RedemptionRolledBack


def order_events(event: OrderChanging) -> tuple[tuple[str, Order], ...]:
    """The names with the order as it is after the event: created or updated, then its new status."""
    match event:
        case OrderCreated(order):
            return _name_changes(order, None, created=True)
        case OrderUpdated(order, before):
            return _name_changes(order, before, created=False)
        case RedemptionSucceeded():
            saved, created = event.evaluation.order, event.order_created
        case RedemptionRolledBack():
            saved, created = event.order, False
        case _:
            assert_never(event)
    return () if saved is None else _name_changes(saved, event.status_before, created=created)


def _name_changes(
    order: Order, before: OrderStatus | None, *, created: bool
) -> tuple[tuple[str, Order], ...]:
    names = ["order.created" if created else "order.updated"]
    reached = _REACHED.get(order.status or "")
    if order.status != before and reached is not None:
        names.append(reached)
    return tuple((name, order) for name in names)
