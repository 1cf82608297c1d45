"""Erasures in the state: whose keys have to be destroyed."""

from types import MappingProxyType

from engine.customers.fold import remove_customer
from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.erasures import CustomerForgotten, Erasure, ErasuresEnded


def customer_forgotten(state: State, event: CustomerForgotten, now: Millis) -> None:
    """The customer is gone, and the source id is free."""
    remove_customer(state, event.deletion.customer_id, now)
    customer_id = event.deletion.customer_id
    state.put(tables.ERASURES, Erasure(state.project, customer_id, "customer"), customer_id)


def erasures_ended(state: State, event: ErasuresEnded, _: Millis) -> None:
    """They are destroyed."""
    for each in event.ids:
        state.delete(tables.ERASURES, each)


FOLDS: Folds = MappingProxyType(
    {
        CustomerForgotten: customer_forgotten,
        ErasuresEnded: erasures_ended,
    }
)
