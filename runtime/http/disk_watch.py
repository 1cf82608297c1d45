"""A host's watch over the disks that it writes to: it warns in time, and its health says where.

Some of what needs space is not this host's own, Kafka's log above all, and fails in other words and
elsewhere; whoever looks at any host's health still finds the folder and what is left of it.

Before nothing is left, nothing is written any more (`shortage`): a full disk stops the broker and
whoever logs, and with them reading, while a refusal stops writing alone, and ends by itself.
"""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from runtime.base.disk import MIB, Free, free_bytes
from runtime.http.service import Part, Service

LOOK_SECONDS = 5.0
#: How often it looks where there is little space.
LOW_LOOK_SECONDS = 1.0
#: How old the answer to whether something may be written is at most. What is kept free is more than
#: anything could fill meanwhile.
FRESH_SECONDS = 0.02
#: Warned is from this many times the least on.
WARN_FACTOR = 4
#: Nothing is written with less than this part of the least.
KEPT_FREE_PART = 4
#: A warning is repeated after so many looks.
REPEAT_LOOKS = 600

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
        self._shortage: str | None = None
        self._measured_at = -math.inf
        #: One folder of each disk, as found at the last look.
        self._disks: Sequence[Path] = ()

    def service(self) -> Service:
        """The service, to be mounted in a host."""
        return Service("disk", tasks={"disk": self.run}, health=self.health)

    async def run(self) -> None:
        """Looks, for ever."""
        while True:
            self.look()
            await asyncio.sleep(LOW_LOOK_SECONDS if self._low else LOOK_SECONDS)

    def look(self) -> None:
        """Notes where there is little space, and warns when that is new or was long ago."""
        self._disks = self._find_disks()
        free_in = self._measure()
        low = {each: free for each, free in free_in.items() if free < self._min * WARN_FACTOR}
        repeated = self._looks % REPEAT_LOOKS == 0
        for folder, free in low.items():
            worse = free < self._min <= self._low.get(folder, self._min)
            if folder not in self._low or worse or repeated:
                tell = log.error if free < self._min else log.warning
                tell("little disk space", folder=str(folder), free_mib=round(free / MIB, 1))
        self._looks = self._looks + 1 if low else 0
        self._low = low

    def shortage(self) -> str | None:
        """Why nothing may be written now; None: it may. To be asked before each write."""
        if time.monotonic() - self._measured_at >= FRESH_SECONDS:
            self._measure()
        return self._shortage

    def _measure(self) -> dict[Path, int]:
        if not self._disks:
            self._disks = self._find_disks()
        free_in = {folder: self._free(folder) for folder in self._disks}
        self._measured_at = time.monotonic()
        kept_free = self._min // KEPT_FREE_PART
        short = [_shortage_of(folder, free) for folder, free in free_in.items() if free < kept_free]
        before, self._shortage = self._shortage, short[0] if short else None
        if short and before is None:
            log.error("nothing is written for want of disk space", reason=short[0])
        if not short and before is not None:
            log.warning("there is disk space again")
        return free_in

    def health(self) -> Mapping[str, Part]:
        """Not well where less than the least is left; the state names folder and space."""
        short = [_shortage_of(*each) for each in self._measure().items() if each[1] < self._min]
        return {"disk": Part(short[0]) if short else Part()}

    def _find_disks(self) -> list[Path]:
        found: dict[int, Path] = {}
        for folder in self._folders:
            if folder.exists():
                found.setdefault(folder.stat().st_dev, folder)
        return list(found.values())


def _shortage_of(folder: Path, free: int) -> str:
    return f"only {free / MIB:.1f} MiB are left in {folder}"
