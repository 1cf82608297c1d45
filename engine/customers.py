"""Customers: known by id or source id, created and completed by whatever names them.

A member that the request leaves out, or sends as null, keeps its value; metadata and address are
merged member by member. A customer with neither id nor source id is a new one.
"""

from typing import NamedTuple, TypeVar

from msgspec import structs

from engine import tables
from engine.decision import Decision
from engine.ids import new_id
from engine.lookup import named_customer
from engine.state import View
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.commands import Command, UpsertCustomer
from schemas.entities import Customer
from schemas.errors import Refusal, refuse
from schemas.events import CustomerCreated, CustomerUpdated, Event
from schemas.personal import Address, Personal, PersonalData

T = TypeVar("T", PersonalData, Address)


class Known(NamedTuple):
    """The customer of a request, and the event that made it known so; None: nobody was named."""

    customer: Customer | None
    events: tuple[Event, ...] = ()

    @property
    def id(self) -> str | None:
        """The customer's id."""
        return None if self.customer is None else self.customer.id

    @property
    def snapshot(self) -> Customer | None:
        """The customer, where no event holds it."""
        return None if self.events else self.customer


NOBODY = Known(None)


def upsert_customer(view: View, command: Command, body: UpsertCustomer, now: Millis) -> Decision:
    """Creates the customer or merges what is new; nothing happens where nothing is new."""
    known = known_by(view, command, body.customer, now)
    if isinstance(known, Refusal):
        return Decision(refusal=known)
    return Decision(events=known.events, customer=known.snapshot)


def known_by(
    view: View, command: Command, named: CustomerInput | None, now: Millis
) -> Known | Refusal:
    """The customer that a request names, after what the request says of it."""
    if named is None or not any(structs.astuple(named)):
        return NOBODY
    stored = named_customer(view, named)
    if isinstance(stored, Refusal):
        return stored
    if stored is None:
        customer = _created(view, command, named, now)
        return Known(customer, (CustomerCreated(customer),))
    data = stored.personal.data or PersonalData()
    merged = _merged(data, named)
    if merged == data:
        return Known(stored)
    if merged.source_id is not None and merged.source_id != data.source_id:
        owner = view.get(tables.CUSTOMER_SOURCES, merged.source_id)
        if owner not in (None, stored.id):
            return refuse("duplicate_source_id", "Another customer has this source id")
    personal = Personal(stored.personal.owner, merged)
    customer = structs.replace(stored, personal=personal, updated_at=now)
    return Known(customer, (CustomerUpdated(customer),))


def _created(view: View, command: Command, named: CustomerInput, now: Millis) -> Customer:
    customer_id = new_id(command.seed, "cust_")
    personal = Personal(f"{view.project}/{customer_id}", _merged(PersonalData(), named))
    return Customer(id=customer_id, personal=personal, created_at=now)


def _merged(data: PersonalData, named: CustomerInput) -> PersonalData:
    address, metadata = data.address, data.metadata
    if named.address is not None:
        address = _overlaid(address or Address(), named.address)
    if named.metadata is not None:
        metadata = (metadata or {}) | named.metadata
    said = PersonalData(
        source_id=named.source_id,
        name=named.name,
        description=named.description,
        email=named.email,
        phone=named.phone,
        birthday=named.birthday,
        birthdate=named.birthdate,
        address=address,
        metadata=metadata,
    )
    return _overlaid(data, said)


def _overlaid(value: T, said: T) -> T:
    """`value` with every member that `said` has."""
    named = {name: new for name, new in structs.asdict(said).items() if new is not None}
    return structs.replace(value, **named)
