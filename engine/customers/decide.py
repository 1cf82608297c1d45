"""Customers by themselves: created, completed, changed, deleted; how they are known is in `know.py`."""

from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import structs

from engine.customers.know import (
    create_customer,
    is_source_taken,
    merge_customer,
    source_id_taken,
)
from engine.customers.loyalty import loyalty_of
from engine.kernel import tables
from engine.kernel.bin_entries import bin_entry_added_event
from engine.kernel.decision import Decision
from engine.kernel.lookup import find_customer, unknown_customer
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.blank import without_blanks
from schemas.commands import Command
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomerUnchanged,
    CustomerUpdated,
    DeleteCustomer,
    UpdateCustomer,
    UpsertCustomer,
)
from schemas.errors import Refusal
from schemas.events import Event
from schemas.personal import Address, Personal, PersonalData


def upsert_customer(
    view: View, command: Command, body: UpsertCustomer, now: Millis
) -> Decision | Refusal:
    """Creates the customer or merges what is new; either way the event holds what to answer."""
    known = merge_customer(view, command, body.customer, now)
    if isinstance(known, Refusal):
        return known
    if known.customer is None:
        named = without_blanks(body.customer)
        return Decision((CustomerCreated(create_customer(view, command, named, now)),))
    if not known.events:
        return Decision((_unchanged_event(view, known.customer, now),))
    return Decision(tuple(_with_summary(view, event, now) for event in known.events))


def update_customer(
    view: View, _: Command, body: UpdateCustomer, now: Millis
) -> Decision | Refusal:
    """Sets what is named; null clears, but neither the customer's ids."""
    stored = find_customer(view, body.customer)
    if stored is None:
        return unknown_customer(body.customer)
    data = stored.personal.data or PersonalData()
    changed = _change_data(data, msgspec.json.decode(body.changes))
    if is_source_taken(view, changed, data, stored.id):
        return source_id_taken()
    if changed == data:
        return Decision((_unchanged_event(view, stored, now),))
    personal = Personal(stored.personal.owner, changed)
    customer = structs.replace(stored, personal=personal, updated_at=now)
    return Decision((_with_summary(view, CustomerUpdated(customer), now),))


def delete_customer(
    view: View, command: Command, body: DeleteCustomer, now: Millis
) -> Decision | Refusal:
    """Moves the customer to the bin; the source id stays taken."""
    stored = find_customer(view, body.customer)
    if stored is None:
        return unknown_customer(body.customer)
    # the entry's name is no `Personal`, and everything that names a customer is
    added = bin_entry_added_event(command, "customer", stored.id, "", now)
    deleted = structs.replace(stored, deleted_at=now, bin_entry_id=added.entry.id)
    return Decision((CustomerDeleted(deleted), added))


def _unchanged_event(view: View, customer: Customer, now: Millis) -> CustomerUnchanged:
    summary = view.get(tables.CUSTOMER_SUMMARIES, customer.id)
    return CustomerUnchanged(customer, summary, loyalty_of(view, customer.id, now))


def _with_summary(view: View, event: Event, now: Millis) -> Event:
    """What a customer adds up to, and has in loyalty programs, for who is answered with it."""
    if not isinstance(event, CustomerUpdated):
        return event
    summary = view.get(tables.CUSTOMER_SUMMARIES, event.customer.id)
    loyalty = loyalty_of(view, event.customer.id, now)
    return structs.replace(event, summary=summary, loyalty=loyalty)


def _change_data(data: PersonalData, changes: dict[str, Any]) -> PersonalData:
    """The data with the changes; `None` for an address or metadata empties it."""
    if changes.get("metadata") is not None:
        changes["metadata"] = (data.metadata or {}) | changes["metadata"]
    if changes.get("address") is not None:
        before = {} if data.address is None else data.address.lines()
        changes["address"] = Address(**(before | changes["address"]))
    return structs.replace(data, **changes)


DECISIONS: Decisions = MappingProxyType(
    {
        UpsertCustomer: upsert_customer,
        UpdateCustomer: update_customer,
        DeleteCustomer: delete_customer,
    }
)
