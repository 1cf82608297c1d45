"""API keys: made, renamed, rotated, ended. Decided in the control project."""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.calendar import HOUR_MS
from engine.kernel.decision import Decision
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.keys import (
    KEYS_MAX,
    WORKING_KEYS_MAX,
    CreateKey,
    EndKey,
    KeyCreated,
    KeyEnded,
    KeyForgotten,
    KeyRenamed,
    KeyRotated,
    NewKey,
    RenameKey,
    RotateKey,
)
from schemas.projects import ApiKey, KeyKind


def create_key(view: View, _: Command, body: CreateKey, now: Millis) -> Decision | Refusal:
    """Adds a key to a project."""
    if _is_gone(view, body.project_id):
        return not_found("project", body.project_id)
    refusal = _refuse_more(view, body.project_id, body.key, now)
    if refusal is not None:
        return refusal
    key = _issue(body.key, body.project_id, body.kind, body.name, now)
    return Decision((KeyCreated(structs.replace(key, scopes=body.scopes)),))


def rename_key(view: View, _: Command, body: RenameKey, __: Millis) -> Decision | Refusal:
    """Calls a key something else, also one that has ended."""
    key = find_key(view, body.project_id, body.key_id)
    if key is None:
        return not_found("key", body.key_id)
    name = key.name if body.name is None else body.name
    return Decision((KeyRenamed(structs.replace(key, name=name)),))


def rotate_key(view: View, _: Command, body: RotateKey, now: Millis) -> Decision | Refusal:
    """Puts a new key in the place of one that works."""
    key = find_key(view, body.project_id, body.key_id)
    if key is None:
        return not_found("key", body.key_id)
    if not key.works(now):
        return refuse("invalid_payload", "The key has ended, so none can take its place")
    if key.replaced_by is not None:
        return refuse("invalid_payload", f"The key {key.replaced_by} took its place already")
    refusal = _refuse_more(view, body.project_id, body.key, now)
    if refusal is not None:
        return refusal
    made = _issue(body.key, key.project_id, key.kind, key.name, now)
    made = structs.replace(made, scopes=key.scopes)
    if body.overlap_hours:
        until = now + body.overlap_hours * HOUR_MS
        old = structs.replace(key, expires_at=until, replaced_by=made.id, ended=True)
    else:
        old = structs.replace(key, revoked_at=now, replaced_by=made.id, ended=True)
    return Decision((KeyRotated(made, old),))


def end_key(view: View, _: Command, body: EndKey, now: Millis) -> Decision | Refusal:
    """Revokes a key. One that has ended is taken from the list, unless it came with the project."""
    key = find_key(view, body.project_id, body.key_id)
    if key is None:
        return not_found("key", body.key_id)
    if key.id == body.asking_id:
        return refuse("invalid_payload", "A key cannot end itself; use another one, or rotate it")
    if key.works(now):
        return Decision((KeyEnded(structs.replace(key, revoked_at=now, ended=True)),))
    return Decision((KeyForgotten(key.id, key.project_id),)) if key.issued else Decision()


def keys_of(view: View, project_id: str) -> list[ApiKey]:
    """The keys of a project, oldest first; `view` is that of the control project."""
    found = (each for each in view.scan(tables.KEYS) if each.project_id == project_id)
    return sorted(found, key=lambda each: (each.created_at or 0, each.kind, each.id))


def _issue(new: NewKey, project_id: str, kind: KeyKind, name: str | None, now: Millis) -> ApiKey:
    return ApiKey(new.id, project_id, kind, new.token_hash, name=name, created_at=now, issued=True)


def _refuse_more(view: View, project_id: str, new: NewKey, now: Millis) -> Refusal | None:
    if view.get(tables.KEYS, new.id) is not None:
        return refuse(
            "duplicate_found",
            f"Duplicated key exists with id {new.id}",
            resource_id=new.id,
            resource_type="key",
        )
    known = keys_of(view, project_id)
    if sum(1 for each in known if each.works(now)) >= WORKING_KEYS_MAX:
        return refuse("invalid_payload", f"A project has at most {WORKING_KEYS_MAX} keys that work")
    if len(known) >= KEYS_MAX:
        return refuse(
            "invalid_payload",
            f"A project keeps at most {KEYS_MAX} keys; delete some of those that have ended",
        )
    return None


def _is_gone(view: View, project_id: str) -> bool:
    project = view.get(tables.PROJECTS, project_id)
    return project is None or project.deleted_at is not None


def find_key(view: View, project_id: str, key_id: str) -> ApiKey | None:
    """The key of the project, as long as there is the project; with its date."""
    key = view.get(tables.KEYS, key_id)
    project = view.get(tables.PROJECTS, project_id)
    if key is None or key.project_id != project_id or project is None:
        return None
    if project.deleted_at is not None:
        return None
    return (
        key if key.created_at is not None else structs.replace(key, created_at=project.created_at)
    )


DECISIONS: Decisions = MappingProxyType(
    {
        CreateKey: create_key,
        RenameKey: rename_key,
        RotateKey: rotate_key,
        EndKey: end_key,
    }
)
