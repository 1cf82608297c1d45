"""Who holds one referral code: its referrer, and the friends who came by it."""

from collections.abc import Mapping
from typing import Final

from htpy import Node, a, button, form, fragment, h2, section
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import Errors, error_list, field_lookup, idempotency
from services.dashboard.parts.grid import grid, next_page
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING
from services.dashboard.sections.campaigns.frame import answer_tab
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.referrals.naming import holders_href, state_of
from services.dashboard.sections.customer_names import customer_name, find_customers, person_link
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

HOLDERS_MAX: Final = 100
_PATH: Final = "/campaigns/{id}/referrals/{code}"
_ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "REFERRER": ("Referrer", "accent"),
    "REFEREE": ("Friend", "good"),
    "OWNER": ("Owner", "muted"),
}


def _api_path(campaign: Row, code: str) -> str:
    return f"/v1/referrals/{escape_segment(str(campaign['id']))}/members/{escape_segment(code)}/holders"


async def show_holders(visit: Visit) -> Response:
    """The holders of a code. Raises ApiFault."""
    return await _answer(visit, None)


async def _answer(visit: Visit, errors: Errors | None) -> Response:
    row, code = await find_campaign(visit, visit.path("id")), visit.path("code")
    after = visit.request.query_params.get("after", "")
    params = {"limit": str(HOLDERS_MAX)} | ({"starting_after_id": after} if after else {})
    found = await visit.api.get(_api_path(row, code), params)
    holders = sorted(found.get("data") or [], key=_since)
    people = await find_customers(visit, (each.get("customer_id") for each in holders))
    return answer_tab(
        visit, row, "referrals", _holders(visit, row, code, holders, found, people, errors)
    )


def _since(holder: Row) -> tuple[bool, str]:
    """Whose the code is comes first, then who came first: within a page, which is cut by ids."""
    return holder.get("holder_role") == "REFEREE", str(holder.get("created_at"))


def _holders(
    visit: Visit,
    row: Row,
    code: str,
    holders: list[Row],
    found: Row,
    people: Mapping[str, Row],
    errors: Errors | None,
) -> Node:
    may = visit.may("vouchers.write")
    total, show = found.get("total") or len(holders), visit.show
    # who counts already cannot be removed
    friends = [
        each
        for each in holders
        if each.get("holder_role") == "REFEREE" and each.get("status") != "CONVERTED"
    ]
    return fragment[
        a(".back", href=campaign_href(row, "referrals"))[icon("left", 14), "All referrals"],
        grid(
            f"Holders of {code}",
            ("Customer", "Role", "State", "Since", ""),
            [
                (
                    person_link(each.get("customer_id"), people),
                    badge(*_ROLES.get(str(each.get("holder_role")), (NOTHING, "muted"))),
                    state_of(each),
                    show.when(each.get("created_at")),
                    may
                    and each in friends
                    and dialog_button("Remove", f"remove-{each['id']}", ".quiet.small", "x"),
                )
                for each in holders
            ],
            lead=f"{len(holders)} of {show.number(total)}." if total > len(holders) else None,
            empty="Nobody holds it.",
        ),
        next_page(holders_href(row, code), found),
        may and _adding(row, code, errors),
        may
        and (
            confirm_dialog(
                f"remove-{each['id']}",
                title=f"Remove {customer_name(people.get(str(each.get('customer_id'))) or {'id': each.get('customer_id')})}?",
                what_happens="The customer did not come by this code any more, and may come by another one.",
                action=f"{holders_href(row, code)}/remove/{escape_segment(str(each['id']))}",
                do="Remove",
            )
            for each in friends
        ),
    ]


def _adding(row: Row, code: str, errors: Errors | None) -> Node:
    path = f"{holders_href(row, code)}/add"
    return section(".card.pad.stack", aria_label="Add a friend")[
        h2["Add a friend"],
        form(".row.asking", method="post", action=path, data_guard=True)[
            idempotency(),
            error_list(errors) if errors else None,
            field_lookup(
                "customer",
                "Customer",
                "customer",
                hint="Who came by this code without redeeming it. It counts once the conversion happens.",
            ),
            button(".btn")[icon("plus", 14), "Add"],
        ],
    ]


async def add_holder(visit: Visit) -> Response:
    """Makes a customer a friend of the code."""
    form_, code = await visit.form(), visit.path("code")
    customer = str(form_.get("customer") or "")
    if not customer:
        return await _answer(visit, {"customer-find": "Choose the customer"})
    row = {"id": visit.path("id")}
    try:
        body = {"holders": [{"id": customer}]}
        await visit.api.post(_api_path(row, code), body, key=key_of(form_))
    except Refused as fault:
        return await _answer(visit, {"customer-find": fault.sentence})
    return go_to(visit.request, holders_href(row, code), "Added")


async def remove_holder(visit: Visit) -> Response:
    """Makes a friend none. Raises ApiFault."""
    row, code = {"id": visit.path("id")}, visit.path("code")
    await visit.api.delete(f"{_api_path(row, code)}/{escape_segment(visit.path('holder'))}")
    return go_to(visit.request, holders_href(row, code), "Removed")


PAGES: Final = (
    Page(f"{_PATH}/add", add_holder, "vouchers.write", "POST"),
    Page(f"{_PATH}/remove/{{holder}}", remove_holder, "vouchers.write", "POST"),
    Page(_PATH, show_holders, "vouchers.read"),
)
