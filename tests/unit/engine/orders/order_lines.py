"""A catalogue, and orders of lines that are laid over it and redeemed on."""

from typing import Any

from engine.kernel import tables
from engine.kernel.overlay import ProjectState
from engine.orders.calculation import lay_over_order
from engine.pricing import discounts
from engine.pricing.basket import Basket
from engine.pricing.discounts import Terms
from engine.products.find import find_item
from schemas.api import OrderInput, OrderItemInput
from schemas.discounts import Discount
from schemas.errors import Refusal
from schemas.evaluations import Taken
from schemas.orders import Order
from schemas.products import Product, Sku
from tests.unit.engine.pricing.arithmetic import empty_view

SHIRT = Product("prod_shirt", 0, source_id="shirt", name="Shirt", price=2000)
SOLD_OUT = Product("prod_gone", 0, source_id="gone", price=1, deleted_at=5)
LARGE = Sku("sku_l", "prod_shirt", 0, source_id="shirt-l", sku="L", price=2500)
SMALL = Sku("sku_s", "prod_shirt", 0, source_id="shirt-s", sku="S")
ORPHAN = Sku("sku_o", "prod_none", 0, source_id="orphan", price=80)
FREE_LARGE = Discount("UNIT", unit_off=1, unit_type="sku_l", effect="ADD_NEW_ITEMS")
FREE_SHIRT = Discount("UNIT", unit_off=1, unit_type="prod_shirt", effect="ADD_NEW_ITEMS")


def stocked() -> ProjectState:
    view = empty_view()
    for product in (SHIRT, SOLD_OUT):
        view.put(tables.PRODUCTS, product, product.id)
        view.put(tables.PRODUCT_SOURCES, product.id, product.source_id or "")
    for sku in (LARGE, SMALL, ORPHAN):
        view.put(tables.SKUS, sku, sku.id)
        view.put(tables.SKU_SOURCES, sku.id, sku.source_id or "")
    return view


VIEW = stocked()


def relaid(stored: Order, **given: Any) -> Order | Refusal:
    return lay_over_order(VIEW, stored, OrderInput(**given))


def laid(stored: Order, **given: Any) -> Order:
    order = relaid(stored, **given)
    assert isinstance(order, Order)
    return order


def line(**fields: Any) -> OrderItemInput:
    return OrderItemInput(**fields)


def redeemed(order: Order, *offers: Discount) -> tuple[Order, list[Taken]]:
    basket, steps = Basket(order), []
    under = Terms(initial=False, once=False, price_of=lambda named: find_item(VIEW, named))
    for discount in offers:
        steps.append(discounts.take_discount(discount, basket, None, under))
        basket.take(steps[-1])
    return basket.order(), steps


CART = (line(product_id="prod_shirt", price=2000, quantity=1), line(product_id="p", price=500))
