"""Sorting the rows of a file that do not fit into memory.

Rows come in the order in which a table is stored, the only one in which it can be read without
looking through all of it for each page. What is wanted in another order gathers up to a bound, is
sorted, and goes into a file without a name, which ends with the process; in the end these runs are
merged. So each row is read once, and memory and time do not depend on the order.
"""

import heapq
import tempfile
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Final, Self

import msgspec

#: How much is sorted at a time: rows and their keys, as they are written.
RUN_BYTES_MAX: Final = 16 * 1024 * 1024
_LENGTH_BYTES: Final = 4
#: About what a key takes in memory, with what holds it and the row.
_KEY_BYTES: Final = 200
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(tuple[list[Any], bytes]).decode

#: What a row is sorted by, and the row as it is written.
_Row = tuple[list[Any], bytes]
_key: Final = itemgetter(0)


class Runs:
    """Takes rows in any order, and gives them back in theirs; a context, which lets go of them."""

    def __init__(self, folder: Path, *, descending: bool) -> None:
        self._folder = folder
        self._descending = descending
        self._rows: list[_Row] = []
        self._bytes = 0
        self._files: list[IO[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    @property
    def is_full(self) -> bool:
        """Whether it is time to put down what has gathered."""
        return self._bytes >= RUN_BYTES_MAX

    def add(self, key: list[Any], row: bytes) -> None:
        """Takes a row; no two keys are alike."""
        self._rows.append((key, row))
        self._bytes += len(row) + _KEY_BYTES

    def merged(self) -> Iterator[bytes]:
        """The rows in their order. Raises OSError."""
        self._sort()
        runs = [_rows_in(file) for file in self._files]
        rows = heapq.merge(*runs, self._rows, key=_key, reverse=self._descending)
        return (row for _, row in rows)

    def _sort(self) -> None:
        self._rows.sort(key=_key, reverse=self._descending)

    def put_down(self) -> None:
        """Sorts what has gathered, and writes it; it blocks for a while. Raises OSError."""
        self._sort()
        file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  closed with the others
        self._files.append(file)
        for row in self._rows:
            content = _encode(row)
            file.write(len(content).to_bytes(_LENGTH_BYTES))
            file.write(content)
        self._rows, self._bytes = [], 0


def _rows_in(file: IO[bytes]) -> Iterator[_Row]:
    file.seek(0)
    while length := file.read(_LENGTH_BYTES):
        yield _decode(file.read(int.from_bytes(length)))
