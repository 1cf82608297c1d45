"""What is done with views that somebody saved: kept, renamed, updated, deleted."""

from typing import Any, Final

from starlette.responses import Response

from services.dashboard.lists.saved_views import PATH, rename_form, save_form
from services.dashboard.sections.saving import key_of, read_typed
from services.dashboard.web.answers import answer_fault, answer_node, go_to
from services.dashboard.web.asking import ApiFault, Refused, errors_of
from services.dashboard.web.routes import Page
from services.dashboard.web.visit import SavedView, Visit, escape_segment

_API: Final = "/users/v1/me/views"


async def save_view(visit: Visit) -> Response:
    """Keeps a list by a name, and shows it by that."""
    form = await visit.form()
    typed = read_typed(form, ("section", "name", "query"))
    try:
        body = typed | {"project_id": visit.project.id}
        saved = await visit.api.post(_API, body, key=key_of(form))
    except Refused as fault:
        if not visit.is_part:
            return answer_fault(visit, fault)
        errors = _say_errors(fault)
        return answer_node(save_form(typed["section"], typed["query"], typed["name"], errors))
    return go_to(visit.request, _address_of(saved), "The view is saved")


async def change_view(visit: Visit) -> Response:
    """Gives a view another name, or has it show something else."""
    form = await visit.form()
    body = {name: str(form.get(name)) for name in ("name", "query") if name in form}
    try:
        changed = await visit.api.put(_api_path(visit), body)
    except Refused as fault:
        known = _find_view(visit)
        if known is None or "name" not in body or not visit.is_part:
            return answer_fault(visit, fault)
        return answer_node(rename_form(known, _say_errors(fault), body["name"]))
    say = "The view has another name" if "name" in body else "The view is updated"
    return go_to(visit.request, _address_of(changed), say)


async def delete_view(visit: Visit) -> Response:
    """Removes a view, and shows its list in its own way."""
    known = _find_view(visit)
    await visit.api.delete(_api_path(visit))
    return go_to(visit.request, f"/{known.section}" if known else "/", "The view is deleted")


def _find_view(visit: Visit) -> SavedView | None:
    wanted = visit.path("id")
    return next((each for each in visit.project.views if each.id == wanted), None)


def _api_path(visit: Visit) -> str:
    return f"{_API}/{escape_segment(visit.path('id'))}"


def _address_of(saved: dict[str, Any]) -> str:
    """The list as the view shows it; a section begins with a letter, so it is an address of ours."""
    query = f"{saved['query']}&" if saved["query"] else ""
    return f"/{saved['section']}?{query}view={saved['id']}"


def _say_errors(fault: ApiFault) -> dict[str, str]:
    if fault.key == "duplicate_found":
        return {"name": "Another view of this list has that name."}
    return errors_of(fault, ("name", "query"))


PAGES: Final = (
    Page(PATH, save_view, None, "POST"),
    Page(f"{PATH}/{{id}}", change_view, None, "POST"),
    Page(f"{PATH}/{{id}}/delete", delete_view, None, "POST"),
)
