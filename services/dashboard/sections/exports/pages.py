"""Exports: choosing what a file holds, how far it is, and fetching it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from htpy import Node, a, div, fragment, span
from htpy import input as input_
from starlette.datastructures import QueryParams
from starlette.responses import Response

from services.dashboard.lists import usual_columns
from services.dashboard.lists.chosen_names import find_chosen_names
from services.dashboard.lists.fields import Field, find_field, read_condition
from services.dashboard.lists.handlers import list_pages
from services.dashboard.lists.query import (
    CONDITIONS_MAX,
    NO_NAMES,
    filters_body,
    say_condition,
)
from services.dashboard.lists.resource import Column, Empty, Resource, Row, list_of
from services.dashboard.parts.facts import badge, code_text, facts, raw_block
from services.dashboard.parts.forms import field_checks as field_boxes
from services.dashboard.parts.forms import field_choice, field_text, form_page, group
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import Details, confirm_dialog, dialog_button, head
from services.dashboard.parts.show import Show
from services.dashboard.sections.audit.tasks import task_progress
from services.dashboard.sections.exports.columns import EXPORTED
from services.dashboard.sections.exports.listed import fields_of
from services.dashboard.sections.exports.told import asked_facts, conditions_in, say_order
from services.dashboard.web.answers import answer_node, answer_page, go_to, pass_on
from services.dashboard.web.asking import Refused
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

OPEN: Final = ("SCHEDULED", "IN_PROGRESS")


def export_badge(row: Row) -> Node:
    """How it is."""
    words = {
        "DONE": ("Ready", "good"),
        "ERROR": ("Failed", "bad"),
        "IN_PROGRESS": ("Being written", "warn"),
    }
    return badge(*words.get(str(row.get("status")), ("Waits", "warn")))


def _name(row: Row) -> str:
    kind = str(row.get("exported_object"))
    return EXPORTED[kind].label if kind in EXPORTED else kind


COLUMNS: Final = (
    Column("what", "Of", lambda row, _: _name(row)),
    Column("status", "State", lambda row, _: export_badge(row)),
    Column("rows", "Rows", lambda row, show: show.number(row.get("rows")), is_number=True),
    Column("progress", "Progress", task_progress),
    Column("file", "File", lambda row, _: _file_link(row)),
    Column(
        "date",
        "Asked for",
        lambda row, show: show.when(row.get("created_at")),
        "created_at",
        is_number=True,
    ),
    usual_columns.ID,
)


def _file_link(row: Row) -> Node:
    if row.get("status") != "DONE":
        return None
    return a(".btn.small", href=f"/exports/{row['id']}/file", download=True)[
        icon("download", 14), "Download"
    ]


async def tell_export(visit: Visit, export_id: str) -> Details:
    """One of them."""
    row = await visit.api.get(f"/v1/exports/{escape_segment(export_id)}")
    fields = fields_of(str(row.get("exported_object")))
    asked = conditions_in((row.get("parameters") or {}).get("filters"), fields)
    return export_details(visit, row, await find_chosen_names(visit, fields, asked))


def export_details(visit: Visit, row: Row, names: Mapping[str, str] = NO_NAMES) -> Details:
    """The same of what was answered; `names`: of what its filters name by id."""
    may = visit.may("exports.create")
    return Details(
        title=f"Export of {_name(row).lower()}",
        name=f"Export {row['id']}",
        href=f"/exports/{row['id']}",
        body=fragment[
            export_state(row, visit.show),
            facts(
                ("Id", code_text(row["id"])),
                ("Asked for", visit.show.when(row.get("created_at"))),
            ),
            asked_facts(
                row.get("parameters"),
                fields_of(str(row.get("exported_object"))),
                names,
                visit.show,
            ),
            raw_block({**row, "result": None}, f"/v1/exports/{row['id']}", "The export"),
        ],
        actions=may
        and fragment[span(".spacer"), dialog_button("Delete", "delete-export", ".danger", "trash")],
        dialogs=may
        and confirm_dialog(
            "delete-export",
            title="Delete this export?",
            what_happens="Its file is removed. One that is being written ends.",
            action=f"/exports/{row['id']}/delete",
            do="Delete",
        ),
    )


def export_state(row: Row, show: Show) -> Node:
    """How far it is, followed while it is open."""
    again = {}
    if row.get("status") in OPEN:
        again = {
            "hx-get": f"/exports/{row['id']}/state",
            "hx-trigger": "load delay:1s",
            "hx-swap": "outerHTML",
            "hx-target": "this",
        }
    error = row.get("error")
    return div(".stack", again, role="status")[
        div[export_badge(row)],
        task_progress(row, show),
        span(".error")[str(error)] if error else None,
        facts(("Rows", show.number(row.get("rows")))),
        _file_link(row),
    ]


async def show_state(visit: Visit) -> Response:
    """The part that says how far it is."""
    row = await visit.api.get(f"/v1/exports/{escape_segment(visit.path('id'))}")
    return answer_node(export_state(row, visit.show))


async def fetch_file(visit: Visit) -> Response:
    """The file, passed on piece by piece."""
    row = await visit.api.get(f"/v1/exports/{escape_segment(visit.path('id'))}")
    url = str((row.get("result") or {}).get("url") or "")
    if not url:
        raise Refused(404, {"key": "not_found", "message": "There is no file any more"})
    token = dict(parse_qsl(url.partition("?")[2])).get("token", "")
    asked = visit.api.stream(f"/v1/exports/{escape_segment(row['id'])}", {"token": token})
    name = f"tessera-{row['exported_object']}-{row['id']}.csv"
    return await pass_on(asked, "text/csv; charset=utf-8", name)


async def show_form(visit: Visit) -> Response:
    """What a file shall hold: attributes, metadata, order, filters as they are shown or all."""
    asked = visit.request.query_params
    content = fragment[
        head("New export", "A CSV file, made in the background. You are told when it is ready."),
        export_form(visit.show, asked, {}, await _names_in(visit, asked)),
    ]
    return answer_page(visit, "New export", content)


async def _names_in(visit: Visit, asked: Any) -> Mapping[str, str]:
    """What is called how of what the filters of an address or a form name by id."""
    fields = fields_of(str(asked.get("object") or "voucher"))
    read = (read_condition(str(each), fields) for each in asked.getlist("f")[:CONDITIONS_MAX])
    return await find_chosen_names(visit, fields, [each for each in read if each is not None])


def export_form(
    show: Show, asked: Any, errors: dict[str, str], names: Mapping[str, str] = NO_NAMES
) -> Node:
    """The form, as an address or a form that was sent says it; `names`: of what its filters name."""
    kind = str(asked.get("object") or "voucher")
    exported = EXPORTED.get(kind) or EXPORTED["voucher"]
    fields = fields_of(kind)
    chosen = list(asked.getlist("fields")) or list(exported.default)
    conditions = [text for text in asked.getlist("f") if read_condition(text, fields)]
    every = [*exported.default, *exported.others]
    return form_page(
        "/exports/new",
        field_choice(
            "object",
            "Of",
            [(name, each.label) for name, each in EXPORTED.items()],
            kind,
            hx_get="/exports/new/form",
            hx_target="#form",
            hx_swap="outerHTML",
            hx_trigger="change",
        ),
        _filters(show, fields, conditions, names),
        group(
            "Attributes",
            field_boxes(
                "fields",
                "Columns of the file",
                [(each, each.replace("_", " ")) for each in every],
                chosen,
            ),
        ),
        field_text(
            "metadata",
            "Metadata",
            asked.get("metadata", ""),
            hint="Names of metadata, with commas between them; each becomes a column",
            errors=errors,
        )
        if exported.has_metadata
        else None,
        field_choice(
            "order",
            "Order",
            _orders(exported.orders),
            asked.get("order", "-created_at"),
            errors=errors,
        ),
        errors=errors,
        save="Make the file",
        cancel="/exports",
    )


def _orders(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(each, say_order(each)) for name in names for each in (f"-{name}", name)]


def _filters(
    show: Show, fields: tuple[Field, ...], conditions: list[str], names: Mapping[str, str]
) -> Node:
    if not conditions:
        return group(
            "Rows",
            span(".muted")["All there are. To choose some, filter the list and export from there."],
        )
    chips = []
    for text in conditions:
        condition = read_condition(text, fields)
        found = find_field(fields, condition.field) if condition else None
        if condition and found:
            said, value = say_condition(found, condition, show, names)
            chips.append(
                span(".chip")[span[f"{said} {value}"], input_(type="hidden", name="f", value=text)]
            )
    return group(
        "Rows",
        div(".chips")[chips],
        hint="Those of the list as it was filtered. Choose another kind of thing for all rows.",
    )


async def show_form_part(visit: Visit) -> Response:
    """The form for another kind of thing."""
    kind = QueryParams({"object": visit.request.query_params.get("object", "")})
    return answer_node(export_form(visit.show, kind, {}))


async def create_export(visit: Visit) -> Response:
    """Asks for the file."""
    form = await visit.form()
    kind = str(form.get("object") or "")
    fields = fields_of(kind)
    metadata = [each.strip() for each in str(form.get("metadata") or "").split(",") if each.strip()]
    parameters: dict[str, Any] = {
        "fields": [
            *(str(each) for each in form.getlist("fields")),
            *(f"metadata.{each}" for each in metadata),
        ],
        "order": str(form.get("order") or "-created_at"),
    }
    read = (read_condition(str(each), fields) for each in form.getlist("f"))
    filters = filters_body([each for each in read if each is not None], fields, visit.show)
    if filters:
        parameters["filters"] = filters | {"junction": "and"}
    try:
        made = await visit.api.post(
            "/v1/exports",
            {"exported_object": kind, "parameters": parameters},
            key=str(form.get("idempotency_key") or "") or None,
        )
    except Refused as fault:
        names = await _names_in(visit, form)
        return answer_node(export_form(visit.show, form, {"": fault.sentence}, names))
    return go_to(visit.request, f"/exports/{made['id']}", "The file is being made")


async def delete_export(visit: Visit) -> Response:
    """Removes one and its file."""
    await visit.api.delete(f"/v1/exports/{escape_segment(visit.path('id'))}")
    return go_to(visit.request, "/exports", "Deleted")


EXPORTS: Final = Resource(
    title="Exports",
    one="export",
    lead="Files of what there is. Each goes after seven days.",
    path="/exports",
    needs="exports.read",
    icon="download",
    columns=COLUMNS,
    fields=(),
    fetch=list_of("/v1/exports", "exports", ()),
    key=lambda row: str(row["id"]),
    tell=tell_export,
    actions=(("New export", "/exports/new", "plus", "exports.create"),),
    follows="exports",
    empty=Empty(
        "No file was made yet",
        "Export from any list, with its filters, or choose here what a file shall hold.",
        action=("New export", "/exports/new"),
    ),
)
PAGES: Final = (
    Page("/exports/new", show_form, "exports.create"),
    Page("/exports/new", create_export, "exports.create", "POST"),
    Page("/exports/new/form", show_form_part, "exports.create"),
    Page("/exports/{id}/state", show_state, "exports.read"),
    Page("/exports/{id}/file", fetch_file, "exports.read"),
    Page("/exports/{id}/delete", delete_export, "exports.create", "POST"),
    *list_pages(EXPORTS),
)
