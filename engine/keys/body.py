"""API keys, as the management API shows them: never with their tokens, which nobody knows."""

from types import MappingProxyType

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, Rendered, shows_nothing
from schemas.base import Millis
from schemas.keys import KeyCreated, KeyEnded, KeyRenamed, KeyRotated
from schemas.projects import ApiKey, KeyKind
from schemas.records import Decided


def key_body(key: ApiKey, made_at: Millis, now: Millis) -> Body:
    """The key; `made_at` is when its project was made, for those that came with it."""
    return {
        "id": key.id,
        "object": "key",
        "kind": key.kind,
        "name": key.name,
        "scopes": None if key.scopes is None else list(key.scopes),
        "active": key.works(now),
        "created_at": iso(made_at if key.created_at is None else key.created_at),
        "expires_at": _iso(key.expires_at),
        "revoked_at": _iso(key.revoked_at),
        "replaced_by": key.replaced_by,
    }


def _iso(at: Millis | None) -> str | None:
    return None if at is None else iso(at)


def _changed(event: KeyCreated | KeyRenamed, record: Decided, _: KeyKind) -> Rendered:
    return Rendered(200, key_body(event.key, record.at, record.at))


def _rotated(event: KeyRotated, record: Decided, _: KeyKind) -> Rendered:
    replaced = key_body(event.replaced, record.at, record.at)
    return Rendered(200, key_body(event.key, record.at, record.at) | {"replaces": replaced})


ANSWERS: Answers = MappingProxyType(
    {
        KeyCreated: _changed,
        KeyRenamed: _changed,
        KeyRotated: _rotated,
        KeyEnded: shows_nothing,
    }
)
