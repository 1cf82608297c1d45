"""A shared fetch over several brokers: what one of them, or a partition, holds up."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import NodeNotReadyError
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.structs import TopicPartition

from runtime.kafka.wire import Fetched, Leaderless, Wanted, Wire
from runtime.log.log import LogError, Place


class Client:
    """Stands in for aiokafka's: `leaders` are those that a look for the topic finds."""

    def __init__(self, leaders: Mapping[str, int]) -> None:
        self.cluster = self
        self.looks: list[set[str]] = []
        #: Brokers that connections to are tried for, until that fails.
        self.unreachable: dict[int, asyncio.Event] = {}
        self._leaders = leaders
        self._topics: set[str] = set()

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return {0} if self.looks and topic in self.looks[-1] & self._leaders.keys() else None

    def leader_for_partition(self, place: TopicPartition) -> int | None:
        return self._leaders[place.topic] if self.partitions_for_topic(place.topic) else None

    def add_topic(self, topic: str) -> None:
        self._topics.add(topic)

    async def force_metadata_update(self) -> bool:
        self.looks.append(set(self._topics))
        return True

    async def send(self, node: int, request: FetchRequest) -> Any:
        if node in self.unreachable:
            await self.unreachable[node].wait()
            raise NodeNotReadyError("it cannot be connected to")
        parts: list[tuple[str, list[Any]]] = [
            (topic, [(each[0], 0, 7, 7, [], b"from %d" % node) for each in wanted])
            for topic, wanted in request.topics
        ]
        return SimpleNamespace(topics=parts)


class Told(dict[str, Fetched | LogError]):
    def tell(self, place: Place, answer: Fetched | LogError) -> None:
        assert place.topic not in self, "told once"
        self[place.topic] = answer


def wanted(*topics: str) -> list[Wanted]:
    return [Wanted(Place(topic, 0), 5, 1000) for topic in topics]


def wire_of(client: Client, monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setattr("runtime.kafka.wire.AIOKafkaClient", lambda **_: client)
    return Wire({}, request_timeout_ms=1000)


async def test_a_broker_that_cannot_be_reached_holds_up_its_own_partitions_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, told = Client({"a": 1, "b": 2, "c": 1, "d": 3}), Told()
    client.unreachable[1] = asyncio.Event()
    wire = wire_of(client, monkeypatch)
    fetching = asyncio.create_task(wire.fetch_all(wanted("a", "b", "c", "d"), 3000, told.tell))
    await asyncio.sleep(0.01)
    assert told == {"b": Fetched(b"from 2", 7), "d": Fetched(b"from 3", 7)}
    client.unreachable[1].set()
    assert not await fetching
    assert {topic for topic, answer in told.items() if isinstance(answer, LogError)} == {"a", "c"}


async def test_who_has_no_leader_is_told_so_and_waited_for_by_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client, told = Client({"a": 1, "lost": -1}), Told()
    wire = wire_of(client, monkeypatch)
    assert not await wire.fetch_all(wanted("absent", "lost", "a"), 3000, told.tell)
    assert told.pop("a") == Fetched(b"from 1", 7)
    assert {topic: type(answer) for topic, answer in told.items()} == {
        "absent": Leaderless,
        "lost": Leaderless,
    }


async def test_all_topics_are_looked_for_at_once_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client({"a": 1, "b": 1})
    wire = wire_of(client, monkeypatch)
    for _ in range(2):
        assert await wire.fetch_all(wanted("a", "b"), 3000, Told().tell)
    assert client.looks == [{"a", "b"}]
