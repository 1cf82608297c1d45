"""From an event to the rows of customers, and of what they add up to."""

from collections.abc import Iterable, Iterator

from engine.kernel.state import encode
from schemas.customers import (
    Customer,
    CustomerCreated,
    CustomerDeleted,
    CustomersSummed,
    CustomerUpdated,
)
from schemas.erasures import CustomerForgotten
from services.audit.sink.entities import EntityRow, entity_row, gone_row


def customer_changed(project: str, event: CustomerCreated | CustomerUpdated) -> Iterable[EntityRow]:
    """The customer's row."""
    return (_customer(project, event.customer),)


def customer_deleted(project: str, event: CustomerDeleted) -> Iterable[EntityRow]:
    """That the customer is in the bin; those who redeemed are still shown by their redemptions."""
    return (_customer(project, event.customer)._replace(deleted=1),)


def customer_forgotten(project: str, event: CustomerForgotten) -> Iterable[EntityRow]:
    """That the customer is gone for good, and what they added up to."""
    kinds = ("customer", "customer_summary")
    return [gone_row(project, kind, event.deletion.customer_id) for kind in kinds]


def customers_summed(project: str, event: CustomersSummed) -> Iterator[EntityRow]:
    """What each customer adds up to."""
    for customer_id, summary in event.summaries.items():
        body = encode(summary).decode()
        yield EntityRow(project, "customer_summary", customer_id, "", 0, 0, 0, body=body)


def _customer(project: str, customer: Customer) -> EntityRow:
    data = customer.personal.data
    if data is None:
        return entity_row(project, "customer", customer)
    lines = data.address.lines() if data.address else {}
    return entity_row(
        project,
        "customer",
        customer,
        alias=data.source_id,
        texts={
            "name": data.name,
            "email": data.email,
            "phone": data.phone,
            "city": lines.get("city"),
            "country": lines.get("country"),
        },
        metadata=data.metadata,
    )
