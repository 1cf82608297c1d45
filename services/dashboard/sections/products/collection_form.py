"""The form of a collection: named members, or a filter with what it finds."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, a, div, fragment, nav
from htpy import input as input_
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.parts.conditions import (
    METADATA,
    Asked,
    Draft,
    condition_fields,
    draft_of,
    read_draft,
    rule_of,
    without_errors,
)
from services.dashboard.parts.forms import Errors, field_lookup, field_text, form_page, group
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row, Show
from services.dashboard.sections.products.collection_details import LABELS, member_lines
from services.dashboard.sections.products.naming import COLLECTIONS as BACK
from services.dashboard.sections.products.naming import product_name
from services.dashboard.sections.saving import key_of, place_fault
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import ApiFault, Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_KINDS: Final[Mapping[str, str]] = {"price": "money", "created_at": "time", "updated_at": "time"}
FIELDS: Final[tuple[Asked, ...]] = (
    *(
        Asked(name, label, _KINDS.get(name, "text"))
        for name, label in sorted(LABELS.items(), key=lambda pair: pair[1])
    ),
    Asked(METADATA, "Metadata", "any"),
)
_NAMED: Final = 100
_TYPES: Final = (("STATIC", "Named products"), ("AUTO_UPDATE", "All that meet a filter"))


def collection_form(
    name: str,
    kind: str,
    draft: Draft,
    members: list[tuple[str, str]] | None,
    *,
    row: Row | None = None,
    errors: Errors | None = None,
) -> Node:
    """Its fields; `members` None: too many to be named here."""
    path = f"/collections/{escape_segment(str(row['id']))}" if row else "/collections"
    wrong = errors or {}
    return form_page(
        f"{path}/edit" if row else "/collections/new",
        row is None and _choose_type(kind),
        input_(type="hidden", name="type", value=kind),
        group(
            "Collection",
            field_text("name", "Name", name, errors=wrong, autocomplete="off", required=True),
        ),
        group("Members", _members(members, wrong))
        if kind == "STATIC"
        else group(
            "What belongs to it",
            condition_fields(
                draft,
                FIELDS,
                "/collections/conditions",
                wrong,
                "Every product and SKU belongs to it.",
            ),
        ),
        errors=wrong or None,
        save="Save" if row else "Create the collection",
        cancel=path,
        aside=kind == "AUTO_UPDATE" and _try_box(),
    )


def _choose_type(kind: str) -> Node:
    return nav(".segmented", aria_label="Type")[
        (
            a(
                href=f"/collections/new?type={value}",
                aria_current="page" if value == kind else None,
            )[said]
            for value, said in _TYPES
        )
    ]


def _members(members: list[tuple[str, str]] | None, errors: Errors) -> Node:
    if members is None:
        return notice("info", "It has too many members to be chosen here; its name can be changed.")
    return field_lookup(
        "members",
        "Products",
        "product",
        members,
        is_multiple=True,
        hint="A product stands for its SKUs",
        errors=errors,
    )


def _try_box() -> Node:
    ask = {
        "hx-post": "/collections/try",
        "hx-trigger": "load, change from:#form delay:200ms",
        "hx-sync": "this:replace",
        "hx-include": "#form",
        "hx-target": "this",
        "hx-swap": "innerHTML",
    }
    return div("#tried.card.pad.stack", ask, role="status", aria_label="What the filter finds")


async def show_conditions(visit: Visit) -> Response:
    """The lines anew, after one was added, removed or changed."""
    draft = read_draft(_plain(await visit.form()), FIELDS)
    return answer_node(
        condition_fields(
            draft, FIELDS, "/collections/conditions", {}, "Every product and SKU belongs to it."
        )
    )


async def try_filter(visit: Visit) -> Response:
    """How many the filter finds, and the newest of them."""
    draft = without_errors(read_draft(_plain(await visit.form()), FIELDS))
    rule = rule_of(draft, FIELDS, visit.show, {})
    try:
        found = await visit.api.post("/v1/product-collections/try", {"filter": rule})
    except ApiFault as fault:
        return answer_node(notice("warn", fault.sentence))
    return answer_node(member_lines(found, visit.show))


def _plain(form: FormData) -> dict[str, Any]:
    return dict(form.items())


async def show_new(visit: Visit) -> Response:
    """The form of a new one."""
    asked = visit.request.query_params.get("type", "")
    kind = "AUTO_UPDATE" if asked == "AUTO_UPDATE" else "STATIC"
    title = "Create a collection"
    content = fragment[head(title), collection_form("", kind, Draft(), [])]
    return answer_page(visit, title, content)


async def show_edit(visit: Visit) -> Response:
    """The form of one that there is. Raises ApiFault."""
    row = await visit.api.get(f"/v1/product-collections/{escape_segment(visit.path('id'))}")
    title = f"Edit {row.get('name')}"
    draft = draft_of(row.get("filter"), FIELDS, visit.show)
    members = await _named_members(visit, row)
    form = collection_form(str(row.get("name") or ""), str(row["type"]), draft, members, row=row)
    return answer_page(visit, title, fragment[head(title), form])


async def _named_members(visit: Visit, row: Row) -> list[tuple[str, str]] | None:
    """Ids and names of what a static one names; None: more than a form can hold."""
    if row.get("type") != "STATIC":
        return []
    named = row.get("products")
    if named is None or len(named) > _NAMED:
        return None
    path = f"/v1/product-collections/{escape_segment(str(row['id']))}/products"
    body = await visit.api.get(path, {"limit": str(_NAMED)})
    names = {str(each["id"]): product_name(each) for each in body.get("data") or []}
    return [(str(each["id"]), names.get(str(each["id"]), str(each["id"]))) for each in named]


async def save(visit: Visit) -> Response:
    """Creates or changes it. Raises ApiFault."""
    form = await visit.form()
    name = visit.request.path_params.get("id")
    path = f"/v1/product-collections/{escape_segment(str(name))}"
    row = await visit.api.get(path) if name else None
    kind = str(row["type"]) if row else str(form.get("type") or "STATIC")
    draft = read_draft(_plain(form), FIELDS)
    ids = [str(each) for each in form.getlist("members")]
    errors: dict[str, str] = {}
    body, saved = _body(form, kind, draft, ids, row, visit.show, errors), None
    if not errors:
        try:
            if row is None:
                saved = await visit.api.post("/v1/product-collections", body, key=key_of(form))
            else:
                saved = await visit.api.put(path, body, key=key_of(form))
        except Refused as fault:
            errors = place_fault(fault, ("name",))
    if saved is None:
        typed = str(form.get("name") or "")
        members = await _names_of(visit, ids)
        return answer_node(collection_form(typed, kind, draft, members, row=row, errors=errors))
    address = f"{BACK[1]}/{escape_segment(str(saved['id']))}"
    return go_to(visit.request, address, "Saved" if row else "Collection created")


def _body(
    form: FormData,
    kind: str,
    draft: Draft,
    ids: list[str],
    row: Row | None,
    show: Show,
    errors: dict[str, str],
) -> dict[str, Any]:
    body: dict[str, Any] = {"name": str(form.get("name") or "").strip(), "type": kind}
    if not body["name"]:
        errors["name"] = "A name is needed."
    if kind == "AUTO_UPDATE":
        body["filter"] = rule_of(draft, FIELDS, show, errors)
    elif row is None or (row.get("products") is not None and len(row["products"]) <= _NAMED):
        body["products"] = [
            {"id": each, "object": "sku" if each.startswith("sku_") else "product"} for each in ids
        ]
    return body


async def _names_of(visit: Visit, ids: list[str]) -> list[tuple[str, str]]:
    """The chosen ones as they are called, where that can be asked."""

    async def named(each: str) -> tuple[str, str]:
        kind = "skus" if each.startswith("sku_") else "products"
        try:
            row = await visit.api.get(f"/v1/{kind}/{escape_segment(each)}")
        except ApiFault:
            return each, each
        return each, str(row.get("sku") or product_name(row))

    return list(await asyncio.gather(*map(named, ids[:_NAMED])))


PAGES: Final[tuple[Page, ...]] = (
    Page("/collections/new", show_new, "products.write"),
    Page("/collections/new", save, "products.write", "POST"),
    Page("/collections/conditions", show_conditions, "products.write", "POST"),
    Page("/collections/try", try_filter, "products.write", "POST"),
    Page("/collections/{id}/edit", show_edit, "products.write"),
    Page("/collections/{id}/edit", save, "products.write", "POST"),
)
