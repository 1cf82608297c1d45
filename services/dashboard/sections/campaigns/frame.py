"""The frame of the pages of one campaign: its name, how it stands, what can be done, its tabs."""

from collections.abc import Awaitable, Callable
from typing import Final

from htpy import Node, a, bdi, div, fragment, h1, p, span
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import dialog_button, tabs
from services.dashboard.sections.campaigns.adding import add_dialog, import_dialog
from services.dashboard.sections.campaigns.dialogs import (
    copy_dialog,
    delete_dialog,
    switch_dialog,
)
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.naming import (
    CODES,
    campaign_href,
    has_codes,
    kind_name,
    period_of,
    say_gives,
    state_badge,
)
from services.dashboard.web.answers import answer_node, answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_GIVEAWAY: Final = frozenset({"GIVEAWAY"})
_PROGRAM: Final = frozenset({"LOYALTY_PROGRAM"})
_REFERRALS: Final = frozenset({"REFERRAL_PROGRAM"})
_EVERY: Final = frozenset({*CODES, *_GIVEAWAY, *_PROGRAM, "PROMOTION"})
#: Label, the last part of the address, the privilege, and of which kinds of campaigns.
TABS: Final = (
    ("Overview", "", "campaigns.read", _EVERY),
    ("Members", "members", "vouchers.read", _PROGRAM),
    ("Earning rules", "earning-rules", "campaigns.read", _PROGRAM),
    ("Tiers", "loyalty-tiers", "campaigns.read", _PROGRAM),
    ("Rewards", "rewards", "campaigns.read", _PROGRAM),
    ("Referrals", "referrals", "campaigns.read", _REFERRALS),
    ("Entries", "entries", "campaigns.read", _GIVEAWAY),
    ("Draw", "draw", "campaigns.read", _GIVEAWAY),
    ("Vouchers", "vouchers", "vouchers.read", CODES | _GIVEAWAY),
    ("Tiers", "tiers", "promotions.read", frozenset({"PROMOTION"})),
    ("Rewards by number", "referral-tiers", "campaigns.read", _REFERRALS),
    ("Rules", "rules", "rules.read", _EVERY),
    ("Publications", "publications", "publications.read", CODES | _PROGRAM),
    (
        "Transactions",
        "transactions",
        "campaigns.read",
        frozenset({"GIFT_VOUCHERS", "LOYALTY_PROGRAM"}),
    ),
    ("History", "history", "audit.read", _EVERY),
    ("Settings", "settings", "campaigns.write", _EVERY),
)

#: The content of a tab. Raises ApiFault.
Content = Callable[[Visit, Row], Awaitable[Node]]


def tab_page(tab: str, content: Content) -> Page:
    """The address of a tab, and what answers it."""

    async def show(visit: Visit) -> Response:
        row = await find_campaign(visit, visit.path("id"))
        return answer_tab(visit, row, tab, await content(visit, row))

    needs = next(needs for _, name, needs, _ in TABS if name == tab)
    return Page("/campaigns/{id}" + (f"/{tab}" if tab else ""), show, needs)


def answer_tab(visit: Visit, row: Row, tab: str, content: Node) -> Response:
    """A page of a campaign with that tab open."""
    label = next(label for label, name, _, _ in TABS if name == tab)
    title = str(row["name"]) if not tab else f"{label} of {row['name']}"
    return answer_page(visit, title, campaign_page(visit, row, tab, content))


def campaign_page(visit: Visit, row: Row, tab: str, content: Node) -> Node:
    """The same as nodes."""
    seen = [
        (label, campaign_href(row, name))
        for label, name, needs, kinds in TABS
        if visit.may(needs) and row.get("campaign_type") in kinds
    ]
    period = period_of(row, visit.show)
    return fragment[
        a(".back", href="/campaigns")[icon("left", 14), "Campaigns"],
        div(".head")[
            div[
                h1[bdi[row["name"]], " ", state_part(row)],
                p[kind_name(row), " · ", say_gives(row, visit.show), " · ", period],
            ],
            div(".spacer"),
            _actions(visit, row),
        ],
        tabs(seen, campaign_href(row, tab), "Parts of the campaign"),
        content,
        _dialogs(visit, row),
    ]


def state_part(row: Row) -> Node:
    """How it stands; while codes are being made it is asked again by itself."""
    state = str(row.get("state") or "")
    again = {
        "hx-get": campaign_href(row, "state"),
        "hx-trigger": "load delay:2s",
        "hx-swap": "outerHTML",
        "hx-push-url": "false",
    }
    return span("#state", again if state == "in_progress" else {}, role="status")[
        state_badge(state)
    ]


async def show_state(visit: Visit) -> Response:
    """How a campaign stands now."""
    return answer_node(state_part(await find_campaign(visit, visit.path("id"))))


def _actions(visit: Visit, row: Row) -> Node:
    may = visit.may("campaigns.write")
    is_on = row.get("active") is not False
    export = f"/exports/new?object=voucher&f=campaign_id:is:{escape_segment(str(row['id']))}"
    return fragment[
        has_codes(row)
        and visit.may("exports.create")
        and a(".btn", href=export)[icon("download", 15), "Export codes"],
        has_codes(row)
        and visit.may("imports.create")
        and dialog_button("Import", "import-codes", "", "upload"),
        has_codes(row) and may and dialog_button("Add codes", "add-codes", "", "plus"),
        # a giveaway has a closing date, which a copy would have to be asked for
        may and not row.get("giveaway") and dialog_button("Copy", "copy-campaign", "", "copy"),
        may
        and dialog_button(
            "Switch off" if is_on else "Switch on",
            "switch-campaign",
            "",
            "pause" if is_on else "play",
        ),
        may and dialog_button("Delete", "delete-campaign", ".danger", "trash"),
    ]


def _dialogs(visit: Visit, row: Row) -> Node:
    if not visit.may("campaigns.write"):
        return has_codes(row) and visit.may("imports.create") and import_dialog(row)
    return fragment[
        switch_dialog(row),
        delete_dialog(row),
        not row.get("giveaway") and copy_dialog(row),
        has_codes(row) and add_dialog(row),
        has_codes(row) and visit.may("imports.create") and import_dialog(row),
    ]


PAGES: Final = (Page("/campaigns/{id}/state", show_state, "campaigns.read"),)
