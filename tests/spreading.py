"""How a run is spread over processes: what each makes ready, and which tests stay together in one.

Each reads all tests. Code that is read for the first time is compiled, and its assertions are
written anew, which takes longer than all else until the first test: each process does that for an
equal part, and finds the rest done by the others.

Tests of a file do. So do all of a folder whose tests share a system that they hurt: that system is
started once, not by each process, and it hurts nobody while the other processes go on.
"""

import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from xdist.scheduler import LoadFileScheduling

#: Folders whose tests all run in one process.
TOGETHER: Final = ("tests/chaos",)

_HERE: Final = Path(__file__).parent


def import_a_part(config: pytest.Config) -> None:
    """Imports the files of tests that this process, of several that run all tests, begins with."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if not worker or config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    every = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for file in sorted(_HERE.rglob("test_*.py"))[int(worker) % every :: every]:
        # what is wrong with it is told when its tests are looked for
        with suppress(Exception):
            import_module(".".join(file.relative_to(_HERE.parent).with_suffix("").parts))


def scope_of(nodeid: str) -> str:
    """What of a run a test is handed out with: its file, or its folder."""
    file = nodeid.split("::", 1)[0]
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def make_scheduler(config: Any, log: Any) -> Any:
    """Hands tests out as `--dist loadfile` does, but some folders as one; None with another `--dist`."""
    if config.getoption("dist") != "loadfile":
        return None
    scheduler = LoadFileScheduling(config, log)
    scheduler._split_scope = scope_of
    return scheduler
