"""What a discount takes off, in words."""

from collections.abc import Mapping
from typing import Any, Final

from services.dashboard.parts.show import NOTHING, Show, first_of

EFFECTS: Final[Mapping[str, str]] = {
    "APPLY_TO_ORDER": "of the whole order",
    "APPLY_TO_ITEMS": "of the items",
    "APPLY_TO_ITEMS_PROPORTIONALLY": "of the items, split by their amounts",
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY": "of the items, split by amounts and quantities",
    "APPLY_TO_ITEMS_BY_QUANTITY": "of each unit of the items",
    "ADD_MISSING_ITEMS": "added where they are missing",
    "ADD_NEW_ITEMS": "added to the order",
    "ADD_MANY_ITEMS": "added to the order",
}


def say_discount(discount: Any, show: Show) -> str:
    """What is taken off, in words: `12.5% off, at most €20.00`."""
    if not isinstance(discount, Mapping) or not discount.get("type"):
        return "No discount"
    kind = discount["type"]
    is_of_items = discount.get("effect") == "APPLY_TO_ITEMS"
    if kind == "PERCENT":
        off = discount.get("percent_off")
        said = "A calculated share" if _is_calculated(discount) else f"{show.number(off)}%"
        said += " off items" if is_of_items else " off"
    elif kind == "AMOUNT":
        said = (
            f"{_or_formula(discount, 'amount_off', show)} off{' each item' if is_of_items else ''}"
        )
    elif kind == "FIXED":
        price = _or_formula(discount, "fixed_amount", show)
        said = f"Fixed price {price}{' an item' if is_of_items else ''}"
    else:
        said = " and ".join(_say_unit(each, show) for each in discount.get("units") or [discount])
    limit = discount.get("amount_limit")
    return f"{said}, at most {show.money(limit)}" if isinstance(limit, int) else said


def _is_calculated(discount: Mapping[str, Any]) -> bool:
    return any(name.endswith("_formula") and value for name, value in discount.items())


def _or_formula(discount: Mapping[str, Any], name: str, show: Show) -> str:
    return "A calculated amount" if _is_calculated(discount) else show.money(discount.get(name))


def _say_unit(unit: Mapping[str, Any], show: Show) -> str:
    is_counted = unit.get("unit_off") is not None and not unit.get("unit_off_formula")
    count = show.number(unit["unit_off"]) if is_counted else "A calculated number of"
    return f"{count} × {unit_name(unit)} free"  # noqa: RUF001 - a multiplication sign on purpose


def unit_name(unit: Mapping[str, Any]) -> str:
    """What a discount of units gives: the product or the SKU by its name."""
    named = unit.get("sku") or unit.get("product") or {}
    found = first_of(named, "name", "sku", "source_id") if isinstance(named, dict) else NOTHING
    return found if found != NOTHING else str(unit.get("unit_type") or "units")
