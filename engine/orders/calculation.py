"""Orders: what a request says, laid over what is stored, and the sums.

`amount` is the caller's, else the sum of the items' amounts, else what is stored; an item's amount
is the caller's, else price times quantity (engine/orders/lines.py). What is left to pay is the
amount without all discounts so far. `initial_amount` is the amount before discounts added units.
Source: the API contract, sections 5 and 6.
"""

from msgspec import structs

from engine.kernel import tables
from engine.kernel.ids import new_ids
from engine.kernel.lookup import find_named_order
from engine.kernel.state import View
from engine.orders.lines import Lines, growth_of, lay_over_lines, line_of
from engine.pricing.sums import left_to_pay
from schemas.api import OrderInput, OrderStatus
from schemas.base import AMOUNT_MAX
from schemas.blank import name_in
from schemas.errors import Refusal, refuse
from schemas.orders import Order, OrderItem
from schemas.projects import KeyKind

#: From how many entries on an order takes no further redemption, so that its rollbacks still fit
#: into a record.
ORDER_ENTRIES_MAX = 1000


def order_of(
    view: View, given: OrderInput | None, customer_id: str | None, key_kind: KeyKind
) -> Order | Refusal | None:
    """The order that a request means, before its redeemables take anything; None: it has none.

    Refuses an unknown id, an order that has all the entries it may have, amounts that do not work
    out, and what a client-side key may not do.
    """
    if given is None:
        return None
    stored = find_named_order(view, given)
    if isinstance(stored, Refusal):
        return stored
    source_id = name_in(given.source_id)
    if stored is not None and source_id not in (None, stored.source_id):
        owner = view.get(tables.ORDER_SOURCES, source_id or "")
        if owner not in (None, stored.id):
            details = f"Duplicated order exists with id {given.source_id}"
            return refuse("duplicate_source_id", details, explanation={"rule": "order_source_id"})
    before = stored or Order()
    refusal = _order_full(before)
    if refusal is None and key_kind == "client":
        refusal = _not_for_clients(before, given, customer_id)
    if refusal is not None:
        return refusal
    order = lay_over_order(view, before, given)
    if isinstance(order, Refusal):
        return order
    if given.status is None and customer_id is None:
        return order
    return structs.replace(
        order,
        status=given.status or order.status,
        customer_id=customer_id or order.customer_id,
    )


def paid_status(status: OrderStatus | None) -> OrderStatus:
    """The status of an order that was redeemed on, where the caller says none."""
    return "FULFILLED" if status == "FULFILLED" else "PAID"


def _order_full(order: Order) -> Refusal | None:
    if len(order.redemptions) < ORDER_ENTRIES_MAX:
        return None
    return refuse(
        "invalid_order",
        f"An order takes at most {ORDER_ENTRIES_MAX} redemptions",
        explanation={
            "rule": "order_redemptions",
            "redemptions": len(order.redemptions),
            "limit": ORDER_ENTRIES_MAX,
        },
    )


def _not_for_clients(order: Order, given: OrderInput, customer_id: str | None) -> Refusal | None:
    """Whoever guesses a source id must neither see another customer's order nor settle one."""
    if order.customer_id not in (None, customer_id):
        return refuse(
            "invalid_order",
            "The order belongs to another customer",
            explanation={"rule": "order_customer", "customer_id": customer_id},
        )
    if given.status not in (None, paid_status(order.status)):
        return refuse(
            "invalid_order",
            "A client-side key cannot set the status of an order",
            explanation={"rule": "order_status", "status": given.status},
        )
    return None


def lay_over_order(view: View, stored: Order, given: OrderInput) -> Order | Refusal:
    """What the request says of the order's content, over what is stored.

    Refuses amounts that do not work out, and changes of items that redemptions took from.
    """
    amount = given.amount
    items = stored.items
    if given.items is not None:
        named = tuple(line_of(view, item) for item in given.items)
        lines = lay_over_lines(items, named) if items else Lines(named)
        if isinstance(lines, Refusal):
            return lines
        items = lines.items
        amount = _sum(items) if amount is None else amount + lines.unnamed_growth
    if amount is None:
        amount = stored.amount
    if amount is not None and amount > AMOUNT_MAX:
        return _invalid_amount(amount)
    for item in items or ():
        if item.amount is not None and item.amount > AMOUNT_MAX:
            return _invalid_amount(item.amount)
    metadata = stored.metadata
    if given.metadata is not None:
        metadata = (metadata or {}) | given.metadata
    order = structs.replace(
        stored,
        source_id=name_in(given.source_id) or stored.source_id,
        amount=amount,
        initial_amount=_before_growth(stored, amount, items),
        items=items,
        metadata=metadata,
    )
    left = left_to_pay(order) if stored.id else amount  # nothing was taken of a new one
    if left is not None and left < 0:
        return refuse(
            "invalid_order",
            f"The amount {amount} is less than the {order.discount_amount} already discounted",
            explanation={
                "rule": "discounted_amount",
                "amount": amount,
                "discounted": (amount or 0) - left,
            },
        )
    return order


def with_item_ids(seed: str, items: tuple[OrderItem, ...] | None) -> tuple[OrderItem, ...] | None:
    """The items, each with an id."""
    if items is None:
        return None
    fresh = iter(new_ids(seed, "ordli_", sum(not item.id for item in items)))
    return tuple(item if item.id else structs.replace(item, id=next(fresh)) for item in items)


def _before_growth(
    stored: Order, amount: int | None, items: tuple[OrderItem, ...] | None
) -> int | None:
    """The amount before discounts added units; None: there was none."""
    growth = growth_of(items) if stored.items else 0  # lines that are new have none
    if amount is None or (growth and amount == growth and stored.initial_amount is None):
        return None
    return amount - growth


def _sum(items: tuple[OrderItem, ...] | None) -> int | None:
    amounts = [item.amount for item in items or () if item.amount is not None]
    return sum(amounts) if amounts else None


def _invalid_amount(amount: int) -> Refusal:
    return refuse(
        "invalid_amount",
        "Amount has to be a valid positive number",
        explanation={"rule": "amount", "amount": str(amount), "amount_max": AMOUNT_MAX},
    )
