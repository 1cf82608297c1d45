"""What a run of `make bench` found; kept as JSON, from which ratios and the report are made."""

from pathlib import Path
from typing import Final

import msgspec

#: The names of what is measured by turns.
EMPTY: Final = "empty endpoint"
REDEMPTION: Final = "redemption"
VALIDATION: Final = "validation"
SQL_GUARDED: Final = "SQL, guarded UPDATE"
SQL_LOCKED: Final = "SQL, FOR UPDATE"
SQL_READ: Final = "SQL, plain read"


class Series(msgspec.Struct, frozen=True):
    """One kind of request at so many connections; each figure is its median over the rounds."""

    name: str
    connections: int
    per_second: float
    p50_ms: float
    p99_ms: float
    #: Microseconds of processor time a request, by process.
    cpu_us: dict[str, float]

    @property
    def cpu_us_all(self) -> float:
        """Microseconds of processor time a request, of all processes."""
        return sum(self.cpu_us.values())


class Start(msgspec.Struct, frozen=True):
    """Seconds on the wall, each the median of its turns."""

    second_start_s: float
    import_s: float


class Codes(msgspec.Struct, frozen=True):
    """The making of codes in bulk; memory in MB by process, and of all, afterwards."""

    count: int
    per_second: float
    resident_mb: dict[str, int]


class Figures(msgspec.Struct, frozen=True):
    """All of a run. What was not measured is None, and `skipped` says why."""

    #: The day, in UTC.
    date: str
    machine: str
    rounds: int
    series: tuple[Series, ...]
    #: Share of one core that each process takes while nothing happens.
    idle: dict[str, float]
    #: Of each process while nothing happens, before codes were made.
    resident_mb: dict[str, int]
    #: The broker's own produce and fetch of one record, once, median.
    round_trip_ms: float | None = None
    start: Start | None = None
    codes: Codes | None = None
    #: Microseconds of processor time of one redemption, by process and stage.
    stages: dict[str, dict[str, float]] = {}
    skipped: tuple[str, ...] = ()

    def find(self, name: str, connections: int) -> Series | None:
        """The series of that name; None when it was not measured."""
        for each in self.series:
            if (each.name, each.connections) == (name, connections):
                return each
        return None


def write_figures(figures: Figures, path: Path) -> None:
    """Keeps them, readable by a person as well."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")


def read_figures(path: Path) -> Figures:
    """Those of a file. Raises OSError, msgspec.MsgspecError."""
    return msgspec.json.decode(path.read_bytes(), type=Figures)
