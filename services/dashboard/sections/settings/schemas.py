"""Schemas of metadata and of custom events: what their properties may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from htpy import Node, a, fragment
from starlette.datastructures import FormData
from starlette.responses import Response

from services.dashboard.parts.facts import code_text
from services.dashboard.parts.forms import (
    Errors,
    field_choice,
    field_switch,
    field_text,
    form_page,
)
from services.dashboard.parts.grid import grid
from services.dashboard.parts.icons import icon
from services.dashboard.parts.page import confirm_dialog, dialog_button, head
from services.dashboard.parts.show import Show
from services.dashboard.sections.settings.properties import (
    Line,
    lines_of,
    properties_table,
    read_lines,
    write_properties,
)
from services.dashboard.sections.settings.tabs import READ, WRITE, project_path, settings_head
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit, escape_segment

Schema = Mapping[str, Any]
#: Kinds of objects whose metadata a schema binds; any other name is one of objects within.
OBJECTS: Final = (
    "voucher",
    "campaign",
    "promotion_tier",
    "customer",
    "order",
    "order_item",
    "product",
    "redemption",
    "publication",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """Which schemas: their page, their place in the API and their words."""

    path: str
    api: str
    is_event: bool
    title: str
    lead: str
    one: str
    empty: str


METADATA: Final = Kind(
    "/settings/metadata",
    "/metadata-schemas",
    False,
    "Metadata schemas",
    "What metadata may hold, by kind of object. What was written before stays.",
    "metadata schema",
    "Metadata may hold anything. A schema makes names, types and values certain.",
)
EVENTS: Final = Kind(
    "/settings/event-schemas",
    "/custom-event-schemas",
    True,
    "Event schemas",
    "What the metadata of a shop's own events may hold.",
    "event schema",
    "Events of the shop may carry anything. A schema refuses what does not fit.",
)


def schema_name(schema: Schema) -> str:
    """What it describes."""
    return str(schema.get("related_object") or schema.get("name"))


def properties_of(schema: Schema) -> Mapping[str, Mapping[str, Any]]:
    """Its properties; those of events lie one deeper."""
    found: Mapping[str, Mapping[str, Any]] = (
        schema.get("properties") or (schema.get("schema") or {}).get("properties") or {}
    )
    return found


def schemas_grid(kind: Kind, schemas: Sequence[Schema], show: Show) -> Node:
    """Each with its properties."""

    def named(schema: Schema) -> str:
        names = [name for name, said in properties_of(schema).items() if not said.get("deleted")]
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        return ", ".join(names[:5]) + more or "No properties"

    return grid(
        kind.title,
        ("Event" if kind.is_event else "Object", "Properties", "Changed"),
        (
            (
                a(".open.mono", href=f"{kind.path}/{escape_segment(each['id'])}")[
                    schema_name(each)
                ],
                named(each),
                show.when(each.get("updated_at") or each.get("created_at")),
            )
            for each in schemas
        ),
        empty=kind.empty,
    )


def schema_form(
    kind: Kind,
    action: str,
    lines: Sequence[Line],
    said: Mapping[str, Any],
    errors: Errors | None = None,
) -> Node:
    """What it describes, and its properties; what exists keeps its name."""
    is_new = action.endswith("/new")
    subject: Node = None
    if is_new and kind.is_event:
        subject = field_text("name", "Event", said.get("name"), maxlength="100", errors=errors)
    elif is_new:
        subject = [
            field_choice(
                "object",
                "Object",
                (
                    *((each, each) for each in OBJECTS),
                    ("", "An object within metadata, named below"),
                ),
                said.get("object", OBJECTS[0]),
                errors=errors,
            ),
            field_text(
                "own_object",
                "Own name",
                said.get("own_object"),
                hint="For objects within metadata; empty for the others",
                errors=errors,
            ),
        ]
    return form_page(
        action,
        subject,
        properties_table(lines, is_event=kind.is_event),
        not kind.is_event
        and field_switch(
            "allow_defined_only",
            "Refuse what is not defined here",
            is_on=bool(said.get("allow_defined_only")),
        ),
        errors=errors,
        cancel=kind.path,
    )


def _body(kind: Kind, lines: Sequence[Line], said: Mapping[str, Any], is_new: bool) -> Any:
    properties = write_properties(lines, is_event=kind.is_event)
    if kind.is_event:
        named = {"name": said["name"]} if is_new else {}
        return named | {"schema": {"properties": properties}}
    named = {"related_object": said["own_object"] or said["object"]} if is_new else {}
    return named | {"properties": properties, "allow_defined_only": said["allow_defined_only"]}


def _read(form: FormData) -> dict[str, Any]:
    names = ("name", "object", "own_object")
    said: dict[str, Any] = {name: str(form.get(name) or "").strip() for name in names}
    return said | {"allow_defined_only": form.get("allow_defined_only") == "true"}


async def _show_all(kind: Kind, visit: Visit) -> Response:
    schemas = (await visit.api.get(project_path(visit, kind.api)))["data"]
    new = a(".btn.primary", href=f"{kind.path}/new")[icon("plus", 15), f"New {kind.one}"]
    content = fragment[
        settings_head(visit, kind.path, kind.lead, visit.may(WRITE) and new),
        schemas_grid(kind, schemas, visit.show),
    ]
    return answer_page(visit, kind.title, content)


async def _show_new(kind: Kind, visit: Visit) -> Response:
    form = schema_form(kind, f"{kind.path}/new", [Line()], {})
    content = fragment[head(f"New {kind.one}", kind.lead), form]
    return answer_page(visit, f"New {kind.one}", content)


async def _show_one(kind: Kind, visit: Visit) -> Response:
    found = await visit.api.get(
        project_path(visit, f"{kind.api}/{escape_segment(visit.path('id'))}")
    )
    at, name = f"{kind.path}/{escape_segment(found['id'])}", schema_name(found)
    lines = lines_of(properties_of(found))
    if not visit.may(WRITE):
        rows = ((each.name, each.type, "Yes" if each.is_needed else "No") for each in lines)
        shown = grid("Properties", ("Name", "Type", "Needed"), rows)
        content = fragment[head(name, code_text(found["id"])), shown]
        return answer_page(visit, name, content)
    content = fragment[
        head(
            name,
            code_text(found["id"]),
            dialog_button("Delete", "delete-schema", ".danger", "trash"),
        ),
        schema_form(kind, at, lines, found),
        confirm_dialog(
            "delete-schema",
            title=f"Delete the schema of {name}?",
            what_happens="Anything can be written from then on. What was written stays.",
            action=f"{at}/delete",
            do="Delete",
        ),
    ]
    return answer_page(visit, name, content)


async def _save(kind: Kind, visit: Visit) -> Response:
    form = await visit.form()
    action, lines, said = visit.request.url.path, read_lines(form), _read(form)
    if form.get("more"):
        return answer_node(schema_form(kind, action, [*lines, Line()], said))
    is_new = "id" not in visit.request.path_params
    body = _body(kind, lines, said, is_new)
    try:
        if is_new:
            key = str(form.get("idempotency_key") or "") or None
            await visit.api.post(project_path(visit, kind.api), body, key=key)
        else:
            path = project_path(visit, f"{kind.api}/{escape_segment(visit.path('id'))}")
            await visit.api.put(path, body)
    except Refused as fault:
        at = {f".{each.name}.": f"property-{number}" for number, each in enumerate(lines)}
        errors = errors_of(fault, ("name", *at) if kind.is_event else tuple(at))
        mended = {at.get(name, name): text for name, text in errors.items()}
        return answer_node(schema_form(kind, action, lines, said, mended))
    return go_to(visit.request, kind.path, "Saved")


async def _delete(kind: Kind, visit: Visit) -> Response:
    await visit.api.delete(project_path(visit, f"{kind.api}/{escape_segment(visit.path('id'))}"))
    return go_to(visit.request, kind.path, "The schema is deleted")


def _pages(kind: Kind) -> tuple[Page, ...]:
    async def show_all(visit: Visit) -> Response:
        return await _show_all(kind, visit)

    async def show_new(visit: Visit) -> Response:
        return await _show_new(kind, visit)

    async def show_one(visit: Visit) -> Response:
        return await _show_one(kind, visit)

    async def save(visit: Visit) -> Response:
        return await _save(kind, visit)

    async def delete(visit: Visit) -> Response:
        return await _delete(kind, visit)

    return (
        Page(kind.path, show_all, READ),
        Page(f"{kind.path}/new", show_new, WRITE),
        Page(f"{kind.path}/new", save, WRITE, "POST"),
        Page(f"{kind.path}/{{id}}", show_one, READ),
        Page(f"{kind.path}/{{id}}", save, WRITE, "POST"),
        Page(f"{kind.path}/{{id}}/delete", delete, WRITE, "POST"),
    )


PAGES: Final = (*_pages(METADATA), *_pages(EVENTS))
