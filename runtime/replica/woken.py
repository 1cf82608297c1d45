"""A reader of a topic that an inbox wakes."""

import asyncio
from collections.abc import Sequence
from typing import Any

from runtime.log.log import Reader, StoredEntry
from runtime.replica.inbox import Inbox

#: How long a read of the topic is under way at most.
READ_WAIT_MS = 3000


class WokenReader:
    """A `Reader` whose waits end when a command is handed over; a read of it is always under way."""

    def __init__(self, reader: Reader, inbox: Inbox) -> None:
        self._reader = reader
        self._inbox = inbox
        self._reading: asyncio.Future[Sequence[StoredEntry]] | None = None

    @property
    def end(self) -> int | None:
        return self._reader.end

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[StoredEntry]:
        """As `Reader.read`; empty also when a command was handed over."""
        if self._reading is None:
            self._reading = asyncio.ensure_future(
                self._reader.read(records_max=records_max, wait_ms=READ_WAIT_MS)
            )
        reading: asyncio.Future[Any] = self._reading
        if wait_ms and not self._inbox and not reading.done():
            await self._wait(reading, wait_ms / 1000)
        if not reading.done():
            return ()
        self._reading = None
        found: Sequence[StoredEntry] = reading.result()
        return found

    async def _wait(self, reading: asyncio.Future[Any], seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._inbox.wake = lambda: None if woken.done() else woken.set_result(None)
        await asyncio.wait((reading, woken), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    async def close(self) -> None:
        if self._reading is not None:
            reading, self._reading = self._reading, None
            reading.cancel()
            await asyncio.wait((reading,))
            if not reading.cancelled():
                # It ended by itself, perhaps with a fault that nobody will ask for.
                reading.exception()
        await self._reader.close()
