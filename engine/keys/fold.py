"""API keys in the state of the control project."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.keys import KeyCreated, KeyEnded, KeyForgotten, KeyRenamed, KeyRotated


def key_stored(state: State, event: KeyCreated | KeyRenamed | KeyEnded, _: Millis) -> None:
    """The key is as the event has it."""
    state.put(tables.KEYS, event.key, event.key.id)


def key_rotated(state: State, event: KeyRotated, _: Millis) -> None:
    """The key works, and the one before only as long as it says."""
    for key in (event.key, event.replaced):
        state.put(tables.KEYS, key, key.id)


def key_forgotten(state: State, event: KeyForgotten, _: Millis) -> None:
    """Nothing is known of the key, which does not work anyway."""
    state.delete(tables.KEYS, event.key_id)


FOLDS: Folds = MappingProxyType(
    {
        KeyCreated: key_stored,
        KeyRenamed: key_stored,
        KeyRotated: key_rotated,
        KeyEnded: key_stored,
        KeyForgotten: key_forgotten,
    }
)
