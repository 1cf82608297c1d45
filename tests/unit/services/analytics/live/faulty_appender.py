"""An appender whose appends fail when they are told to."""

import asyncio
from collections.abc import Sequence

from runtime.log.log import Entry, InDoubt, Unsent
from runtime.log.memory_log import MemoryAppender


class Late(InDoubt):
    """It comes into the log later, just before the next one."""


class FaultyAppender(MemoryAppender):
    """Says once that an append is in doubt, late or unsent."""

    fault: type[Exception] | None = None
    late: Sequence[Entry] = ()
    failed = asyncio.Event()

    async def append(self, entries: Sequence[Entry]) -> int:
        fault, FaultyAppender.fault = FaultyAppender.fault, None
        if fault is Late:
            FaultyAppender.failed.set()
            FaultyAppender.late = entries
            raise Late("who knows")
        late, FaultyAppender.late = FaultyAppender.late, ()
        if late:
            await super().append(late)
        if fault is Unsent:
            raise Unsent("not now")
        offset = await super().append(entries)
        if fault is InDoubt:
            raise InDoubt("who knows")
        return offset
