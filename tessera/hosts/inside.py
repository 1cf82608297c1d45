"""Partitions that a front writes itself: their commands are handed over, not sent."""

import asyncio
from collections.abc import Callable

from runtime.base.clock import clock_ms
from runtime.log.log import LogError, StoredEntry
from runtime.replica.commands import Followed
from runtime.replica.replica import Applied
from schemas.commands import Command
from schemas.records import Record
from services.redemption.ledger.inbox import Asked, Inbox
from services.redemption.ledger.writer import Writer

#: How often a writer that nothing comes to looks where the log ends.
LOOK_SECONDS = 3.0


class Served(Followed):
    """A partition's state as its writer in this process has it, up to the last acknowledged record."""

    def __init__(self, make: Callable[[Inbox, Callable[[], None]], Writer]) -> None:
        self.inbox = Inbox()
        self.writer = make(self.inbox, self._moved)
        super().__init__(self.writer.replica)

    async def follow(self) -> None:
        """Writes, for ever."""
        looking = asyncio.create_task(self._look())
        try:
            await self.writer.run()
        finally:
            looking.cancel()

    async def decide(self, command: Command, timeout_seconds: float) -> Applied:
        """The record of a command, and where it lies. Raises TimeoutError."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[Applied] = loop.create_future()

        def tell(record: Record, offset: int) -> None:
            if not found.done():
                found.set_result(Applied(record, offset, StoredEntry(offset, 0, b"", b"")))

        self.inbox.put(Asked(command, clock_ms(), tell))
        timer = loop.call_later(timeout_seconds, _expire, found)
        try:
            return await found
        finally:
            timer.cancel()

    def _moved(self) -> None:
        position = self.position
        self._note(self._clock(), position + 1)

    async def _look(self) -> None:
        while True:
            if self.writer.serving:
                asked_at = self._clock()
                try:
                    self._note(asked_at, await self._ask_end())
                except LogError:
                    pass
            await asyncio.sleep(LOOK_SECONDS if self.writer.serving else 0.1)


def _expire(waiter: "asyncio.Future[Applied]") -> None:
    if not waiter.done():
        waiter.set_exception(TimeoutError())
