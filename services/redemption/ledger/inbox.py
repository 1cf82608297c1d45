"""Commands that are handed to the writer in its own process, without the topic `commands`."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from runtime.log.log import Reader, StoredEntry
from schemas.base import Millis
from schemas.commands import Command
from schemas.records import Record

#: How long a read of the topic waits.
READ_WAIT_MS = 3000


class Asked(NamedTuple):
    """A command, when it was handed over, and who is told its record and where that lies."""

    command: Command
    at: Millis
    tell: Callable[[Record, int], None]


class Inbox:
    """What waits for one partition's writer, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Asked] = deque()
        self._waker: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, asked: Asked) -> None:
        """Hands a command over."""
        self._waiting.append(asked)
        if self._waker is not None and not self._waker.done():
            self._waker.set_result(None)

    def take(self) -> Asked:
        """The next command."""
        return self._waiting.popleft()

    def put_back(self, asked: Iterable[Asked]) -> None:
        """Gives back what was taken, in the order in which it was."""
        self._waiting.extendleft(reversed(list(asked)))

    def waker(self) -> asyncio.Future[None]:
        """What is done as soon as a command is handed over."""
        if self._waker is None or self._waker.done():
            self._waker = asyncio.get_running_loop().create_future()
        return self._waker


class WokenReader:
    """A `Reader` that ends a wait when a command is handed over, and always has a read under way."""

    def __init__(self, reader: Reader, inbox: Inbox) -> None:
        self._reader = reader
        self._inbox = inbox
        self._reading: asyncio.Future[Sequence[StoredEntry]] | None = None

    @property
    def end(self) -> int | None:
        return self._reader.end

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[StoredEntry]:
        if self._reading is None:
            self._reading = asyncio.ensure_future(
                self._reader.read(records_max=records_max, wait_ms=READ_WAIT_MS)
            )
        reading: asyncio.Future[Any] = self._reading
        if wait_ms and not self._inbox and not reading.done():
            await asyncio.wait(
                (reading, self._inbox.waker()),
                timeout=wait_ms / 1000,
                return_when=asyncio.FIRST_COMPLETED,
            )
        if not reading.done():
            return ()
        self._reading = None
        found: Sequence[StoredEntry] = reading.result()
        return found

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait((self._reading,))
        await self._reader.close()
