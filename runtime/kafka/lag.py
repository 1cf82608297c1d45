"""Whether a reader gets what was appended.

Consumers of Faust were seen to stop without an error (faust-streaming issues 175 and 640), so
somebody has to watch how far they are; whoever appends tells, so that nobody polls.
"""

import asyncio
from typing import Final

#: How long what was appended may not have arrived.
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
        """Watches for ever. Raises Behind."""
        while True:
            await self._waits.wait()
            self._waits.clear()
            expected = dict(self._appended)
            await asyncio.sleep(self._seconds_max)
            for partition, offset in expected.items():
                if self._arrived.get(partition, -1) < offset:
                    raise Behind(
                        f"partition {partition} is at {self._arrived.get(partition, -1)}, and "
                        f"{offset} was appended {self._seconds_max:.0f} s ago"
                    )
