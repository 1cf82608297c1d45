"""The files of exports: where they lie, how they come there whole, and how they go.

A file is written beside its place under another name and moved there when it is complete, so what
lies in its place is a whole file. Its name holds the attempt: one that has to be made again is
never taken for the one before. Only the owner of the process may read it.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple
from urllib.parse import quote, unquote

_FILE_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700
_DONE: Final = ".csv"
_PARTIAL: Final = ".part"


class FileName(NamedTuple):
    """Which attempt of which export a file is."""

    project: str
    export_id: str
    attempt: int


class ExportFiles:
    """The files below one folder, a folder for each project."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def place(self, name: FileName) -> Path:
        """Where the file lies once it is complete."""
        return self._folder(name.project) / f"{name.export_id}.{name.attempt}{_DONE}"

    def open_partial(self, name: FileName) -> IO[bytes]:
        """The file to be written, empty. Raises OSError."""
        for folder in (self._root, self._folder(name.project)):
            folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        return open(self._partial(name), "wb", opener=_open_privately)

    def complete(self, name: FileName, file: IO[bytes]) -> None:
        """Moves what was written to its place, once it is on the disk. Raises OSError."""
        file.flush()
        os.fsync(file.fileno())
        self._partial(name).replace(self.place(name))

    def drop_partial(self, name: FileName) -> None:
        """Removes what was written so far."""
        self._partial(name).unlink(missing_ok=True)

    def remove(self, name: FileName) -> None:
        """Removes the file, written in part or complete, and a folder that nothing is left in."""
        self.drop_partial(name)
        self.place(name).unlink(missing_ok=True)
        folder = self._folder(name.project)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def names(self) -> Iterator[FileName]:
        """All files that lie here, complete or not."""
        for path in sorted(self._root.glob("*/*")):
            export_id, _, rest = path.name.partition(".")
            attempt, _, kind = rest.partition(".")
            if f".{kind}" in (_DONE, _PARTIAL) and attempt.isdecimal():
                yield FileName(unquote(path.parent.name), export_id, int(attempt))

    def _partial(self, name: FileName) -> Path:
        return self.place(name).with_suffix(_PARTIAL)

    def _folder(self, project: str) -> Path:
        return self._root / _folder_name(project)


def _open_privately(path: str, flags: int) -> int:
    return os.open(path, flags, _FILE_MODE)


def _folder_name(project: str) -> str:
    """A name that leads nowhere else, whatever the project is called."""
    return quote(project, safe="").replace(".", "%2E")
