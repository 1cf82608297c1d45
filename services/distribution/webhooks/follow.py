"""The replicas from which webhooks are sent, and the service that keeps them.

A replica of its own beside the worker's: what waits here may wait for a day, and a fault here must
not stop the work in the background. It reads along with the worker's, as long as both stand at one
place (services/distribution/source.py). Of records of a project without webhooks only the head is
read, so that whoever uses none pays next to nothing.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import cast

import msgspec

from runtime.http.service import Part, Service, Task
from runtime.log.log import Log, StoredEntry, decode_entry, entries_between
from runtime.replica.followed import Followed
from runtime.replica.replica import Applied, Decode, Storage
from schemas.base import Millis, tag_of
from schemas.records import Record
from schemas.topics import DELIVERIES
from schemas.webhooks import CreateWebhook, DeliveryAttempted
from services.distribution.source import Head, SkimmingReplica, Source
from services.distribution.webhooks.delivery import Webhooks
from services.distribution.webhooks.outbox import Outbox
from services.distribution.webhooks.outfit import Outfit

#: How far before its place in `deliveries` a replica begins to read: attempts of several endpoints
#: may have been kept in another order than they were noted.
OVERLAP = 1000
ATTEMPTS_AT_ONCE = 500
LAG_MS_MAX = 10_000

_CREATES = tag_of(CreateWebhook)
_attempts = msgspec.json.Decoder(DeliveryAttempted)


class OutboxReplica(SkimmingReplica):
    """The outbox of a partition, which knows what was sent before it folds on.

    Without a `source` it always reads by itself.
    """

    def __init__(
        self,
        log: Log,
        partition: int,
        storage: Storage,
        decode: Decode,
        clock_ms: Callable[[], Millis],
        source: Source | None = None,
    ) -> None:
        self.moved: Callable[[], None] = lambda: None
        self._source = source
        #: Where the partition ended for the one who read last, maybe before this one asked.
        self._end: int | None = None
        super().__init__(log, partition, storage, lambda store: Outbox(store, clock_ms), decode)

    @property
    def outbox(self) -> Outbox:
        """The queues."""
        return cast("Outbox", self.fold)

    async def open(self) -> bool:
        """See `Replica.open`. Raises also LogError."""
        kept = await super().open()
        await self._take_attempts()
        return kept

    @property
    def end(self) -> int | None:
        return self._end

    def wants(self, head: Head) -> bool:
        return head.command_type == _CREATES or self.outbox.knows(head.project)

    async def read(self, *, wait_ms: int, until: int | None = None) -> list[Applied]:
        state = self.chain.state
        stretch = await self._source.next(state) if self._source is not None else None
        if stretch is not None:
            await self.stop_reading()
            applied = await self.take(stretch) if stretch.after != state else []
            self._end = stretch.end
        else:
            applied = await self._read_alone(wait_ms, until)
            self._end = super().end
        if applied:
            self.moved()
        return applied

    async def _read_alone(self, wait_ms: int, until: int | None) -> list[Applied]:
        """Reads no further than the other, so that this stands where it goes on."""
        ahead = -1 if self._source is None else self._source.state.position
        if until is None and ahead > self.chain.state.position:
            until = ahead
        return await super().read(wait_ms=wait_ms, until=until)

    async def _take_attempts(self) -> None:
        first, end = await self.log.bounds(DELIVERIES, self.partition)
        known = self.outbox.position
        start = first if known >= end else max(first, known + 1 - OVERLAP)
        found: list[tuple[DeliveryAttempted, int]] = []
        async for entry in entries_between(self.log, DELIVERIES, self.partition, start, end):
            attempt = attempt_of(entry)
            if attempt is not None:
                found.append((attempt, entry.offset))
            if len(found) == ATTEMPTS_AT_ONCE:
                self.outbox.record(found)
                found = []
        self.outbox.record(found)


def attempt_of(entry: StoredEntry) -> DeliveryAttempted | None:
    """The attempt that an entry of `deliveries` holds; None when it holds none."""
    return decode_entry(_attempts, entry)


def webhook_service(
    outfit: Outfit,
    replicas: Mapping[int, OutboxReplica],
    decode: Decode,
) -> Service:
    """The service: for each partition its replica and its sender. `decode` reads whole records."""
    tasks: dict[str, Task] = {}
    followed = {partition: Followed(replica) for partition, replica in replicas.items()}
    senders: dict[int, Webhooks] = {}

    async def record_of(entry: StoredEntry) -> Record:
        return decode.now(entry) or await decode.later(entry)

    for partition, replica in replicas.items():
        sender = Webhooks(
            outfit,
            partition,
            lambda replica=replica: replica.outbox,  # type: ignore[misc]
            record_of,
            followed[partition].freshness.complete,
        )
        replica.moved = sender.moved
        senders[partition] = sender
        tasks[f"follow-{partition}"] = followed[partition].follow
        tasks[f"send-{partition}"] = sender.run

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        for each in followed.values():
            each.stopping = True
            await each.replica.close()

    def health() -> Mapping[str, Part]:
        return {
            f"webhooks {partition}": _health(followed[partition], senders[partition])
            for partition in sorted(replicas)
        }

    return Service("webhooks", tasks=tasks, lifespan=lifespan, health=health)


def _health(followed: Followed, sender: Webhooks) -> Part:
    lag = int(followed.freshness.lag_ms())
    behind = "ok" if lag < LAG_MS_MAX else "behind"
    return Part(followed.fault or sender.fault or behind, lag)
