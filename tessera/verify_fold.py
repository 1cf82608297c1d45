"""The fresh fold of `tessera verify`: a partition, read from its first record and folded anew."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from engine.fold import StateFold
from runtime.keys.sealing import KeyringError
from runtime.log.chain import ChainState
from runtime.log.log import Log, OutOfRange, StoredEntry
from runtime.replica.fresh_storage import FreshStorage
from runtime.replica.replica import Applied, Decode, Replica
from runtime.store.store import Store
from schemas.records import Record
from tessera.verify_tables import SILENCE_MS_MAX


class Unusable(Exception):
    """A record that the chain admits, but that nothing can be made of; it names the offset."""


#: What code that trusts its records may raise over one that was changed.
_NOT_A_RECORD = (
    KeyringError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


@contextmanager
def require_usable(offset: int) -> Iterator[None]:
    """Says of what is raised within at which offset the record is. Raises Unusable."""
    try:
        yield
    except _NOT_A_RECORD as fault:
        raise Unusable(
            f"the record at offset {offset} cannot be used: {type(fault).__name__}: {fault}"
        ) from fault


class _NamingDecode:
    """A `Decode` that says which record it could not decode."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode

    def now(self, entry: StoredEntry) -> Record | None:
        with require_usable(entry.offset):
            return self._decode.now(entry)

    async def later(self, entry: StoredEntry) -> Record:
        with require_usable(entry.offset):
            return await self._decode.later(entry)


class _NamingFold(StateFold):
    """A fold that says which record it could not fold."""

    def apply(self, record: Record, offset: int) -> None:
        with require_usable(offset):
            super().apply(record, offset)


class FreshFold:
    """One partition, read from its first record, checked and folded as it goes."""

    def __init__(self, log: Log, partition: int, decode: Decode, storage: FreshStorage) -> None:
        self._replica = Replica(log, partition, storage, _NamingFold, _NamingDecode(decode))
        self.partition = partition

    @property
    def chain(self) -> ChainState:
        """How far it was read, and what was found."""
        return self._replica.chain.state

    @property
    def store(self) -> Store:
        """The fold so far."""
        return self._replica.store

    async def advance(self, to: int) -> AsyncIterator[list[Applied]]:
        """Reads up to offset `to`, inclusive. Raises Damage, Unusable, LogError."""
        while self.chain.position < to:
            before = self.chain.position
            yield await self._replica.read(wait_ms=SILENCE_MS_MAX, until=to)
            if self.chain.position == before:
                raise OutOfRange(f"nothing came from offset {before + 1} on")

    async def close(self) -> None:
        """Gives everything back."""
        await self._replica.close()
