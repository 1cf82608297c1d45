"""What whoever writes a file says of it."""

from collections.abc import Awaitable, Callable
from typing import IO, NamedTuple

from runtime.clickhouse.reads import Reads
from schemas.exports import Export


class CannotExport(Exception):
    """The file cannot be made, however often it is tried."""


class Progress(NamedTuple):
    """How many rows are written, of how many that there were when it began."""

    written: int
    total: int


#: Writes the file of an export of a project; what it is given last is told after each page.
Write = Callable[[Export, str, Reads, IO[bytes], Callable[[Progress], None]], Awaitable[Progress]]
