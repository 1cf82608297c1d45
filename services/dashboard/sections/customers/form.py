"""The form of a customer, for a new one and for one that there is."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, div, fragment
from starlette.responses import Response

from services.dashboard.parts.forms import (
    Errors,
    field_area,
    field_text,
    form_page,
    group,
)
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row
from services.dashboard.sections.customer_names import BACK, customer_name
from services.dashboard.sections.saving import (
    change_metadata,
    key_of,
    place_fault,
    read_lines,
    read_typed,
    show_metadata,
)
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_PLAIN: Final = ("name", "source_id", "email", "phone", "birthdate", "description")
_ADDRESS: Final = (
    ("line_1", "Street and number"),
    ("line_2", "Second line"),
    ("postal_code", "Postal code"),
    ("city", "City"),
    ("state", "State"),
    ("country", "Country"),
)
NAMES: Final = (*_PLAIN, *(name for name, _ in _ADDRESS), "metadata")


def values_of_customer(row: Row) -> dict[str, str]:
    """What the form shows of a customer that there is."""
    address = row.get("address") or {}
    born = row.get("birthdate") or row.get("birthday") or ""
    return {
        **{name: str(row.get(name) or "") for name in _PLAIN},
        "birthdate": str(born)[:10],
        **{name: str(address.get(name) or "") for name, _ in _ADDRESS},
        "metadata": show_metadata(row.get("metadata")),
    }


def customer_form(
    values: Mapping[str, str], *, row: Row | None = None, errors: Errors | None = None
) -> Node:
    """Its fields; the source id of one that there is cannot change."""
    path = f"/customers/{escape_segment(str(row['id']))}" if row else "/customers"

    def text(name: str, label: str, **more: Any) -> Node:
        return field_text(
            name, label, values.get(name), errors=errors, **({"autocomplete": "off"} | more)
        )

    return form_page(
        f"{path}/edit" if row else "/customers/new",
        group(
            "Who it is",
            text("name", "Name"),
            text(
                "source_id",
                "Source id",
                hint="It cannot change"
                if row
                else "What the shop calls the customer; it cannot change later",
                readonly=row is not None,
            ),
            text("email", "E-mail", kind="email"),
            text("phone", "Phone", kind="tel"),
            text("birthdate", "Birth date", kind="date"),
            field_area(
                "description", "Description", values.get("description"), errors=errors, rows=2
            ),
        ),
        group(
            "Address",
            text(*_ADDRESS[0]),
            text(*_ADDRESS[1]),
            div(".fields")[text(*_ADDRESS[2]), text(*_ADDRESS[3])],
            div(".fields")[text(*_ADDRESS[4]), text(*_ADDRESS[5])],
        ),
        group(
            "Metadata",
            field_area(
                "metadata",
                "Metadata",
                values.get("metadata"),
                errors=errors,
                hint="One a line: name = value. Numbers, true, false and JSON keep their kind; text that looks so goes in quotes.",
                spellcheck="false",
            ),
        ),
        errors=errors or None,
        save="Save" if row else "Create the customer",
        cancel=path,
    )


def read_customer(
    values: Mapping[str, str], old: Row | None, errors: dict[str, str]
) -> dict[str, Any]:
    """The body of a new customer, or of a change; what is wrong goes into `errors`."""
    metadata = read_lines(values["metadata"], "metadata", errors)
    given: dict[str, Any] = {name: values[name] or None for name in _PLAIN}
    address = {name: values[name] or None for name, _ in _ADDRESS}
    if old is None:
        if not any(given[name] for name in ("name", "source_id", "email")):
            errors["name"] = "A name, a source id or an e-mail address is needed."
        body = {name: value for name, value in given.items() if value}
        lines = {name: value for name, value in address.items() if value}
        return (
            body
            | ({"address": lines} if lines else {})
            | ({"metadata": metadata} if metadata else {})
        )
    del given["source_id"]
    given["metadata"] = change_metadata(old.get("metadata"), metadata)
    lines_before = old.get("address") or {}
    changed = {name: value for name, value in address.items() if value or lines_before.get(name)}
    return given | ({"address": changed} if changed else {})


async def show_new(visit: Visit) -> Response:
    """The form of a new one."""
    title = "Create a customer"
    return answer_page(visit, title, fragment[head(title), customer_form({})])


async def show_edit(visit: Visit) -> Response:
    """The form of one that there is. Raises ApiFault."""
    row = await visit.api.get(f"/v1/customers/{escape_segment(visit.path('id'))}")
    title = f"Edit {customer_name(row)}"
    content = fragment[head(title), customer_form(values_of_customer(row), row=row)]
    return answer_page(visit, title, content)


async def save(visit: Visit) -> Response:
    """Creates or changes it. Raises ApiFault."""
    form = await visit.form()
    values, errors = read_typed(form, NAMES), dict[str, str]()
    name = visit.request.path_params.get("id")
    path = f"/v1/customers/{escape_segment(str(name))}"
    row = await visit.api.get(path) if name else None
    body = read_customer(values, row, errors)
    saved = None
    if not errors:
        try:
            if row is None:
                saved = await visit.api.post("/v1/customers", body, key=key_of(form))
            else:
                saved = await visit.api.put(path, body, key=key_of(form))
        except Refused as fault:
            errors = place_fault(fault, NAMES)
    if saved is None:
        return answer_node(customer_form(values, row=row, errors=errors))
    address = f"{BACK[1]}/{escape_segment(str(saved['id']))}"
    return go_to(visit.request, address, "Saved" if row else "Customer created")


PAGES: Final[tuple[Page, ...]] = (
    Page("/customers/new", show_new, "customers.write"),
    Page("/customers/new", save, "customers.write", "POST"),
    Page("/customers/{id}/edit", show_edit, "customers.write"),
    Page("/customers/{id}/edit", save, "customers.write", "POST"),
)
