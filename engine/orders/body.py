"""Orders: after all redeemables, after each of them, and as stored.

The sums are running: `discount_amount` and its kin say what was taken so far, the `applied_` ones
what the redeemable (or, in a request's final order, the whole request) took, or added: an item's
`applied_quantity` is negative where other units took the place of its own. In a validation sums
of zero are left out; a saved order keeps those of the order as a whole. Source: the API contract,
sections 5, 6 and 8.
"""

from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows
from engine.pricing.basket import Basket, sum_taken, take_back_from_order
from schemas.evaluations import Evaluation, ItemTaken, Replacement, Taken
from schemas.orders import Order, OrderCreated, OrderEntry, OrderItem, OrderUpdated

_NOTHING: Final = Taken()
_ITEM_TEXTS = ("id", "product_id", "sku_id", "source_id", "related_object")


class OrderSums(NamedTuple):
    """What an order comes to at one point, and what the last step took."""

    amount: int | None = None
    discount: int = 0
    items: tuple[OrderItem, ...] | None = None
    applied: Taken = _NOTHING


def sums_of(order: Order | None, applied: Taken = _NOTHING) -> OrderSums:
    """What the order comes to as it is."""
    if order is None:
        return OrderSums(applied=applied)
    return OrderSums(order.amount, order.discount_amount, order.items, applied)


def running_sums(evaluation: Evaluation) -> list[OrderSums]:
    """One for each applicable outcome, in the order of the request, then the one of all of it."""
    order = evaluation.order
    applied = evaluation.applied
    steps = [outcome.taken or _NOTHING for outcome in applied]
    if len(steps) == 1:  # nearly every request
        whole = sums_of(order, steps[0])
        return [whole, whole]
    all_of_it = sum_taken(steps)
    basket = None if order is None else Basket(take_back_from_order(order, all_of_it))
    sums: dict[int, OrderSums] = {}
    for outcome, step in zip(applied, steps, strict=True):
        if basket is not None:
            basket.take(step)
        sums[id(outcome)] = sums_of(None if basket is None else basket.order(), step)
    in_request = [sums[id(each)] for each in evaluation.outcomes if id(each) in sums]
    return [*in_request, sums_of(order, all_of_it)]


def untouched_sums(evaluation: Evaluation) -> OrderSums:
    """What the order comes to without the request."""
    if evaluation.order is None:
        return OrderSums()
    applied = (outcome.taken or _NOTHING for outcome in evaluation.applied)
    return sums_of(take_back_from_order(evaluation.order, sum_taken(applied)))


def order_body(
    order: Order, sums: OrderSums, *, keep: bool = False, entries: tuple[OrderEntry, ...] = ()
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
    if sums.amount is not None:
        _put_amounts(body, order, sums.amount, sums, keep=keep)
    if sums.items is not None:
        body["items"] = _items(sums.items, sums.applied)
    body["metadata"] = order.metadata or {}
    body["customer_id"] = order.customer_id
    body["referrer_id"] = order.referrer_id
    if order.customer_id is not None:
        body["customer"] = {"id": order.customer_id, "object": "customer"}
    if order.referrer_id is not None:
        body["referrer"] = {"id": order.referrer_id, "object": "customer"}
    if entries:
        body["redemptions"] = {entry.id: entry_body(entry) for entry in entries}
    body["object"] = "order"
    return body


def _put_amounts(body: Body, order: Order, amount: int, sums: OrderSums, *, keep: bool) -> None:
    body["amount"] = amount
    # only where units that were added changed the amount
    if order.initial_amount not in (None, amount):
        body["initial_amount"] = order.initial_amount
    discount, applied = sums.discount, sums.applied.order
    items = sum(item.discount_amount for item in sums.items or ())
    items_applied = sum(each.discount for each in sums.applied.items)
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
    kept = bool(order.redemptions)
    body = order_body(order, sums_of(order), keep=kept, entries=order.redemptions)
    body.pop("applied_discount_amount", None)
    body.pop("total_applied_discount_amount", None)
    if not (kept or order.metadata):  # empty only where a redemption shows it
        del body["metadata"]
    return body


def _items(items: tuple[OrderItem, ...], applied: Taken) -> list[Body]:
    by_line = {each.index: each for each in applied.items}
    bodies = [item_body(item, by_line.get(n)) for n, item in enumerate(items)]
    for each in applied.replaced:
        details = bodies[each.target_index].setdefault("application_details", [])
        details.append(_details_body(each))
    return bodies


def item_body(item: OrderItem, applied: ItemTaken | None = None) -> Body:
    """A line of the cart, with what the last step did to it; what is zero is left out.

    `subtotal_amount` is what is left of its amount; `initial_` is what it was before discounts
    added units.
    """
    body: Body = {"object": "order_item"}
    for name in _ITEM_TEXTS:
        value: Any = getattr(item, name)
        if value is not None:
            body[name] = value
    _put(body, "quantity", item.quantity)
    _put(body, "discount_quantity", item.discount_quantity or item.given_discount_quantity)
    _put(body, "initial_quantity", item.initial_quantity)
    _put(body, "amount", item.amount)
    _put(body, "discount_amount", item.discount_amount or None)
    _put(body, "initial_amount", item.initial_amount)
    if applied is not None:
        _put(body, "applied_discount_amount", applied.discount or None)
        _put(body, "applied_discount_quantity", applied.discounted or None)
        _put(body, "applied_quantity", applied.quantity or None)
        _put(body, "applied_quantity_amount", applied.amount or None)
    _put(body, "price", item.price)
    if item.amount is not None:
        body["subtotal_amount"] = item.amount - item.discount_amount
    if item.product is not None:
        body["product"] = msgspec.to_builtins(item.product)
    if item.sku is not None:
        body["sku"] = msgspec.to_builtins(item.sku)
    _put(body, "metadata", item.metadata)
    return body


def _put(body: Body, name: str, value: Any) -> None:
    if value is not None:
        body[name] = value


def _details_body(each: Replacement) -> Body:
    """Which units took the place of which; all numbers are counts or amounts of units moved."""
    return {
        "source_index": each.source_index,
        "source_applied_quantity": each.source_quantity,
        "source_applied_quantity_amount": each.source_amount,
        "target_index": each.target_index,
        "target_applied_quantity": each.target_quantity,
        "target_applied_quantity_amount": each.target_amount,
        "target_applied_discount_amount": each.target_discount,
    }


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


ANSWERS: Answers = MappingProxyType(
    {
        OrderCreated: shows(stored_order_body, "order"),
        OrderUpdated: shows(stored_order_body, "order"),
    }
)
