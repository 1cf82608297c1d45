"""The members of a program: who holds a card, its balance, the tier, what is pending and what expires next."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from htpy import Node, a, div, fragment, small
from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.chosen_names import find_chosen_names
from services.dashboard.lists.fields import EACH_NUMBER, EACH_TEXT, Field
from services.dashboard.lists.filtering import filter_form
from services.dashboard.lists.listing import listing
from services.dashboard.lists.query import Query, read_query
from services.dashboard.lists.resource import Column, Empty, Resource, Row, Rows, rows_of
from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import field_lookup, field_text
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.parts.show import NOTHING, Show
from services.dashboard.sections.campaigns.frame import answer_tab
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.programs.naming import member_href
from services.dashboard.sections.campaigns.programs.standing import find_standings
from services.dashboard.sections.campaigns.programs.tier_words import find_tiers
from services.dashboard.sections.customer_names import customer_name, find_customers
from services.dashboard.web.answers import answer_node, go_to
from services.dashboard.web.asking import Refused, ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

TAB: Final = "members"
TIER: Final = "loyalty_tier_id"


def _card(row: Row) -> Mapping[str, object]:
    return row.get("loyalty_card") or {}


def _tier(row: Row, show: Show) -> Node:
    del show
    tier = (row.get("standing") or {}).get("tier")
    return badge(tier["name"], "violet") if tier else NOTHING


def _expiry(row: Row, show: Show) -> Node:
    card = _card(row)
    if not card.get("next_expiration_date"):
        return NOTHING
    return fragment[
        show.number(card.get("next_expiration_points")),
        small(".muted")[" on ", show.day(card["next_expiration_date"])],
    ]


def _switch(row: Row, show: Show) -> Node:
    del show
    return badge("On", "good") if row.get("active") is not False else badge("Off")


COLUMNS: Final = (
    Column("code", "Card", lambda row, _: row["code"], "code", is_mono=True),
    Column(
        "customer",
        "Customer",
        lambda row, _: (
            a(".link", href=f"/customers/{escape_segment(str(row['holder_id']))}")[
                customer_name(row.get("customer") or {"id": row["holder_id"]})
            ]
            if row.get("holder_id")
            else NOTHING
        ),
    ),
    Column("tier", "Tier", _tier),
    Column(
        "balance",
        "Balance",
        lambda row, show: show.number(_card(row).get("balance")),
        "balance",
        is_number=True,
    ),
    Column(
        "pending",
        "Pending",
        lambda row, show: show.number(_card(row).get("pending_points") or 0),
        is_number=True,
    ),
    Column("expires", "Expires next", _expiry, is_number=True),
    Column(
        "given",
        "Given in all",
        lambda row, show: show.number(_card(row).get("points")),
        is_number=True,
        is_shown=False,
    ),
    Column("switch", "Switch", _switch, is_shown=False),
    replace(usual_columns.CREATED_DAY, label="Card made"),
    usual_columns.ID,
)
FIELDS: Final = (
    Field("code", "Card", ops=EACH_TEXT),
    Field("holder_id", "Customer", "lookup", lookup="customer"),
    Field("loyalty_card.balance", "Balance", "number", ops=EACH_NUMBER),
    Field(TIER, "Tier", "choice", ops=("is",), parameter=TIER),
    usual.STATE,
    Field("redemption.redeemed_quantity", "Times redeemed", "number", ops=EACH_NUMBER),
    usual.CREATED,
    usual.END,
    usual.METADATA,
)


def fields_with(tiers: Sequence[Row]) -> tuple[Field, ...]:
    """What members are filtered by, where these are the tiers; by none where there are none."""
    choices = tuple((str(each["id"]), str(each["name"])) for each in tiers)
    told = (replace(each, choices=choices) if each.name == TIER else each for each in FIELDS)
    return tuple(each for each in told if each.name != TIER or choices)


def members_of(name: str) -> Resource:
    """The members of a program; which tiers there are to choose from is not asked for yet."""
    path = f"/v1/loyalties/{escape_segment(name)}/members"

    async def fetch(visit: Visit, query: Query) -> Rows:
        found = rows_of(await visit.api.get(path, query.for_api(FIELDS, visit.show)), "vouchers")
        standings, customers = await asyncio.gather(
            find_standings(visit, name, [str(each["id"]) for each in found.rows]),
            find_customers(visit, (each.get("holder_id") for each in found.rows)),
        )
        rows = [
            {
                **each,
                "standing": standings.get(str(each["id"])),
                "customer": customers.get(str(each.get("holder_id"))),
            }
            for each in found.rows
        ]
        return replace(found, rows=rows)

    return Resource(
        title="Members",
        one="member",
        lead="",
        path=f"/campaigns/{escape_segment(name)}/{TAB}",
        needs="vouchers.read",
        icon="users",
        columns=COLUMNS,
        fields=FIELDS,
        fetch=fetch,
        key=lambda each: str(each["code"]),
        page=lambda each: member_href(name, each["code"]),
        follows="vouchers",
        empty=Empty(
            "Nobody is a member yet",
            "Add customers by hand, publish cards, or let customers join by themselves.",
        ),
    )


async def show_members(visit: Visit) -> Response:
    """The list."""
    name = visit.path("id")
    resource = members_of(name)
    query = read_query(
        visit.request.query_params,
        resource.path,
        resource.fields,
        order=resource.order,
        sorts=resource.sorts,
    )
    rows, names, tiers = await asyncio.gather(
        resource.fetch(visit, query),
        find_chosen_names(visit, FIELDS, query.conditions),
        _tiers_of(visit, name),
    )
    resource = replace(resource, fields=fields_with(tiers))
    shown = listing(resource, replace(query, names=names), rows, visit.show)
    if visit.asks_part("list"):
        return answer_node(shown)
    row = await find_campaign(visit, name)
    may = visit.may("publications.publish")
    content = fragment[
        may
        and div(".row")[
            div(".spacer"), dialog_button("Add a member", "add-member", ".primary", "plus")
        ],
        shown,
        may and add_dialog(row),
    ]
    return answer_tab(visit, row, TAB, content)


async def _tiers_of(visit: Visit, name: str) -> Sequence[Row]:
    """The tiers of the program; none where it cannot be asked."""
    return await ask_quietly(find_tiers(visit, {"id": name})) or ()


def add_dialog(row: Row) -> Node:
    """Asks for a customer."""
    return confirm_dialog(
        "add-member",
        title=f"Add a member to {row['name']}",
        what_happens="The customer gets the next free card, or one that is made. "
        "Who is a member already keeps the card, where one joins once.",
        action=f"/campaigns/{escape_segment(str(row['id']))}/{TAB}/add",
        do="Add",
        kind=".primary",
        fields=fragment[
            field_lookup("customer", "Customer", "customer"),
            field_text(
                "source_id",
                "Or a new customer by your own id",
                hint="As your shop knows the customer",
                autocomplete="off",
            ),
            field_text(
                "card",
                "Card",
                hint="One of the program's that nobody holds. Empty: the next one",
                autocomplete="off",
            ),
        ],
    )


async def add_member(visit: Visit) -> Response:
    """Makes a customer a member, and goes on to the member's page."""
    name, form = visit.path("id"), await visit.form()
    chosen, own = (str(form.get(each) or "").strip() for each in ("customer", "source_id"))
    if not chosen and not own:
        raise Refused(400, {"key": "invalid_payload", "message": "Choose a customer first"})
    body: dict[str, object] = {"customer": {"id": chosen} if chosen else {"source_id": own}}
    card = str(form.get("card") or "").strip()
    if card:
        body["voucher"] = card
    key = str(form.get("idempotency_key") or "") or None
    path = f"/v1/loyalties/{escape_segment(name)}/members"
    made = await visit.api.post(path, body, key=key)
    return go_to(visit.request, member_href(name, made["code"]), "Added")


async def show_filter(visit: Visit) -> Response:
    """The fields of a filter."""
    asked, name = visit.request.query_params, visit.path("id")
    fields = fields_with(await _tiers_of(visit, name))
    resource = replace(members_of(name), fields=fields)
    return answer_node(filter_form(resource, asked.get("field", ""), asked.get("op", "")))


PAGES: Final = (
    Page(f"/campaigns/{{id}}/{TAB}", show_members, "vouchers.read"),
    Page(f"/campaigns/{{id}}/{TAB}/filter", show_filter, "vouchers.read"),
    Page(f"/campaigns/{{id}}/{TAB}/add", add_member, "publications.publish", "POST"),
)
