"""Orders that the shop writes itself, beside those that redemptions save (engine/orders.py).

What the request says is laid over what is stored; a new order is `CREATED` unless it says
otherwise. Discounts come of redemptions only. Setting a status redeems and rolls back nothing.
"""

from msgspec import structs

from engine import tables
from engine.customers import known_by
from engine.decision import Decision
from engine.ids import new_id
from engine.lookup import find_order, named_order
from engine.orders import laid_over, with_item_ids
from engine.state import View
from schemas.api import OrderInput
from schemas.base import Millis
from schemas.commands import Command
from schemas.entities import Order
from schemas.errors import Refusal, not_found, refuse
from schemas.orders import CreateOrder, OrderCreated, OrderUpdated, UpdateOrder


def create_order(view: View, command: Command, body: CreateOrder, now: Millis) -> Decision:
    """Creates an order; one with that id or source id is updated instead."""
    stored = named_order(view, body.order)
    if isinstance(stored, Refusal):
        return Decision(refusal=stored)
    return _written(view, command, body, stored, now)


def update_order(view: View, command: Command, body: UpdateOrder, now: Millis) -> Decision:
    """Merges what is said over an order."""
    stored = find_order(view, body.named)
    if stored is None:
        return Decision(refusal=not_found("order", body.named))
    return _written(view, command, body, stored, now)


def _written(
    view: View,
    command: Command,
    body: CreateOrder | UpdateOrder,
    stored: Order | None,
    now: Millis,
) -> Decision:
    refusal = _taken(view, body.order, stored)
    if refusal is not None:
        return Decision(refusal=refusal)
    known = known_by(view, command, body.customer, now)
    if isinstance(known, Refusal):
        return Decision(refusal=known)
    order = laid_over(stored or Order(), body.order)
    if isinstance(order, Refusal):
        return Decision(refusal=order)
    order = structs.replace(
        order,
        id=order.id or new_id(command.seed, "ord_"),
        status=body.order.status or order.status or "CREATED",
        items=with_item_ids(command.seed, order.items),
        customer_id=known.id or order.customer_id,
        created_at=body.created_at if body.created_at is not None else order.created_at or now,
        updated_at=now if stored is not None else None,
    )
    event: OrderCreated | OrderUpdated
    event = OrderCreated(order) if stored is None else OrderUpdated(order, stored.status)
    return Decision((*known.events, event), customer=known.snapshot)


def _taken(view: View, given: OrderInput, stored: Order | None) -> Refusal | None:
    """The refusal of a source id that another order has."""
    if not given.source_id:
        return None
    owner = view.get(tables.ORDER_SOURCES, given.source_id)
    if owner is None or (stored is not None and owner == stored.id):
        return None
    details = f"Duplicated order exists with id {given.source_id}"
    return refuse("duplicate_source_id", details)
