"""Appends single entries of many callers, many at a time: the hot way of the HTTP fronts.

Each partition has a lane: one batch under way, everything that comes meanwhile waits and goes with
the next. So a lone entry goes at once, and under load the batches grow by themselves, helped by a
pause of some milliseconds between batches that are neither small nor large: the larger the last
one, the longer. A lane's queue is bounded; when it is full, an entry is refused at once and surely
unsent.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import Protocol

from runtime.log.log import (
    BATCH_OVERHEAD_BYTES,
    Appender,
    Entry,
    InDoubt,
    Log,
    LogError,
    Unsent,
    entry_bytes,
    require_batch,
)
from schemas.topics import BATCH_BYTES_MAX

QUEUED_MAX = 10_000
#: After a batch of a size between these, the next one waits a little for company: many callers are
#: active, and a request costs the broker, and every reader, far more than an entry does.
LINGER_ABOVE = 3
LINGER_BELOW = 64
LINGER_SECONDS_EACH = 0.00025
LINGER_SECONDS_MAX = 0.004
QUEUED_BYTES_MAX = 64 * 1024 * 1024
#: What has waited longer, behind a broker that does not answer, is refused as surely unsent.
QUEUED_SECONDS_MAX = 5.0


class _Waiting:
    """An entry on its way, and the future of its offset; not sent any more after `until`."""

    __slots__ = ("entry", "offset", "size", "until")

    def __init__(self, entry: Entry, size: int, offset: "asyncio.Future[int]") -> None:
        self.entry = entry
        self.size = size
        self.offset = offset
        self.until = offset.get_loop().time() + QUEUED_SECONDS_MAX


class _Lane:
    """What waits for one partition, and the task that sends it as long as anything waits."""

    def __init__(self, log: Log, topic: str, partition: int) -> None:
        self.queue: deque[_Waiting] = deque()
        self.queued_bytes = 0
        self.task: asyncio.Task[None] | None = None
        self._log = log
        self._topic = topic
        self._partition = partition
        self._appender: Appender | None = None

    async def drain(self) -> None:
        """Sends until nothing waits."""
        try:
            while self.queue:
                batch = self._next_batch()
                if batch:
                    await self._send(batch)
                if LINGER_ABOVE < len(batch) < LINGER_BELOW:
                    linger = min(len(batch) * LINGER_SECONDS_EACH, LINGER_SECONDS_MAX)
                    await asyncio.sleep(linger)
        finally:
            _fail(self.queue, Unsent(f"{self._topic}/{self._partition}: sending was ended"))
            self.queue.clear()
            self.queued_bytes = 0

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        now = asyncio.get_running_loop().time()
        room = BATCH_BYTES_MAX - BATCH_OVERHEAD_BYTES
        while self.queue and self.queue[0].size <= room:
            waiting = self.queue.popleft()
            self.queued_bytes -= waiting.size
            if waiting.offset.done():  # whoever was cancelled meanwhile is surely unsent
                continue
            if waiting.until < now:
                _fail((waiting,), Unsent(f"{self._topic}/{self._partition}: it waited too long"))
            else:
                batch.append(waiting)
                room -= waiting.size
        return batch

    async def _send(self, batch: Sequence[_Waiting]) -> None:
        try:
            if self._appender is None:
                self._appender = await self._log.appender(self._topic, self._partition)
            first = await self._appender.append([waiting.entry for waiting in batch])
        except LogError as fault:
            await self.abandon()
            _fail(batch, fault if isinstance(fault, Unsent | InDoubt) else Unsent(str(fault)))
        except BaseException as fault:
            _fail(batch, InDoubt(f"{self._topic}/{self._partition}: {fault!r}"))
            await self.abandon()
            raise
        else:
            for offset, waiting in enumerate(batch, first):
                if not waiting.offset.done():
                    waiting.offset.set_result(offset)

    async def abandon(self) -> None:
        """Drops the appender; the next batch gets a new one."""
        if self._appender is not None:
            appender, self._appender = self._appender, None
            await appender.abandon()


class EntrySender(Protocol):
    """Appends single entries, many at a time: `Sender`, or what stands in for it in tests."""

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        """The entry's offset. Raises Unsent, InDoubt."""


class Sender:
    """Group commit over a `Log`."""

    def __init__(
        self,
        log: Log,
        *,
        queued_max: int = QUEUED_MAX,
        queued_bytes_max: int = QUEUED_BYTES_MAX,
    ) -> None:
        self._log = log
        self._queued_max = queued_max
        self._queued_bytes_max = queued_bytes_max
        self._lanes: dict[tuple[str, int], _Lane] = {}
        self._closed = False

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        """Appends the entry; its offset. Entries of one caller keep their order.

        Raises Unsent (at once when too much waits already), InDoubt, ValueError for an entry that
        no batch can hold. After a cancellation it may or may not be sent.
        """
        lane = self._lane(topic, partition)
        size = entry_bytes(entry)
        if size > BATCH_BYTES_MAX - BATCH_OVERHEAD_BYTES:
            require_batch((entry,))
        if self._closed:
            raise Unsent("the sender is closed")
        if len(lane.queue) >= self._queued_max or lane.queued_bytes + size > self._queued_bytes_max:
            raise Unsent(f"{topic}/{partition}: {len(lane.queue)} entries wait already")
        waiting = _Waiting(entry, size, asyncio.get_running_loop().create_future())
        lane.queue.append(waiting)
        lane.queued_bytes += size
        if lane.task is None or lane.task.done():
            lane.task = asyncio.create_task(lane.drain())
        return await waiting.offset

    async def close(self) -> None:
        """Sends what waits, refuses what comes, and gives the connections back."""
        self._closed = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)
        for lane in self._lanes.values():
            await lane.abandon()

    def _lane(self, topic: str, partition: int) -> _Lane:
        found = self._lanes.get((topic, partition))
        if found is None:
            found = self._lanes[topic, partition] = _Lane(self._log, topic, partition)
        return found


def _fail(batch: Iterable[_Waiting], fault: Unsent | InDoubt) -> None:
    for waiting in batch:
        if not waiting.offset.done():
            # a copy each, so that every caller's traceback is its own
            waiting.offset.set_exception(type(fault)(str(fault)))
