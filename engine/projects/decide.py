"""Projects and their keys. All of it may be said again without an effect.

A project is created in the control project, which every front folds, and then opened in its own
partition; only then are commands for it decided there.
"""

from types import MappingProxyType
from typing import Any, Final, get_args

import msgspec
from msgspec import structs

from engine.exports.decide import close_exports
from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.kernel.zones import running_into, zone_named
from schemas.base import Millis
from schemas.commands import Command, CommandBody
from schemas.erasures import EndErasures
from schemas.errors import Refusal, not_found, refuse
from schemas.events import Event
from schemas.expiry import ExpireDue
from schemas.keys import CreateKey, EndKey, RenameKey, RotateKey
from schemas.oauth import RevokeToken
from schemas.projects import (
    CONTROL_PROJECT,
    ChangeTrustedOrigins,
    CloseProject,
    CreateProject,
    DeleteProject,
    KeyAdded,
    KeyRevoked,
    OpenProject,
    Project,
    ProjectClosed,
    ProjectCreated,
    ProjectDeleted,
    ProjectOpened,
    ProjectSettings,
    ProjectUpdated,
    ReplaceKey,
    SetTimeZone,
    TimeZoneSet,
    TrustedOriginsChanged,
    UpdateProject,
)
from schemas.user_commands import UserCommand

#: What is decided in the control project alone, and what is decided before a project is open.
_CONTROL: Final = frozenset(
    {
        CreateProject,
        UpdateProject,
        DeleteProject,
        ReplaceKey,
        CreateKey,
        RenameKey,
        RotateKey,
        EndKey,
        ChangeTrustedOrigins,
        RevokeToken,
    }
) | frozenset(get_args(UserCommand))
_BEFORE_OPEN: Final = frozenset({OpenProject, CloseProject, EndErasures})


def unknown_project(view: View, body: CommandBody) -> Refusal | None:
    """The refusal of a command that is not for its project, or whose project is not open here."""
    if view.project == CONTROL_PROJECT:
        known = type(body) in _CONTROL or isinstance(body, ExpireDue | EndErasures)
    elif type(body) in _BEFORE_OPEN:
        known = True
    else:
        known = type(body) not in _CONTROL and view.get(tables.OPENED, view.project) is not None
    return None if known else not_found("project", view.project)


def create_project(view: View, _: Command, body: CreateProject, now: Millis) -> Decision | Refusal:
    """Creates a project with its keys."""
    if view.get(tables.PROJECTS, body.project_id) is not None:
        return Decision()
    for key in body.keys:
        taken = view.get(tables.KEYS, key.id)
        if taken is not None:
            return _key_taken(key.id)
    project = Project(
        id=body.project_id,
        name=body.name,
        partition=body.partition,
        created_at=now,
        trusted_origins=body.trusted_origins,
        settings=body.settings,
        managed_by=body.managed_by,
        case_sensitive_codes=body.case_sensitive_codes,
    )
    return Decision((ProjectCreated(project), *map(KeyAdded, body.keys)))


def open_project(view: View, _: Command, body: OpenProject, __: Millis) -> Decision:
    """Makes a project known in its own partition."""
    if view.get(tables.OPENED, view.project) is not None:
        return Decision()
    opened = ProjectOpened(view.project, body.timezone, body.case_sensitive_codes)
    return Decision((opened,))


def set_time_zone(view: View, _: Command, body: SetTimeZone, now: Millis) -> Decision:
    """Has the project reckon in a zone, unless a later revision has said which one already.

    The day, week and month that run go on until the new zone ends its own.
    """
    opened = view.get(tables.OPENED, view.project)
    assert opened is not None, "decided of open projects alone"
    if body.revision < opened.revision:
        return Decision()
    if body.timezone == opened.timezone:
        if body.revision == opened.revision:
            return Decision()
        return Decision((TimeZoneSet(body.timezone, body.revision),))
    running = running_into(view, zone_named(body.timezone), now)
    return Decision((TimeZoneSet(body.timezone, body.revision, running),))


def update_project(view: View, _: Command, body: UpdateProject, now: Millis) -> Decision | Refusal:
    """Sets what is named of a project as it is now, so of two changes at once none is lost."""
    project = view.get(tables.PROJECTS, body.project_id)
    if project is None or project.deleted_at is not None:
        return not_found("project", body.project_id)
    settings = _with_named(project.terms, body.settings)
    if isinstance(settings, Refusal):
        return settings
    origins = body.trusted_origins
    changed = structs.replace(
        project,
        name=project.name if body.name is None else body.name,
        settings=settings,
        trusted_origins=project.trusted_origins if origins is None else origins,
        updated_at=now,
        revision=project.revision + 1,
    )
    return Decision((ProjectUpdated(changed),))


def delete_project(view: View, _: Command, body: DeleteProject, now: Millis) -> Decision | Refusal:
    """Revokes all keys; the installation's own project stays, since its keys come from outside."""
    project = view.get(tables.PROJECTS, body.project_id)
    if project is None or project.deleted_at is not None:
        return not_found("project", body.project_id)
    if project.managed_by is None:
        return refuse("resource_in_use", "The first project cannot be deleted")
    revoked = [
        KeyRevoked(key.id)
        for key in view.scan(tables.KEYS)
        if key.project_id == project.id and key.revoked_at is None
    ]
    deleted = structs.replace(project, deleted_at=now)
    return Decision((*revoked, ProjectDeleted(deleted)))


def close_project(view: View, *_: object) -> Decision:
    """Ends a project in its own partition."""
    if view.get(tables.OPENED, view.project) is None:
        return Decision()
    return Decision((*close_exports(view), ProjectClosed(view.project)))


def replace_key(view: View, _: Command, body: ReplaceKey, __: Millis) -> Decision | Refusal:
    """Adds a key, or gives it another token, and revokes those of its kind that it takes over from.

    Those that were made over the API stay.
    """
    key = body.key
    if view.get(tables.PROJECTS, key.project_id) is None:
        return not_found("project", key.project_id)
    stored = view.get(tables.KEYS, key.id)
    if stored is not None and (stored.project_id, stored.kind) != (
        key.project_id,
        key.kind,
    ):
        return _key_taken(key.id)
    events: list[Event] = [] if stored == key else [KeyAdded(key)]
    for other in view.scan(tables.KEYS):
        replaced = (other.project_id, other.kind) == (key.project_id, key.kind)
        if replaced and not other.issued and other.id != key.id and other.revoked_at is None:
            events.append(KeyRevoked(other.id))
    return Decision(tuple(events))


def change_trusted_origins(
    view: View, _: Command, body: ChangeTrustedOrigins, __: Millis
) -> Decision | Refusal:
    """Replaces the origins that may use a project's client-side keys."""
    project = view.get(tables.PROJECTS, body.project_id)
    if project is None:
        return not_found("project", body.project_id)
    if project.trusted_origins == body.trusted_origins:
        return Decision()
    return Decision((TrustedOriginsChanged(body.project_id, body.trusted_origins),))


def _with_named(settings: ProjectSettings, raw: msgspec.Raw) -> ProjectSettings | Refusal:
    try:
        named = msgspec.json.decode(raw, type=dict[str, Any])
        unknown = sorted(named.keys() - set(settings.__struct_fields__))
        if unknown:
            return refuse("invalid_payload", f"Property `.{unknown[0]}` cannot be changed")
        return msgspec.convert(structs.asdict(settings) | named, ProjectSettings)
    except msgspec.MsgspecError as error:
        return refuse("invalid_payload", str(error))


def _key_taken(key_id: str) -> Refusal:
    return refuse(
        "duplicate_found",
        f"Duplicated key exists with id {key_id}",
        resource_id=key_id,
        resource_type="key",
    )


DECISIONS: Decisions = MappingProxyType(
    {
        CreateProject: create_project,
        OpenProject: open_project,
        UpdateProject: update_project,
        DeleteProject: delete_project,
        CloseProject: close_project,
        SetTimeZone: set_time_zone,
        ReplaceKey: replace_key,
        ChangeTrustedOrigins: change_trusted_origins,
    }
)
