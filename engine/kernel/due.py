"""What time will end, by when."""

from engine.kernel import tables
from engine.kernel.state import State


def put_due(state: State, due: tables.Due) -> None:
    """Has a sweep look at it when its time has come."""
    state.put(tables.DUE, due, *_key(due))


def drop_due(state: State, due: tables.Due) -> None:
    """There is nothing to end any more."""
    state.delete(tables.DUE, *_key(due))


def _key(due: tables.Due) -> tuple[str, str, str]:
    return f"{due.at:015d}", due.kind, due.id
