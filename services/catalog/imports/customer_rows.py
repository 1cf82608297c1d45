"""The rows of customers' and orders' imports and bulk updates, as the engine wants them staged."""

from typing import Any

import msgspec
from pydantic import ValidationError

from engine.kernel.calendar import Zone
from fronts.fields import Body, Short
from fronts.staging import Row
from runtime.http.payload import describe_pydantic
from schemas.api import CustomerInput
from services.catalog.dates import place_days
from services.catalog.imports.csv_file import Cell, Columns, Fault
from services.catalog.people.customer_bodies import (
    CustomerBody,
    OrderBody,
    customer_input,
    new_order,
)


class BulkCustomerBody(CustomerBody):
    """What a bulk update says of one customer, who is created where nobody is known by that id."""

    source_id: Short


class CustomersMetadataBody(Body):
    """One metadata for many customers."""

    source_ids: list[Short]
    metadata: dict[str, Any]


def customer_row(body: CustomerBody) -> Row:
    """What a request says of one customer, as a row of its action."""
    return {"do": msgspec.to_builtins(customer_input(body))}


def source_row(source_id: str) -> Row:
    """The row of a customer of whom the rest is said for all."""
    return {"do": msgspec.to_builtins(CustomerInput(source_id=source_id))}


def order_row(zone: Zone, body: OrderBody) -> Row:
    """What a request says of one order, as a row of its action; its dates are days of that zone."""
    body = place_days(body, zone)
    row: dict[str, Any] = msgspec.to_builtins(new_order(body))
    row.pop("type", None)
    return {"do": row}


#: A file's columns by the member of a customer, or of its address, that they name.
_PLAIN = ("name", "email", "phone", "birthdate", "source_id", "description")
_ADDRESS = {
    "address_line_1": "line_1",
    "address_line_2": "line_2",
    "postal_code": "postal_code",
    "city": "city",
    "state": "state",
    "country": "country",
}


def make_customer(values: dict[str, Any], metadata: dict[str, str]) -> Row:
    """The row of one line of a file. Raises Fault."""
    given: dict[str, Any] = {name: values[name] for name in _PLAIN if name in values}
    address = {line: values[name] for name, line in _ADDRESS.items() if name in values}
    if address:
        given["address"] = address
    if metadata:
        given["metadata"] = metadata
    try:
        return customer_row(CustomerBody.model_validate(given))
    except ValidationError as error:
        errors: list[dict[str, Any]] = [
            {**each} for each in error.errors(include_url=False, include_input=False)
        ]
        column = str(errors[0]["loc"][0]).capitalize() if errors[0]["loc"] else ""
        raise Fault(column, describe_pydantic(errors)) from None


def _texts(*names: str) -> dict[str, Cell]:
    return dict.fromkeys(names, str)


#: What a file of customers may hold.
CUSTOMER_COLUMNS = Columns(_texts(*_PLAIN, *_ADDRESS), (), make_customer)
