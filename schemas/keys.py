"""API keys of a project beside those that it came with: made, renamed, rotated, ended.

All of it belongs to the control project. A token is never stored, only its keyed hash.
"""

from typing import Final

from schemas.base import Shape, Unanswered
from schemas.projects import ApiKey, KeyKind

#: How many keys of a project work at most, and how many it shows, those that ended among them.
WORKING_KEYS_MAX = 50
KEYS_MAX = 200
KEY_NAME_LENGTH_MAX = 100
#: How long a key may work on beside the one that took its place.
OVERLAP_HOURS_MAX = 168


class NewKey(Shape, frozen=True):
    """The public id of a key, and the keyed hash of its token."""

    id: str
    token_hash: str


class CreateKey(Shape, tag="create_key", frozen=True):
    """Adds a key beside the others; control project."""

    project_id: str
    kind: KeyKind
    name: str
    key: NewKey
    #: See `ApiKey.scopes`.
    scopes: tuple[str, ...] | None = None


class RenameKey(Shape, tag="rename_key", frozen=True):
    """Calls a key something else; control project."""

    project_id: str
    key_id: str
    #: None: as it is.
    name: str | None = None


class RotateKey(Shape, tag="rotate_key", frozen=True):
    """Puts a key in the place of another, which works on for so many hours; control project."""

    project_id: str
    key_id: str
    key: NewKey
    overlap_hours: int = 0


class EndKey(Shape, tag="end_key", frozen=True):
    """Revokes a key that works, or takes one that ended from the list; control project."""

    project_id: str
    key_id: str
    #: The key that asks, which cannot end itself.
    asking_id: str


class KeyCreated(Shape, tag="key.created", frozen=True):
    """A key that somebody asked for works from now on."""

    key: ApiKey


class KeyRenamed(Shape, tag="key.renamed", frozen=True):
    """A key is called something else; `key` is the whole after it."""

    key: ApiKey


class KeyRotated(Shape, tag="key.rotated", frozen=True):
    """A key took the place of another; both are the whole after it."""

    key: ApiKey
    replaced: ApiKey


class KeyEnded(Shape, tag="key.ended", frozen=True):
    """Somebody revoked a key; `key` is the whole after it."""

    key: ApiKey


class KeyForgotten(Unanswered, tag="key.forgotten", frozen=True):
    """A key that had ended is not shown any more."""

    key_id: str
    project_id: str


KeyCommand = CreateKey | RenameKey | RotateKey | EndKey
KeyEvent = KeyCreated | KeyRenamed | KeyRotated | KeyEnded | KeyForgotten
#: Keys that are made and ended over the API.
KEY_EVENTS: Final = frozenset({KeyCreated, KeyRenamed, KeyRotated, KeyEnded, KeyForgotten})
