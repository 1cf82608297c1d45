"""Orders in the state: by id, and their ids by source id."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.orders import Order, OrderCreated, OrderUpdated


def order_stored(state: State, event: OrderCreated | OrderUpdated, _: Millis) -> None:
    """The order is as the event says."""
    store_order(state, event.order)


def store_order(state: State, order: Order, *, is_new: bool = False) -> None:
    """The order is found by its id and its source id."""
    stored = None if is_new else state.get(tables.ORDERS, order.id)
    if stored is not None and stored.source_id not in (None, order.source_id):
        state.delete(tables.ORDER_SOURCES, stored.source_id or "")
    if order.source_id is not None:
        state.put(tables.ORDER_SOURCES, order.id, order.source_id)
    state.put(tables.ORDERS, order, order.id)


FOLDS: Folds = MappingProxyType(
    {
        OrderCreated: order_stored,
        OrderUpdated: order_stored,
    }
)
