"""The list of vouchers: its columns, its filters, its addresses."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from htpy import Node, span

from services.dashboard.lists import usual_columns
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Column, Empty, Resource, Rows, list_of
from services.dashboard.parts.show import NOTHING, Row, Show, first_of
from services.dashboard.sections.campaign_tabs import TABS
from services.dashboard.sections.customer_names import find_customers
from services.dashboard.sections.vouchers import actions, editing
from services.dashboard.sections.vouchers.campaigns import find_campaigns
from services.dashboard.sections.vouchers.details import tell_voucher
from services.dashboard.sections.vouchers.failing import try_voucher
from services.dashboard.sections.vouchers.fields import FIELDS
from services.dashboard.sections.vouchers.giving import (
    TYPES,
    holder_name,
    say_given,
    say_redeemed,
    standing_badge,
    voucher_href,
)
from services.dashboard.sections.vouchers.history import show_history
from services.dashboard.sections.vouchers.many import BULK, bulk_pages
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit


def _gift(name: str, row: Row, show: Show) -> str:
    return show.money((row.get("gift") or {}).get(name))


def _metadata(row: Row) -> Node:
    said = ", ".join(f"{name}: {value}" for name, value in (row.get("metadata") or {}).items())
    return span(".muted")[said[:120] or NOTHING]


COLUMNS: Final = (
    Column("code", "Code", lambda row, _: row.get("code"), "code", is_mono=True),
    Column("status", "Status", lambda row, show: standing_badge(row, datetime.now(UTC), show.zone)),
    Column("type", "Type", lambda row, _: TYPES.get(str(row.get("type")), NOTHING)),
    Column("gives", "Gives", say_given),
    Column("campaign", "Campaign", lambda row, _: first_of(row, "campaign")),
    Column("category", "Category", lambda row, _: first_of(row, "category")),
    Column("redeemed", "Redeemed", say_redeemed, is_number=True),
    Column("holder", "Holder", lambda row, _: holder_name(row)),
    Column(
        "amount",
        "Gift amount",
        lambda row, show: _gift("amount", row, show),
        is_number=True,
        is_shown=False,
    ),
    Column(
        "balance",
        "Gift balance",
        lambda row, show: _gift("balance", row, show),
        is_number=True,
        is_shown=False,
    ),
    Column("start", "Start", lambda row, show: show.day(row.get("start_date")), is_number=True),
    Column("end", "End", lambda row, show: show.day(row.get("expiration_date")), is_number=True),
    usual_columns.CREATED_DAY,
    usual_columns.CHANGED,
    Column("metadata", "Metadata", lambda row, _: _metadata(row), is_shown=False),
    usual_columns.ID,
)

_fetch_plain = list_of("/v1/vouchers", "vouchers", FIELDS)


async def fetch_vouchers(visit: Visit, query: Query) -> Rows:
    """A page of vouchers, with what their holders are called and how their campaigns stand."""
    rows = await _fetch_plain(visit, query)
    people, campaigns = await asyncio.gather(
        find_customers(visit, (each.get("holder_id") for each in rows.rows)),
        find_campaigns(visit, (each.get("campaign_id") for each in rows.rows)),
    )
    named = [
        {
            **each,
            "holder": people.get(str(each.get("holder_id"))),
            "campaign_terms": campaigns.get(str(each.get("campaign_id"))),
        }
        for each in rows.rows
    ]
    return Rows(named, rows.total, rows.has_more, rows.cursor)


VOUCHERS: Final = Resource(
    title="Vouchers",
    one="voucher",
    lead="Codes, gift cards and loyalty cards, of campaigns and by themselves.",
    path="/vouchers",
    needs="vouchers.read",
    icon="tag",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_vouchers,
    key=lambda row: str(row["code"]),
    page=voucher_href,
    tell=tell_voucher,
    tabs=TABS,
    actions=(
        ("Create a voucher", "/vouchers/new", "plus", "vouchers.write"),
        ("Import", "/vouchers/import", "upload", "imports.create"),
    ),
    bulk=BULK,
    bulk_of_filter=True,
    export="voucher",
    follows="vouchers",
    empty=Empty(
        "There is no voucher yet",
        "A voucher is a code that gives something: a discount, or the credit of a gift card. Campaigns make many at once.",
        action=("Create a voucher", "/vouchers/new"),
        curl='curl "$TESSERA/v1/vouchers/WELCOME10" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}\'',
    ),
)

PAGES: Final[tuple[Page, ...]] = (
    *editing.PAGES,
    *bulk_pages(VOUCHERS),
    *actions.PAGES,
    Page("/vouchers/{id}/history", show_history, "vouchers.read"),
    Page("/vouchers/{id}/try", try_voucher, "validations.validate", "POST"),
    *list_pages(VOUCHERS),
)
