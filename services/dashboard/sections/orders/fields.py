"""What orders are filtered by."""

from typing import Final

from services.dashboard.lists.fields import Field
from services.dashboard.sections.orders.naming import STATUSES

FIELDS: Final = (
    Field(
        "status", "Status", "choice", tuple((name, said) for name, (said, _) in STATUSES.items())
    ),
    Field("source_id", "Order number"),
    Field("customer_id", "Customer", "lookup", lookup="customer"),
    Field("created_at", "Date", "time"),
    Field("updated_at", "Changed", "time"),
    Field("amount", "Amount", "money"),
    Field("total_amount", "Total", "money"),
    Field("total_discount_amount", "Taken off in all", "money"),
    Field("discount_amount", "Taken off the order", "money"),
    Field("items_discount_amount", "Taken off its items", "money"),
    Field("metadata", "Metadata"),
    Field("id", "Id"),
)
