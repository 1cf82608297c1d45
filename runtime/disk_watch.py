"""A host's watch over the disks that it writes to: it warns in time, and its health says where.

Some of what needs space is not this host's own, Kafka's log above all, and fails in other words and
elsewhere; whoever looks at any host's health still finds the folder and what is left of it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from runtime.disk import MIB, Free, free_bytes
from runtime.http.service import Part, Service

LOOK_SECONDS = 5.0
#: Warned is from this many times the least on.
WARN_FACTOR = 4
#: A warning is repeated after so many looks.
REPEAT_LOOKS = 120

log = structlog.get_logger(__name__)


class DiskWatch:
    """Looks at the disks below some folders; those on one disk are one."""

    def __init__(
        self, folders: Sequence[Path], free_min_bytes: int, free: Free = free_bytes
    ) -> None:
        self._folders = folders
        self._min = free_min_bytes
        self._free = free
        self._low: dict[Path, int] = {}
        self._looks = 0

    def service(self) -> Service:
        """The service, to be mounted in a host."""
        return Service("disk", tasks={"disk": self.run}, health=self.health)

    async def run(self) -> None:
        """Looks, for ever."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_SECONDS)

    def look(self) -> None:
        """Notes where there is little space, and warns when that is new or was long ago."""
        low: dict[Path, int] = {}
        for folder in self._disks():
            free = self._free(folder)
            if free < self._min * WARN_FACTOR:
                low[folder] = free
        repeated = self._looks % REPEAT_LOOKS == 0
        for folder, free in low.items():
            worse = free < self._min <= self._low.get(folder, self._min)
            if folder not in self._low or worse or repeated:
                tell = log.error if free < self._min else log.warning
                tell("little disk space", folder=str(folder), free_mib=round(free / MIB, 1))
        self._looks = self._looks + 1 if low else 0
        self._low = low

    def health(self) -> Mapping[str, Part]:
        """Not well where less than the least is left; the state names folder and space."""
        short = [folder for folder, free in self._low.items() if free < self._min]
        if not short:
            return {"disk": Part()}
        return {"disk": Part(f"only {self._low[short[0]] / MIB:.1f} MiB are left in {short[0]}")}

    def _disks(self) -> list[Path]:
        found: dict[int, Path] = {}
        for folder in self._folders:
            if folder.exists():
                found.setdefault(folder.stat().st_dev, folder)
        return list(found.values())
