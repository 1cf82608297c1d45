"""What the person at the terminal sees: the programs' log files as one log, and the runner's own words.

The programs write JSON lines (the broker plain ones) to their files. On a terminal each becomes one
readable line, elsewhere it is passed on as one JSON object per line, so the whole output stays
machine-readable.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from structlog.typing import Processor

from deploy.embedded.home import TAIL_LINES, Home
from runtime.base.logging import console_renderers
from runtime.base.settings import LogFormat

READ_BYTES_MAX = 256 * 1024
TAIL_BYTES = 16 * 1024
#: The first word of a plain line, as the broker writes it, and the level it means.
PLAIN_LEVELS = {"WARN": "warning", "WARNING:": "warning", "ERROR": "error", "FATAL": "critical"}


class LogFollower:
    """New lines of one log file, also across its rotation."""

    def __init__(self, home: Home, program: str) -> None:
        self.program = program
        self._path = home.log(program)
        self._position = self._path.stat().st_size if self._path.exists() else 0
        self._inode = self._path.stat().st_ino if self._path.exists() else 0
        self._begun = b""

    def lines(self) -> Iterator[str]:
        """The complete lines written since the last call."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return
        if found.st_ino != self._inode:
            rotated = self._path.with_name(f"{self._path.name}.1")
            if rotated.exists() and rotated.stat().st_ino == self._inode:
                yield from self._read(rotated)
            self._inode, self._position = found.st_ino, 0
        yield from self._read(self._path)

    def _read(self, path: Path) -> Iterator[str]:
        with path.open("rb") as file:
            file.seek(self._position)
            while chunk := file.read(READ_BYTES_MAX):
                self._position += len(chunk)
                *complete, self._begun = (self._begun + chunk).split(b"\n")
                for line in complete:
                    if line.strip():
                        yield line.decode("utf-8", "replace").rstrip()


class Console:
    """Writes events to standard output, for people or as JSON lines."""

    def __init__(self, log_format: LogFormat = "auto", stream: TextIO | None = None) -> None:
        self._out = stream or sys.stdout
        self.is_readable = log_format == "console" or (log_format == "auto" and self._out.isatty())
        self._renderers: list[Processor] = console_renderers(colors=self._out.isatty())
        self._progress_shown = False
        self._progress_said = ("", -1)
        #: Whether the reader went away (`make run | head`, a closed terminal).
        self.is_closed = False

    def say(self, text: str, level: str = "info", **fields: object) -> None:
        """Tell what the runner does."""
        self.event({"timestamp": _now(), "level": level, "host": "runner", "event": text, **fields})

    def log_line(self, program: str, line: str) -> None:
        """Pass on one line of a program's log."""
        level = PLAIN_LEVELS.get(line.partition(" ")[0], "info")
        plain = {"timestamp": _now(), "level": level, "event": line}
        self.event({**(_logged(line) or plain), "host": program})

    def event(self, event: dict[str, Any]) -> None:
        """Write one event."""
        self._end_progress()
        if not self.is_readable:
            self._write(json.dumps(event, default=str))
            return
        host = str(event.pop("host", ""))
        event.pop("logger", None)
        moment = str(event.pop("timestamp", "") or _now())[11:19]
        text: Any = event
        for renderer in self._renderers:
            text = renderer(None, "", text)
        self._write(f"{moment} {host:<8} {text}")

    def block(self, lines: Iterable[str]) -> None:
        """Write lines as they are; only where people read."""
        self._end_progress()
        self._write("\n".join(lines))

    def progress(self, what: str, have: int, all_of_it: int) -> None:
        """Show how far something is: in place on a terminal, else at its beginning and end."""
        if self._out.isatty() and self.is_readable:
            self._progress_shown = True
            self._write(f"\r{what}: {have} of {all_of_it}", end="")
        elif have in (0, all_of_it) and self._progress_said != (what, have):
            self._progress_said = (what, have)
            self.say(what, have=have, all=all_of_it)

    def _end_progress(self) -> None:
        if self._progress_shown:
            self._progress_shown = False
            self._write("")

    def _write(self, text: str, end: str = "\n") -> None:
        try:
            print(text, end=end, file=self._out, flush=True)
        except OSError:  # a closed pipe, or a terminal that is gone
            self.is_closed = True
            # What is still buffered goes nowhere, instead of failing at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())


def log_tail(home: Home, program: str, lines: int = TAIL_LINES) -> str:
    """The end of a program's log, for people."""
    path = home.log(program)
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return "\n".join(_plain(line) for line in text.splitlines()[-lines:])


def _logged(line: str) -> dict[str, Any] | None:
    """The event of a JSON line."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def _plain(line: str) -> str:
    event = _logged(line)
    if event is None:
        return line
    fields = [str(event.get(name, "")) for name in ("level", "event", "exception")]
    return " ".join(field for field in fields if field)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
