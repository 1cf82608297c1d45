"""A replica: one partition's ledger, folded into a store.

The position and the hash of the last record are written together with what the records changed,
so a replica goes on where its store stands. On opening, the record at that position is read again
and compared: if the log no longer has it, the store is of another history and is built anew.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from runtime.log.chain import Chain, ChainState, entry_hash
from runtime.log.log import Log, OutOfRange, Reader, StoredEntry, entries_between
from runtime.store.store import Store
from schemas.base import Millis
from schemas.records import Record, WriterStarted
from schemas.topics import LEDGER

#: How many records are folded in one write.
BATCH_RECORDS_MAX = 1000
_POSITION_KEY = b"~position"


class Position(msgspec.Struct, frozen=True):
    """What is stored beside the state: the chain, and what a writer goes on from."""

    chain: ChainState = ChainState()
    command_offset: int = -1
    at: Millis = 0


class Fold(Protocol):
    """What becomes of a record."""

    def begin(self) -> None:
        """Opens a batch."""

    def apply(self, record: Record, offset: int) -> None:
        """Folds a record into the newest batch."""

    def commit(self) -> dict[bytes, bytes | None]:
        """Closes the oldest batch and gives its changes."""

    def discard(self) -> None:
        """Drops all open batches."""


class Applied(NamedTuple):
    """A record that counts, and where it lies."""

    record: Record
    offset: int
    entry: StoredEntry


class Storage(Protocol):
    """Where a replica keeps its state."""

    def open(self) -> Store:
        """The store, with what was written to it before."""

    def wipe(self) -> Store:
        """An empty store in the place of the old one."""


class Replica:
    """One partition's fold. `decode` turns an entry into its record; it may have to wait for keys."""

    def __init__(
        self,
        log: Log,
        partition: int,
        storage: Storage,
        make_fold: Callable[[Store], Fold],
        decode: "Decode",
    ) -> None:
        self.log = log
        self.partition = partition
        self.position = Position()
        self._storage = storage
        self._make_fold = make_fold
        self._decode = decode
        self._reader: Reader | None = None
        self._use(storage.open())

    def _use(self, store: Store) -> None:
        self.store = store
        self.fold = self._make_fold(store)
        self.position = read_position(store)
        self.chain = Chain(self._reread, self.position.chain)

    async def open(self) -> bool:
        """Compares the stored position with the log; False when the state had to be wiped."""
        state = self.chain.state
        if state.position < 0:
            return True
        try:
            reader = await self.log.reader(LEDGER, self.partition, state.position)
            try:
                found = await reader.read(records_max=1, wait_ms=5000)
            finally:
                await reader.close()
        except OutOfRange:
            found = ()
        if found and entry_hash(found[0].key, found[0].headers, found[0].value) == state.last_hash:
            return True
        self.wipe()
        return False

    def reload(self) -> None:
        """Goes back to what the store holds, after a write to it may have failed."""
        self._use(self.store)

    def wipe(self) -> None:
        """Forgets everything, to fold from the beginning."""
        self.store.close()
        self._use(self._storage.wipe())

    @property
    def end(self) -> int | None:
        """Where the partition ended when the last `read` fetched; None when it did not have to."""
        return None if self._reader is None else self._reader.end

    async def read(self, *, wait_ms: int, until: int | None = None) -> list[Applied]:
        """Folds what has come, waiting at most `wait_ms` for it; the records that count.

        Nothing after the offset `until` is read.

        Raises OutOfRange when the log ends before the position (it lost records), Damage, Corrupt.
        """
        if self._reader is None:
            self._reader = await self.log.reader(
                LEDGER, self.partition, self.chain.state.position + 1
            )
        room = BATCH_RECORDS_MAX
        if until is not None:
            room = min(room, until - self.chain.state.position)
        entries = await self._reader.read(records_max=room, wait_ms=wait_ms)
        return await self._absorb(entries) if entries else []

    async def catch_up(
        self, note: Callable[[list[Applied]], None] = lambda _: None
    ) -> list[WriterStarted]:
        """Folds to the end of the log as it is now; the takeovers met on the way.

        `note` is given what was folded, part by part.
        """
        takeovers: list[WriterStarted] = []
        end = await self.log.end(LEDGER, self.partition)
        if end <= self.chain.state.position:
            raise OutOfRange(f"ledger/{self.partition} ends at {end}, before the stored position")
        while self.chain.state.position + 1 < end:
            before = self.chain.state.position
            found = await self.read(wait_ms=1000)
            note(found)
            takeovers += (each.record for each in found if isinstance(each.record, WriterStarted))
            if self.chain.state.position == before:
                end = await self.log.end(LEDGER, self.partition)
        return takeovers

    async def _absorb(self, entries: Sequence[StoredEntry]) -> list[Applied]:
        self.fold.begin()
        applied: list[Applied] = []
        try:
            for entry in entries:
                if self.chain.step(entry) or await self.chain.read(entry):
                    record = self._decode.now(entry) or await self._decode.later(entry)
                    self.fold.apply(record, entry.offset)
                    applied.append(Applied(record, entry.offset, entry))
        except BaseException:
            await self.drop_batch()
            raise
        self.commit([each.record for each in applied])
        return applied

    async def drop_batch(self) -> None:
        """Goes back to what is written, as if nothing after it had been read."""
        self.fold.discard()
        self.chain = Chain(self._reread, self.position.chain)
        await self.stop_reading()

    async def decode(self, entry: StoredEntry) -> Record:
        """The entry's record, reading customers' keys first where it needs them."""
        return self._decode.now(entry) or await self._decode.later(entry)

    def commit(self, records: Sequence[Record]) -> None:
        """Writes the oldest batch, whose records are these, with the position of the chain."""
        last = records[-1] if records else None
        self.position = Position(
            chain=self.chain.state,
            command_offset=last.command_offset if last else self.position.command_offset,
            at=last.at if last else self.position.at,
        )
        changes = self.fold.commit()
        changes[_POSITION_KEY] = msgspec.json.encode(self.position)
        self.store.write(changes)

    async def stop_reading(self) -> None:
        """Closes the reader; the next read opens one where the replica stands."""
        if self._reader is not None:
            reader, self._reader = self._reader, None
            await reader.close()

    async def close(self) -> None:
        """Closes reader and store."""
        await self.stop_reading()
        self.store.close()

    async def _reread(self, start: int, end: int) -> AsyncIterator[tuple[int, str]]:
        async for entry in entries_between(self.log, LEDGER, self.partition, start, end):
            yield entry.offset, entry_hash(entry.key, entry.headers, entry.value)


class Decode(Protocol):
    """How an entry becomes a record."""

    def now(self, entry: StoredEntry) -> Record | None:
        """The record, or None when a customer's key must be read first."""

    async def later(self, entry: StoredEntry) -> Record:
        """The record, after the keys were read to their end."""


def read_position(store: Store) -> Position:
    """The position that a store holds."""
    stored = store.get(_POSITION_KEY)
    return msgspec.json.decode(stored, type=Position) if stored else Position()
