"""Records of the ledger, read where a row names them: personal data is in no table."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, NamedTuple

import structlog

from runtime.http.errors import unavailable
from runtime.log.log import LogError
from schemas.records import Decided, Record

#: How many are read at once.
AT_ONCE_MAX: Final = 8

log = structlog.get_logger(__name__)


class StoredRecord(NamedTuple):
    """A record and its size in the log, in bytes."""

    record: Record
    size: int


#: Reads the record at an offset of a partition. Raises LogError.
ReadRecord = Callable[[int, int], Awaitable[StoredRecord]]


class Records:
    """Reads records of commands that were decided."""

    def __init__(self, read: ReadRecord) -> None:
        self._read = read

    async def find(self, project: str, partition: int, offset: int) -> Decided | None:
        """The record at an offset, if it decided a command of that project. Raises ApiError 503."""
        found = await self.decided([(partition, offset)])
        record, _ = found.get((partition, offset), (None, 0))
        return record if record is not None and record.project == project else None

    async def decided(
        self, places: Iterable[tuple[int, int]]
    ) -> dict[tuple[int, int], tuple[Decided, int]]:
        """The records at (partition, offset), each with its size. Raises ApiError 503."""
        turn = asyncio.Semaphore(AT_ONCE_MAX)

        async def read(place: tuple[int, int]) -> tuple[tuple[int, int], StoredRecord]:
            async with turn:
                return place, await self._read(*place)

        try:
            found: Any = await asyncio.gather(*map(read, dict.fromkeys(places)))
        except LogError as fault:
            log.warning("record not read", reason=str(fault))
            raise unavailable("The ledger cannot be read") from fault
        return {
            place: (stored.record, stored.size)
            for place, stored in found
            if isinstance(stored.record, Decided)
        }
