"""Lists within the page of a campaign: its vouchers, its publications, what moved its cards."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from htpy import Node, a, button, div, form, fragment
from starlette.responses import Response

from services.dashboard.lists import usual, usual_columns
from services.dashboard.lists.chosen_names import find_chosen_names
from services.dashboard.lists.fields import EACH_NUMBER, EACH_TEXT, Field
from services.dashboard.lists.filtering import filter_form
from services.dashboard.lists.listing import listing
from services.dashboard.lists.query import Query, read_query
from services.dashboard.lists.resource import Column, Empty, Resource, Row, Rows, rows_of
from services.dashboard.parts.facts import badge
from services.dashboard.parts.forms import idempotency
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import NOTHING, Show, first_of
from services.dashboard.sections.campaigns.frame import answer_tab
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.naming import campaign_href
from services.dashboard.sections.campaigns.programs.moving import say_kind, say_why
from services.dashboard.sections.campaigns.programs.naming import member_href
from services.dashboard.sections.customer_names import find_customers, person_link
from services.dashboard.sections.vouchers.giving import say_given, say_redeemed, voucher_href
from services.dashboard.web.answers import answer_node
from services.dashboard.web.asking import ask_quietly
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

Make = Callable[[str], Resource]


def _switch(row: Row, show: Show) -> Node:
    del show
    return badge("On", "good") if row.get("active") is not False else badge("Off")


_VOUCHER_COLUMNS: Final = (
    Column("code", "Code", lambda row, _: row["code"], "code", is_mono=True),
    Column("gives", "Gives", say_given),
    Column("switch", "Switch", _switch),
    Column("redeemed", "Redeemed", say_redeemed, is_number=True),
    Column(
        "holder",
        "Holder",
        lambda row, _: person_link(row.get("holder_id"), row.get("people") or {}),
    ),
    Column(
        "period",
        "Period",
        lambda row, show: show.period(row.get("start_date"), row.get("expiration_date")),
        is_shown=False,
    ),
    usual_columns.CREATED,
)
_VOUCHER_FIELDS: Final = (
    Field("code", "Code", ops=EACH_TEXT),
    usual.STATE,
    Field("holder_id", "Holder", "lookup", lookup="customer"),
    Field("redemption.redeemed_quantity", "Times redeemed", "number", ops=EACH_NUMBER),
    Field("redemption.quantity", "Limit of redemptions", "number"),
    Field("gift.balance", "Balance", "money", ops=EACH_NUMBER),
    usual.CREATED,
    usual.END,
    usual.METADATA,
)
_PUBLICATION_COLUMNS: Final = (
    Column("id", "Publication", lambda row, _: row["id"], "id", is_mono=True),
    Column(
        "voucher",
        "Voucher",
        lambda row, _: _voucher_link(first_of(row.get("voucher"), "code")),
        is_mono=True,
    ),
    Column(
        "customer",
        "Customer",
        lambda row, _: first_of(row.get("customer"), "name", "source_id", "email", "id"),
    ),
    Column(
        "result",
        "Result",
        lambda row, _: (
            badge("Given", "good") if row.get("result") == "SUCCESS" else badge("Refused", "bad")
        ),
    ),
    Column("reason", "Reason", lambda row, _: first_of(row, "failure_message", "failure_code")),
    Column("channel", "Channel", lambda row, _: first_of(row, "channel")),
    usual_columns.DATE,
)
_PUBLICATION_FIELDS: Final = (
    Field("result", "Result", "choice", (("SUCCESS", "Given"), ("FAILURE", "Refused"))),
    Field("voucher_code", "Voucher code"),
    usual.CUSTOMER,
    Field("failure_code", "Failure code"),
    Field("source_id", "Source id"),
    usual.DATE,
    usual.METADATA,
)
_TRANSACTION_COLUMNS: Final = (
    Column("voucher", "Card", lambda row, _: _card(row)["code"], is_mono=True),
    Column(
        "customer",
        "Customer",
        lambda row, _: person_link(_card(row).get("holder_id"), row.get("people") or {}),
    ),
    Column("type", "What", lambda row, _: say_kind(row.get("type"))),
    Column("amount", "Moved", lambda row, show: _much(row, "amount", show), is_number=True),
    Column("balance", "Left after", lambda row, show: _much(row, "balance", show), is_number=True),
    Column("reason", "Why", lambda row, _: say_why(row)),
    Column("date", "Date", lambda row, show: show.when(row.get("created_at")), is_number=True),
    Column("id", "Transaction", lambda row, _: row["id"], is_mono=True, is_shown=False),
)


def _card(row: Row) -> Row:
    """The card of a transaction; by its id where that is all that is known."""
    name = row.get("voucher_id")
    found: Row = row.get("voucher") or {"code": name}
    return found


def _card_href(row: Row) -> str:
    """The member that holds the card, else the card."""
    code = str(_card(row)["code"])
    if _balance(row).get("type") == "loyalty_card":
        return member_href(str(row.get("campaign_id")), code)
    return f"/vouchers/{escape_segment(code)}"


def _voucher_link(name: str) -> Node:
    return a(".link", href=f"/vouchers/{escape_segment(name)}")[name] if name != NOTHING else name


def _balance(row: Row) -> Mapping[str, Any]:
    return (row.get("details") or {}).get("balance") or {}


def _moved(row: Row, name: str) -> Any:
    balance = _balance(row)
    told = {
        "amount": balance.get("points", balance.get("amount")),
        "balance": balance.get("balance"),
    }
    return row[name] if row.get(name) is not None else told[name]


def _much(row: Row, name: str, show: Show) -> str:
    """An amount of credit, or so many points."""
    said = show.number if _balance(row).get("type") == "loyalty_card" else show.money
    return said(_moved(row, name))


def vouchers_of(name: str) -> Resource:
    """The vouchers of a campaign."""

    async def fetch(visit: Visit, query: Query) -> Rows:
        params = [*query.for_api(_VOUCHER_FIELDS, visit.show), ("campaign_id", name)]
        found = rows_of(await visit.api.get("/v1/vouchers", params), "vouchers")
        people = await find_customers(visit, (each.get("holder_id") for each in found.rows))
        return replace(found, rows=[{**each, "people": people} for each in found.rows])

    return Resource(
        title="Vouchers",
        one="voucher",
        lead="",
        path=f"/campaigns/{escape_segment(name)}/vouchers",
        needs="vouchers.read",
        icon="tag",
        columns=_VOUCHER_COLUMNS,
        fields=_VOUCHER_FIELDS,
        fetch=fetch,
        key=lambda each: str(each["code"]),
        page=voucher_href,
        follows="vouchers",
        empty=Empty("No codes yet", "Add codes, or bring your own by a file."),
    )


def publications_of(name: str) -> Resource:
    """To whom vouchers of a campaign were given."""

    async def fetch(visit: Visit, query: Query) -> Rows:
        params = [*query.for_api(_PUBLICATION_FIELDS, visit.show), ("campaign", name)]
        return rows_of(await visit.api.get("/v1/publications", params), "publications")

    return Resource(
        title="Publications",
        one="publication",
        lead="",
        path=f"/campaigns/{escape_segment(name)}/publications",
        needs="publications.read",
        icon="send",
        columns=_PUBLICATION_COLUMNS,
        fields=_PUBLICATION_FIELDS,
        fetch=fetch,
        key=lambda each: str(each["id"]),
        page=lambda each: f"/vouchers/{escape_segment(first_of(each.get('voucher'), 'code'))}",
        follows="publications",
        empty=Empty(
            "Nothing was given to anybody yet", "A publication gives a code to a customer."
        ),
    )


def transactions_of(name: str) -> Resource:
    """What moved the balances of the cards of a campaign."""

    async def fetch(visit: Visit, query: Query) -> Rows:
        params = [("limit", str(query.size)), ("page", str(query.page))]
        path = f"/v1/campaigns/{escape_segment(name)}/transactions"
        found = rows_of(await visit.api.get(path, params), "data")
        cards = await _find_cards(visit, {str(each.get("voucher_id")) for each in found.rows})
        people = await find_customers(visit, (each.get("holder_id") for each in cards.values()))
        named = [
            {**each, "voucher": cards.get(str(each.get("voucher_id"))), "people": people}
            for each in found.rows
        ]
        return replace(found, rows=named)

    return Resource(
        title="Transactions",
        one="transaction",
        lead="",
        path=f"/campaigns/{escape_segment(name)}/transactions",
        needs="campaigns.read",
        icon="coins",
        columns=_TRANSACTION_COLUMNS,
        fields=(),
        fetch=fetch,
        key=lambda each: str(each["id"]),
        page=_card_href,
        order="",
        empty=Empty("Nothing moved yet", "What cards pay, and what is added to them, stands here."),
    )


async def _find_cards(visit: Visit, ids: set[str]) -> dict[str, Row]:
    """Cards by their ids; none where the role may not see them or they cannot be asked."""
    if not ids or not visit.may("vouchers.read"):
        return {}
    params = [("limit", str(len(ids))), *(("ids", each) for each in sorted(ids))]
    body = await ask_quietly(visit.api.get("/v1/vouchers", params))
    return {str(each["id"]): each for each in (body or {}).get("vouchers") or ()}


def _exports(visit: Visit, row: Row) -> Node:
    """Files of a program's transactions, and of what expires when."""
    if row.get("campaign_type") != "LOYALTY_PROGRAM" or not visit.may("exports.create"):
        return None
    kinds = (("transactions", "Export"), ("points-expiration", "Export what expires"))
    return div(".row")[
        div(".spacer"),
        (
            form(".plain", {"hx-post": campaign_href(row, f"export/{kind}"), "hx-swap": "none"})[
                idempotency(), button(".btn")[icon("download", 15), said]
            ]
            for kind, said in kinds
        ),
    ]


def _pages(
    tab: str, make: Make, above: Callable[[Visit, Row], Node] | None = None
) -> tuple[Page, ...]:
    """The list in a tab, and the form of its filters."""

    async def show_list(visit: Visit) -> Response:
        name = visit.path("id")
        resource = make(name)
        query = read_query(
            visit.request.query_params,
            resource.path,
            resource.fields,
            order=resource.order,
            sorts=resource.sorts,
        )
        rows, names = await asyncio.gather(
            resource.fetch(visit, query),
            find_chosen_names(visit, resource.fields, query.conditions),
        )
        shown = listing(resource, replace(query, names=names), rows, visit.show)
        if visit.asks_part("list"):
            return answer_node(shown)
        row = await find_campaign(visit, name)
        return answer_tab(visit, row, tab, fragment[above and above(visit, row), shown])

    async def show_filter(visit: Visit) -> Response:
        asked = visit.request.query_params
        resource = make(visit.path("id"))
        return answer_node(filter_form(resource, asked.get("field", ""), asked.get("op", "")))

    made = make("")
    pages: tuple[Page, ...] = (Page(f"/campaigns/{{id}}/{tab}", show_list, made.needs),)
    if made.fields:
        pages += (Page(f"/campaigns/{{id}}/{tab}/filter", show_filter, made.needs),)
    return pages


PAGES: Final = (
    *_pages("vouchers", vouchers_of),
    *_pages("publications", publications_of),
    *_pages("transactions", transactions_of, _exports),
)
