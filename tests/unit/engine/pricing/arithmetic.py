"""Numbers of the arithmetic as data (`arithmetic.json`), and the order that they are of."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from engine.kernel.overlay import Overlay, ProjectState, Stored
from engine.orders.calculation import lay_over_order
from engine.pricing import discounts
from engine.pricing.basket import Basket
from engine.pricing.discounts import Terms
from engine.pricing.scope import Scope, Share
from engine.products.find import item_of_product
from runtime.store.store import MemoryStore
from schemas.api import OrderInput, OrderItemInput
from schemas.discounts import Discount, Effect
from schemas.evaluations import Taken
from schemas.orders import Order
from schemas.products import CatalogItem, Product

#: Mug, Poster and T-shirt are in a collection, the Bottle is not.
SAMPLE = ((2, 1000), (3, 1500), (3, 2000), (2, 2500))
REPEATED = ((3, 2000), (5, 1500), (2, 1000), (4, 500))


class Within(Struct, frozen=True, forbid_unknown_fields=True):
    """Shares as line and units, and limits that are the same for all of them."""

    shares: tuple[tuple[int, int], ...]
    amount_max: int | None = None
    price: int | None = None
    all_max: int | None = None

    def scope(self) -> Scope:
        """As rules that name items give it."""
        shares = (Share(line, units, self.amount_max, self.price) for line, units in self.shares)
        limits = {} if self.all_max is None else {0: self.all_max}
        return Scope(tuple(shares), limits, named=True)


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """A redeemable, and what it has to take of the order and of each line."""

    discount: Discount | None = None
    credits: int | None = None
    effect: Effect | None = None
    scope: Within | str | None = None
    initial: bool = False
    once: bool = False
    order: int = 0
    items: tuple[int, ...] | None = None


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    """An order and the redeemables that take from it."""

    name: str
    order: OrderInput | str
    steps: tuple[Step, ...]
    total: int
    products: tuple[Product, ...] = ()
    cumulative: tuple[int, ...] = ()
    lines: tuple[dict[str, Any], ...] = ()
    initial_amount: int | None = None


class Effects(Struct, frozen=True, forbid_unknown_fields=True):
    """What a discount takes of the sample's first three lines within each scope."""

    discount: Discount
    all: tuple[int, ...]
    units: tuple[int, ...]
    amounts: tuple[int, ...]
    aggregated: tuple[int, ...]
    price: tuple[int, ...]
    #: Where 1100 is all that may be taken of the order.
    limited: tuple[int, ...]


class Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    contract: tuple[Case, ...]
    scopes: dict[str, Within]
    effects: tuple[Effects, ...]
    more: tuple[Case, ...] = field(default=())


NUMBERS = msgspec.json.decode(
    Path(__file__).with_suffix(".json").read_bytes(), type=Numbers, strict=True
)


def empty_view() -> ProjectState:
    """The state of a project in which there is nothing."""
    return Overlay(Stored(MemoryStore())).of("proj_test")


def lines(*units_and_prices: tuple[int, int]) -> OrderInput:
    """An order of one product per line: `prod_0`, `prod_1` and so on."""
    return OrderInput(
        items=tuple(
            OrderItemInput(product_id=f"prod_{n}", quantity=units, price=price)
            for n, (units, price) in enumerate(units_and_prices)
        )
    )


def order_of(case: OrderInput | str) -> Order:
    """The order of a case, calculated."""
    named = {"sample": lines(*SAMPLE), "repeated": lines(*REPEATED)}
    order = lay_over_order(empty_view(), Order(), named[case] if isinstance(case, str) else case)
    assert isinstance(order, Order)
    return order


def terms(*products: Product, initial: bool = False, once: bool = False) -> Terms:
    """Terms with a catalogue."""
    catalogue: dict[str, CatalogItem] = {each.id: item_of_product(each) for each in products}
    return Terms(initial, once, catalogue.get)


def take(step: Step, basket: Basket, products: tuple[Product, ...] = ()) -> Taken:
    """What the redeemable takes; the basket is as it left it."""
    where = step.scope
    if isinstance(where, str):
        where = Within(((0, 2), (1, 3), (2, 3)))
    scope = None if where is None else where.scope()
    under = terms(*products, initial=step.initial, once=step.once)
    if step.discount is not None:
        taken = discounts.take_discount(step.discount, basket, scope, under)
    else:
        taken = discounts.take_payment(step.credits or 0, step.effect, basket, scope, under)
    basket.take(taken)
    return taken


def by_line(taken: Taken, basket: Basket) -> tuple[int, ...]:
    """What was taken of each line."""
    values = {each.index: each.discount for each in taken.items}
    return tuple(values.get(n, 0) for n in range(len(basket.lines)))
