"""Commands that a front hands to the partition's writer in its own process.

They do not take the way through the topic `commands`: the writer's next batch holds their records.
What was in a batch that is in doubt is handed over again, and decided once all the same, since the
ledger knows the ids of what it decided (engine/admission.py).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from runtime.log.log import InDoubt, LogError, Reader, StoredEntry, Unsent
from schemas.base import Millis
from schemas.commands import Command
from schemas.records import Record

#: How long a read of the topic is under way at most.
READ_WAIT_MS = 3000


class Handed:
    """A command, when it was handed over, and who is told what became of it."""

    __slots__ = ("at", "command", "is_sent", "is_wanted", "refuse", "tell")

    def __init__(
        self,
        command: Command,
        at: Millis,
        tell: Callable[[Record, int], None],
        refuse: Callable[[LogError], None],
    ) -> None:
        self.command = command
        self.at = at
        #: Takes its record and where that lies, once it is acknowledged.
        self.tell = tell
        #: Takes why there will be none.
        self.refuse = refuse
        #: Whether its record may be in the log.
        self.is_sent = False
        #: Whether somebody waits for it.
        self.is_wanted = True

    @property
    def is_due(self) -> bool:
        """Whether it is to be decided: not, if nobody waits and it surely left no record."""
        return self.is_wanted or self.is_sent


class Inbox:
    """What waits for a writer, in order."""

    def __init__(self) -> None:
        self._waiting: deque[Handed] = deque()
        self._waker: asyncio.Future[None] | None = None

    def __bool__(self) -> bool:
        """Whether there is a command to decide."""
        while self._waiting and not self._waiting[0].is_due:
            self._waiting.popleft()
        return bool(self._waiting)

    def put(self, handed: Handed) -> None:
        """Hands a command over."""
        self._waiting.append(handed)
        if self._waker is not None and not self._waker.done():
            self._waker.set_result(None)

    def take(self) -> Handed:
        """The next command to decide; there is one."""
        return self._waiting.popleft()

    def put_back(self, handed: Iterable[Handed]) -> None:
        """Gives back what was taken, in the order in which it was."""
        self._waiting.extendleft(reversed(list(handed)))

    def close(self) -> None:
        """Tells all who wait that no writer is here any more."""
        while self._waiting:
            handed = self._waiting.popleft()
            kind = InDoubt if handed.is_sent else Unsent
            handed.refuse(kind("the writer gave the partition back"))

    def waker(self) -> asyncio.Future[None]:
        """What is done as soon as a command is handed over."""
        if self._waker is None or self._waker.done():
            self._waker = asyncio.get_running_loop().create_future()
        return self._waker


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
        """See `Reader.read`; empty also when a command was handed over."""
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
            reading, self._reading = self._reading, None
            reading.cancel()
            await asyncio.wait((reading,))
        await self._reader.close()
