"""Lists as users saved them: created, changed, deleted by whoever they belong to."""

from collections.abc import Iterable
from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.personal import Personal, PersonalData
from schemas.user_commands import CreateSavedView, DeleteSavedView, UpdateSavedView
from schemas.user_events import SavedViewDeleted, SavedViewStored
from schemas.users import SAVED_VIEWS_MAX, SavedView


def create_saved_view(
    view: View, command: Command, body: CreateSavedView, now: Millis
) -> Decision | Refusal:
    """Keeps a list of a project that the user is a member of."""
    user = view.get(tables.USERS, body.user_id)
    if user is None:
        return not_found("user", body.user_id)
    if body.project_id not in user.memberships:
        return not_found("project", body.project_id)
    saved = [
        each
        for each in view.scan(tables.SAVED_VIEWS, user.id)
        if each.project_id == body.project_id
    ]
    if len(saved) >= SAVED_VIEWS_MAX:
        said = f"At most {SAVED_VIEWS_MAX} views are kept for a user in a project"
        return refuse("invalid_payload", said)
    taken = _taken_name(saved, body.section, body.name)
    if taken is not None:
        return taken
    stored = SavedView(
        id=new_id(command.seed, "view_"),
        user_id=user.id,
        project_id=body.project_id,
        section=body.section,
        personal=_seal(view, user.id, body.name, body.query),
        created_at=now,
    )
    return Decision((SavedViewStored(stored),))


def update_saved_view(
    view: View, _: Command, body: UpdateSavedView, now: Millis
) -> Decision | Refusal:
    """Sets what is named."""
    before = view.get(tables.SAVED_VIEWS, body.user_id, body.saved_view_id)
    if before is None:
        return not_found("saved_view", body.saved_view_id)
    name = before.name if body.name is None else body.name
    query = before.query if body.query is None else body.query
    others = (
        each
        for each in view.scan(tables.SAVED_VIEWS, body.user_id)
        if each.project_id == before.project_id and each.id != before.id
    )
    taken = _taken_name(others, before.section, name)
    if taken is not None:
        return taken
    personal = _seal(view, before.user_id, name, query)
    return Decision((SavedViewStored(structs.replace(before, personal=personal, updated_at=now)),))


def delete_saved_view(
    view: View, _: Command, body: DeleteSavedView, __: Millis
) -> Decision | Refusal:
    """Removes it."""
    if view.get(tables.SAVED_VIEWS, body.user_id, body.saved_view_id) is None:
        return not_found("saved_view", body.saved_view_id)
    return Decision((SavedViewDeleted(body.user_id, body.saved_view_id),))


def _taken_name(others: Iterable[SavedView], section: str, name: str) -> Refusal | None:
    folded = name.casefold()
    for each in others:
        if each.section == section and each.name.casefold() == folded:
            said = "Property `.name` is that of another view of the section"
            kind = "saved_view"
            return refuse("duplicate_found", said, resource_id=each.id, resource_type=kind)
    return None


def _seal(view: View, user_id: str, name: str, query: str) -> Personal:
    """Sealed for the user, with whom it is forgotten."""
    data = PersonalData(name=name, metadata={"query": query})
    return Personal(f"{view.project}/{user_id}", data)


DECISIONS: Decisions = MappingProxyType(
    {
        CreateSavedView: create_saved_view,
        UpdateSavedView: update_saved_view,
        DeleteSavedView: delete_saved_view,
    }
)
