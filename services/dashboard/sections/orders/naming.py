"""How orders are told in one line: their status, their lines, their sums."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node

from services.dashboard.parts.facts import badge
from services.dashboard.parts.show import NOTHING, Row, Show, first_of

#: Status of the API → the word and its badge.
STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "CREATED": ("Created", "muted"),
    "PAID": ("Paid", "good"),
    "FULFILLED": ("Fulfilled", "good"),
    "CANCELED": ("Canceled", "bad"),
}
_ITEMS_SHOWN: Final = 2


def order_name(row: Row) -> str:
    """Its number in the shop, else its id."""
    return first_of(row, "source_id", "id")


def status_badge(row: Row) -> Node:
    """How it stands."""
    status = str(row.get("status") or "")
    said, kind = STATUSES.get(status, (status.capitalize() or NOTHING, "muted"))
    return badge(said, kind)


def item_name(item: Mapping[str, Any]) -> str:
    """What a line of an order is of."""
    named = (item.get("sku") or {}).get("sku") or (item.get("product") or {}).get("name")
    return str(named or first_of(item, "source_id", "sku_id", "product_id", "id"))


def say_items(row: Row, show: Show) -> str:
    """The first lines by name, and how many more there are."""
    items = row.get("items") or []
    if not items:
        return NOTHING
    shown = [f"{show.number(each.get('quantity') or 1)} × {item_name(each)}" for each in items]  # noqa: RUF001 - the sign of times
    more = len(items) - _ITEMS_SHOWN
    return ", ".join(shown[:_ITEMS_SHOWN]) + (f" and {more} more" if more > 0 else "")


def taken_off(row: Row) -> Any:
    """What redemptions took off of the whole order, in minor units."""
    for name in ("total_applied_discount_amount", "total_discount_amount", "discount_amount"):
        if row.get(name) is not None:
            return row[name]
    return None
