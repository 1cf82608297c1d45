"""Which names of rules are about items: they choose lines of the order, or are about a line.

For whoever looks at rules without asking them (engine/rules/names.py says what they ask). A name is
recognised in either spelling, `order.items.any` and `order_items_any`.
"""

from typing import Final

_CHOOSING: Final = frozenset(
    {
        "order_items_any",
        "order_items_every",
        "order_items_none",
        "order_items_cheapest",
        "order_items_most_expensive",
        "product_id",
        "sku_id",
        "product_metadata",
    }
)
_BEGINNINGS: Final = ("order_items_", "product_", "sku_")
#: What begins so and is about the order.
_OF_ORDER: Final = frozenset(
    {
        "order_items_count",
        "order_items_price_any",
        "order_items_price_each",
        "order_items_metadata_any",
        "order_items_metadata_each",
    }
)


def flat_name(name: str) -> str:
    """The name in its older spelling."""
    return name.replace(".", "_")


def chooses_lines(name: str) -> bool:
    """Whether it chooses lines by its conditions; rules within it are about those."""
    return flat_name(name) in _CHOOSING


def is_of_items(name: str) -> bool:
    """Whether it is about items."""
    plain = flat_name(name)
    return plain.startswith(_BEGINNINGS) and plain not in _OF_ORDER
