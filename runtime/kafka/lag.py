"""Whether a reader gets what was appended.

Consumers of Faust were seen to stop without an error (faust-streaming issues 175 and 640), so
somebody has to watch how far they are; whoever appends tells, so that nobody polls.
"""

import asyncio
from typing import Final

#: How long nothing may arrive where something waits.
BEHIND_SECONDS_MAX: Final = 60.0


class Behind(Exception):
    """An application does not get what was appended."""


class LagWatch:
    """Compares what was appended with what arrived."""

    def __init__(self, seconds_max: float = BEHIND_SECONDS_MAX) -> None:
        self._seconds_max = seconds_max
        self._appended: dict[int, int] = {}
        self._arrived: dict[int, int] = {}
        self._waits = asyncio.Event()

    def appended(self, partition: int, offset: int) -> None:
        """Hears of the newest offset of a partition."""
        if offset > self._appended.get(partition, -1):
            self._appended[partition] = offset
            self._waits.set()

    def arrived(self, partition: int, offset: int) -> None:
        """Hears how far the application is."""
        self._arrived[partition] = offset

    async def run(self) -> None:
        """Watches for ever. Raises Behind where something waits and nothing arrives."""
        while True:
            behind = self._find_behind()
            if not behind:
                self._waits.clear()
                await self._waits.wait()
                continue
            await asyncio.sleep(self._seconds_max)
            for partition, (at, expected) in behind.items():
                # much that waits may take longer, as long as some of it arrives
                if self._arrived.get(partition, -1) <= at:
                    raise Behind(
                        f"partition {partition} is at {at}, and "
                        f"{expected} was appended {self._seconds_max:.0f} s ago"
                    )

    def _find_behind(self) -> dict[int, tuple[int, int]]:
        """Where something waits: what arrived last, and what was appended last."""
        found = {n: (self._arrived.get(n, -1), offset) for n, offset in self._appended.items()}
        return {n: (at, offset) for n, (at, offset) in found.items() if at < offset}
