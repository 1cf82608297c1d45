"""What a writer decided together, and its way into the log."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Final

from runtime.log.log import BATCH_OVERHEAD_BYTES, Entry, entry_bytes
from runtime.replica.inbox import Handed
from schemas.records import Record
from schemas.topics import BATCH_BYTES_MAX

#: What a batch may hold, its own header aside.
BATCH_BYTES_FULL: Final = BATCH_BYTES_MAX - BATCH_OVERHEAD_BYTES
#: What an entry grows by when it is linked to the one before it.
LINK_BYTES: Final = 96


class Batch:
    """What was decided and makes one append; `first` is where its first record will lie."""

    __slots__ = ("_size", "dead", "entries", "first", "handed", "records")

    def __init__(self, tip: int) -> None:
        self.first = tip + 1
        self.records: list[Record] = []
        self.entries: list[Entry] = []
        #: Letters about commands that cannot be read, or make the code raise.
        self.dead: list[Entry] = []
        #: Of the records, those of commands that were handed over, by their place.
        self.handed: list[tuple[int, Handed]] = []
        self._size = 0

    def has_room(self, entry: Entry) -> bool:
        """Whether another entry fits, whose size then counts."""
        self._size += entry_bytes(entry) + LINK_BYTES
        return self._size <= BATCH_BYTES_FULL

    def bury(self, letter: Entry) -> None:
        """Takes the letter about a command that has no other outcome."""
        self.dead.append(letter)
        self._size += entry_bytes(letter)


@dataclass(slots=True)
class Flight:
    """A batch that was sent: what it holds and where it is expected to lie."""

    batch: Batch
    hashes: list[str]
    expected: int
    acknowledged: Awaitable[int]
