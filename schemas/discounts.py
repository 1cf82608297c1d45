"""Discounts: what a voucher, a campaign or a promotion tier gives. Money in minor units."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal, get_args

from schemas.base import Shape

DiscountType = Literal["AMOUNT", "PERCENT", "FIXED", "UNIT"]
#: What money is taken from.
MoneyEffect = Literal[
    "APPLY_TO_ORDER",
    "APPLY_TO_ITEMS",
    "APPLY_TO_ITEMS_PROPORTIONALLY",
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
    "APPLY_TO_ITEMS_BY_QUANTITY",
]
#: What is done with free units.
UnitEffect = Literal[
    "ADD_MISSING_ITEMS", "ADD_NEW_ITEMS", "ADD_MANY_ITEMS", "ADD_SAME_ITEMS", "REPLACE_ITEMS"
]
Effect = MoneyEffect | UnitEffect
#: What a discount of each type can do.
EFFECTS: Final[Mapping[DiscountType, frozenset[Effect]]] = {
    "AMOUNT": frozenset(get_args(MoneyEffect)),
    "PERCENT": frozenset({"APPLY_TO_ORDER", "APPLY_TO_ITEMS"}),
    "FIXED": frozenset({"APPLY_TO_ORDER", "APPLY_TO_ITEMS"}),
    "UNIT": frozenset(get_args(UnitEffect)),
}
#: How many kinds of free units one discount has at most.
UNITS_MAX = 100


class UnitItem(Shape, frozen=True):
    """What the catalogue called a product or SKU when a discount named it."""

    id: str
    name: str
    source_id: str | None = None


class UnitOff(Shape, frozen=True):
    """So many free units of one product or SKU; `unit_type` is its id."""

    unit_type: str
    effect: Literal["ADD_MISSING_ITEMS", "ADD_NEW_ITEMS"] = "ADD_NEW_ITEMS"
    unit_off: int | None = None
    unit_off_formula: str | None = None
    product: UnitItem | None = None
    sku: UnitItem | None = None


class Discount(Shape, frozen=True):
    """What is taken off an order or its items.

    A formula goes before the fixed value beside it, which counts where the formula has no value.
    """

    type: DiscountType
    amount_off: int | None = None
    amount_off_formula: str | None = None
    percent_off: Decimal | None = None
    percent_off_formula: str | None = None
    fixed_amount: int | None = None
    fixed_amount_formula: str | None = None
    unit_off: int | None = None
    unit_off_formula: str | None = None
    #: The id of a product or SKU.
    unit_type: str | None = None
    product: UnitItem | None = None
    sku: UnitItem | None = None
    #: For ADD_MANY_ITEMS.
    units: tuple[UnitOff, ...] = ()
    #: The most that a percentage takes of the order, or of one item.
    amount_limit: int | None = None
    #: The most that is taken of an order, all items together.
    aggregated_amount_limit: int | None = None
    #: None: of the items where the assigned rules name some, else of the order.
    effect: Effect | None = None
