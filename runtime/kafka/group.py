"""Which partitions this process decides: a consumer group that only assigns.

Kafka's group membership is used for one thing, to spread a topic's partitions over the processes
that are alive. Nothing is fetched through it and no position is committed: the partitions are
paused as soon as they are assigned, and positions come from the log.

Membership is static: `instance_id` names a process slot, so a process that restarts within the
session's time has its partitions back at once and nobody else notices; a lost machine's partitions
move when the session is over. Membership does not fence. Two live processes with one instance id
take partitions from one another without an error; only the ledger's hash chain decides who counts.

Order of a move: every member first gives back all it has (`on_revoked` has returned, so its writers
have stopped), then joins anew, then gets what is its own now (`on_assigned`). (aiokafka's sticky
assignor is not used: it keeps its memory on the class, shared by all consumers of a process.)

What aiokafka (0.14) does that shapes this: a member that fetches nothing counts as idle and leaves
after `max_poll_interval_ms`, so that is practically endless here; a fault of the coordination stops
it until somebody polls, so `run` polls; a fault in a callback is only logged, so it is kept and
raised by `run`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError

from runtime.log.log import LogError

SESSION_MS = 6_000
HEARTBEAT_MS = 2_000
#: How long a member may take to give its partitions back before the others go on without it.
REBALANCE_MS = 20_000
REQUEST_TIMEOUT_MS = 10_000
POLL_MS = 1_000
STOP_SECONDS_MAX = 5.0
_NEVER_MS = 10**12

Callback = Callable[[frozenset[int]], Awaitable[None]]

log = structlog.get_logger(__name__)


class PartitionGroup:
    """One member of the group. `options` are what any aiokafka client takes to connect."""

    def __init__(
        self,
        options: Mapping[str, Any],
        *,
        topic: str,
        group_id: str,
        instance_id: str,
        on_assigned: Callback,
        on_revoked: Callback,
    ) -> None:
        self._options = options
        self._topic = topic
        self._group_id = group_id
        self._instance_id = instance_id
        self._on_assigned = on_assigned
        self._on_revoked = on_revoked
        self._fault: BaseException | None = None
        self.assigned: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Takes part until it is cancelled; gives everything back before it ends.

        Raises what a callback raised, LogError when Kafka cannot be reached at the start.
        """
        consumer = AIOKafkaConsumer(
            **self._options,
            group_id=self._group_id,
            group_instance_id=self._instance_id,
            enable_auto_commit=False,
            auto_offset_reset="none",
            session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=HEARTBEAT_MS,
            rebalance_timeout_ms=REBALANCE_MS,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            max_poll_interval_ms=_NEVER_MS,
            partition_assignment_strategy=(RoundRobinPartitionAssignor,),
        )
        consumer.subscribe((self._topic,), listener=_Listener(self, consumer))
        try:
            await consumer.start()
            await self._take_part(consumer)
        except KafkaError as error:
            raise LogError(f"group {self._group_id}: {error!r}") from error
        finally:
            try:
                await self.give_back()
            finally:
                await _stop(consumer)

    async def _take_part(self, consumer: AIOKafkaConsumer) -> None:
        while self._fault is None:
            try:
                await consumer.getmany(timeout_ms=POLL_MS)
            except KafkaError as error:
                log.warning("group membership", group=self._group_id, reason=repr(error))
                await asyncio.sleep(POLL_MS / 1000)
        raise self._fault

    async def take(self, partitions: frozenset[int]) -> None:
        """Hands newly assigned partitions over."""
        self.assigned = partitions
        await self._call(self._on_assigned, partitions)

    async def give_back(self) -> None:
        """Has everything that is assigned given back."""
        partitions, self.assigned = self.assigned, frozenset()
        if partitions:
            await self._call(self._on_revoked, partitions)

    async def _call(self, callback: Callback, partitions: frozenset[int]) -> None:
        try:
            await callback(partitions)
        except Exception as fault:  # noqa: BLE001 - whatever it is, `run` raises it
            log.error("partitions not handed over", partitions=sorted(partitions))
            self._fault = self._fault or fault


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Tells a group what its consumer is assigned."""

    def __init__(self, group: PartitionGroup, consumer: AIOKafkaConsumer) -> None:
        self._group = group
        self._consumer = consumer

    async def on_partitions_revoked(self, _revoked: Iterable[TopicPartition]) -> None:
        await self._group.give_back()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        places = list(assigned)
        self._consumer.pause(*places)
        for place in places:
            # any position will do: without one the consumer would ask for a committed offset
            self._consumer.seek(place, 0)
        await self._group.take(frozenset(place.partition for place in places))


async def _stop(consumer: AIOKafkaConsumer) -> None:
    """Stops the consumer, which may wait for a broker that does not answer."""
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(consumer.stop(), STOP_SECONDS_MAX)
