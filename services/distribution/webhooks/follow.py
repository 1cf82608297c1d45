"""The replicas from which webhooks are sent, and the service that keeps them.

A replica of its own beside the worker's: what waits here may wait for a day, and a fault here must
not stop the work in the background. Of records of a project without webhooks only the head is
read, so that whoever uses none pays next to nothing.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import cast

import msgspec

from runtime.http.service import Part, Service, Task
from runtime.log.log import Log, StoredEntry, decode_entry, entries_between
from runtime.replica.commands import Followed
from runtime.replica.replica import Applied, Decode, Replica, Storage
from schemas.base import Millis, tag_of
from schemas.records import Decided, Record
from schemas.topics import DELIVERIES
from schemas.webhooks import CreateWebhook, DeliveryAttempted
from services.distribution.webhooks.delivery import Webhooks
from services.distribution.webhooks.outbox import Outbox
from services.distribution.webhooks.outfit import Outfit

#: How far before its place in `deliveries` a replica begins to read: attempts of several endpoints
#: may have been kept in another order than they were noted.
OVERLAP = 1000
ATTEMPTS_AT_ONCE = 500
LAG_MS_MAX = 10_000
#: How long records gather before they are looked at.
CALM_SECONDS = 0.05

_CREATES = tag_of(CreateWebhook)
_attempts = msgspec.json.Decoder(DeliveryAttempted)


class _Head(msgspec.Struct, frozen=True):
    """What is read of a record that concerns no webhook."""

    command_offset: int
    at: Millis
    command_type: str = ""
    project: str = ""


_heads = msgspec.json.Decoder(_Head)


class _Skimming:
    """Decodes a record only where its project has webhooks, or gets one."""

    def __init__(self, decode: Decode, outbox: Callable[[], Outbox]) -> None:
        self._decode = decode
        self._outbox = outbox

    def now(self, entry: StoredEntry) -> Record | None:
        try:
            head = _heads.decode(entry.value)
        except msgspec.MsgspecError:
            # The codec says what is wrong with it.
            return self._decode.now(entry)
        if head.command_type == _CREATES or self._outbox().knows(head.project):
            return self._decode.now(entry)
        return Decided(
            command_offset=head.command_offset,
            at=head.at,
            command_id="",
            command_type=head.command_type,
            project=head.project,
            fingerprint="",
        )

    async def later(self, entry: StoredEntry) -> Record:
        return await self._decode.later(entry)


class OutboxReplica(Replica):
    """The outbox of a partition, which knows what was sent before it folds on."""

    def __init__(
        self,
        log: Log,
        partition: int,
        storage: Storage,
        decode: Decode,
        clock_ms: Callable[[], Millis],
    ) -> None:
        self.moved: Callable[[], None] = lambda: None
        super().__init__(
            log,
            partition,
            storage,
            lambda store: Outbox(store, clock_ms),
            _Skimming(decode, lambda: self.outbox),
        )

    @property
    def outbox(self) -> Outbox:
        """The queues."""
        return cast("Outbox", self.fold)

    async def open(self) -> bool:
        """See `Replica.open`. Raises also LogError."""
        kept = await super().open()
        await self._take_attempts()
        return kept

    async def read(self, *, wait_ms: int, until: int | None = None) -> list[Applied]:
        applied = await super().read(wait_ms=wait_ms, until=until)
        if applied:
            self.moved()
        return applied

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
    followed = {
        partition: Followed(replica, calm_seconds=CALM_SECONDS)
        for partition, replica in replicas.items()
    }
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
