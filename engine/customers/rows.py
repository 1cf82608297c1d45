"""The rows of customers' imports: each is decided like a request of its own."""

from typing import Any

from engine.background.decode import decode_row
from engine.customers.decide import upsert_customer
from engine.kernel.decision import Decision
from engine.kernel.state import View
from schemas.actions import ImportCustomers
from schemas.api import CustomerInput
from schemas.base import Millis
from schemas.commands import Command
from schemas.customers import UpsertCustomer
from schemas.errors import Refusal


def import_customer_row(
    view: View, command: Command, _: ImportCustomers, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Creates the row's customer or merges what is new; the row has the shape `CustomerInput`."""
    named = decode_row(CustomerInput, row)
    if isinstance(named, Refusal):
        return named
    return upsert_customer(view, command, UpsertCustomer(named), now)
