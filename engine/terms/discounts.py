"""What a discount may say of itself, and what the products that it gives away are called."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from msgspec import structs

from engine.formulas.formula import FormulaError, parse_formula
from engine.kernel.state import View
from engine.products.find import find_product, find_sku
from schemas.base import AMOUNT_MAX, ID_LENGTH_MAX, QUANTITY_MAX
from schemas.discounts import EFFECTS, UNITS_MAX, Discount, DiscountType, UnitItem, UnitOff
from schemas.products import Product, Sku

PERCENT_DECIMALS_MAX: Final = 10
#: What a discount of each type cannot do without.
_WANTED: Final[dict[DiscountType, str]] = {
    "AMOUNT": "amount_off",
    "PERCENT": "percent_off",
    "FIXED": "fixed_amount",
}
_AMOUNTS: Final = ("amount_off", "fixed_amount", "amount_limit", "aggregated_amount_limit")
_FORMULAS: Final = tuple(
    f"{name}_formula" for name in ("amount_off", "percent_off", "fixed_amount", "unit_off")
)


def wrong_discount(discount: Discount) -> str | None:
    """The first thing about a discount that makes no sense or exceeds a bound, by its member."""
    return next(_wrong(discount), None)


def with_items(view: View, discount: Discount) -> Discount:
    """The discount with what the catalogue calls the products and SKUs of its free units now.

    What the catalogue does not know is left without a name: an order may know it by that id.
    """
    if discount.type != "UNIT":
        return discount
    units = tuple(structs.replace(each, **_items(view, each.unit_type)) for each in discount.units)
    return structs.replace(discount, units=units, **_items(view, discount.unit_type))


def _wrong(discount: Discount) -> Iterator[str]:
    wanted = _WANTED.get(discount.type)
    if wanted is not None and getattr(discount, wanted) is None:
        yield f"{wanted} is required when the type is {discount.type}"
    for name in _AMOUNTS:
        amount: int | None = getattr(discount, name)
        if amount is not None and not 0 <= amount <= AMOUNT_MAX:
            yield f"{name} must be 0 to {AMOUNT_MAX}"
    if discount.percent_off is not None and not _is_percent(discount.percent_off):
        yield f"percent_off must be 0 to 100 with at most {PERCENT_DECIMALS_MAX} decimals"
    for name in _FORMULAS:
        yield from _wrong_formula(name, getattr(discount, name))
    if discount.effect is not None and discount.effect not in EFFECTS[discount.type]:
        yield f"effect {discount.effect} does not belong to the type {discount.type}"
    if discount.type == "UNIT":
        yield from _wrong_units(discount)


def _wrong_units(discount: Discount) -> Iterator[str]:
    many = discount.effect == "ADD_MANY_ITEMS" or (discount.effect is None and discount.units)
    if many and not discount.units:
        yield "units is required when the effect is ADD_MANY_ITEMS"
    if not many and discount.effect != "ADD_SAME_ITEMS" and discount.unit_type is None:
        yield "unit_type is required when the type is UNIT"
    if len(discount.units) > UNITS_MAX:
        yield f"units must be at most {UNITS_MAX}"
    yield from _wrong_unit("", discount)
    for place, unit in enumerate(discount.units[:UNITS_MAX]):
        yield from _wrong_unit(f"units[{place}].", unit)
        yield from _wrong_formula(f"units[{place}].unit_off_formula", unit.unit_off_formula)


def _wrong_unit(path: str, unit: Discount | UnitOff) -> Iterator[str]:
    if unit.unit_type is not None and not 1 <= len(unit.unit_type) <= ID_LENGTH_MAX:
        yield f"{path}unit_type must have 1 to {ID_LENGTH_MAX} characters"
    if unit.unit_off is not None and not 0 <= unit.unit_off <= QUANTITY_MAX:
        yield f"{path}unit_off must be 0 to {QUANTITY_MAX}"


def _wrong_formula(name: str, text: str | None) -> Iterator[str]:
    if text is None:
        return
    try:
        parse_formula(text)
    except FormulaError as error:
        yield f"{name} is not valid: {error}"


def _is_percent(percent: Decimal) -> bool:
    if not percent.is_finite() or not 0 <= percent <= 100:
        return False
    exponent = percent.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -PERCENT_DECIMALS_MAX


def _items(view: View, unit_type: str | None) -> dict[str, Any]:
    """The product that is meant, or the SKU with its product, as they are called."""
    named = unit_type or ""
    product = find_product(view, named) if named else None
    sku = find_sku(view, named) if named and product is None else None
    if sku is not None:
        product = find_product(view, sku.product_id)
    return {
        "product": product and _unit_item(product, product.name),
        "sku": sku and _unit_item(sku, sku.sku),
    }


def _unit_item(item: Product | Sku, name: str | None) -> UnitItem:
    """The contract wants a name: what has none goes by its source id, else by its id."""
    return UnitItem(item.id, name or item.source_id or item.id, item.source_id)
