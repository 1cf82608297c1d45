"""Mugs, orders, and discounts in units of them."""

from typing import Any

from engine.pricing import discounts
from engine.pricing.basket import Basket
from engine.pricing.discounts.terms import Terms
from engine.pricing.scope import Scope
from schemas.discounts import Discount
from schemas.evaluations import Taken
from schemas.orders import Order, OrderItem
from schemas.products import CatalogItem

MUG = CatalogItem("prod_mug", "product", "prod_mug", "mug", None, "Mug", 900, {})
RED = CatalogItem("sku_red", "sku", "prod_mug", "mug", "mug-red", "Red mug", 950, {})
CATALOGUE = {"prod_mug": MUG, "mug": MUG, "sku_red": RED, "mug-red": RED}
TERMS = Terms(initial=False, once=False, price_of=CATALOGUE.get)


def basket(*items: OrderItem, amount: int | None = None) -> Basket:
    """An order of these lines, at what they cost together where nothing is said."""
    if amount is None:
        amount = sum(item.amount or 0 for item in items)
    return Basket(Order(amount=amount, initial_amount=amount, items=items))


def line(quantity: int = 1, price: int | None = 100, **fields: Any) -> OrderItem:
    """A line of a product that is not in the catalogue, unless it says another."""
    named = fields or {"product_id": "prod_other"}
    return OrderItem(
        quantity=quantity, price=price, amount=None if price is None else price * quantity, **named
    )


def units(effect: Any, named: str | None = None, off: int | None = 1) -> Discount:
    """So many units of a thing."""
    return Discount("UNIT", unit_type=named, unit_off=off, effect=effect)


def taken(
    discount: Discount, on: Basket, scope: Scope | None = None, terms: Terms = TERMS
) -> Taken:
    """What a discount takes."""
    return discounts.take_discount(discount, on, scope, terms)
