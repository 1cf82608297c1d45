"""Customers: known by id or source id, created and completed by whatever names them.

A member that the request leaves out, or sends as null, keeps its value; metadata and address are
merged member by member. Null is a value in metadata, and for a line of the address where the
request is about the customer itself; beside a redemption it keeps the line, since official clients
say null for all that they were not told. A customer with neither id nor source id is a guest: known
by the e-mail address that it was first named by, for as long as it lives, so that limits hold for
it; without an address it is a new one. A name or an address that is blank counts as left out:
whoever leaves a form empty is not the same as everyone who does. Only an update of the customer
itself takes null for what it says, and clears.
"""

from typing import Final, NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_named_customer, is_guest
from engine.kernel.state import View
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.blank import says_nothing, without_blanks
from schemas.commands import Command
from schemas.customers import Customer, CustomerCreated, CustomerUpdated
from schemas.errors import Refusal, refuse
from schemas.events import Event
from schemas.personal import Address, Personal, PersonalData

#: YYYY-MM-DD.
_DATE_LENGTH: Final = 10


class KnownCustomer(NamedTuple):
    """The customer of a request, and the event that made it known so; None: nobody was named."""

    customer: Customer | None
    events: tuple[Event, ...] = ()

    @property
    def id(self) -> str | None:
        return None if self.customer is None else self.customer.id

    @property
    def snapshot(self) -> Customer | None:
        """The customer, where no event holds it."""
        return None if self.events else self.customer


NOBODY = KnownCustomer(None)


def is_source_taken(
    view: View, after: PersonalData, before: PersonalData, customer_id: str
) -> bool:
    """Whether the new source id is another customer's."""
    if after.source_id is None or after.source_id == before.source_id:
        return False
    owner = view.get(tables.CUSTOMER_SOURCES, tables.source_key(after.source_id))
    return owner not in (None, customer_id)


def source_id_taken() -> Refusal:
    """The refusal of a source id that somebody else has."""
    return refuse("duplicate_source_id", "Another customer has this source id")


def know_customer(
    view: View, command: Command, named: CustomerInput | None, now: Millis
) -> KnownCustomer | Refusal:
    """The customer that a request about something else names, after what it says of it."""
    return merge_customer(view, command, _without_null_lines(named), now)


def _without_null_lines(named: CustomerInput | None) -> CustomerInput | None:
    if named is None or named.address is None:
        return named
    lines = {name: line for name, line in named.address.lines().items() if line is not None}
    return structs.replace(named, address=Address(**lines) if lines else None)


def merge_customer(
    view: View, command: Command, named: CustomerInput | None, now: Millis
) -> KnownCustomer | Refusal:
    """The customer who is named, after what is said; null lines of the address are kept as said."""
    if named is None or says_nothing(named):
        return NOBODY
    named = without_blanks(named)
    stored = find_named_customer(view, named, command.email_key)
    if isinstance(stored, Refusal):
        return stored
    if stored is None:
        customer = create_customer(view, command, named, now)
        return KnownCustomer(customer, (CustomerCreated(customer),))
    data = stored.personal.data or PersonalData()
    merged = _merge_data(data, named)
    if merged == data:
        return KnownCustomer(stored)
    if is_source_taken(view, merged, data, stored.id):
        return source_id_taken()
    personal = Personal(stored.personal.owner, merged)
    customer = structs.replace(stored, personal=personal, updated_at=now)
    return KnownCustomer(customer, (CustomerUpdated(customer),))


def create_customer(view: View, command: Command, named: CustomerInput, now: Millis) -> Customer:
    """The customer who is named for the first time."""
    customer_id = new_id(command.seed, "cust_")
    data = _merge_data(PersonalData(), named)
    if is_guest(named):
        data = structs.replace(data, guest_key=command.email_key)
    personal = Personal(f"{view.project}/{customer_id}", data)
    return Customer(id=customer_id, personal=personal, created_at=now)


def _merge_data(data: PersonalData, named: CustomerInput) -> PersonalData:
    address, metadata = data.address, data.metadata
    if named.address is not None:
        before = {} if address is None else address.lines()
        lines = before | named.address.lines()
        address = Address(**lines) if lines else None
    if named.metadata is not None:
        metadata = (metadata or {}) | named.metadata
    said = PersonalData(
        source_id=named.source_id,
        name=named.name,
        description=named.description,
        email=named.email,
        phone=named.phone,
        birthday=named.birthday and named.birthday[:_DATE_LENGTH],
        birthdate=named.birthdate and named.birthdate[:_DATE_LENGTH],
        address=address,
        metadata=metadata,
    )
    new = {name: value for name, value in structs.asdict(said).items() if value is not None}
    return structs.replace(data, **new)
