"""The list of customers: its columns, its filters, its addresses."""

from typing import Final

from services.dashboard.lists import usual_columns
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Bulk, Column, Empty, Resource, Row, list_of
from services.dashboard.parts.show import NOTHING, first_of
from services.dashboard.sections.customer_names import TABS, customer_name
from services.dashboard.sections.customers import actions, form, importing
from services.dashboard.sections.customers.details import tell_customer
from services.dashboard.sections.customers.fields import FIELDS
from services.dashboard.sections.customers.history import show_history
from services.dashboard.web.routes import Page


def _sums(row: Row, kind: str) -> Row:
    found: Row = (row.get("summary") or {}).get(kind) or {}
    return found


COLUMNS: Final = (
    Column("name", "Customer", lambda row, _: customer_name(row)),
    Column(
        "source_id",
        "Source id",
        lambda row, _: row.get("source_id") or NOTHING,
        "source_id",
        is_mono=True,
    ),
    Column("email", "E-mail", lambda row, _: row.get("email") or NOTHING),
    Column("phone", "Phone", lambda row, _: row.get("phone") or NOTHING, is_shown=False),
    Column("city", "City", lambda row, _: first_of(row.get("address"), "city")),
    Column(
        "country", "Country", lambda row, _: first_of(row.get("address"), "country"), is_shown=False
    ),
    Column(
        "orders",
        "Orders",
        lambda row, show: show.number(_sums(row, "orders").get("total_count")),
        is_number=True,
    ),
    Column(
        "spent",
        "Spent",
        lambda row, show: show.money(_sums(row, "orders").get("total_amount")),
        is_number=True,
    ),
    Column(
        "average",
        "An order on average",
        lambda row, show: show.money(_sums(row, "orders").get("average_amount")),
        is_number=True,
        is_shown=False,
    ),
    Column(
        "last_order",
        "Last order",
        lambda row, show: show.day(_sums(row, "orders").get("last_order_date")),
        is_number=True,
    ),
    Column(
        "redemptions",
        "Redemptions",
        lambda row, show: show.number(_sums(row, "redemptions").get("total_redeemed")),
        is_number=True,
    ),
    Column(
        "refused",
        "Refused",
        lambda row, show: show.number(_sums(row, "redemptions").get("total_failed")),
        is_number=True,
        is_shown=False,
    ),
    usual_columns.CREATED,
    usual_columns.CHANGED,
    usual_columns.ID,
)
CUSTOMERS: Final = Resource(
    title="Customers",
    one="customer",
    lead="Who buys and redeems, what they hold, and what they did.",
    path="/customers",
    needs="customers.read",
    icon="users",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=list_of("/v1/customers", "customers", FIELDS),
    key=lambda row: str(row["id"]),
    tell=tell_customer,
    tabs=TABS,
    actions=(
        ("Create a customer", "/customers/new", "plus", "customers.write"),
        ("Import", "/customers/import", "upload", "imports.create"),
    ),
    bulk=(
        Bulk(
            "delete",
            "Delete",
            "customers.write",
            "Nobody finds them any more, and nothing can be redeemed in their name. Their source ids stay taken; their orders and redemptions stay. This is not forgetting: personal data is kept in the bin.",
            is_dangerous=True,
        ),
    ),
    export="customer",
    follows="customers",
    empty=Empty(
        "There is no customer yet",
        "Customers come with what they do: a redemption, an order or an event names them. They can also be created or imported.",
        action=("Create a customer", "/customers/new"),
        curl='curl "$TESSERA/v1/customers" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"source_id": "shopper-1", "name": "Ada Green", "email": "ada@shop.example"}\'',
    ),
)
PAGES: Final[tuple[Page, ...]] = (
    Page("/customers/{id}/history", show_history, "customers.read"),
    *form.PAGES,
    *importing.PAGES,
    *actions.PAGES,
    *list_pages(CUSTOMERS),
)
