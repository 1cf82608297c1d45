"""The rows of customers' imports: each is decided like a request of its own."""

from typing import Any

from engine.background.decode import decode_row
from engine.customers.know import create_customer, merge_customer
from engine.kernel.decision import Decision
from engine.kernel.state import View
from schemas.actions import ImportCustomers
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.blank import without_blanks
from schemas.commands import Command
from schemas.customers import CustomerCreated
from schemas.errors import Refusal


def import_customer_row(
    view: View, command: Command, _: ImportCustomers, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Creates the row's customer or merges what is new; the row has the shape `CustomerInput`."""
    named = decode_row(CustomerInput, row)
    if isinstance(named, Refusal):
        return named
    known = merge_customer(view, command, named, now)
    if isinstance(known, Refusal):
        return known
    if known.customer is None:
        # nobody is named: a new guest
        customer = create_customer(view, command, without_blanks(named), now)
        return Decision((CustomerCreated(customer),))
    return Decision(known.events)
