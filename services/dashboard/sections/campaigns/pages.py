"""The list of campaigns, as a table and as a calendar, and all addresses of the section."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from htpy import Node, a, div, fragment, nav
from starlette.responses import Response

from services.dashboard.lists.filtering import filter_form
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.resource import Bulk, Empty, Resource
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import head, tabs
from services.dashboard.sections.campaign_tabs import TABS
from services.dashboard.sections.campaigns import (
    adding,
    binding,
    calendar,
    copying,
    embedded,
    frame,
    history,
    switching,
    tiers,
)
from services.dashboard.sections.campaigns.columns import COLUMNS
from services.dashboard.sections.campaigns.dialogs import WHERE_TO
from services.dashboard.sections.campaigns.fields import FIELDS
from services.dashboard.sections.campaigns.gathering import fetch_campaigns
from services.dashboard.sections.campaigns.giveaways import draw, entries
from services.dashboard.sections.campaigns.giveaways import wizard as giveaways
from services.dashboard.sections.campaigns.making import settings, wizard
from services.dashboard.sections.campaigns.overviews import OVERVIEW
from services.dashboard.sections.campaigns.referrals import holders, listing
from services.dashboard.sections.campaigns.referrals import settings as referral_terms
from services.dashboard.sections.campaigns.referrals import tiers as referral_tiers
from services.dashboard.sections.campaigns.referrals import wizard as referrals
from services.dashboard.web.answers import answer_node, answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

LEAD: Final = (
    "What you give, to whom and when: codes, cards, points and promotions, referrals and draws."
)
_VIEWS: Final = (
    ("Table", "/campaigns", "table"),
    ("Calendar", calendar.PATH, "calendar"),
)


def views(current: str) -> Node:
    """The ways to look at campaigns."""
    return div[
        nav(".segmented", aria_label="View")[
            (
                a(href=href, aria_current="page" if href == current else None)[
                    icon(sign, 14), label
                ]
                for label, href, sign in _VIEWS
            )
        ]
    ]


CAMPAIGNS: Final = Resource(
    title="Campaigns",
    one="campaign",
    lead=LEAD,
    path="/campaigns",
    needs="campaigns.read",
    icon="percent",
    columns=COLUMNS,
    fields=FIELDS,
    fetch=fetch_campaigns,
    key=lambda row: str(row["id"]),
    page=lambda row: f"/campaigns/{row['id']}",
    tabs=TABS,
    above=lambda _: views("/campaigns"),
    actions=(("New campaign", "/campaigns/new", "plus", "campaigns.write"),),
    follows="campaigns",
    bulk=(
        Bulk(
            "enable",
            "Switch on",
            "campaigns.write",
            "Their codes and tiers work from now on, within their dates.",
        ),
        Bulk(
            "disable",
            "Switch off",
            "campaigns.write",
            "None of their codes and tiers works until they are switched on again. "
            "What was redeemed stays.",
        ),
        Bulk(
            "delete",
            "Delete",
            "campaigns.write",
            "The campaigns and all their codes or tiers are not found from this moment. "
            "What was redeemed stays listed, and nothing comes back.",
            is_dangerous=True,
            fields=WHERE_TO,
        ),
    ),
    empty=Empty(
        "No campaign yet",
        "A campaign makes codes, gift cards or offers without a code, and binds them by dates and rules.",
        action=("New campaign", "/campaigns/new"),
        curl='curl "$TESSERA/v1/campaigns" -H "X-App-Id: $APP_ID" -H "X-App-Token: $APP_TOKEN" -H "Content-Type: application/json" -d \'{"name": "Spring", "vouchers_count": 100, "voucher": {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}}\'',
    ),
)
_CALENDAR: Final = replace(CAMPAIGNS, path=calendar.PATH)


async def show_calendar(visit: Visit) -> Response:
    """Campaigns over time."""
    now = datetime.now(UTC)
    today = visit.show.today(now)
    start = calendar.first_month(visit.request.query_params.get("from", ""), today)
    query = calendar.query_of_calendar(visit)
    rows, has_more = await calendar.find_spans(
        visit, start, calendar.add_months(start, calendar.MONTHS_SHOWN), query
    )
    shown = calendar.calendar(_CALENDAR, query, rows, start, today, visit.show, has_more=has_more)
    if visit.asks_part("list"):
        return answer_node(shown)
    new = (
        visit.may("campaigns.write")
        and a(".btn.primary", href="/campaigns/new")[icon("plus", 15), "New campaign"]
    )
    content = fragment[
        head("Campaigns", LEAD, new), tabs(TABS, "/campaigns"), views(calendar.PATH), shown
    ]
    return answer_page(visit, "Calendar of campaigns", content)


async def show_calendar_filter(visit: Visit) -> Response:
    """The fields of a filter of the calendar."""
    asked = visit.request.query_params
    return answer_node(filter_form(_CALENDAR, asked.get("field", ""), asked.get("op", "")))


PAGES: Final = (
    Page(calendar.PATH, show_calendar, "campaigns.read"),
    Page(f"{calendar.PATH}/filter", show_calendar_filter, "campaigns.read"),
    Page("/campaigns/enable", switching.enable_chosen, "campaigns.write", "POST"),
    Page("/campaigns/disable", switching.disable_chosen, "campaigns.write", "POST"),
    Page("/campaigns/delete", switching.delete_chosen, "campaigns.write", "POST"),
    Page("/campaigns/{id}/enable", switching.enable_one, "campaigns.write", "POST"),
    Page("/campaigns/{id}/disable", switching.disable_one, "campaigns.write", "POST"),
    Page("/campaigns/{id}/delete", switching.delete_one, "campaigns.write", "POST"),
    *wizard.PAGES,
    *referrals.PAGES,
    *giveaways.PAGES,
    *list_pages(CAMPAIGNS),
    *adding.PAGES,
    *binding.PAGES,
    *copying.PAGES,
    *embedded.PAGES,
    *frame.PAGES,
    *history.PAGES,
    *settings.PAGES,
    *tiers.PAGES,
    *listing.PAGES,
    *holders.PAGES,
    *referral_tiers.PAGES,
    *referral_terms.PAGES,
    *entries.PAGES,
    *draw.PAGES,
    OVERVIEW,
)
