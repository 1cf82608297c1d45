"""Customers in the state: by id, and their ids by source id."""

from types import MappingProxyType
from typing import Final

from engine.counters.ended import end_customer_counts
from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerUpdated,
)

#: In how many programs what limits counted for a customer goes with the customer.
EARNINGS_DROPPED_MAX: Final = 10_000


def customer_stored(state: State, event: CustomerCreated | CustomerUpdated, _: Millis) -> None:
    """The customer is as the event says; what it is found by ends with its data."""
    customer = event.customer
    before = _source_id(state.get(tables.CUSTOMERS, customer.id))
    after = _source_id(customer)
    if before is not None and before != after:
        state.delete(tables.CUSTOMER_SOURCES, tables.source_key(before))
    if after is not None:
        state.put(tables.CUSTOMER_SOURCES, customer.id, tables.source_key(after))
    guest_key = _guest_key(customer)
    if guest_key is not None:
        state.put(tables.GUESTS, customer.id, guest_key)
    state.put(tables.CUSTOMERS, customer, customer.id)


def customer_deleted(state: State, event: CustomerDeleted, _: Millis) -> None:
    """The customer is in the bin; the source id leads there still."""
    state.put(tables.CUSTOMERS, event.customer, event.customer.id)


def remove_customer(state: State, customer_id: str, now: Millis) -> None:
    """The customer is gone for good; the source id is free, and a guest's address unknown."""
    customer = state.get(tables.CUSTOMERS, customer_id)
    source_id, guest_key = _source_id(customer), _guest_key(customer)
    if source_id is not None:
        state.delete(tables.CUSTOMER_SOURCES, tables.source_key(source_id))
    if guest_key is not None:
        state.delete(tables.GUESTS, guest_key)
    state.delete(tables.CUSTOMERS, customer_id)
    state.delete(tables.CUSTOMER_SUMMARIES, customer_id)
    state.delete(tables.KNOWN_SEGMENTS, customer_id)
    state.drop(tables.EARNINGS, customer_id, most=EARNINGS_DROPPED_MAX)
    for segment_id in list(state.scan(tables.CUSTOMER_SEGMENTS, customer_id)):
        state.delete(tables.SEGMENT_MEMBERS, segment_id, customer_id)
        state.delete(tables.CUSTOMER_SEGMENTS, customer_id, segment_id)
    end_customer_counts(state, customer_id, now)


def customers_summed(state: State, event: CustomersSummed, _: Millis) -> None:
    """What each customer adds up to is as the event says."""
    for customer_id, summary in event.summaries.items():
        state.put(tables.CUSTOMER_SUMMARIES, summary, customer_id)


def _source_id(customer: Customer | None) -> str | None:
    if customer is None or customer.personal.data is None:
        return None
    return customer.personal.data.source_id


def _guest_key(customer: Customer | None) -> str | None:
    if customer is None or customer.personal.data is None:
        return None
    return customer.personal.data.guest_key


FOLDS: Folds = MappingProxyType(
    {
        CustomerCreated: customer_stored,
        CustomerUpdated: customer_stored,
        CustomerDeleted: customer_deleted,
        CustomersSummed: customers_summed,
    }
)
