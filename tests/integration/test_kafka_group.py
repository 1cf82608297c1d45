"""Membership on a real broker: who has which partitions, and in which order they move."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from deploy.embedded.kafka import EmbeddedBroker
from runtime.kafka.group import SESSION_MS, PartitionGroup
from runtime.log.log import LogError
from tests.conftest import NewTopic

PARTITIONS = frozenset(range(4))


class Members:
    """Processes of one group; `held` is what each has, as its callbacks were told."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.held: dict[str, frozenset[int]] = {}
        self.fail_on: str | None = None
        self.groups: dict[str, PartitionGroup] = {}
        self._bootstrap = bootstrap
        self._topic = topic
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str) -> "asyncio.Task[None]":
        async def assigned(partitions: frozenset[int]) -> None:
            if self.fail_on == name:
                raise RuntimeError("no writer")
            others = [held for other, held in self.held.items() if other != name]
            assert not any(partitions & held for held in others), "two hold one partition"
            self.held[name] = partitions

        async def revoked(partitions: frozenset[int]) -> None:
            assert partitions == self.held.get(name, partitions)
            await asyncio.sleep(0.05)
            self.held[name] = frozenset()

        group = PartitionGroup(
            {"bootstrap_servers": self._bootstrap},
            topic=self._topic,
            group_id=self._topic,
            instance_id=name,
            on_assigned=assigned,
            on_revoked=revoked,
        )
        self.groups[name] = group
        self._tasks[name] = asyncio.create_task(group.run())
        return self._tasks[name]

    async def stop(self, name: str) -> None:
        task = self._tasks.pop(name)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def stop_all(self) -> None:
        for name in list(self._tasks):
            await self.stop(name)

    async def reach(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"not reached: {self.held}"
            await asyncio.sleep(0.02)

    def spread(self, *names: str) -> bool:
        """Whether these, and no others, have all partitions between them."""
        having = {name for name, held in self.held.items() if held}
        return having == set(names) and frozenset().union(*self.held.values()) == PARTITIONS


@pytest.fixture
async def members(broker: EmbeddedBroker, new_topic: NewTopic) -> AsyncIterator[Members]:
    found = Members(broker.bootstrap, await new_topic(partitions=len(PARTITIONS)))
    yield found
    await found.stop_all()
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_partitions_are_spread_and_given_back_before_they_move(members: Members) -> None:
    members.start("a")
    await members.reach(lambda: members.spread("a"))
    members.start("b")
    await members.reach(lambda: members.spread("a", "b"))
    assert {len(held) for held in members.held.values()} == {2}
    assert members.groups["a"].assigned == members.held["a"]


async def test_a_process_that_restarts_has_its_partitions_back_at_once(members: Members) -> None:
    members.start("a")
    members.start("b")
    await members.reach(lambda: members.spread("a", "b"))
    had, others = members.held["b"], members.held["a"]
    await members.stop("b")
    assert members.held == {"a": others, "b": frozenset()}
    began = time.monotonic()
    members.start("b")
    await members.reach(lambda: members.held["b"] == had)
    assert time.monotonic() - began < SESSION_MS / 1000
    assert members.held["a"] == others


async def test_a_lost_process_loses_its_partitions_when_its_session_is_over(
    members: Members,
) -> None:
    members.start("a")
    members.start("b")
    await members.reach(lambda: members.spread("a", "b"))
    await members.stop("b")
    began = time.monotonic()
    await members.reach(lambda: members.spread("a"))
    assert time.monotonic() - began > SESSION_MS / 1000 / 2


async def test_what_a_callback_raises_ends_the_membership(members: Members) -> None:
    members.fail_on = "a"
    with pytest.raises(RuntimeError, match="no writer"):
        await asyncio.wait_for(members.start("a"), 120)


async def test_without_a_broker_the_membership_says_so() -> None:
    with pytest.raises(LogError):
        await asyncio.wait_for(Members("127.0.0.1:1", "any").start("a"), 120)
