"""What names and operators of rules are called, for whoever builds rules by hand."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: How the names of counts end, and what their labels say of it.
_PERIODS: Final[Mapping[str, str]] = {
    ".daily": " today",
    ".weekly": " this week",
    ".monthly": " this month",
}
_EVER: Final[Mapping[str, str]] = {"": "", **_PERIODS}

NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "customer.segment": "Customer segment",
        "customer.metadata": "Customer metadata",
        "order.amount": "Order amount before discounts",
        "order.total_amount": "Order amount left to pay",
        "order.initial_amount": "Order amount before items were added",
        "order.metadata": "Order metadata",
        "order.items.count": "Number of lines in the order",
        "order.items.price_any": "Unit price of any line",
        "order.items.price_each": "Unit price of each line",
        "order.items.metadata_any": "Metadata of any line",
        "order.items.metadata_each": "Metadata of each line",
        "campaign.orders.amount": "Amount of all orders of the campaign",
        "campaign.orders.amount_discounted": "Discounts given by the campaign",
        **{
            f"campaign.redemptions.count{end}": f"Redemptions of the campaign{when}"
            for end, when in _EVER.items()
        },
        **{
            f"campaign.redemptions.customers_count{end}": f"Customers of the campaign{when}"
            for end, when in _EVER.items()
        },
        **{f"redemption.count{end}": f"Redemptions{when}" for end, when in _PERIODS.items()},
        **{
            f"redemption.count.per_customer{end}": f"Redemptions of the customer{when}"
            for end, when in _EVER.items()
        },
        **{
            f"redemption.count.per_api_key{end}": f"Redemptions by the API key{when}"
            for end, when in _EVER.items()
        },
        **{
            f"redemption.count.per_user{end}": f"Redemptions by the user{when}"
            for end, when in _EVER.items()
        },
        "redemption.gift.amount": "Gift credits used",
        "redemption.reward.pay_with_points.points_used": "Points used",
        "redemption.metadata": "Redemption metadata",
        "redemption.api_key": "API key",
        "redemption.user.login": "Login of the user",
        "redemption.date": "Date and time",
        "publication.redeemable_by_linked_customer": "Customer is the one who was given the code",
        "custom_event.metadata": "Custom event metadata",
        "order.items.quantity": "Units of the line",
        "order.items.price": "Unit price of the line",
        "order.items.metadata": "Metadata of the line",
        "order.items.aggregated_quantity": "Units of all chosen lines",
        "order.items.aggregated_amount": "Amount of all chosen lines",
        "order.items.any": "Any line of the order",
        "order.items.every": "Every line of the order",
        "order.items.none": "No line of the order",
        "order.items.cheapest": "The cheapest line of the order",
        "order.items.most_expensive": "The most expensive line of the order",
        "product.id": "Products in the order",
        "product.price": "Unit price of the product",
        "product.quantity": "Units of the product",
        "product.discount_applicable": "Discount is for the chosen products",
        "product.metadata": "Product metadata",
        "product.metadata.aggregated_quantity": "Units of the chosen products",
        "product.metadata.aggregated_amount": "Amount of the chosen products",
        "product.metadata.discount_applicable": "Discount is for products with the metadata",
        "product.metadata.match_all": "All products have the metadata",
        "sku.id": "SKUs in the order",
        "sku.price": "Unit price of the SKU",
        "sku.quantity": "Units of the SKU",
        "sku.discount_applicable": "Discount is for the chosen SKUs",
    }
)

OPERATORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "$is": "is",
        "$is_not": "is not",
        "$in": "is one of",
        "$not_in": "is none of",
        "$has_value": "has a value",
        "$is_unknown": "has no value",
        "$less_than": "is less than",
        "$less_than_or_equal": "is at most",
        "$more_than": "is more than",
        "$more_than_or_equal": "is at least",
        "$greater_than_or_equal": "is at least",
        "$starts_with": "starts with",
        "$ends_with": "ends with",
        "$contains": "contains",
        "$not_contain": "does not contain",
        "$count": "has exactly this many",
        "$count_more": "has more than",
        "$count_less": "has fewer than",
        "$from": "has only some of",
        "$not_differ": "has exactly these",
        "$not_intersect": "has none of",
        "$after": "is after",
        "$before": "is before",
        "$timeframe": "is in the recurring timeframe",
        "$timeframe_absolute": "is in the period",
        "$timeframe_daily_hours": "is in the hours",
        "$dow": "is on the weekday",
        "$more_than_ago": "is more days ago than",
        "$less_than_ago": "is fewer days ago than",
        "$is_days_ago": "is so many days ago",
        "$more_than_future": "is more days ahead than",
        "$less_than_future": "is fewer days ahead than",
        "$is_days_in_future": "is so many days ahead",
        "$inside": "is inside the location",
        "$not_inside": "is outside the location",
    }
)
