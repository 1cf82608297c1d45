"""Draws orders, discounts and scopes from a seed: large ones cost no more than small ones.

Hypothesis chooses the seed; to draw two hundred lines one by one would cost more than to decide on
them.
"""

from decimal import Decimal
from random import Random

from msgspec import structs

from engine.pricing.scope import Scope, Share
from schemas.base import QUANTITY_MAX
from schemas.discounts import Discount, Effect, UnitOff
from schemas.orders import Order, OrderItem
from schemas.products import Product

MONEY: tuple[Effect, ...] = (
    "APPLY_TO_ORDER",
    "APPLY_TO_ITEMS",
    "APPLY_TO_ITEMS_PROPORTIONALLY",
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
    "APPLY_TO_ITEMS_BY_QUANTITY",
)
UNITS: tuple[Effect, ...] = (
    "ADD_NEW_ITEMS",
    "ADD_MISSING_ITEMS",
    "ADD_SAME_ITEMS",
    "ADD_MANY_ITEMS",
    "REPLACE_ITEMS",
)
PRODUCTS = tuple(Product(f"p{n}", 0, price=price) for n, price in enumerate((0, 70, 999, 10**9)))


class Dice(Random):
    """Draws orders and discounts from a seed: large ones cost no more than small ones."""

    def order(self, items_max: int = 200, *, whole: bool = False) -> Order:
        items = tuple(self._item() for _ in range(self.randint(0, items_max)))
        amounts = [item.amount for item in items if item.amount is not None]
        amount = sum(amounts) if amounts else None
        if not whole and self.random() < 0.3:
            amount = self.randint(0, 2 * (amount or 10_000))
        return Order(amount=amount, initial_amount=amount, items=items)

    def discount(self) -> Discount:
        kind = self.randrange(4)
        if kind == 3:
            return self.free_units()
        return structs.replace(
            self._money(kind),
            amount_limit=self._perhaps(5000),
            aggregated_amount_limit=self._perhaps(100_000),
        )

    def _money(self, kind: int) -> Discount:
        if kind == 0:
            effect = self.choice((None, *MONEY))
            return Discount("AMOUNT", amount_off=self.randint(0, 50_000), effect=effect)
        if kind == 1:
            off = Decimal(self.randint(0, 10**6)) / 10**4
            return Discount("PERCENT", percent_off=off, effect=self.choice(MONEY[:2]))
        fixed = self.randint(0, 5000)
        return Discount("FIXED", fixed_amount=fixed, effect=self.choice(MONEY[:2]))

    def free_units(self) -> Discount:
        units = tuple(
            UnitOff(
                self._named(), self.choice(("ADD_NEW_ITEMS", "ADD_MISSING_ITEMS")), self._some()
            )
            for _ in range(self.randint(0, 3))
        )
        named = None if self.random() < 0.2 else self._named()
        effect = self.choice(UNITS)
        return Discount("UNIT", unit_off=self._some(), unit_type=named, units=units, effect=effect)

    def scope(self, lines: int) -> Scope | None:
        if not lines or self.random() < 0.4:
            return None
        entries = self.randint(1, 3)
        shares = tuple(
            Share(
                self.randrange(lines),
                self.randint(0, 5),
                self._perhaps(2000),
                self._perhaps(500),
                self.randrange(entries),
            )
            for _ in range(self.randint(0, lines))
        )
        limits = {n: self.randint(0, 5000) for n in range(entries) if self.random() < 0.5}
        return Scope(shares, limits, named=True)

    def _item(self) -> OrderItem:
        quantity = self.choice((0, 1, 1, 2, 3, 10))
        price = self._perhaps(3000)
        amount = None if price is None else price * quantity
        if self.random() < 0.1:
            amount = self.randint(0, 9999)
        return OrderItem(product_id=self._named(), quantity=quantity, price=price, amount=amount)

    def _named(self) -> str:
        return f"p{self.randrange(6)}"

    def _some(self) -> int | None:
        return self.choice((None, 0, 1, 2, 7, QUANTITY_MAX))

    def _perhaps(self, most: int) -> int | None:
        return None if self.random() < 0.6 else self.randint(0, most)
