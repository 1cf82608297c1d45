"""Orders: after all redeemables, after each of them, and as stored.

The sums are running: `discount_amount` and its kin say what was taken so far, the `applied_` ones
what the redeemable (or, in a request's final order, the whole request) took. In a validation sums
of zero are left out; a saved order keeps those of the order as a whole. Source: the API contract,
sections 5, 6 and 8.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from engine.calendar import iso, iso_or_none
from engine.render.encode import Body
from schemas.api import OrderItemInput
from schemas.entities import Evaluation, Order, OrderEntry, OrderItem, Taken

_NO_ITEMS: Final[Mapping[int, int]] = {}
_ITEM_TEXTS = ("id", "product_id", "sku_id", "source_id", "related_object")


class Sums(NamedTuple):
    """What was taken up to a point, and by the last step; items by their index."""

    discount: int = 0
    applied: int = 0
    items: Mapping[int, int] = _NO_ITEMS
    items_applied: Mapping[int, int] = _NO_ITEMS


def running_sums(evaluation: Evaluation) -> list[Sums]:
    """One for each applicable outcome, then the one of the whole request."""
    order = evaluation.order
    taken = [
        outcome.taken or Taken()
        for outcome in evaluation.outcomes
        if outcome.status == "APPLICABLE"
    ]
    discount = order.discount_amount if order else 0
    if len(taken) == 1 and not taken[0].items and (order is None or not order.items):
        whole = Sums(discount, taken[0].order)  # nearly every request
        return [whole, whole]
    applied = sum(each.order for each in taken)
    items_applied = _add(_NO_ITEMS, (pair for each in taken for pair in each.items))
    items = {
        index: item.discount_amount
        for index, item in enumerate((order and order.items) or ())
        if item.discount_amount
    }
    whole = Sums(discount, applied, items, items_applied)
    if len(taken) == 1:
        return [whole, whole]
    steps: list[Sums] = []
    discount -= applied
    items = {index: value - items_applied.get(index, 0) for index, value in items.items()}
    for each in taken:
        discount += each.order
        items = _add(items, each.items)
        steps.append(Sums(discount, each.order, items, dict(each.items)))
    return [*steps, whole]


def _add(sums: Mapping[int, int], more: Iterable[tuple[int, int]]) -> dict[int, int]:
    added = dict(sums)
    for index, amount in more:
        added[index] = added.get(index, 0) + amount
    return added


def order_body(
    order: Order, sums: Sums, *, keep: bool = False, entries: tuple[OrderEntry, ...] = ()
) -> Body:
    """The order at one point of a request; `entries` are the redemptions to show in it.

    `keep` shows the order's own sums even where they are zero, as redemptions do.
    """
    body: Body = {}
    if order.id:
        body["id"] = order.id
        body["source_id"] = order.source_id
        body["created_at"] = iso_or_none(order.created_at)
        body["updated_at"] = iso_or_none(order.updated_at)
    elif order.source_id is not None:
        body["source_id"] = order.source_id
    if order.status is not None:
        body["status"] = order.status
    if order.amount is not None:
        _put_amounts(body, order, order.amount, sums, keep=keep)
    if order.items is not None:
        body["items"] = [
            item_body(item, sums.items.get(index, 0), sums.items_applied.get(index, 0))
            for index, item in enumerate(order.items)
        ]
    body["metadata"] = order.metadata or {}
    body["customer_id"] = order.customer_id
    body["referrer_id"] = None
    if order.customer_id is not None:
        body["customer"] = {"id": order.customer_id, "object": "customer"}
    if entries:
        body["redemptions"] = {entry.id: entry_body(entry) for entry in entries}
    body["object"] = "order"
    return body


def _put_amounts(body: Body, order: Order, amount: int, sums: Sums, *, keep: bool) -> None:
    body["amount"] = amount
    if order.initial_amount is not None:
        body["initial_amount"] = order.initial_amount
    discount, applied, by_item, applied_by_item = sums
    items = sum(by_item.values()) if by_item else 0
    items_applied = sum(applied_by_item.values()) if applied_by_item else 0
    if discount or keep:
        body["discount_amount"] = discount
    if items:
        body["items_discount_amount"] = items
    if discount + items or keep:
        body["total_discount_amount"] = discount + items
    body["total_amount"] = amount - discount - items
    if applied or keep:
        body["applied_discount_amount"] = applied
    if items_applied:
        body["items_applied_discount_amount"] = items_applied
    if applied + items_applied or keep:
        body["total_applied_discount_amount"] = applied + items_applied


def stored_order_body(order: Order) -> Body:
    """The order as it is stored, without the sums of any one request."""
    items = {index: each.discount_amount for index, each in enumerate(order.items or ())}
    sums = Sums(order.discount_amount, 0, items)
    body = order_body(order, sums, keep=bool(order.redemptions), entries=order.redemptions)
    body.pop("applied_discount_amount", None)
    body.pop("total_applied_discount_amount", None)
    return body


def item_body(item: OrderItem | OrderItemInput, discount: int = 0, applied: int = 0) -> Body:
    """A line of the cart; `subtotal_amount` is what is left of its amount."""
    body: Body = {"object": "order_item"}
    for name in _ITEM_TEXTS:
        value: Any = getattr(item, name, None)
        if value is not None:
            body[name] = value
    if item.quantity is not None:
        body["quantity"] = item.quantity
    if item.amount is not None:
        body["amount"] = item.amount
    if discount:
        body["discount_amount"] = discount
    if applied:
        body["applied_discount_amount"] = applied
    if item.price is not None:
        body["price"] = item.price
    if item.amount is not None:
        body["subtotal_amount"] = item.amount - discount
    if item.product is not None:
        body["product"] = msgspec.to_builtins(item.product)
    if item.sku is not None:
        body["sku"] = msgspec.to_builtins(item.sku)
    if item.metadata is not None:
        body["metadata"] = item.metadata
    return body


def entry_body(entry: OrderEntry) -> Body:
    """What an order says of one of its redemptions."""
    body: Body = {
        "date": iso(entry.at),
        "related_object_type": entry.related_object_type,
        "related_object_id": entry.related_object_id,
    }
    if entry.parent_id is not None:
        body["related_object_parent_id"] = entry.parent_id
    if entry.stacked:
        body["stacked"] = entry.stacked
    if entry.rollback_id is not None and entry.rollback_at is not None:
        body["rollback_id"] = entry.rollback_id
        body["rollback_date"] = iso(entry.rollback_at)
    if entry.rollback_stacked:
        body["rollback_stacked"] = entry.rollback_stacked
    return body
