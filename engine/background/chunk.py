"""What one chunk of an action does, and what it may amount to."""

from typing import NamedTuple

from schemas.actions import RowFailure, RunChunk
from schemas.commands import Command
from schemas.events import Event
from schemas.expiry import ExpireDue

#: What the codes and ids of one chunk may amount to: a code may have hundreds of characters, and a
#: record that is too large ends its action.
CODES_BYTES_MAX = 192 * 1024
#: What an id takes beside its code, with what separates them.
ID_BYTES = 60


def share_of(command: Command, most: int) -> int:
    """How much of what a chunk or a sweep does at once at most is to be done now; something always is."""
    body = command.body
    return max(most // body.share, 1) if isinstance(body, RunChunk | ExpireDue) else most


class Chunk(NamedTuple):
    """What one chunk does.

    For staged rows `done + failed` says how many rows it took, from the first. For other work
    `cursor` is where the next chunk goes on, and `finished` that there is none.
    """

    events: tuple[Event, ...]
    done: int
    failed: int = 0
    #: For staged rows, the rows are counted from 1 over those that were given.
    failures: tuple[RowFailure, ...] = ()
    cursor: int = 0
    finished: bool = True
