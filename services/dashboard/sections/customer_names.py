"""How a customer is told in one line, also in the lists of other things."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from htpy import Node

from services.dashboard.parts.facts import link
from services.dashboard.parts.show import NOTHING, Row, first_of
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.visit import Visit, escape_segment

TABS: Final = (("Customers", "/customers"), ("Segments", "/segments"))
BACK: Final = ("Customers", "/customers")
#: How many a page of the API names, and how many pages are asked for: a tree has 500 and more.
_AT_ONCE: Final = 100
_PAGES_MAX: Final = 10


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
    """Customers by their ids; none where the role may not see them or they cannot be asked.

    Raises SignedOut.
    """
    wanted = sorted({str(each) for each in ids if each})[: _AT_ONCE * _PAGES_MAX]
    if not wanted or not visit.may("customers.read"):
        return {}
    pages = [wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE)]
    # names are a help; that they cannot be asked hides nothing
    answers = await asyncio.gather(*(ask_quietly(_ask(visit, each)) for each in pages))
    found = (each for answer in answers for each in (answer or {}).get("customers") or ())
    return {str(each["id"]): each for each in found}


async def _ask(visit: Visit, ids: Sequence[str]) -> Any:
    params = [("limit", str(_AT_ONCE)), *(("ids", each) for each in ids)]
    return await visit.api.get("/v1/customers", params)
