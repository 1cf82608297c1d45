"""Who takes part in a giveaway, and by what."""

from collections.abc import Mapping
from typing import Final

from htpy import Node, button, form, fragment, h2, section, span
from starlette.responses import Response

from services.dashboard.lists.resource import Row
from services.dashboard.parts.facts import badge, link
from services.dashboard.parts.forms import Errors, error_list, field_lookup, field_text, idempotency
from services.dashboard.parts.grid import grid, next_page
from services.dashboard.parts.icons import icon
from services.dashboard.parts.show import NOTHING
from services.dashboard.sections.campaigns.frame import answer_tab, tab_page
from services.dashboard.sections.campaigns.gathering import find_campaign
from services.dashboard.sections.campaigns.giveaways.naming import SOURCES, count_entries
from services.dashboard.sections.campaigns.giveaways.overview import api_path
from services.dashboard.sections.campaigns.naming import campaign_href, has_closed
from services.dashboard.sections.customer_names import find_customers, person_link
from services.dashboard.sections.saving import key_of
from services.dashboard.web.answers import go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

ROWS_MAX: Final = 50


async def entries_tab(visit: Visit, row: Row) -> Node:
    """A page of entries. Raises ApiFault."""
    return await _content(visit, row, None)


async def _content(visit: Visit, row: Row, errors: Errors | None) -> Node:
    after = visit.request.query_params.get("after", "")
    params = {"limit": str(ROWS_MAX)} | ({"starting_after_id": after} if after else {})
    found = await visit.api.get(api_path(row, "entries"), params)
    people = await find_customers(visit, (each["customer_id"] for each in found.get("data") or []))
    return fragment[
        entries_part(visit, row, found, people),
        _may_enter(visit, row) and _entering(row, errors),
    ]


def entries_part(visit: Visit, row: Row, found: Row, people: Mapping[str, Row]) -> Node:
    """Entries in the order of their ids, which is the order that the draw goes by."""
    show = visit.show
    return fragment[
        grid(
            count_entries(found.get("total") or 0, show).capitalize(),
            ("Customer", "By", "State", "When", "Entry"),
            [
                (
                    person_link(each.get("customer_id"), people),
                    _source(each),
                    badge("Withdrawn", "violet")
                    if each.get("withdrawn_at")
                    else badge("Takes part", "good"),
                    show.when(each.get("created_at")),
                    span(".mono")[each["id"]],
                )
                for each in found.get("data") or []
            ],
            empty="Nobody takes part yet.",
            lead="In the order of their ids, which the draw begins with.",
        ),
        next_page(campaign_href(row, "entries"), found),
    ]


def _source(entry: Row) -> Node:
    said = SOURCES.get(str(entry.get("source")), NOTHING)
    named = entry.get("source_id")
    if not named:
        return said
    if entry.get("source") == "order":
        return link(f"{said} {named}", f"/orders/{escape_segment(str(named))}")
    return f"{said} {named}"


def _may_enter(visit: Visit, row: Row) -> bool:
    return visit.may("campaigns.write") and not has_closed(row)


def _entering(row: Row, errors: Errors | None) -> Node:
    each = (row.get("giveaway") or {}).get("each_event")
    return section(".card.pad.stack", aria_label="Enter a customer")[
        h2["Enter a customer"],
        form(".row.asking", method="post", action=campaign_href(row, "entries"), data_guard=True)[
            idempotency(),
            error_list(errors) if errors else None,
            field_lookup("customer", "Customer", "customer"),
            each
            and field_text(
                "source_id", "For what", hint="What tells entries apart, as an order or a slip"
            ),
            button(".btn")[icon("plus", 14), "Enter"],
        ],
    ]


async def enter(visit: Visit) -> Response:
    """Makes an entry of a customer."""
    row, form_ = await find_campaign(visit, visit.path("id")), await visit.form()
    customer, source = (str(form_.get(name) or "").strip() for name in ("customer", "source_id"))
    errors = {} if customer else {"customer-find": "Choose the customer"}
    if not errors:
        body = {"customer": {"id": customer}} | ({"source_id": source} if source else {})
        try:
            await visit.api.post(api_path(row, "entries"), body, key=key_of(form_))
        except Refused as fault:
            errors["source_id" if "source_id" in fault.details else "customer-find"] = (
                fault.sentence
            )
        else:
            return go_to(visit.request, campaign_href(row, "entries"), "Entered")
    return answer_tab(visit, row, "entries", await _content(visit, row, errors))


PAGES: Final = (
    tab_page("entries", entries_tab),
    Page("/campaigns/{id}/entries", enter, "campaigns.write", "POST"),
)
