"""Orders that the shop writes itself, beside those that redemptions save (engine/orders/calculation.py).

What the request says is laid over what is stored; a new order is `CREATED` unless it says
otherwise. Discounts come of redemptions only. Setting a status redeems and rolls back nothing.
An order that is sent back as it was read stays what it is: its items keep their ids, and its
customer is taken as it is, also from the bin.
"""

from types import MappingProxyType

from msgspec import structs

from engine.customers.know import NOBODY, know_customer
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.lookup import find_named_order, find_order
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.orders.calculation import lay_over_order, with_item_ids
from engine.orders.overrides import override_catalogue
from schemas.api import CustomerInput, OrderInput
from schemas.base import Millis
from schemas.blank import name_in
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.orders import CreateOrder, Order, OrderCreated, OrderItem, OrderUpdated, UpdateOrder


def create_order(
    view: View, command: Command, body: CreateOrder, now: Millis
) -> Decision | Refusal:
    """Creates an order; one with that id or source id is updated instead."""
    stored = find_named_order(view, body.order)
    if isinstance(stored, Refusal):
        return stored
    return _write_order(view, command, body, stored, now)


def update_order(
    view: View, command: Command, body: UpdateOrder, now: Millis
) -> Decision | Refusal:
    """Merges what is said over an order."""
    stored = find_order(view, body.named)
    if stored is None:
        return not_found("order", body.named)
    return _write_order(view, command, body, stored, now)


def _write_order(
    view: View,
    command: Command,
    body: CreateOrder | UpdateOrder,
    stored: Order | None,
    now: Millis,
) -> Decision | Refusal:
    refusal = _source_id_taken(view, body.order, stored) or _strange_referrer(body, stored)
    if refusal is not None:
        return refusal
    known = know_customer(view, command, body.customer, now)
    if isinstance(known, Refusal) and _says_whose_it_is(stored, body.customer):
        known = NOBODY
    if isinstance(known, Refusal):
        return known
    catalogue = override_catalogue(view, command, body.order, now)
    if isinstance(catalogue, Refusal):
        return catalogue
    order = lay_over_order(catalogue.view, stored or Order(), body.order)
    if isinstance(order, Refusal):
        return order
    order = structs.replace(
        order,
        id=order.id or new_id(command.seed, "ord_"),
        status=body.order.status or order.status or "CREATED",
        items=with_item_ids(command.seed, _recognise_items(stored, order.items, body.item_ids)),
        customer_id=known.id or order.customer_id,
        created_at=body.created_at if body.created_at is not None else order.created_at or now,
        updated_at=now if stored is not None else None,
    )
    event: OrderCreated | OrderUpdated
    if stored is None:
        event = OrderCreated(order)
    else:
        is_same = stored.customer_id == order.customer_id
        event = OrderUpdated(order, stored.status, None if is_same else stored.customer_id)
    return Decision((*known.events, *catalogue.events, event), customer=known.snapshot)


def _says_whose_it_is(stored: Order | None, named: CustomerInput | None) -> bool:
    """Whether the request only repeats the id of the order's customer."""
    if stored is None or stored.customer_id is None:
        return False
    return named == CustomerInput(id=stored.customer_id)


def _strange_referrer(body: CreateOrder | UpdateOrder, stored: Order | None) -> Refusal | None:
    """The refusal of another referrer than that of the code that was redeemed for the order."""
    known = None if stored is None else stored.referrer_id
    if all(each == known for each in body.referrer_ids):
        return None
    return refuse(
        "invalid_payload", "Property `.referrer_id` is what the redeemed referral code says"
    )


def _recognise_items(
    stored: Order | None, items: tuple[OrderItem, ...] | None, ids: tuple[str | None, ...]
) -> tuple[OrderItem, ...] | None:
    """The items; what the request repeats, by id or as it was in its place, is what it was."""
    if stored is None or not items:
        return items
    lines = stored.items or ()
    known = {line.id: line for line in lines}
    found: list[OrderItem] = []
    for n, item in enumerate(items):
        item_id = ids[n] if n < len(ids) else None
        if item_id is None and n < len(lines) and _says_the_same(item, lines[n]):
            item_id = lines[n].id
        before = known.pop(item_id, None)
        found.append(item if before is None else _as_it_was(item, before))
    return tuple(found)


def _says_the_same(item: OrderItem, line: OrderItem) -> bool:
    """Whether an item is a line but for what is calculated."""
    return _as_it_was(item, line) == line


def _as_it_was(item: OrderItem, line: OrderItem) -> OrderItem:
    """The item with what is calculated of the line that it repeats."""
    return structs.replace(
        item,
        id=line.id,
        discount_amount=line.discount_amount,
        given_discount_quantity=line.given_discount_quantity,
    )


def _source_id_taken(view: View, given: OrderInput, stored: Order | None) -> Refusal | None:
    """The refusal of a source id that another order has."""
    source_id = name_in(given.source_id)
    if source_id is None:
        return None
    owner = view.get(tables.ORDER_SOURCES, source_id)
    if owner is None or (stored is not None and owner == stored.id):
        return None
    details = f"Duplicated order exists with id {given.source_id}"
    return refuse("duplicate_source_id", details)


DECISIONS: Decisions = MappingProxyType(
    {
        CreateOrder: create_order,
        UpdateOrder: update_order,
    }
)
