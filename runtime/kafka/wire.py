"""Connections to Kafka, and the three requests that the log is made of.

This stands on aiokafka's client: its bootstrap, metadata, connections and requests. It does not
use aiokafka's producer and consumer, because of what they add to them (found in version 0.14):

- The consumer waits for ever, without an error, where the broker cannot read a damaged batch; it
  skips records when a batch says a wrong offset; after a failed checksum it drops the records
  before it that it had not yet handed out.
- The producer sends again what failed, without end when it is idempotent, so nobody can tell what
  was never sent from what is in doubt; `stop()` waits for the answer that does not come.

Here a request is sent once. Whatever goes wrong, its wire is closed and a new one opened.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import KafkaError, NodeNotReadyError, UnknownError, for_code
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.structs import TopicPartition

from runtime.log.log import Corrupt, InDoubt, LogError, OutOfRange, Place, Unsent

_OFFSET_OUT_OF_RANGE = 1
_CORRUPT_MESSAGE = 2
#: Errors with which a broker refuses a batch before it writes anything.
_REFUSALS = frozenset(
    {
        _CORRUPT_MESSAGE,  # the batch that was sent is damaged
        10,  # MESSAGE_TOO_LARGE
        17,  # INVALID_TOPIC_EXCEPTION
        18,  # RECORD_LIST_TOO_LARGE
        19,  # NOT_ENOUGH_REPLICAS, unlike ..._AFTER_APPEND
        29,  # TOPIC_AUTHORIZATION_FAILED
        31,  # CLUSTER_AUTHORIZATION_FAILED
        32,  # INVALID_TIMESTAMP
        44,  # POLICY_VIOLATION
        87,  # INVALID_RECORD
    }
)
_ALL_REPLICAS = -1
_CONSUMER = -1
_READ_ALL = 0
_EARLIEST = -2
_LATEST = -1

#: How a request ends without an answer; a connection that closes meanwhile can be a KeyError.
_FAULTS = (KafkaError, OSError, LookupError, ValueError)

#: Between two looks for a partition's leader.
LEADER_RETRY_SECONDS = 0.05
#: How long a close waits for the operating system.
CLOSE_SECONDS_MAX = 0.5


class Unreadable(LogError):
    """The broker did not give what lies there; when that lasts, it is damaged."""


class Leaderless(LogError):
    """No broker is known to lead the partition, as far as that was asked without waiting."""


class Fetched(NamedTuple):
    """The batches that lie at an offset, the last one maybe cut, and the partition's end then."""

    raw: bytes
    end: int


class Wanted(NamedTuple):
    """What lies at an offset: so much of it at most, besides a first batch that is larger."""

    place: Place
    offset: int
    bytes_max: int


class Wire:
    """One client's connections. Every request is bounded by `request_timeout_ms`."""

    def __init__(self, options: Mapping[str, Any], *, request_timeout_ms: int) -> None:
        self._timeout_ms = request_timeout_ms
        self._first: object | None = None
        self._client = AIOKafkaClient(
            **options, client_id="tessera", request_timeout_ms=request_timeout_ms
        )

    @classmethod
    async def open(
        cls, options: Mapping[str, Any], place: Place, *, request_timeout_ms: int
    ) -> "Wire":
        """A wire that is connected to the leader of a partition. Raises LogError."""
        wire = cls(options, request_timeout_ms=request_timeout_ms)
        await wire._bootstrap()
        try:
            await wire._await_leader(place)
        except BaseException:
            await wire.close()
            raise
        wire._first = wire._connection(place)
        return wire

    @classmethod
    async def open_to_any(cls, options: Mapping[str, Any], *, request_timeout_ms: int) -> "Wire":
        """A wire on which no leader was looked for yet. Raises LogError."""
        wire = cls(options, request_timeout_ms=request_timeout_ms)
        await wire._bootstrap()
        return wire

    async def _bootstrap(self) -> None:
        try:
            await self._client.bootstrap()
        except BaseException as error:
            await self.close()
            if isinstance(error, KafkaError | OSError):
                raise LogError(f"Kafka cannot be reached: {error}") from error
            raise

    async def _await_leader(self, place: Place) -> None:
        try:
            async with asyncio.timeout(self._timeout_ms / 1000):
                await self._client.add_topic(place.topic)
                while await self._leader(place) is None:
                    await asyncio.sleep(LEADER_RETRY_SECONDS)
                    await self._client.force_metadata_update()
        except TimeoutError:
            raise LogError(f"{place} has no leader that can be reached") from None

    async def _look_for(self, topics: Collection[str]) -> None:
        """Asks once for those topics, together, of which no partition is known."""
        unknown = [each for each in topics if not self._client.cluster.partitions_for_topic(each)]
        if not unknown:
            return
        for each in unknown:
            self._client.add_topic(each)
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timeout_ms / 1000):
                await self._client.force_metadata_update()

    def _leader_id(self, place: Place) -> int | None:
        """The broker that leads the partition, as far as that is known."""
        node: int | None = self._client.cluster.leader_for_partition(TopicPartition(*place))
        return None if node is None or node < 0 else node

    async def _leader(self, place: Place) -> int | None:
        """The broker that leads the partition, if it is connected or can be at once."""
        node = self._leader_id(place)
        return node if node is not None and await self._client.ready(node) else None

    def _connection(self, place: Place) -> object | None:
        """The connection to the partition's leader, as long as it holds."""
        node = self._client.cluster.leader_for_partition(TopicPartition(*place))
        found = self._client._conns.get((node, ConnectionGroup.DEFAULT))  # noqa: SLF001
        return found if found is not None and found.connected() else None

    async def produce(self, place: Place, batch: bytes) -> int:
        """Writes one batch on all replicas; its first offset. Raises Unsent, InDoubt.

        Only over the connection that the wire was opened with: what its owner has read before is
        then what this broker holds. (The client itself would connect again without a word.)
        """
        if self._first is None or self._connection(place) is not self._first:
            raise Unsent(f"{place}: the connection to its leader was lost")
        node = self._client.cluster.leader_for_partition(TopicPartition(*place))
        request = ProduceRequest(
            None,
            _ALL_REPLICAS,
            self._timeout_ms,
            [(place.topic, [(place.partition, batch)])],
        )
        try:
            response = await self._client.send(node, request)
            (_, ((_, code, offset, *_),)) = response.topics[0]
        except NodeNotReadyError as error:
            raise Unsent(f"{place}: {error}") from error
        except _FAULTS as error:
            raise InDoubt(f"{place}: {error!r}") from error
        if code in _REFUSALS:
            raise Unsent(f"{place}: the broker refused the batch: {_error_name(code)}")
        if code != 0 or offset < 0:
            raise InDoubt(f"{place}: {_error_name(code)}, offset {offset}")
        return int(offset)

    async def fetch(self, wanted: Wanted, wait_ms: int) -> Fetched:
        """The batches that lie there, or nothing when none came within `wait_ms`.

        Raises OutOfRange, Corrupt where the broker finds damage, Unreadable, LogError.
        """
        response = await self._ask(wanted.place, _fetch_request([wanted], wait_ms))
        ((_, (part,)),) = response.topics
        return _read_part(wanted, part)

    async def fetch_all(
        self,
        wanted: Sequence[Wanted],
        wait_ms: int,
        tell: Callable[[Place, Fetched | LogError], None],
    ) -> bool:
        """Tells of each partition what lies there, nothing, or a fault, as `fetch` does for one.

        No two are of one partition. One without a leader is told that it is Leaderless: it is not
        waited for, and neither is a broker that cannot be reached by those of another one. Whether
        the connections are as good as new ones.
        """
        await self._look_for({each.place.topic for each in wanted})
        by_leader: dict[int, list[Wanted]] = {}
        is_sound = True
        for each in wanted:
            node = self._leader_id(each.place)
            if node is None:
                is_sound = False
                tell(each.place, Leaderless(f"{each.place} has no leader"))
            else:
                by_leader.setdefault(node, []).append(each)
        # Each broker is connected to and asked by itself.
        sound = await asyncio.gather(
            *(self._fetch_from(node, led, wait_ms, tell) for node, led in by_leader.items())
        )
        return is_sound and all(sound)

    async def _fetch_from(
        self,
        node: int,
        wanted: Sequence[Wanted],
        wait_ms: int,
        tell: Callable[[Place, Fetched | LogError], None],
    ) -> bool:
        try:
            response = await self._client.send(node, _fetch_request(wanted, wait_ms))
            parts = {
                Place(topic, part[0]): part for topic, parts in response.topics for part in parts
            }
        except _FAULTS as error:
            for each in wanted:
                tell(each.place, LogError(f"{each.place}: {error!r}"))
            return False
        is_sound = True
        for each in wanted:
            try:
                tell(each.place, _read_part(each, parts[each.place]))
            except (OutOfRange, Corrupt, Unreadable) as fault:
                tell(each.place, fault)
            except (LogError, LookupError) as fault:
                is_sound = False
                tell(each.place, LogError(f"{each.place}: {fault}"))
        return is_sound

    async def bounds(self, place: Place) -> tuple[int, int]:
        """The first offset kept and the next one to be written. Raises LogError."""
        first, end = await asyncio.gather(self._offset(place, _EARLIEST), self.end(place))
        return first, end

    async def end(self, place: Place) -> int:
        """The next offset to be written. Raises LogError."""
        return await self._offset(place, _LATEST)

    async def close(self) -> None:
        """Closes the connections at once; what is under way is lost or not."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._client.close(), CLOSE_SECONDS_MAX)

    async def _offset(self, place: Place, which: int) -> int:
        asked = [(place.topic, [(place.partition, which)])]
        response = await self._ask(place, OffsetRequest(_CONSUMER, _READ_ALL, asked))
        (_, ((_, code, _, offset),)) = response.topics[0]
        if code != 0:
            raise LogError(f"{place}: {_error_name(code)}")
        return int(offset)

    async def _known_leader(self, place: Place) -> int:
        node = await self._leader(place)
        if node is None and not self._client.cluster.partitions_for_topic(place.topic):
            # The wire was opened for another topic, or for any.
            await self._await_leader(place)
            node = await self._leader(place)
        if node is None:
            raise LogError(f"{place} has no leader that can be reached")
        return node

    async def _ask(self, place: Place, request: Any) -> Any:
        node = await self._known_leader(place)
        try:
            return await self._client.send(node, request)
        except _FAULTS as error:
            raise LogError(f"{place}: {error!r}") from error


def _fetch_request(wanted: Sequence[Wanted], wait_ms: int) -> FetchRequest:
    by_topic: dict[str, list[tuple[int, int, int]]] = {}
    for (topic, partition), offset, bytes_max in wanted:
        by_topic.setdefault(topic, []).append((partition, offset, bytes_max))
    bytes_max = sum(each.bytes_max for each in wanted)
    return FetchRequest(wait_ms, 1, bytes_max, _READ_ALL, list(by_topic.items()))


def _read_part(wanted: Wanted, part: Sequence[Any]) -> Fetched:
    """What a broker answered to the fetch of a partition. Raises what `Wire.fetch` does."""
    place, offset, _ = wanted
    _, code, end, *_, raw = part
    if code == _OFFSET_OUT_OF_RANGE:
        raise OutOfRange(f"{place}: offset {offset} is not in the log")
    if code == _CORRUPT_MESSAGE:
        raise Corrupt(f"{place}: the broker finds the batch at offset {offset} damaged")
    if _error_name(code) == UnknownError.__name__:
        # Its own failure, or a code that the client has no name for, such as that of a format.
        raise Unreadable(
            f"{place}: the broker fails to read the batch at offset {offset} (code {code})"
        )
    if code != 0:
        raise LogError(f"{place}: {_error_name(code)}")
    if not raw and end > offset:
        raise Unreadable(
            f"{place}: the broker finds no batch at offset {offset}, although the partition "
            f"goes on to {end}"
        )
    return Fetched(raw or b"", int(end))


def _error_name(code: int) -> str:
    return str(for_code(code).__name__)
