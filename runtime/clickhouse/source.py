"""Where a sink gets its records: a plain topic, where every record counts, or the chained ledger."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from runtime.clickhouse.table import Checkpoint, SourceEntry
from runtime.log.chain import Chain, ChainState, entry_hash
from runtime.log.log import Log, OutOfRange, Place, Reader, StoredEntry, entries_between


class Source(Protocol):
    """The records of a partition that count, in order."""

    @property
    def position(self) -> int:
        """The offset up to which everything was read, records that do not count included."""

    @property
    def end(self) -> int | None:
        """See `Reader.end`."""

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[SourceEntry]:
        """The next records; empty when none that counts came within `wait_ms`.

        Raises LogError, and Damage where the log is chained.
        """

    async def close(self) -> None:
        """Gives the connection back."""


class PlainSource:
    """A `Source` where every record counts."""

    def __init__(self, reader: Reader, position: int) -> None:
        self._reader = reader
        self._position = position

    @property
    def position(self) -> int:
        return self._position

    @property
    def end(self) -> int | None:
        return self._reader.end

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[SourceEntry]:
        entries = await self._reader.read(records_max=records_max, wait_ms=wait_ms)
        if entries:
            self._position = entries[-1].offset
        return [SourceEntry(each.offset, _hash(each), each) for each in entries]

    async def close(self) -> None:
        await self._reader.close()


class ChainedSource:
    """A `Source` that follows the chain and leaves void records out."""

    def __init__(self, reader: Reader, chain: Chain) -> None:
        self._reader = reader
        self._chain = chain

    @property
    def position(self) -> int:
        return self._chain.state.position

    @property
    def end(self) -> int | None:
        return self._reader.end

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[SourceEntry]:
        entries = await self._reader.read(records_max=records_max, wait_ms=wait_ms)
        return [
            SourceEntry(entry.offset, self._chain.state.head, entry)
            for entry in entries
            if self._chain.step(entry) or await self._chain.read(entry)
        ]

    async def close(self) -> None:
        await self._reader.close()


class LogSources:
    """The partitions of a log; those of the topics in `chained` are followed along their chain."""

    def __init__(self, log: Log, *, chained: frozenset[str]) -> None:
        self._log = log
        self._chained = chained

    async def first_kept(self, place: Place) -> int:
        """The first offset that the log still holds."""
        return (await self._log.bounds(*place))[0]

    async def end(self, place: Place) -> int:
        """The next offset to be written."""
        return await self._log.end(*place)

    async def hash_at(self, place: Place, offset: int) -> str | None:
        """The hash of the entry at `offset`; None when the log does not hold it."""
        try:
            return _hash(await self._log.read_at(*place, offset))
        except OutOfRange:
            return None

    async def open(self, place: Place, after: Checkpoint) -> Source:
        """The records after that one, or the first ones kept."""
        if place.topic not in self._chained:
            first = max(after.offset + 1, await self.first_kept(place))
            return PlainSource(await self._log.reader(*place, first), first - 1)
        state = ChainState()
        if after.offset >= 0:
            # The checkpoint was applied, so it is the head of the chain at its offset.
            state = ChainState(after.offset, after.hash, after.hash, after.offset)

        def reread(start: int, end: int) -> AsyncIterator[tuple[int, str]]:
            return self._hashes(place, start, end)

        reader = await self._log.reader(*place, after.offset + 1)
        return ChainedSource(reader, Chain(reread, state))

    async def _hashes(self, place: Place, start: int, end: int) -> AsyncIterator[tuple[int, str]]:
        async for entry in entries_between(self._log, *place, start, end):
            yield entry.offset, _hash(entry)


def _hash(entry: StoredEntry) -> str:
    return entry_hash(entry.key, entry.headers, entry.value)
