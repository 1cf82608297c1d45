"""An installation on a small disk of its own, which a test may fill.

The disk is a tmpfs in a mount namespace that a waiting process holds, so that neither root nor a
device is needed, nothing of it is seen outside, and it is gone with the last process that uses it.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.system import System

_HOLD = 'mount -t tmpfs -o "size=$2m" tmpfs "$1" && echo mounted && exec sleep infinity'
_BLOCK = 64 * 1024


class SmallDisk:
    """The disk; `folder` is where it is mounted for its own processes, `inside` for everybody."""

    def __init__(self, folder: Path, holder: int) -> None:
        self.inside = Path(f"/proc/{holder}/root{folder}")
        #: What has to stand before a command that is to see the disk.
        self.enter = (
            "nsenter", f"--target={holder}", "--user", "--mount", "--preserve-credentials", "--",
        )  # fmt: skip

    @property
    def _ballast(self) -> Path:
        return self.inside / "ballast"

    def free(self) -> int:
        """How many bytes are left."""
        found = os.statvfs(self.inside)
        return found.f_bavail * found.f_frsize

    def fill(self, left: int = 0) -> None:
        """Leaves so many bytes, give or take a block."""
        with self._ballast.open("ab", 0) as ballast:
            try:
                while self.free() > left:
                    ballast.write(b"x" * min(_BLOCK, self.free() - left))
            except OSError:
                return

    def empty(self) -> None:
        """Takes away what `fill` put there."""
        self._ballast.unlink(missing_ok=True)


class SmallSystem(System):
    """An installation on that disk."""

    def __init__(self, folder: Path, disk: SmallDisk, **settings: str) -> None:
        super().__init__(folder, **settings)
        self.disk = disk
        self.files = disk.inside
        self.before_commands = disk.enter


@contextmanager
def small_disk(folder: Path, size_mib: int) -> Iterator[SmallDisk | None]:
    """A disk of that size at a folder that exists; None where the kernel lets nobody mount one."""
    apart = ("unshare", "--user", "--map-root-user", "--mount")
    command = (*apart, "sh", "-c", _HOLD, "sh", str(folder), str(size_mib))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            mounted = holder.stdout.readline() == "mounted\n"
            yield SmallDisk(folder, holder.pid) if mounted else None
        finally:
            holder.kill()
