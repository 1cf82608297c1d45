"""The log on Kafka: see runtime/log/log.py for what it promises, runtime/kafka/wire.py for how.

An append is one batch in one request, acknowledged by all replicas, never sent twice. An appender
that met a fault refuses to go on: what it sent is known only by reading, so its owner makes a new
one. A reader asks one fetch at a time and hands its records out; readers share their requests (see
runtime/kafka/fetches.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from runtime.base.clock import clock_ms
from runtime.kafka.batch import CODECS, Batches, encode_batch
from runtime.kafka.fetches import Fetches
from runtime.kafka.wire import Unreadable, Wanted, Wire
from runtime.log.freshness import NEVER
from runtime.log.log import (
    Corrupt,
    Entry,
    InDoubt,
    LogError,
    OutOfRange,
    Place,
    StoredEntry,
    Unsent,
    require_batch,
)
from schemas.base import Millis
from schemas.topics import TOPICS

T = TypeVar("T")

REQUEST_TIMEOUT_MS = 10_000
#: How many bytes a fetch brings at most, besides a first batch that is larger.
FETCH_BYTES_MAX = 1024 * 1024
#: A smaller batch gains less by compression than it costs in time.
COMPRESSED_BYTES_MIN = 4096
#: A longer wait is cut into fetches of this length.
FETCH_WAIT_MS_MAX = 3000
#: Who got nothing for longer is not in a hurry to ask again.
STREAM_SECONDS = 1.0
#: How long, and how often at least, a broker must fail to read a batch before it is damaged.
UNREADABLE_SECONDS_MIN = 1.0
UNREADABLE_FETCHES_MIN = 3
UNREADABLE_RETRY_SECONDS = 0.1

COMPACTED = frozenset(t.name for t in TOPICS if t.config.get("cleanup.policy") == "compact")


class KafkaLog:
    """A `Log`. `options` are what any aiokafka client takes to connect (see kafka_admin).

    `shortage` says why nothing may be appended now, if so. A broker whose disk is full was seen to
    keep a batch that it had failed, and to give its offset to the next one: that is damage.
    """

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        request_timeout_ms: int = REQUEST_TIMEOUT_MS,
        compression: str = "zstd",
        compacted: frozenset[str] = COMPACTED,
        clock: Callable[[], Millis] = clock_ms,
        shortage: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._options = options
        self._shortage = shortage
        self._timeout_ms = request_timeout_ms
        self._codec = CODECS[compression]
        self._compacted = compacted
        self._clock = clock
        self._wire: Wire | None = None
        self._opening = asyncio.Lock()
        #: For its readers.
        self.fetches = Fetches(self._open_any_wire)
        #: What is open, and how it is closed.
        self._members: dict[object, Callable[[], Awaitable[None]]] = {}

    async def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        """See `Log.bounds`. Raises LogError when Kafka cannot be reached."""
        place = Place(topic, partition)
        return await self._ask(place, lambda wire: wire.bounds(place))

    async def end(self, topic: str, partition: int) -> int:
        """See `Log.end`. Raises LogError when Kafka cannot be reached."""
        place = Place(topic, partition)
        return await self._ask(place, lambda wire: wire.end(place))

    async def read_at(self, topic: str, partition: int, offset: int) -> StoredEntry:
        """See `Log.read_at`. Raises also LogError."""
        place = Place(topic, partition)
        raw, _ = await self._ask(place, lambda wire: wire.fetch(Wanted(place, offset, 1), 0))
        found = next(self.batches(place, offset).decode(raw), None) if raw else None
        if found is None or found.offset != offset:
            raise OutOfRange(f"{place}: there is no record at offset {offset}")
        return found

    async def reader(self, topic: str, partition: int, offset: int) -> "KafkaReader":
        """See `Log.reader`; it connects when it is read."""
        reader = KafkaReader(self, Place(topic, partition), offset)
        self._members[reader] = reader.close
        return reader

    async def appender(self, topic: str, partition: int) -> "KafkaAppender":
        """See `Log.appender`. Raises Unsent when Kafka cannot be reached."""
        place = Place(topic, partition)
        try:
            wire = await self.open_wire(place)
        except LogError as error:
            raise Unsent(str(error)) from error
        appender = KafkaAppender(self, place, wire)
        self._members[appender] = appender.abandon
        return appender

    async def close(self) -> None:
        """Closes every connection, also those of readers and appenders."""
        for close in list(self._members.values()):
            await close()
        await self.fetches.close()
        if self._wire is not None:
            await self._drop(self._wire)

    async def open_wire(self, place: Place) -> Wire:
        """New connections to the partition's leader. Raises LogError."""
        return await Wire.open(self._options, place, request_timeout_ms=self._timeout_ms)

    def batches(self, place: Place, offset: int) -> Batches:
        """What reads the partition's batches from `offset` on."""
        return Batches(place, offset, compacted=place.topic in self._compacted)

    def encode(self, entries: Sequence[Entry]) -> bytes:
        """The batch of all entries, as of now."""
        size = sum(len(entry.value) for entry in entries)
        codec = self._codec if size >= COMPRESSED_BYTES_MIN else CODECS["none"]
        return encode_batch(entries, self._clock(), codec)

    def require_space(self, place: Place) -> None:
        """Raises Unsent while there is too little."""
        short = self._shortage()
        if short is not None:
            raise Unsent(f"{place}: {short}")

    def forget(self, member: object) -> None:
        """Notes that a reader or appender closed itself."""
        self._members.pop(member, None)

    async def _ask(self, place: Place, question: Callable[[Wire], Awaitable[T]]) -> T:
        """Asks over the shared connections; they may have gone stale, then once more over new."""
        wire = self._wire
        if wire is not None:
            try:
                return await question(wire)
            except (OutOfRange, Corrupt):
                raise
            except LogError:
                await self._drop(wire)
        return await question(await self._shared_wire(place))

    async def _shared_wire(self, place: Place) -> Wire:
        async with self._opening:
            if self._wire is None:
                self._wire = await self.open_wire(place)
            return self._wire

    async def _open_any_wire(self) -> Wire:
        return await Wire.open_to_any(self._options, request_timeout_ms=self._timeout_ms)

    async def _drop(self, wire: Wire) -> None:
        if self._wire is wire:
            self._wire = None
        await wire.close()


class KafkaReader:
    """See `Reader`. After a fault it asks anew with the next read."""

    def __init__(self, log: KafkaLog, place: Place, offset: int) -> None:
        #: See `Reader.end`.
        self.end: int | None = None
        self._log = log
        self._place = place
        self._batches = log.batches(place, offset)
        self._records: Iterator[StoredEntry] = iter(())
        self._damage: Corrupt | None = None
        self._is_closed = False
        #: When a fetch brought something last, by the loop's clock.
        self._brought_at = NEVER
        self._unreadable_fetches = 0
        self._unreadable_since = 0.0

    async def read(self, *, records_max: int, wait_ms: int) -> Sequence[StoredEntry]:
        """See `Reader.read`. Raises also LogError, after which it may be called again.

        What lies before the damage is given before Corrupt is raised, then always.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + wait_ms / 1000
        # Those who wait together end together, so that they go on waiting together.
        enough = until - wait_ms / 2000
        self.end = None
        while True:
            taken = self._take(records_max)
            if taken:
                return taken
            if not await self._fetch(max(0.0, until - clock())) and clock() >= enough:
                return ()

    async def close(self) -> None:
        self._log.forget(self)
        self._is_closed = True

    def _take(self, records_max: int) -> list[StoredEntry]:
        taken: list[StoredEntry] = []
        try:
            while len(taken) < records_max:
                record = next(self._records, None)
                if record is None:
                    break
                taken.append(record)
        except Corrupt as damage:
            self._damage = damage
        if not taken and self._damage is not None:
            raise self._damage
        return taken

    async def _fetch(self, wait_seconds: float) -> bool:
        """Brings what lies at the position; whether that was anything."""
        if self._is_closed:
            raise LogError(f"{self._place}: the reader is closed")
        clock = asyncio.get_running_loop().time
        wait_ms = min(int(wait_seconds * 1000), FETCH_WAIT_MS_MAX)
        try:
            raw, self.end = await self._log.fetches.fetch(
                Wanted(self._place, self._batches.position, FETCH_BYTES_MAX),
                wait_ms,
                patient=clock() - self._brought_at > STREAM_SECONDS,
            )
        except Unreadable as fault:
            self._note(fault)
            await asyncio.sleep(min(wait_seconds, UNREADABLE_RETRY_SECONDS))
            return False
        self._unreadable_fetches = 0
        if raw:
            self._brought_at = clock()
            self._records = self._batches.decode(raw)
        return bool(raw)

    def _note(self, fault: Unreadable) -> None:
        """A broker that meets a header it cannot use brings nothing, with or without an error."""
        now = asyncio.get_running_loop().time()
        if self._unreadable_fetches == 0:
            self._unreadable_since = now
        self._unreadable_fetches += 1
        lasted = now - self._unreadable_since
        if self._unreadable_fetches >= UNREADABLE_FETCHES_MIN and lasted >= UNREADABLE_SECONDS_MIN:
            self._damage = Corrupt(str(fault))
            raise self._damage


class KafkaAppender:
    """See `Appender`. After a fault only `abandon` is left."""

    def __init__(self, log: KafkaLog, place: Place, wire: Wire) -> None:
        self._log = log
        self._place = place
        self._wire = wire
        self._refuses: str | None = None

    async def append(self, entries: Sequence[Entry]) -> int:
        """See `Appender.append`; takes at most the time-out of a request."""
        require_batch(entries)
        if self._refuses is not None:
            raise Unsent(f"{self._place}: {self._refuses}")
        self._log.require_space(self._place)
        batch = self._log.encode(entries)
        self._refuses = "another append is under way, or was broken off"
        try:
            offset = await self._wire.produce(self._place, batch)
        except InDoubt:
            self._refuses = "an earlier append is in doubt"
            raise
        except Unsent:
            self._refuses = None
            raise
        self._refuses = None
        return offset

    async def abandon(self) -> None:
        self._refuses = "the appender was abandoned"
        self._log.forget(self)
        await self._wire.close()
