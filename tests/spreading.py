"""Which tests of a run that is spread over processes stay together in one.

Tests of a file do. So do all of a folder whose tests share a system that they hurt: that system is
started once, not by each process, and it hurts nobody while the other processes go on.
"""

from typing import Any, Final

from xdist.scheduler import LoadFileScheduling

#: Folders whose tests all run in one process.
TOGETHER: Final = ("tests/chaos",)


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
