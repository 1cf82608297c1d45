"""Writing the file of one export, row by row, in memory that does not grow with it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import IO, Final

from engine.exports.body import filters_of
from engine.kernel.zones import zone_named
from fronts.cells import write_rows
from fronts.query_string import Condition
from runtime.clickhouse.reads import Reads
from schemas.exports import Export, ExportedObject
from services.audit.exports.asking import read_filters
from services.audit.exports.objects import column_of, columns_of
from services.audit.exports.progress import CannotExport, Progress
from services.audit.exports.sorting import Runs
from services.audit.exports.sources import SOURCES, Key, Source, count_query, keys_query
from services.audit.lists import queries
from services.audit.lists.filters import Where

#: How many keys are read at a time; of a project's ten million rows that takes a second.
KEYS_MAX: Final = 50_000
#: How many objects are read, shown and written at a time.
ROWS_MAX: Final = 1000
#: After so many rows others get to run: lists are answered by the same process.
TURN_ROWS: Final = 200
FILE_BYTES_MAX: Final = 8 * 1024**3
_NEWEST_FIRST: Final = "-{}"


async def write_export(
    export: Export,
    project: str,
    reads: Reads,
    file: IO[bytes],
    note: Callable[[Progress], None],
) -> Progress:
    """Writes the header and all rows; `note` is told after each page.

    Rows that change meanwhile are in the file as they were or as they are, once; of tables that
    keep every row, nothing is in it that came later. Raises CannotExport, ApiError 503, OSError.
    """
    kind = export.exported_object
    source = SOURCES[kind]
    where = await _wanted_rows(export, project, source, reads)
    ((total, newest),) = await reads.rows(count_query(source, where))
    if source.grows:
        where.add("log_offset <= {newest:Int64}", newest=newest)
    order = export.order or _NEWEST_FIRST.format(next(iter(source.orders)))
    name, descending = order.removeprefix("-"), order.startswith("-")
    is_stored_so = not source.orders[name]
    columns = columns_of(kind, export.fields)
    out = _Out(file)
    out.write(write_rows([columns]))
    written = 0
    pages = _pages(source, where, name, reads, descending=descending and is_stored_so)
    with Runs(_folder_of(file), descending=descending) as runs:
        async for keys in pages:
            async for key, row in _written(kind, project, reads, columns, keys):
                if is_stored_so:
                    out.write(row)
                else:
                    runs.add(list(key), row)
                written += 1
                if not written % TURN_ROWS:
                    await asyncio.sleep(0)
            if runs.is_full:
                await asyncio.to_thread(runs.put_down)
            note(Progress(written, total))
        for number, row in enumerate(runs.merged()):
            out.write(row)
            if not number % TURN_ROWS:
                await asyncio.sleep(0)
    return Progress(written, total)


class _Out:
    """A file that may not grow beyond a bound."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._size = 0

    def write(self, content: bytes) -> None:
        """Appends to the file. Raises CannotExport, OSError."""
        self._size += self._file.write(content)
        if self._size > FILE_BYTES_MAX:
            raise CannotExport(f"The file would be larger than {FILE_BYTES_MAX} bytes")


async def _pages(
    source: Source, where: Where, order: str, reads: Reads, *, descending: bool
) -> AsyncIterator[Sequence[Key]]:
    """All keys, a page at a time, each with what it is sorted by before it."""
    after: Key | None = None
    while True:
        query = keys_query(source, where, order, after, KEYS_MAX, descending=descending)
        keys = await reads.rows(query)
        for start in range(0, len(keys), ROWS_MAX):
            yield keys[start : start + ROWS_MAX]
        if len(keys) < KEYS_MAX:
            return
        after = keys[-1][-len(source.stored_by) :]


async def _written(
    kind: ExportedObject, project: str, reads: Reads, columns: Sequence[str], keys: Sequence[Key]
) -> AsyncIterator[tuple[Key, bytes]]:
    """The rows of the objects that are there, as they are written, with their keys.

    The objects of a page are held in here alone, so they are gone before those of the next are read.
    """
    source = SOURCES[kind]
    places = [key[-len(source.stored_by) :] for key in keys]
    bodies = await source.show(reads, project, places)
    cells = [column for name in columns if (column := column_of(kind, name)) is not None]
    for key, body in zip(keys, bodies, strict=True):
        if body is not None:
            yield key, write_rows([[cell(body) for cell in cells]])


def _folder_of(file: IO[bytes]) -> Path:
    """Where a file lies, so that what is sorted lies on the same disk."""
    return Path(str(file.name)).parent


async def _wanted_rows(export: Export, project: str, source: Source, reads: Reads) -> Where:
    """Which rows are wanted. Times that count from now do so from when the file was asked for."""
    where = Where(project, export.created_at)
    where.add(source.only)
    if export.campaign_id is not None:
        test = "(campaign = {campaign:String} OR campaign_id = {campaign:String})"
        where.add(test, campaign=export.campaign_id)
    filters = filters_of(export)
    if filters is None and export.personal_filters is not None:
        raise CannotExport("Its filters named somebody who is forgotten")
    conditions, junction = read_filters(filters or {}, zone_named(export.time_zone))
    conditions = [await _by_id(each, project, reads) for each in conditions]
    where.satisfies(source.fields, conditions, junction)
    return where


async def _by_id(condition: Condition, project: str, reads: Reads) -> Condition:
    """A condition on `customer`, whom one names by source id, too, as one on ids."""
    if condition.field != "customer":
        return condition
    ids: list[str] = []
    for each in condition.values:
        found = await reads.rows(queries.customer_ids(project, each))
        ids += [row[0] for row in found] or [each]
    return condition._replace(values=tuple(ids))
