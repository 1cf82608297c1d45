"""Records into rows, and rows into inserts."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from runtime.clickhouse.database import Database, TableDef
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.table import (
    Block,
    SinkTable,
    SourceEntry,
    as_checkpoint,
    checkpoint,
    erase,
    repeat_marker,
)
from runtime.log.log import Place

R = TypeVar("R")

#: What gathers before an insert, counted in the records' own bytes.
BLOCK_BYTES_MAX = 8 * 1024 * 1024
BLOCK_ROWS_MAX = 16_000
#: After so many records without a row for a table its checkpoint is moved on by a marker.
MARKER_RECORDS = 5000


class Filler(Generic[R]):
    """Turns records of one partition into rows, and rows into inserts, one block for each table."""

    def __init__(
        self,
        database: Database,
        place: Place,
        tables: Sequence[SinkTable[R]],
        stored: Sequence[int],
    ) -> None:
        #: The offset up to which each table holds everything.
        self.stored = list(stored)
        self._database = database
        self._place = place
        self._tables = tables
        self._blocks = [Block(table.definition, place) for table in tables]
        self._bytes = 0
        self._last: SourceEntry | None = None
        #: Before this offset no table lacks a marker.
        self._markers_from = self._first_marker()

    @property
    def is_empty(self) -> bool:
        """Whether every row is stored."""
        return all(block.is_empty for block in self._blocks)

    @property
    def is_full(self) -> bool:
        """Whether it is time to insert, whatever the clock says."""
        # asked after every record
        if self._bytes >= BLOCK_BYTES_MAX:
            return True
        for block in self._blocks:
            if block.count >= BLOCK_ROWS_MAX:
                return True
        if self._last is None or self._last.offset < self._markers_from:
            return False
        return any(map(self._lacks_marker, range(len(self._blocks))))

    async def erase(self, applied: SourceEntry, record: R) -> None:
        """Erases what the next record says, before it is taken. Raises DatabaseFault.

        A table says how far it is by its rows, so that is said again first: wherever this ends, the
        record comes again, and nothing else comes twice.
        """
        for index, table in enumerate(self._tables):
            if table.erases is None or self.stored[index] >= applied.offset:
                continue
            for selection in table.erases(record):
                await self.flush()
                at = as_checkpoint(
                    await self._database.query(checkpoint(table.definition, self._place))
                )
                if at.offset >= 0:
                    marker = repeat_marker(table.definition, self._place, at)
                    await self._database.insert(table.definition, [marker])
                await self._database.execute(
                    erase(table.definition, self._place, selection, applied.offset)
                )

    def take(self, applied: SourceEntry, record: R | None) -> None:
        """Takes the next record; None for one that nothing could be made of."""
        for index, (table, block) in enumerate(zip(self._tables, self._blocks, strict=True)):
            if record is not None and self.stored[index] < applied.offset:
                block.add(applied, table.rows(record))
        self._bytes += len(applied.entry.value)
        self._last = applied

    async def flush(self) -> None:
        """Inserts what has gathered, table by table. Raises DatabaseFault."""
        for index in range(len(self._tables)):
            await self._insert(index)
        self._bytes = 0

    def wanted(self, positions: Positions) -> list[int]:
        """The tables whose rows somebody waits for who needs no record beyond those taken."""
        if self._last is None:
            return []
        last = self._last.offset
        return [
            index
            for index, table in enumerate(self._tables)
            if not self._blocks[index].is_empty
            and positions.is_wanted(table.definition, self._place, self.stored[index], last)
        ]

    async def flush_some(self, tables: Sequence[int]) -> None:
        """As `flush`, for these tables alone."""
        for index in tables:
            await self._insert(index)

    async def _insert(self, index: int) -> None:
        if self._last is None:
            return
        table, block = self._tables[index].definition, self._blocks[index]
        if self._lacks_marker(index):
            block.mark(self._last)
        if not block.is_empty:
            at = self._last.offset
            await self._database.insert(table, block.take())
            self.stored[index] = at
            self._markers_from = self._first_marker()

    def _first_marker(self) -> int:
        return min(self.stored, default=0) + MARKER_RECORDS

    def _lacks_marker(self, index: int) -> bool:
        return (
            self._last is not None
            and self._blocks[index].is_empty
            and self._last.offset - self.stored[index] >= MARKER_RECORDS
        )

    def positions(self, read: int) -> list[tuple[TableDef, int]]:
        """How far each table is when everything up to `read` was taken."""
        return [
            (table.definition, max(read, stored) if block.is_empty else stored)
            for table, block, stored in zip(self._tables, self._blocks, self.stored, strict=True)
        ]
