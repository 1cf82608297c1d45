"""Projects and their keys in the state."""

from types import MappingProxyType

from msgspec import structs

from engine.background.fold import drop_rows
from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.projects import (
    KeyAdded,
    KeyRevoked,
    OpenedProject,
    ProjectClosed,
    ProjectCreated,
    ProjectDeleted,
    ProjectOpened,
    ProjectUpdated,
    TimeZoneSet,
    TrustedOriginsChanged,
)


def project_created(state: State, event: ProjectCreated, _: Millis) -> None:
    """The control project knows it."""
    state.put(tables.PROJECTS, event.project, event.project.id)


def project_opened(state: State, event: ProjectOpened, at: Millis) -> None:
    """Its own partition knows it."""
    opened = OpenedProject(
        event.project_id,
        at,
        timezone=event.timezone,
        case_sensitive_codes=event.case_sensitive_codes,
    )
    state.put(tables.OPENED, opened, event.project_id)


def time_zone_set(state: State, event: TimeZoneSet, _: Millis) -> None:
    """Its own partition reckons in another zone."""
    opened = state.get(tables.OPENED, state.project)
    if opened is None:
        return
    changed = structs.replace(
        opened,
        timezone=event.timezone,
        revision=event.revision,
        running=opened.running if event.running is None else event.running,
    )
    state.put(tables.OPENED, changed, opened.id)


def project_changed(state: State, event: ProjectUpdated | ProjectDeleted, _: Millis) -> None:
    """The control project knows what became of it."""
    state.put(tables.PROJECTS, event.project, event.project.id)


def project_closed(state: State, event: ProjectClosed, _: Millis) -> None:
    """Its own partition decides nothing for it any more; what was begun for it stays undone."""
    state.delete(tables.OPENED, event.project_id)
    for opened in list(state.scan(tables.OPEN_ACTIONS)):
        state.delete(tables.OPEN_ACTIONS, opened.id)
        action = state.get(tables.ACTIONS, opened.id)
        if action is not None:
            drop_rows(state, action)


def key_added(state: State, event: KeyAdded, _: Millis) -> None:
    """The key works."""
    state.put(tables.KEYS, event.key, event.key.id)


def key_revoked(state: State, event: KeyRevoked, at: Millis) -> None:
    """The key works no longer."""
    key = state.get(tables.KEYS, event.key_id)
    if key is not None:
        state.put(tables.KEYS, structs.replace(key, revoked_at=at), event.key_id)


def trusted_origins_changed(state: State, event: TrustedOriginsChanged, _: Millis) -> None:
    """Browsers at these origins may use the client-side keys."""
    project = state.get(tables.PROJECTS, event.project_id)
    if project is not None:
        changed = structs.replace(project, trusted_origins=event.trusted_origins)
        state.put(tables.PROJECTS, changed, event.project_id)


FOLDS: Folds = MappingProxyType(
    {
        ProjectCreated: project_created,
        ProjectOpened: project_opened,
        ProjectUpdated: project_changed,
        ProjectDeleted: project_changed,
        ProjectClosed: project_closed,
        TimeZoneSet: time_zone_set,
        KeyAdded: key_added,
        KeyRevoked: key_revoked,
        TrustedOriginsChanged: trusted_origins_changed,
    }
)
