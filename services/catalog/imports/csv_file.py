"""CSV files into rows: what is wrong with the file as a whole, and with single cells.

A file whose header or text is wrong is refused as a whole. A row that is wrong becomes a row with a
`fault`, which the action's result shows; the other rows are done. Columns that are not known are
metadata. Rows are counted from 1, without the header; empty lines do not count.
"""

import asyncio
import csv
import io
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request

from fronts.staging import ROWS_MAX, Row, Upload
from runtime.http.errors import invalid_payload
from schemas.actions import Work
from services.catalog.imports.uploads import check_count, read_file

COLUMNS_MAX = 200
_WHOLE = re.compile(r"([0-9]{1,16})(?:\.0{1,12})?")
#: A cell's text into its value; raises ValueError that says what is wanted.
Cell = Callable[[str], Any]


class Columns(NamedTuple):
    """What a file may hold: how each known column is read, by its name in lower case."""

    cells: Mapping[str, Cell]
    required: tuple[str, ...]
    #: A row of these values by column, and of its metadata; raises Fault.
    make: Callable[[dict[str, Any], dict[str, str]], Row]
    #: The column that says which row failed; empty where it is personal.
    named: str = ""


class Fault(Exception):
    """A row that cannot be done: the column, where it is known, and why."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


async def read_csv(request: Request, type_: str, work: Work, columns: Columns) -> Upload:
    """The file that a request uploads, as what to do with its rows. Raises ApiError."""
    content = await read_file(request)
    # a thread, so that other requests are served meanwhile
    rows = await asyncio.to_thread(read_rows, content, columns)
    return Upload(type_, work, rows, content)


def whole_number(text: str) -> int:
    """The number of a cell; programs write whole ones as `15.0`, too. Raises ValueError."""
    found = _WHOLE.fullmatch(text)
    if found is None:
        raise ValueError("a whole number is wanted")
    return int(found[1])


def read_rows(content: bytes, columns: Columns) -> list[Row]:
    """A row for each line of the file. Raises ApiError for what is wrong with the whole."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid_payload(f"The file is not UTF-8 at byte {error.start}") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, columns)
        for cells in reader:
            if not any(cells):
                continue
            if len(rows) >= ROWS_MAX:
                check_count(ROWS_MAX + 1)
            rows.append(_row(header, cells, columns))
    except csv.Error as error:
        raise invalid_payload(f"The file is not CSV in line {reader.line_num}: {error}") from None
    check_count(len(rows))
    return rows


def _check_header(header: list[str], columns: Columns) -> None:
    known = [name.lower() for name in header]
    if not header or len(header) > COLUMNS_MAX:
        raise invalid_payload(f"The file has to begin with a header of 1 to {COLUMNS_MAX} columns")
    for place, name in enumerate(known):
        if not name:
            raise invalid_payload(f"Column {place + 1} of the header has no name")
        if name in known[:place]:
            raise invalid_payload(f"Column `{header[place]}` is there twice")
    for name in columns.required:
        if name not in known:
            raise invalid_payload(f"Column `{name.capitalize()}` is required")


def _row(header: list[str], cells: list[str], columns: Columns) -> Row:
    if len(cells) != len(header):
        return {"fault": f"The row has {len(cells)} cells, the header {len(header)}"}
    values: dict[str, Any] = {}
    metadata: dict[str, str] = {}
    try:
        for name, text in zip(header, cells, strict=True):
            cell = columns.cells.get(name.lower())
            if cell is None:
                if text:
                    metadata[name] = text
                continue
            if not text.strip():
                continue
            try:
                values[name.lower()] = cell(text.strip())
            except ValueError as error:
                raise Fault(name, str(error)) from None
        for name in columns.required:
            if name not in values:
                raise Fault(name.capitalize(), "a value is wanted")
        return columns.make(values, metadata)
    except Fault as fault:
        named = f"Column `{fault.column}`: {fault.reason}" if fault.column else fault.reason
        row: Row = {"fault": named, "column": fault.column}
        code = values.get(columns.named)
        return row if code is None else row | {"code": code}
