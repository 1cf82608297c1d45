"""The processes of what is measured, their processor time and their memory.

Processor time is what counts: on a machine that others use as well, it drifts far less than time on
the wall. What a process counts includes its children that have ended.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import psutil

#: A name, and the processes that count under it.
Processes = Mapping[str, Iterable[psutil.Process]]
ALL: Final = "all"


def find_system(home: Path) -> dict[str, list[psutil.Process]]:
    """The processes of the installation in `home`, by host; the broker and its keeper apart."""
    found: dict[str, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        try:
            if process.environ().get("TESSERA_HOME") == str(home) and process.pid != os.getpid():
                found.setdefault(name_process(process.cmdline()), []).append(process)
        except psutil.Error:
            continue
    return found


def name_process(command: list[str]) -> str:
    """What a process is called: the last word of a host's command line is its name."""
    return Path(command[-1]).stem if command else "ended"


def find_tree(pid: int) -> list[psutil.Process]:
    """A process and all that come from it."""
    root = psutil.Process(pid)
    return [root, *root.children(recursive=True)]


def read_seconds(processes: Processes) -> dict[str, float]:
    """Seconds of processor time so far, by name; user and system, of ended children too."""
    return {name: sum(map(_seconds, each)) for name, each in processes.items()}


def _seconds(process: psutil.Process) -> float:
    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.NoSuchProcess:
        return 0.0


def subtract(after: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    """What was used between two readings, by name."""
    return {name: max(0.0, used - before.get(name, 0.0)) for name, used in after.items()}


def divide(used: Mapping[str, float], count: float) -> dict[str, float]:
    """The share of each, by name."""
    return {name: each / count for name, each in used.items()}


def read_resident_mb(processes: Processes) -> dict[str, int]:
    """Resident memory in MB (2^20 bytes), by name, and of all."""
    found = {
        name: sum(process.memory_info().rss for process in each) for name, each in processes.items()
    }
    found[ALL] = sum(found.values())
    return {name: size // 2**20 for name, size in found.items()}
