"""How a customer is told in one line, also in the lists of other things."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from htpy import Node

from services.dashboard.parts.facts import link
from services.dashboard.parts.show import NOTHING, Row, first_of
from services.dashboard.web.asking import ApiFault
from services.dashboard.web.visit import Visit, escape_segment

TABS: Final = (("Customers", "/customers"), ("Segments", "/segments"))
BACK: Final = ("Customers", "/customers")
_NAMES_MAX: Final = 100


def customer_name(row: Row | None) -> str:
    """How a customer is called, as far as that is known."""
    return first_of(row, "name", "source_id", "email", "id")


def customer_link(row: Row | None) -> Node:
    """The same, leading to the customer."""
    if not row or not row.get("id"):
        return NOTHING
    return link(customer_name(row), f"/customers/{escape_segment(str(row['id']))}")


def person_link(customer_id: Any, people: Mapping[str, Row]) -> Node:
    """A customer of whom only the id is known for sure, by name where `people` has it."""
    if not customer_id:
        return NOTHING
    known = people.get(str(customer_id))
    name = customer_name(known) if known else str(customer_id)
    return link(name, f"/customers/{escape_segment(str(customer_id))}")


async def find_customers(visit: Visit, ids: Iterable[Any]) -> dict[str, Row]:
    """Customers by their ids; none where the role may not see them or they cannot be asked."""
    wanted = sorted({str(each) for each in ids if each})[:_NAMES_MAX]
    if not wanted or not visit.may("customers.read"):
        return {}
    params = [("limit", str(_NAMES_MAX)), *(("ids", each) for each in wanted)]
    try:
        body = await visit.api.get("/v1/customers", params)
    except ApiFault:
        # names are a help; that they cannot be asked hides nothing
        return {}
    return {str(each["id"]): each for each in body.get("customers") or []}
