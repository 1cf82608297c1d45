"""Which lines are of a product or SKU, what a unit of them costs, and how many more fit."""

from typing import Any

from engine.kernel.money import divide_half_up
from engine.pricing.basket import Basket, Line
from schemas.api import ITEMS_MAX, ProductInput, SkuInput
from schemas.base import AMOUNT_MAX, QUANTITY_MAX
from schemas.orders import OrderItem
from schemas.products import CatalogItem

#: How many lines an order has at most, those that discounts added included.
LINES_MAX = 2 * ITEMS_MAX


def find_lines(basket: Basket, named: str, found: CatalogItem | None) -> list[int]:
    """The places of the lines that have units of what goes by that id or source id.

    `found` is what the catalogue has under it. A product is also found by its SKUs' lines.
    """
    ids, sources = _names(named, found)
    about_sku = found is not None and found.object == "sku"
    return [
        n
        for n, line in enumerate(basket.lines)
        if line.quantity > 0 and _is_of(line.item, ids, sources, about_sku, found is None)
    ]


def unit_price(line: Line | None, found: CatalogItem | None) -> int | None:
    """A unit's price: the line's, which has units, else its amount by them, else the catalogue's."""
    if line is not None:
        if line.item.price is not None:
            return line.item.price
        if line.amount is not None:
            return divide_half_up(line.amount, line.quantity)
    return None if found is None else found.price


def amount_room(basket: Basket) -> int:
    """How much the order's amount may grow."""
    return AMOUNT_MAX - (basket.amount or 0)


def room_on_line(line: Line | None, price: int | None, amount_max: int) -> int:
    """How many units of that price fit on the line, a new one where there is none."""
    units = QUANTITY_MAX - (0 if line is None else line.quantity)
    if price:
        amount = min(amount_max, AMOUNT_MAX - (0 if line is None else line.amount or 0))
        units = min(units, amount // price)
    return max(units, 0)


def new_line(named: str, found: CatalogItem | None, basket: Basket) -> OrderItem | None:
    """A line without units yet, to be added to the order; None: it has as many as it may have.

    What the catalogue does not know is a SKU where its id is one, else a product.
    """
    if len(basket.lines) >= LINES_MAX:
        return None
    if found is None:
        if named.startswith("sku_"):
            return _empty(sku_id=named, related_object="sku")
        return _empty(product_id=named, related_object="product")
    if found.object == "sku":
        return _empty(
            product_id=found.product_id,
            sku_id=found.id,
            source_id=found.sku_source_id,
            related_object="sku",
            price=found.price,
            sku=SkuInput(id=found.id, source_id=found.sku_source_id, sku=found.name),
        )
    return _empty(
        product_id=found.id,
        source_id=found.source_id,
        related_object="product",
        price=found.price,
        product=ProductInput(id=found.id, source_id=found.source_id, name=found.name),
    )


def _empty(**fields: Any) -> OrderItem:
    return OrderItem(**fields, quantity=0, amount=0, initial_quantity=0, initial_amount=0)


def _names(named: str, found: CatalogItem | None) -> tuple[set[str], set[str]]:
    """The ids and the source ids that it goes by."""
    if found is None:
        return {named}, {named}
    source = found.sku_source_id if found.object == "sku" else found.source_id
    return {found.id}, set() if source is None else {source}


def _is_of(
    item: OrderItem, ids: set[str], sources: set[str], about_sku: bool, either: bool
) -> bool:
    """Whether a line is of it; `either`: it may be a product as well as a SKU."""
    if about_sku or either:
        details = item.sku
        if item.sku_id in ids or (details and (details.id in ids or details.source_id in sources)):
            return True
    if not about_sku:
        product = item.product
        if item.product_id in ids or (
            product and (product.id in ids or product.source_id in sources)
        ):
            return True
    sku_line = item.related_object == "sku"
    return item.source_id in sources and (either or sku_line == about_sku)
