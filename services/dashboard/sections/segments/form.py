"""The form of a segment: named customers, or a filter."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, a, fragment, nav, p
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
)
from services.dashboard.parts.forms import Errors, field_lookup, field_text, form_page, group
from services.dashboard.parts.notices import notice
from services.dashboard.parts.page import head
from services.dashboard.parts.show import Row
from services.dashboard.sections.customer_names import customer_name, find_customers
from services.dashboard.sections.saving import key_of, place_fault
from services.dashboard.sections.segments.naming import BACK, KINDS, LABELS, MONEY
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

_TIMES: Final = frozenset(
    {"created_at", "updated_at", "birthdate", "summary.orders.last_order_date"}
)
#: How many named members a form holds; a PUT names all of them anew.
_NAMED_MAX: Final = 100
_NOBODY: Final = "Every customer belongs to it."


def _kind_of(name: str) -> str:
    if name in MONEY:
        return "money"
    if name in _TIMES:
        return "time"
    return "number" if name.startswith("summary.") else "text"


FIELDS: Final[tuple[Asked, ...]] = (
    Asked(METADATA, "Metadata", "any"),
    *(Asked(name, label, _kind_of(name)) for name, label in LABELS.items()),
)


def segment_form(
    name: str,
    kind: str,
    draft: Draft,
    members: list[tuple[str, str]] | None,
    *,
    row: Row | None = None,
    errors: Errors | None = None,
) -> Node:
    """Its fields; `members` None: more than a form can hold."""
    path = f"/segments/{escape_segment(str(row['id']))}" if row else "/segments"
    wrong = errors or {}
    return form_page(
        f"{path}/edit" if row else "/segments/new",
        row is None and _choose_type(kind),
        input_(type="hidden", name="type", value=kind),
        group(
            "Segment",
            field_text("name", "Name", name, errors=wrong, autocomplete="off", required=True),
            p(".muted")[KINDS[kind][2]],
        ),
        group("Who belongs to it", _members(members, wrong))
        if kind == "static"
        else group(
            "Who belongs to it",
            condition_fields(draft, FIELDS, "/segments/conditions", wrong, _NOBODY),
        ),
        errors=wrong or None,
        save="Save" if row else "Create the segment",
        cancel=path,
    )


def _choose_type(kind: str) -> Node:
    return nav(".segmented", aria_label="Type")[
        (
            a(href=f"/segments/new?type={value}", aria_current="page" if value == kind else None)[
                said
            ]
            for value, (said, *_) in KINDS.items()
        )
    ]


def _members(members: list[tuple[str, str]] | None, errors: Errors) -> Node:
    if members is None:
        return notice(
            "info",
            "It has more members than can be chosen here; its name can be changed, the members by the API.",
        )
    return field_lookup(
        "members", "Customers", "customer", members, is_multiple=True, errors=errors
    )


async def show_conditions(visit: Visit) -> Response:
    """The lines anew, after one was added, removed or changed."""
    draft = read_draft(dict((await visit.form()).items()), FIELDS)
    return answer_node(condition_fields(draft, FIELDS, "/segments/conditions", {}, _NOBODY))


async def show_new(visit: Visit) -> Response:
    """The form of a new one."""
    asked = visit.request.query_params.get("type", "")
    kind = asked if asked in KINDS else "auto-update"
    title = "Create a segment"
    content = fragment[head(title), segment_form("", kind, Draft(), [])]
    return answer_page(visit, title, content)


async def show_edit(visit: Visit) -> Response:
    """The form of one that there is. Raises ApiFault."""
    row, members = await _one(visit)
    draft = draft_of(row.get("filter"), FIELDS, visit.show)
    title = f"Edit {row.get('name')}"
    form = segment_form(str(row.get("name") or ""), str(row["type"]), draft, members, row=row)
    return answer_page(visit, title, fragment[head(title), form])


async def _one(visit: Visit) -> tuple[Row, list[tuple[str, str]] | None]:
    """A segment, and the customers that a static one names. Raises ApiFault."""
    path = f"/v1/segments/{escape_segment(visit.path('id'))}"
    row: Mapping[str, Any] = await visit.api.get(path)
    if row.get("type") != "static" or not visit.may("customers.read"):
        return row, None
    body = await visit.api.get(f"{path}/customers", {"limit": str(_NAMED_MAX)})
    if (body.get("total") or 0) > _NAMED_MAX:
        return row, None
    return row, [(str(each["id"]), customer_name(each)) for each in body.get("customers") or []]


async def save(visit: Visit) -> Response:
    """Creates or changes it. Raises ApiFault."""
    form = await visit.form()
    is_new = "id" not in visit.request.path_params
    row, named = (None, []) if is_new else await _one(visit)
    asked = str(row["type"]) if row else str(form.get("type") or "")
    kind = asked if asked in KINDS else "auto-update"
    draft = read_draft(dict(form.items()), FIELDS)
    errors: dict[str, str] = {}
    body, saved = _body(visit, form, kind, draft, named is not None, errors), None
    if not errors:
        try:
            if row is None:
                saved = await visit.api.post(
                    "/v1/segments", body | {"type": kind}, key=key_of(form)
                )
            else:
                path = f"/v1/segments/{escape_segment(str(row['id']))}"
                saved = await visit.api.put(path, body, key=key_of(form))
        except Refused as fault:
            errors = place_fault(fault, ("name",))
    if saved is None:
        chosen = None if named is None else await _names_of(visit, form)
        typed = str(form.get("name") or "")
        return answer_node(segment_form(typed, kind, draft, chosen, row=row, errors=errors))
    address = f"{BACK[1]}/{escape_segment(str(saved['id']))}"
    return go_to(visit.request, address, "Saved" if row else "Segment created")


def _body(
    visit: Visit,
    form: FormData,
    kind: str,
    draft: Draft,
    has_members: bool,
    errors: dict[str, str],
) -> dict[str, Any]:
    body: dict[str, Any] = {"name": str(form.get("name") or "").strip()}
    if not body["name"]:
        errors["name"] = "A name is needed."
    if kind != "static":
        body["filter"] = rule_of(draft, FIELDS, visit.show, errors)
    elif has_members:
        body["customers"] = [str(each) for each in form.getlist("members")]
    return body


async def _names_of(visit: Visit, form: FormData) -> list[tuple[str, str]]:
    """The chosen ones as they are called, where that can be asked."""
    ids = [str(each) for each in form.getlist("members")]
    known = await find_customers(visit, ids)
    return [(each, customer_name(known.get(each) or {"id": each})) for each in ids]


PAGES: Final[tuple[Page, ...]] = (
    Page("/segments/new", show_new, "segments.write"),
    Page("/segments/new", save, "segments.write", "POST"),
    Page("/segments/conditions", show_conditions, "segments.write", "POST"),
    Page("/segments/{id}/edit", show_edit, "segments.write"),
    Page("/segments/{id}/edit", save, "segments.write", "POST"),
)
