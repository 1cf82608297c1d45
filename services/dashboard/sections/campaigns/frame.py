"""The frame of the pages of one campaign: its name, how it stands, what can be done, its tabs."""

from collections.abc import Awaitable, Callable
from typing import Final

from htpy import Node, a, div, fragment, h1, p
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.forms import field_text
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, dialog_button, tabs
from services.dashboard.sections.campaigns.adding import add_dialog, import_dialog
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.naming import kind_name, say_gives, state_badge
from services.dashboard.sections.campaigns.switching import WHERE_TO
from services.dashboard.web.answers import answer_page
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_CODES: Final = frozenset({"DISCOUNT_COUPONS", "GIFT_VOUCHERS"})
_EVERY: Final = frozenset({*_CODES, "PROMOTION"})
#: Label, the last part of the address, the privilege, and of which kinds of campaigns.
TABS: Final = (
    ("Overview", "", "campaigns.read", _EVERY),
    ("Vouchers", "vouchers", "vouchers.read", _CODES),
    ("Tiers", "tiers", "promotions.read", frozenset({"PROMOTION"})),
    ("Rules", "rules", "rules.read", _EVERY),
    ("Publications", "publications", "publications.read", _CODES),
    ("Transactions", "transactions", "campaigns.read", frozenset({"GIFT_VOUCHERS"})),
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


def campaign_href(row: Row, tab: str = "") -> str:
    """The address of a tab of a campaign."""
    return f"/campaigns/{escape_segment(str(row['id']))}" + (f"/{tab}" if tab else "")


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
    period = visit.show.period(row.get("start_date"), row.get("expiration_date"))
    return fragment[
        a(".back", href="/campaigns")[icon("left", 14), "Campaigns"],
        div(".head")[
            div[
                h1[row["name"], " ", state_badge(str(row.get("state") or ""))],
                p[kind_name(row), " · ", say_gives(row, visit.show), " · ", period],
            ],
            div(".spacer"),
            _actions(visit, row),
        ],
        tabs(seen, campaign_href(row, tab), "Parts of the campaign"),
        content,
        _dialogs(visit, row),
    ]


def has_codes(row: Row) -> bool:
    """Whether it gives codes, rather than offers without one."""
    return row.get("campaign_type") in _CODES


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
        may and dialog_button("Copy", "copy-campaign", "", "copy"),
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
        _switch_dialog(row),
        _delete_dialog(row),
        _copy_dialog(row),
        has_codes(row) and add_dialog(row),
        has_codes(row) and visit.may("imports.create") and import_dialog(row),
    ]


def _switch_dialog(row: Row) -> Node:
    what = "codes" if has_codes(row) else "tiers"
    is_on = row.get("active") is not False
    happens = (
        f"None of its {what} works until it is switched on again; whoever tries is refused. "
        "What was redeemed stays."
        if is_on
        else f"Its {what} work from now on, within its dates and rules."
    )
    return confirm_dialog(
        "switch-campaign",
        title=f"Switch {row['name']} {'off' if is_on else 'on'}?",
        what_happens=happens,
        action=campaign_href(row, "disable" if is_on else "enable"),
        do="Switch off" if is_on else "Switch on",
    )


def _delete_dialog(row: Row) -> Node:
    count = row.get("vouchers_count")
    what = f"its {count} codes" if has_codes(row) and count else "all that it gives"
    return confirm_dialog(
        "delete-campaign",
        title=f"Delete {row['name']}?",
        what_happens=f"The campaign and {what} are not found from this moment. "
        "What was redeemed stays listed and can be rolled back. Nothing comes back from the bin.",
        action=campaign_href(row, "delete"),
        do="Delete",
        type_name=str(row["name"]),
        fields=WHERE_TO,
    )


def _copy_dialog(row: Row) -> Node:
    what = "as many new codes are made" if has_codes(row) else "its tiers are made again"
    return confirm_dialog(
        "copy-campaign",
        title="Copy this campaign",
        what_happens=f"A campaign with the same terms and rules; {what}. It begins switched as this one.",
        action=campaign_href(row, "copy"),
        do="Copy",
        fields=field_text("copy_name", "Name of the copy", f"Copy of {row['name']}", required=True),
    )
