"""Customers and orders in the state: by id, and their ids by source id."""

from engine import tables
from engine.state import State
from schemas.base import Millis
from schemas.entities import Customer, Order
from schemas.events import CustomerCreated, CustomerUpdated


def customer_stored(state: State, event: CustomerCreated | CustomerUpdated, _: Millis) -> None:
    """The customer is as the event says; its source id ends with its data."""
    customer = event.customer
    before = _source_id(state.get(tables.CUSTOMERS, customer.id))
    after = _source_id(customer)
    if before is not None and before != after:
        state.delete(tables.CUSTOMER_SOURCES, before)
    if after is not None:
        state.put(tables.CUSTOMER_SOURCES, customer.id, after)
    state.put(tables.CUSTOMERS, customer, customer.id)


def _source_id(customer: Customer | None) -> str | None:
    if customer is None or customer.personal.data is None:
        return None
    return customer.personal.data.source_id


def store_order(state: State, order: Order) -> None:
    """The order is found by its id and its source id."""
    stored = state.get(tables.ORDERS, order.id)
    if stored is not None and stored.source_id not in (None, order.source_id):
        state.delete(tables.ORDER_SOURCES, stored.source_id or "")
    if order.source_id is not None:
        state.put(tables.ORDER_SOURCES, order.id, order.source_id)
    state.put(tables.ORDERS, order, order.id)
