"""The log in memory, for tests and for the simulation; passes the contract suite of the Kafka one.

Partitions come into being when they are first named. Nothing suspends except a reader that waits,
and it waits in `MemoryLog.pause` only, so that a simulation can put its own scheduler there.
"""

import asyncio
from collections.abc import Callable, Sequence

from runtime.log.log import Entry, OutOfRange, StoredEntry, Unsent, require_batch
from schemas.base import Millis


class _Partition:
    """Records from offset `start` on."""

    __slots__ = ("entries", "start", "waiting")

    def __init__(self) -> None:
        self.start = 0
        self.entries: list[StoredEntry] = []
        self.waiting: list[asyncio.Future[None]] = []

    @property
    def end(self) -> int:
        return self.start + len(self.entries)

    def wake(self) -> None:
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def since(self, offset: int, records_max: int) -> list[StoredEntry]:
        if not self.start <= offset <= self.end:
            raise OutOfRange(f"offset {offset} is not in [{self.start}, {self.end}]")
        at = offset - self.start
        return self.entries[at : at + records_max]


class MemoryLog:
    """A `Log` over lists. `clock` gives the append time of every record, in milliseconds."""

    def __init__(self, clock: Callable[[], Millis]) -> None:
        self._clock = clock
        self._partitions: dict[tuple[str, int], _Partition] = {}

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        found = self._partition(topic, partition)
        return found.start, found.end

    async def end(self, topic: str, partition: int) -> int:
        return self.end_now(topic, partition)

    async def reader(self, topic: str, partition: int, offset: int) -> "MemoryReader":
        return MemoryReader(self, topic, partition, offset)

    async def appender(self, topic: str, partition: int) -> "MemoryAppender":
        return MemoryAppender(self, topic, partition)

    async def read_at(self, topic: str, partition: int, offset: int) -> StoredEntry:
        found = self.since(topic, partition, offset, 1)
        if not found:
            raise OutOfRange(f"{topic}-{partition} ends at {offset}")
        return found[0]

    def append(self, topic: str, partition: int, entries: Sequence[Entry]) -> int:
        """Appends at once; the offset of the first. Raises ValueError as `Appender.append`."""
        require_batch(entries)
        found = self._partition(topic, partition)
        first = found.end
        now = self._clock()
        for offset, entry in enumerate(entries, first):
            found.entries.append(StoredEntry(offset, now, *entry))
        found.wake()
        return first

    def since(
        self, topic: str, partition: int, offset: int, records_max: int
    ) -> Sequence[StoredEntry]:
        """The records from `offset` on that are there now. Raises OutOfRange."""
        return self._partition(topic, partition).since(offset, records_max)

    def end_now(self, topic: str, partition: int) -> int:
        """The next offset to be written."""
        return self._partition(topic, partition).end

    async def pause(self, topic: str, partition: int, wait_ms: int) -> None:
        """Suspends until the partition changes, at most `wait_ms`."""
        waiter = asyncio.get_running_loop().create_future()
        found = self._partition(topic, partition)
        found.waiting.append(waiter)
        try:
            await asyncio.wait((waiter,), timeout=wait_ms / 1000)
        finally:
            if not waiter.done():
                found.waiting.remove(waiter)

    def truncate(self, topic: str, partition: int, end: int) -> None:
        """Loses every record from offset `end` on, as a broker does that lost unsynced records.

        With an `end` of 0 the partition begins anew, as a topic that was made again.
        """
        found = self._partition(topic, partition)
        del found.entries[max(0, end - found.start) :]
        found.start = min(found.start, end)
        found.wake()

    def drop_before(self, topic: str, partition: int, start: int) -> None:
        """Loses every record before offset `start`, as retention does."""
        found = self._partition(topic, partition)
        if start > found.end:
            raise ValueError(f"{topic}-{partition} ends at {found.end}, before {start}")
        del found.entries[: max(0, start - found.start)]
        found.start = max(found.start, start)
        found.wake()

    def _partition(self, topic: str, partition: int) -> _Partition:
        found = self._partitions.get((topic, partition))
        if found is None:
            found = self._partitions[topic, partition] = _Partition()
        return found


class MemoryReader:
    """A `Reader` of a `MemoryLog`."""

    def __init__(self, log: MemoryLog, topic: str, partition: int, offset: int) -> None:
        self._log = log
        self._topic = topic
        self._partition = partition
        self._offset = offset
        self.end: int | None = None

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[StoredEntry]:
        """See `Reader.read`; does not suspend when there are records or `wait_ms` is 0."""
        found = self._log.since(self._topic, self._partition, self._offset, records_max)
        if not found and wait_ms > 0:
            await self._log.pause(self._topic, self._partition, wait_ms)
            found = self._log.since(self._topic, self._partition, self._offset, records_max)
        self.end = self._log.end_now(self._topic, self._partition)
        self._offset += len(found)
        return found

    async def close(self) -> None:
        """See `Reader.close`."""


class MemoryAppender:
    """An `Appender` to a `MemoryLog`; never in doubt."""

    def __init__(self, log: MemoryLog, topic: str, partition: int) -> None:
        self._log = log
        self._topic = topic
        self._partition = partition
        self._abandoned = False

    async def append(self, entries: Sequence[Entry]) -> int:
        if self._abandoned:
            raise Unsent("the appender was abandoned")
        return self._log.append(self._topic, self._partition, entries)

    async def abandon(self) -> None:
        self._abandoned = True
