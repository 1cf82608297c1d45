"""The log as everything above it sees it: topics of partitions of records, appended in batches.

Two adapters stand behind it and pass one contract suite: Kafka (runtime/kafka/log.py) and memory
(runtime/log/memory_log.py).

Faults: LogError
          ├── Unsent         nothing reached the log; it may be tried again
          ├── InDoubt        it may or may not be in the log; only reading the log tells
          ├── OutOfRange     the offset asked for is not in the log
          └── Corrupt        a stored record is damaged; names topic, partition and offset
"""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

import msgspec

from schemas.topics import BATCH_BYTES_MAX

T = TypeVar("T")


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}"


class Entry(NamedTuple):
    """A record to append. An empty value removes the key from a compacted topic."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


class StoredEntry(NamedTuple):
    """A record of the log. `timestamp` is in milliseconds, as the topic defines it."""

    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()

    def header(self, name: str) -> bytes | None:
        """The first header of that name."""
        for found, value in self.headers:
            if found == name:
                return value
        return None


#: What a batch takes besides its entries.
BATCH_OVERHEAD_BYTES = 61
#: How `entries_between` reads.
PAGE_RECORDS = 1000
PAGE_WAIT_MS = 1000


def entry_bytes(entry: Entry) -> int:
    """What an entry takes at most in a batch, uncompressed."""
    key, content, headers = entry
    size = 36 + len(key) + len(content)
    for name, value in headers:
        size += 10 + 4 * len(name) + len(value)
    return size


def require_batch(entries: Sequence[Entry]) -> None:
    """Raises ValueError unless the entries make one batch."""
    if not entries:
        raise ValueError("a batch needs an entry")
    size = BATCH_OVERHEAD_BYTES + sum(map(entry_bytes, entries))
    if size > BATCH_BYTES_MAX:
        raise ValueError(f"a batch of {size} bytes exceeds {BATCH_BYTES_MAX}")


def decode_entry(decoder: msgspec.json.Decoder[T], entry: StoredEntry) -> T | None:
    """What an entry holds; None when it holds no such thing."""
    try:
        return decoder.decode(entry.value)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


class LogError(Exception):
    """A fault of the log."""


class Unsent(LogError):
    """Nothing reached the log."""


class InDoubt(LogError):
    """The batch may or may not be in the log."""


class OutOfRange(LogError):
    """The offset is not in the log."""


class Corrupt(LogError):
    """A stored record is damaged."""


class Reader(Protocol):
    """A position in one partition."""

    @property
    def end(self) -> int | None:
        """The next offset to be written, as the last `read` fetched it; None if it had no need to."""

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[StoredEntry]:
        """The next records, at most `records_max`; empty when none came within `wait_ms`.

        Raises OutOfRange when the position is not (or no longer) in the log, Corrupt on damage.
        """

    async def close(self) -> None:
        """Gives the connection back."""


class Appender(Protocol):
    """Appends to one partition, one batch at a time, in order."""

    async def append(self, entries: Sequence[Entry]) -> int:
        """Appends all entries as one atomic batch, synced as the topic says.

        Returns the offset of the first. Raises Unsent, InDoubt (also when the broker answers
        without an offset), ValueError when the batch exceeds BATCH_BYTES_MAX.
        """

    async def abandon(self) -> None:
        """Closes the connections at once, without waiting for what is in flight."""


class Log(Protocol):
    """Topics of partitions of records."""

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        """(first offset kept, next offset to be written)."""

    async def end(self, topic: str, partition: int) -> int:
        """The next offset to be written: beyond all that was acknowledged before the call."""

    async def reader(self, topic: str, partition: int, offset: int) -> Reader:
        """A reader whose first record is the one at `offset`."""

    async def appender(self, topic: str, partition: int) -> Appender:
        """A new appender with connections of its own."""

    async def read_at(self, topic: str, partition: int, offset: int) -> StoredEntry:
        """The one record at `offset`. Raises OutOfRange when there is none, Corrupt on damage."""


async def entries_between(
    log: Log, topic: str, partition: int, start: int, end: int
) -> AsyncIterator[StoredEntry]:
    """The entries of [start, end), which the log must hold; waits for those on their way."""
    reader = await log.reader(topic, partition, start)
    try:
        position = start
        while position < end:
            for entry in await reader.read(records_max=PAGE_RECORDS, wait_ms=PAGE_WAIT_MS):
                if entry.offset < end:
                    yield entry
                position = entry.offset + 1
    finally:
        await reader.close()
