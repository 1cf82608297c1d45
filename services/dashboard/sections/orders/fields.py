"""What orders are filtered by."""

from typing import Final

from services.dashboard.lists import usual
from services.dashboard.lists.fields import EACH_NUMBER, Field
from services.dashboard.sections.orders.naming import STATUSES

FIELDS: Final = (
    Field(
        "status", "Status", "choice", tuple((name, said) for name, (said, _) in STATUSES.items())
    ),
    Field("source_id", "Order number"),
    usual.CUSTOMER,
    usual.DATE,
    usual.CHANGED,
    Field("amount", "Amount", "money"),
    Field("total_amount", "Total", "money"),
    Field("total_discount_amount", "Taken off in all", "money", ops=EACH_NUMBER),
    Field("discount_amount", "Taken off the order", "money", ops=EACH_NUMBER),
    Field("items_discount_amount", "Taken off its items", "money", ops=EACH_NUMBER),
    usual.METADATA,
    usual.ID,
)
