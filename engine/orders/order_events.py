"""What became of an order by an event, in the names that the API has for it."""

from typing import Final, NamedTuple, assert_never

from schemas.api import OrderStatus
from schemas.orders import Order, OrderCreated, OrderUpdated
from schemas.redemptions import RedemptionRolledBack, RedemptionSucceeded

_REACHED: Final = {
    "PAID": "order.paid",
    "CANCELED": "order.canceled",
    "FULFILLED": "order.fulfilled",
}

#: In which an order counts as paid.
PAID: Final[frozenset[OrderStatus | None]] = frozenset({"PAID", "FULFILLED"})
#: What changes an order.
OrderChanging = OrderCreated | OrderUpdated | RedemptionSucceeded | RedemptionRolledBack


class OrderChange(NamedTuple):
    """An order as it is after an event, and its status before, if there was one."""

    order: Order
    before: OrderStatus | None
    created: bool
    #: Whose it was, where it is another customer's now.
    customer_before: str | None = None


def order_events(event: OrderChanging) -> tuple[tuple[str, Order], ...]:
    """The names with the order as it is after the event: created or updated, then its new status."""
    change = _change_of(event)
    if change is None:
        return ()
    order = change.order
    names = ["order.created" if change.created else "order.updated"]
    reached = _REACHED.get(order.status or "")
    if order.status != change.before and reached is not None:
        names.append(reached)
    return tuple((name, order) for name in names)


def newly_paid(event: OrderChanging) -> Order | None:
    """The order that counts as paid from this event on: it is paid, or fulfilled without having been.

    An order that is paid and then fulfilled, or the other way round, is paid once.
    """
    change = _change_of(event)
    if change is None or change.order.status not in PAID or change.before in PAID:
        return None
    return change.order


def newly_canceled(event: OrderChanging) -> Order | None:
    """The order that is canceled by this event."""
    change = _change_of(event)
    if change is None or change.order.status != "CANCELED" or change.before == "CANCELED":
        return None
    return change.order


def newly_moved(event: OrderChanging) -> tuple[Order, str] | None:
    """The order that comes to another customer by this event, and the one whose it was."""
    change = _change_of(event)
    if change is None or change.customer_before is None:
        return None
    return change.order, change.customer_before


def _change_of(event: OrderChanging) -> OrderChange | None:
    match event:
        case OrderCreated(order):
            return OrderChange(order, None, created=True)
        case OrderUpdated(order, before, customer_before):
            return OrderChange(order, before, created=False, customer_before=customer_before)
        case RedemptionSucceeded():
            saved, created = event.evaluation.order, event.order_created
        case RedemptionRolledBack():
            saved, created = event.order, False
        case _:
            assert_never(event)
    return None if saved is None else OrderChange(saved, event.status_before, created)
