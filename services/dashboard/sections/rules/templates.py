"""Sets to begin with: what shops ask for most."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Template:
    """A set with a name in addresses and words; its values may be empty, to be filled in."""

    name: str
    label: str
    text: str
    icon: str
    rules: Mapping[str, Any]


def _one(name: str, conditions: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"1": {"name": name, "conditions": conditions, **more}, "logic": "1"}


TEMPLATES: Final = (
    Template(
        "minimum-amount",
        "Minimum amount",
        "Orders from an amount on",
        "cart",
        _one(
            "order.amount",
            {"$more_than_or_equal": [5000]},
            error={"message": "The order has to be larger"},
        ),
    ),
    Template(
        "segment",
        "Customers of a segment",
        "Only those who belong to it",
        "users",
        _one("customer.segment", {"$is": []}),
    ),
    Template(
        "first-order",
        "First order",
        "Customers who redeemed nothing of it yet, and belong to those without an order",
        "sparkles",
        {
            "1": {"name": "customer.segment", "conditions": {"$is": []}},
            "2": {
                "name": "redemption.count.per_customer",
                "conditions": {"$less_than_or_equal": [1]},
            },
            "logic": "1 and 2",
        },
    ),
    Template(
        "product-in-cart",
        "Product in the cart",
        "Orders with a product, or one of a collection",
        "boxes",
        _one("order.items.any", {"$is": []}),
    ),
    Template(
        "once-per-customer",
        "Once per customer",
        "Each customer may redeem once",
        "user",
        _one("redemption.count.per_customer", {"$less_than_or_equal": [1]}),
    ),
    Template(
        "happy-hour",
        "Happy hour",
        "At certain hours, on certain weekdays",
        "clock",
        _one("redemption.date", {"$timeframe_daily_hours": ["16:00;18:00;1,2,3,4,5"]}),
    ),
)
