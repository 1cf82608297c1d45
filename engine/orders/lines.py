"""The lines of an order: what callers say, what the catalogue knows, what redemptions did to them.

A line that redemptions took from, or added units to, stays as they left it until they are rolled
back. A caller may name it as it is now or as it was before, and need not name one that a discount
added; whatever else is said of it is refused, since its discount would be of something else.
"""

from collections import deque
from typing import Any, NamedTuple

from msgspec import structs

from engine.kernel import tables
from engine.kernel.state import View
from engine.products.find import find_meant_item
from schemas.api import OrderItemInput, ProductInput, SkuInput
from schemas.errors import Refusal, refuse
from schemas.orders import OrderItem
from schemas.products import CatalogItem


class Lines(NamedTuple):
    """The lines, and by how much discounts raised those that the caller named as before."""

    items: tuple[OrderItem, ...]
    unnamed_growth: int = 0


def line_of(view: View, given: OrderItemInput) -> OrderItem:
    """A line as the caller says it, at the catalogue's price where the caller names none.

    An item that is named only by a source id, or without its price, is looked up in the catalogue:
    it gets the ids and the names that it has there, where the caller says none. One with an id and
    a price is taken as it is.
    """
    quantity = 1 if given.quantity is None else given.quantity
    price = _price(given)
    known = given.product_id is not None or given.sku_id is not None
    found = find_meant_item(view, given) if price is None or not known else None
    if found is not None and price is None and given.amount is None:
        price = found.price
    amount = given.amount
    if amount is None and price is not None:
        amount = price * quantity
    line = OrderItem(
        product_id=given.product_id,
        sku_id=given.sku_id,
        source_id=given.source_id,
        related_object=given.related_object,
        quantity=quantity,
        amount=amount,
        price=price,
        product=given.product,
        sku=given.sku,
        metadata=given.metadata,
        given_discount_quantity=given.discount_quantity,
    )
    return line if found is None else structs.replace(line, **_catalogue_fields(view, found, given))


def _catalogue_fields(view: View, found: CatalogItem, given: OrderItemInput) -> dict[str, Any]:
    """What the catalogue knows of a line, under what the caller says of it."""
    said = structs.asdict(given.product or ProductInput())
    product = view.get(tables.PRODUCTS, found.product_id)
    if product is not None:
        known = {"source_id": product.source_id, "name": product.name, "price": product.price}
        said |= {name: value for name, value in known.items() if said[name] is None}
    fields: dict[str, Any] = {
        "product_id": found.product_id,
        "product": ProductInput(**(said | {"id": found.product_id})),
    }
    if found.object == "sku":
        said = structs.asdict(given.sku or SkuInput())
        known = {"source_id": found.sku_source_id, "sku": found.name, "price": found.price}
        said |= {name: value for name, value in known.items() if said[name] is None}
        fields |= {"sku_id": found.id, "sku": SkuInput(**(said | {"id": found.id}))}
    return fields


def lay_over_lines(stored: tuple[OrderItem, ...], given: tuple[OrderItem, ...]) -> Lines | Refusal:
    """The given lines, with what redemptions did to those of the same places."""
    items: list[OrderItem] = []
    rest = deque(given)
    growth = 0
    for n, line in enumerate(stored):
        named = rest[0] if rest else None
        if not is_touched(line):
            if named is not None:
                items.append(rest.popleft())
            continue
        if len(items) != n:
            return _discounted_item_changed(n)
        if named is not None and _same_thing(line, named) and _as_now(line, named):
            rest.popleft()
        elif line.initial_quantity == 0:
            named = None
            growth += _growth(line)
        elif named is not None and _same_thing(line, named) and _as_before(line, named):
            rest.popleft()
            growth += _growth(line)
        else:
            return _discounted_item_changed(n)
        if named is not None and named.metadata is not None:
            items.append(structs.replace(line, metadata=named.metadata))
        else:
            items.append(line)
    return Lines((*items, *rest), growth)


def growth_of(items: tuple[OrderItem, ...] | None) -> int:
    """By how much discounts raised the lines, in minor units."""
    return sum(map(_growth, items or ()))


def is_touched(line: OrderItem) -> bool:
    """Whether redemptions took from a line or changed its units."""
    return bool(
        line.discount_amount
        or line.discount_void
        or line.discount_quantity
        or line.initial_quantity is not None
    )


def _growth(line: OrderItem) -> int:
    if line.initial_quantity is None:
        return 0
    return (line.amount or 0) - (line.initial_amount or 0)


def _same_thing(line: OrderItem, named: OrderItem) -> bool:
    """Whether the names that both have are the same, and there is one, or neither has any."""
    ours = (line.product_id, line.sku_id, line.source_id)
    theirs = (named.product_id, named.sku_id, named.source_id)
    if ours == theirs:
        return True
    both = [(one, two) for one, two in zip(ours, theirs, strict=True) if one and two]
    return bool(both) and all(one == two for one, two in both)


def _as_now(line: OrderItem, named: OrderItem) -> bool:
    return line.quantity == named.quantity and named.amount in (None, line.amount)


def _as_before(line: OrderItem, named: OrderItem) -> bool:
    return line.initial_quantity == named.quantity and named.amount in (None, line.initial_amount)


def _discounted_item_changed(place: int) -> Refusal:
    return refuse(
        "invalid_order",
        f"Item {place} of the order is discounted by redemptions and stays as it is until they"
        " are rolled back",
        explanation={"rule": "discounted_items", "item": place},
    )


def _price(given: OrderItemInput) -> int | None:
    if given.price is not None:
        return given.price
    if given.sku is not None and given.sku.price is not None:
        return given.sku.price
    return given.product.price if given.product is not None else None
