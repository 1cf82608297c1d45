"""The hash chain: which records of the ledger count.

Every record names, in its header `prev`, the SHA-256 of the record that its writer took for the
last one. A reader applies a record if and only if `prev` is the hash of the record that it applied
last. So at each point at most one record extends the history: whatever several writers append
during a takeover, the first append wins and all readers see the same.

A record whose `prev` is the hash of any other record read before, void ones included, is *void*: a
writer that had lost the partition sent it. Anything else is *damage*: the log was changed. Which of
the two it is matters only when a record does not fit, which is rare, so the hashes are not kept:
the recent ones are at hand, and for an older one the log is read again. There is no bound to how
old it may be: a writer that was stopped before its first append names what it saw then, takeovers
ago.
"""

import hashlib
import struct
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec

from runtime.log.log import Entry, StoredEntry

GENESIS = "0" * 64
_length = struct.Struct(">I").pack
#: How many hashes stay at hand.
RECENT_MAX = 4096


class Damage(Exception):
    """The ledger was changed: a record's `prev` is the hash of no record before it."""


class ChainState(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a reader stands; it is stored in one write with what was applied."""

    #: Offset and hash of the last record read, void or not.
    position: int = -1
    last_hash: str = GENESIS
    #: Hash and offset of the last record applied.
    head: str = GENESIS
    applied: int = -1
    voids: int = 0


def entry_hash(key: bytes, headers: Sequence[tuple[str, bytes]], value: bytes) -> str:
    """SHA-256 over key, headers and value, each with its length before it."""
    parts = [_length(len(key)), key, _length(len(value)), value]
    for name, content in headers:
        encoded = name.encode()
        parts += (_length(len(encoded)), encoded, _length(len(content)), content)
    return hashlib.sha256(b"".join(parts)).hexdigest()


def chain_entry(entry: Entry, prev: str) -> tuple[Entry, str]:
    """The entry with its link to `prev`, and its own hash."""
    headers = (*entry.headers, ("prev", prev.encode()))
    return entry._replace(headers=headers), entry_hash(entry.key, headers, entry.value)


#: Reads (offset, hash) of the records in [from offset, to offset) again.
Reread = Callable[[int, int], AsyncIterator[tuple[int, str]]]


class Chain:
    """A reader's way along the chain."""

    def __init__(self, reread: Reread, state: ChainState | None = None) -> None:
        self.state = state or ChainState()
        self._reread = reread
        self._recent: set[str] = set()
        self._order: deque[str] = deque()

    def step(self, entry: StoredEntry) -> bool:
        """Moves past the next record if it extends the history, as nearly all do; else `read` it."""
        offset, _, key, value, headers = entry
        state = self.state
        if offset != state.position + 1 or not follows(_prev(entry), state.head):
            return False
        self.extend(offset, entry_hash(key, headers, value))
        return True

    async def read(self, entry: StoredEntry) -> bool:
        """Moves past the next record; whether it applies. Raises Damage."""
        if self.step(entry):
            return True
        state = self.state
        if entry.offset != state.position + 1:
            raise Damage(f"offset {entry.offset} follows {state.position}: records are missing")
        prev = _prev(entry)
        own = entry_hash(entry.key, entry.headers, entry.value)
        if not await self._is_known(prev):
            raise Damage(
                f"the record at offset {entry.offset} names a predecessor {prev[:16]}… that the "
                f"ledger does not hold: it, or a record before it, most likely the one at offset "
                f"{state.applied}, was changed"
            )
        self._remember(own)
        self.state = msgspec.structs.replace(
            state, position=entry.offset, last_hash=own, voids=state.voids + 1
        )
        return False

    def extend(self, offset: int, own: str) -> None:
        """Notes that the record at `offset` was applied."""
        self._remember(own)
        self.state = ChainState(offset, own, own, offset, self.state.voids)

    def _remember(self, own: str) -> None:
        self._recent.add(own)
        self._order.append(own)
        if len(self._order) > RECENT_MAX:
            self._recent.discard(self._order.popleft())

    async def _is_known(self, prev: str) -> bool:
        """Whether this reader has read a record with that hash.

        What is read again must still be what was read: a log that lost records and grew anew
        holds hashes that this reader never saw.
        """
        if prev == GENESIS or prev in self._recent:
            return True
        state = self.state
        found = False
        async for offset, own in self._reread(0, state.position + 1):
            if offset == state.applied and own != state.head:
                return False
            if offset == state.position and own != state.last_hash:
                return False
            found = found or own == prev
        return found


def follows(prev: str, head: str) -> bool:
    """Whether a record with `prev` extends the history that ends in `head`."""
    return prev == head


def _prev(entry: StoredEntry) -> str:
    return (entry.header("prev") or b"").decode(errors="replace")
