"""What answers the addresses of a list: the list, its filters, one of its rows."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from htpy import Node, a, fragment, span
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.lists.chosen_names import find_chosen_names
from services.dashboard.lists.fields import read_condition
from services.dashboard.lists.filtering import filter_form
from services.dashboard.lists.listing import listing
from services.dashboard.lists.query import Query, filters_body, read_query
from services.dashboard.lists.resource import Bulk, Resource
from services.dashboard.lists.saved_views import find_views, written
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import (
    Details,
    details_page,
    drawer,
    drawer_content,
    head,
    tabs,
)
from services.dashboard.parts.show import Show
from services.dashboard.parts.toast import toast
from services.dashboard.web.answers import answer_node, answer_page
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

KEYS_MAX: Final = 100


def list_pages(resource: Resource) -> tuple[Page, ...]:
    """The addresses of a list. Pages of its own below `path` come before them in the table."""

    async def show_list(visit: Visit) -> Response:
        return await _show_list(resource, visit)

    async def show_filter(visit: Visit) -> Response:
        asked = visit.request.query_params
        return answer_node(filter_form(resource, asked.get("field", ""), asked.get("op", "")))

    async def show_one(visit: Visit) -> Response:
        return await _show_one(resource, visit)

    pages: tuple[Page, ...] = (Page(resource.path, show_list, resource.needs),)
    if resource.fields:
        pages += (Page(f"{resource.path}/filter", show_filter, resource.needs),)
    if resource.tell is None:
        return pages
    return (*pages, Page(resource.path + "/{key:path}", show_one, resource.needs))


def query_of(resource: Resource, visit: Visit) -> Query:
    """What the address of a list asks for."""
    return read_query(
        visit.request.query_params,
        resource.path,
        resource.fields,
        order=resource.order,
        sorts=resource.sorts,
    )


async def _show_list(resource: Resource, visit: Visit) -> Response:
    views, query = find_views(visit, resource, query_of(resource, visit))
    rows, names = await asyncio.gather(
        resource.fetch(visit, query), find_chosen_names(visit, resource.fields, query.conditions)
    )
    query = replace(query, names=names)
    bulk = _allowed(resource, visit)
    shown = listing(resource, query, rows, visit.show, bulk, views)
    if visit.asks_part("list"):
        return _answer_list(resource, visit, query, shown)
    opened = None
    if query.open and resource.tell is not None:
        opened = await resource.tell(visit, query.open)
    content = fragment[
        head(resource.title, resource.lead, _actions(resource, visit, query)),
        resource.tabs and tabs(resource.tabs, resource.path),
        resource.above and resource.above(visit),
        shown,
        drawer(opened, resource.one.capitalize()),
    ]
    return answer_page(visit, resource.title, content)


async def _show_one(resource: Resource, visit: Visit) -> Response:
    assert resource.tell is not None
    details = await resource.tell(visit, visit.path("key"))
    if visit.asks_part("drawer"):
        return answer_node(drawer_content(details))
    return answer_page(visit, details.name, details_page(details, (resource.title, resource.path)))


def _allowed(resource: Resource, visit: Visit) -> Sequence[Bulk]:
    return [each for each in resource.bulk if visit.may(each.needs)]


def _answer_list(resource: Resource, visit: Visit, query: Query, shown: Node) -> Response:
    """The list alone, with what stands outside of it and follows its filters."""
    export = _export_link(resource, visit, query, {"hx-swap-oob": "true"})
    answer = answer_node(fragment[shown, export])
    if "field" in visit.request.query_params:
        # what was typed into the form is a condition now, and so it stands in the address
        answer.headers["HX-Push-Url"] = query.href()
    return answer


def _export_link(
    resource: Resource, visit: Visit, query: Query, more: Mapping[str, str] | None = None
) -> Node:
    if not resource.export or not visit.may("exports.create"):
        return None
    wanted = written(query)
    address = f"/exports/new?object={resource.export}" + (f"&{wanted}" if wanted else "")
    return a("#export.btn", more or {}, href=address)[icon("download", 15), span["Export"]]


def _actions(resource: Resource, visit: Visit, query: Query) -> Node:
    export = _export_link(resource, visit, query)
    first, *others = [
        a(".btn" if at else ".btn.primary", href=href)[icon(sign, 15), span[label]]
        if visit.may(needs)
        else None
        for at, (label, href, sign, needs) in enumerate(resource.actions)
    ] or [None]
    # what is done most stands where the eye and the thumb end
    return fragment[export, others, first]


def chosen_keys(form: FormData) -> list[str]:
    """The rows that were chosen in a list."""
    return [str(each) for each in form.getlist("keys")][:KEYS_MAX]


def chosen_filters(resource: Resource, form: FormData, show: Show) -> dict[str, Any] | None:
    """The filters whose rows were chosen as a whole, as bodies take them; None: single rows were.

    Raises Refused for one that the list does not know: without it more rows would be meant.
    """
    if form.get("all") != "true" or not resource.bulk_of_filter:
        return None
    read = [read_condition(str(each), resource.fields) for each in form.getlist("f")]
    known = [each for each in read if each is not None]
    if len(known) < len(read):
        raise Refused(400, {"key": "invalid_payload", "message": "The list has no such filter"})
    return filters_body(known, resource.fields, show)


def answer_details(visit: Visit, details: Details, back: tuple[str, str], say: str) -> Response:
    """Details after something was done with them, in the place where they were: drawer or page."""
    if visit.asks_part("drawer"):
        answer = answer_node(fragment[drawer_content(details), toast(say)])
    else:
        answer = answer_node(fragment[details_page(details, back), toast(say)])
        answer.headers["HX-Reswap"] = "outerHTML"
    answer.headers["HX-Trigger"] = "changed"
    return answer
