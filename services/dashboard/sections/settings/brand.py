"""The brand of a project: how the shop calls itself, where it is and how it is reached."""

from collections.abc import Mapping
from typing import Any, Final

from htpy import Node, fragment
from starlette.responses import Response

from services.dashboard.parts.facts import facts
from services.dashboard.parts.forms import Errors, field_area, field_text, form_page, group
from services.dashboard.parts.page import confirm_dialog, dialog_button
from services.dashboard.sections.settings.tabs import READ, WRITE, project_path, settings_head
from services.dashboard.web.answers import answer_node, answer_page, go_to
from services.dashboard.web.asking import Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import Visit

PATH: Final = "/settings/brand"
#: Part of a brand → the heading, and its fields with their words; the API has no null for some.
PARTS: Final[Mapping[str, tuple[str, tuple[tuple[str, str], ...]]]] = {
    "brand": (
        "Brand",
        (
            ("name", "Name"),
            ("website_url", "Website"),
            ("privacy_policy_url", "Privacy policy"),
            ("terms_of_use_url", "Terms of use"),
            ("permission_reminder", "Why customers are written to"),
        ),
    ),
    "address": (
        "Address",
        (
            ("street", "Street"),
            ("postal", "Postal code"),
            ("city", "City"),
            ("state", "State"),
            ("country", "Country"),
        ),
    ),
    "contact": ("Contact", (("email", "E-mail"), ("phone", "Phone"))),
}
NAMES: Final = tuple(name for _, fields in PARTS.values() for name, _ in fields)
#: The form's own names are the API's, since no two parts have one in common.
NEEDED: Final = ("name", "street", "city", "country", "email")


def read_brand(said: Mapping[str, str]) -> dict[str, dict[str, str | None]]:
    """A brand as the API takes it; what is empty is nothing."""
    return {
        part: {name: said[name] or None for name, _ in fields if said[name] or name not in NEEDED}
        for part, (_, fields) in PARTS.items()
    }


def brand_form(said: Mapping[str, Any], errors: Errors | None = None) -> Node:
    """All of it on one page."""

    def one(name: str, text: str) -> Node:
        optional = "" if name in NEEDED else "Optional"
        if name == "permission_reminder":
            return field_area(name, text, said.get(name), hint=optional, rows=2, errors=errors)
        kind = "email" if name == "email" else "url" if name.endswith("_url") else "text"
        return field_text(name, text, said.get(name), kind=kind, hint=optional, errors=errors)

    return form_page(
        PATH,
        (
            group(title, *(one(name, text) for name, text in fields))
            for title, fields in PARTS.values()
        ),
        errors=errors,
    )


async def _find(visit: Visit) -> dict[str, Any] | None:
    rows = (await visit.api.get(project_path(visit, "/branding")))["data"]
    return dict(rows[0]) if rows else None


def _flat(brand: Mapping[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in PARTS:
        found |= (brand or {}).get(part) or {}
    return found


async def show_brand(visit: Visit) -> Response:
    """The form, or what it says to who only reads."""
    brand = await _find(visit)
    said = _flat(brand)
    can_delete = brand is not None and visit.may(WRITE)
    shown = (
        brand_form(said)
        if visit.may(WRITE)
        else facts(
            *((text, said.get(name)) for _, fields in PARTS.values() for name, text in fields)
        )
    )
    content = fragment[
        settings_head(
            visit,
            PATH,
            "What pages and messages to customers say of the shop.",
            can_delete and dialog_button("Delete", "delete-brand", ".danger", "trash"),
        ),
        shown,
        can_delete
        and confirm_dialog(
            "delete-brand",
            title="Delete the brand?",
            what_happens="The project has no name, address and contact for customers then. A new one can be made.",
            action=f"{PATH}/delete",
            do="Delete",
        ),
    ]
    return answer_page(visit, "Brand", content)


async def save_brand(visit: Visit) -> Response:
    """Makes the brand, or changes it."""
    form = await visit.form()
    said = {name: str(form.get(name) or "").strip() for name in NAMES}
    missing = {name: "This is needed" for name in NEEDED if not said[name]}
    if missing:
        return answer_node(brand_form(said, missing))
    known, body = await _find(visit), read_brand(said)
    try:
        if known is None:
            key = str(form.get("idempotency_key") or "") or None
            await visit.api.post(project_path(visit, "/branding"), body, key=key)
        else:
            await visit.api.put(project_path(visit, f"/branding/{known['id']}"), body)
    except Refused as fault:
        return answer_node(brand_form(said, errors_of(fault, NAMES)))
    return go_to(visit.request, PATH, "Saved")


async def delete_brand(visit: Visit) -> Response:
    """Deletes it."""
    known = await _find(visit)
    if known is not None:
        await visit.api.delete(project_path(visit, f"/branding/{known['id']}"))
    return go_to(visit.request, PATH, "The brand is deleted")


PAGES: Final = (
    Page(PATH, show_brand, READ),
    Page(PATH, save_brand, WRITE, "POST"),
    Page(f"{PATH}/delete", delete_brand, WRITE, "POST"),
)
