"""The list of promotion tiers, and what is done with many of them."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, Final

from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.chosen import do_with_each
from services.dashboard.lists.fields import KNOWN, Field
from services.dashboard.lists.handlers import chosen_keys, list_pages
from services.dashboard.lists.query import Query
from services.dashboard.lists.resource import Bulk, Column, Empty, Resource, Rows, list_of
from services.dashboard.parts.show import NOTHING, Row, Show
from services.dashboard.sections.campaign_tabs import TABS
from services.dashboard.sections.promotions.naming import (
    campaign_names,
    category_name,
    tier_badge,
    tier_given,
    tier_name,
)
from services.dashboard.sections.promotions.tier_details import tell_tier
from services.dashboard.web.answers import go_to
from services.dashboard.web.routes import Handler, Page
from services.dashboard.web.visit import Visit, escape_segment

FIELDS: Final = (
    usual.NAME,
    Field("campaign_ids", "Promotion", "lookup", lookup="promotion"),
    Field("category_ids", "Category", "lookup", ops=KNOWN, lookup="category"),
    usual.STATE,
    # the API lets all through where it is not asked for
    Field(
        "is_available",
        "Available now, as its promotion",
        "choice",
        (("true", "yes"),),
        ops=("is",),
        parameter="is_available",
    ),
    usual.START,
    usual.END,
    usual.CREATED,
    usual.CHANGED,
    usual.ID,
    usual.METADATA,
)


def _redeemed(row: Row, show: Show) -> str:
    told = (row.get("summary") or {}).get("redemptions") or {}
    return show.number(told.get("total_redeemed") or 0)


def _discount(row: Row, show: Show) -> str:
    told = (row.get("summary") or {}).get("orders") or {}
    return show.money(told.get("total_discount_amount") or 0)


COLUMNS: Final = (
    Column("name", "Name", lambda row, _: tier_name(row)),
    Column("status", "Status", lambda row, show: tier_badge(row, datetime.now(UTC), show.zone)),
    Column(
        "campaign",
        "Promotion",
        lambda row, _: row.get("campaign_name") or row.get("campaign_id") or NOTHING,
    ),
    Column(
        "hierarchy", "Place", lambda row, show: show.number(row.get("hierarchy")), is_number=True
    ),
    Column("gives", "Gives", tier_given),
    Column("start", "Start", lambda row, show: show.day(row.get("start_date")), is_number=True),
    Column("end", "End", lambda row, show: show.day(row.get("expiration_date")), is_number=True),
    Column("category", "Category", lambda row, _: category_name(row)),
    Column("redeemed", "Redeemed", _redeemed, is_number=True),
    Column("discount", "Discount given", _discount, is_number=True),
    usual_columns.CREATED_DAY,
    usual_columns.CHANGED,
    Column("banner", "Banner", lambda row, _: row.get("banner") or "", is_shown=False),
    usual_columns.ID,
)

_fetch_plain = list_of("/v1/promotions/tiers", "tiers", FIELDS)


async def fetch_tiers(visit: Visit, query: Query) -> Rows:
    """A page of tiers, with the names of their promotions."""
    rows = await _fetch_plain(visit, query)
    names = await campaign_names(visit, (each.get("campaign_id") for each in rows.rows))
    named = [
        {**each, "campaign_name": names.get(str(each.get("campaign_id")))} for each in rows.rows
    ]
    return Rows(named, rows.total, rows.has_more, rows.cursor)


TIERS: Final = Resource(
    title="Promotion tiers",
    one="promotion tier",
    lead="Offers without a code: each tier of a promotion is one, tried in the order of their places.",
    path="/promotion-tiers",
    needs="promotions.read",
    icon="layers",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_tiers,
    key=lambda row: str(row["id"]),
    tell=tell_tier,
    tabs=TABS,
    bulk=(
        Bulk("enable", "Enable", "promotions.write", "The chosen tiers apply from now on."),
        Bulk(
            "disable",
            "Disable",
            "promotions.write",
            "The chosen tiers apply to no order until they are enabled again.",
        ),
        Bulk(
            "delete",
            "Delete",
            "promotions.write",
            "The chosen tiers are gone for good; stacks go on without them. Redemptions stay listed.",
            is_dangerous=True,
        ),
    ),
    follows="campaigns",
    empty=Empty(
        "There is no promotion tier yet",
        "A promotion is a campaign without codes. It has tiers, and each takes something off the orders that fit.",
        action=("Create a campaign", "/campaigns/new"),
        curl='curl "$TESSERA/v1/campaigns" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "Ten off", "campaign_type": "PROMOTION", "promotion": {"tiers": [{"name": "Ten per cent", "action": {"discount": {"type": "PERCENT", "percent_off": 10}}}]}}\'',
    ),
)


def _many(method: str, tail: str, said: str) -> Handler:
    """Asks the same for each chosen tier."""

    async def do_with_chosen(visit: Visit) -> Response:
        def act(key: str) -> Awaitable[Any]:
            return visit.api.ask(method, f"/v1/promotions/tiers/{escape_segment(key)}{tail}")

        told = await do_with_each(chosen_keys(await visit.form()), act, said)
        return go_to(visit.request, TIERS.path, told)

    return do_with_chosen


PAGES: Final = (
    Page(
        "/promotion-tiers/enable", _many("POST", "/enable", "enabled"), "promotions.write", "POST"
    ),
    Page(
        "/promotion-tiers/disable",
        _many("POST", "/disable", "disabled"),
        "promotions.write",
        "POST",
    ),
    Page("/promotion-tiers/delete", _many("DELETE", "", "deleted"), "promotions.write", "POST"),
    *list_pages(TIERS),
)
