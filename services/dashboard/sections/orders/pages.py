"""The list of orders: its columns, its filters, its addresses."""

from typing import Final

from services.dashboard.lists import usual_columns
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Empty, Resource, Rows, list_of
from services.dashboard.sections.customer_names import customer_name, find_customers
from services.dashboard.sections.orders import importing
from services.dashboard.sections.orders.details import tell_order
from services.dashboard.sections.orders.editing import change_status
from services.dashboard.sections.orders.fields import FIELDS
from services.dashboard.sections.orders.naming import (
    order_name,
    say_items,
    status_badge,
    taken_off,
)
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

COLUMNS: Final = (
    Column("number", "Order", lambda row, _: order_name(row), is_mono=True),
    Column("status", "Status", lambda row, _: status_badge(row)),
    Column("customer", "Customer", lambda row, _: customer_name(row.get("customer"))),
    Column("items", "Items", say_items),
    Column("amount", "Amount", lambda row, show: show.money(row.get("amount")), is_number=True),
    Column("discount", "Discount", lambda row, show: show.money(taken_off(row)), is_number=True),
    Column(
        "total",
        "Total",
        lambda row, show: show.money(row.get("total_amount", row.get("amount"))),
        is_number=True,
    ),
    Column(
        "redemptions",
        "Redemptions",
        lambda row, show: show.number(len(row.get("redemptions") or {})),
        is_number=True,
        is_shown=False,
    ),
    usual_columns.DATE,
    usual_columns.CHANGED,
    usual_columns.ID,
)
_fetch_plain = list_of("/v1/orders", "orders", FIELDS)


async def fetch_orders(visit: Visit, query: Query) -> Rows:
    """A page of orders; their customers by name where the role may see customers."""
    rows = await _fetch_plain(visit, query)
    known = await find_customers(visit, (each.get("customer_id") for each in rows.rows))
    named = [
        {**each, "customer": known.get(str(each.get("customer_id"))) or each.get("customer")}
        for each in rows.rows
    ]
    return Rows(named, rows.total, rows.has_more, rows.cursor)


ORDERS: Final = Resource(
    title="Orders",
    one="order",
    lead="What customers bought, what was taken off, and what is left to pay.",
    path="/orders",
    needs="orders.read",
    icon="cart",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_orders,
    key=lambda row: str(row["id"]),
    tell=tell_order,
    actions=(("Import", "/orders/import", "upload", "imports.create"),),
    export="order",
    follows="orders redemptions",
    empty=Empty(
        "There is no order yet",
        "Orders come with redemptions, or from the shop by themselves. Customers' sums count those that are paid or fulfilled.",
        curl='curl "$TESSERA/v1/orders" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"source_id": "1001", "status": "PAID", "items": [{"source_id": "mug", "quantity": 2, "price": 1250}]}\'',
    ),
)
PAGES: Final[tuple[Page, ...]] = (
    Page("/orders/{id}/status", change_status, "orders.write", "POST"),
    *importing.PAGES,
    *list_pages(ORDERS),
)
