"""The list of orders."""

from types import MappingProxyType
from typing import Final

from engine.kernel import tables
from engine.orders.body import stored_order_body
from services.audit.lists.filters import ANY_METADATA, METADATA_PREFIX, number, text
from services.audit.lists.lists import Listing, each_by
from services.audit.lists.times import TIMES

ORDERS: Final = Listing(
    "order",
    "orders",
    each_by(lambda body: stored_order_body(tables.ORDERS.decode(body))),
    MappingProxyType(
        {
            "created_at": TIMES["created_at"],
            "updated_at": TIMES["updated_at"],
            "id": text("id"),
            "source_id": text("alias"),
            "status": text("status", capitals=True),
            "customer_id": text("customer_id"),
            "amount": number("amount"),
            # the row holds there what is left of the amount
            "total_amount": number("balance"),
            "discount_amount": number("numbers['discount_amount']"),
            "items_discount_amount": number("numbers['items_discount_amount']"),
            "total_discount_amount": number("numbers['total_discount_amount']"),
            METADATA_PREFIX: ANY_METADATA,
        }
    ),
    plain=MappingProxyType({"status": "status = {status:String}"}),
    capitals=frozenset({"status"}),
    customer="customer_id",
)
