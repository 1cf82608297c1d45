"""The rows of orders' imports: each is decided like a request of its own."""

from typing import Any

from engine.background.decode import decode_row
from engine.kernel.decision import Decision
from engine.kernel.state import View
from engine.orders.decide import create_order
from schemas.actions import ImportOrders
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal
from schemas.orders import CreateOrder


def import_order_row(
    view: View, command: Command, _: ImportOrders, row: dict[str, Any], now: Millis
) -> Decision | Refusal:
    """Creates or updates the row's order; the row has the shape `CreateOrder`."""
    body = decode_row(CreateOrder, row)
    if isinstance(body, Refusal):
        return body
    return create_order(view, command, body, now)
