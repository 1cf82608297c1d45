"""Which readers share a fetch, what becomes of faults, and what is kept open."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

import pytest

from runtime.kafka.fetches import ALONE_WAIT_MS_MAX, IDLE_WIRES_MAX, Fetches
from runtime.kafka.wire import Fetched, Leaderless, Unreadable, Wanted, Wire
from runtime.log.log import LogError, OutOfRange, Place
from services.redemption.ledger.writer import IDLE_WAIT_MS

LONG_MS = 60_000
NOTHING = Fetched(b"", 0)
Answer = Fetched | LogError


class Broker:
    """Answers each fetch when it is told to."""

    def __init__(self) -> None:
        self.opened = 0
        self.closed = 0
        self.asked: list[list[Place]] = []
        self.waits: list[int] = []
        self._answers: list[asyncio.Future[dict[Place, Answer]]] = []

    async def open(self) -> Wire:
        self.opened += 1
        return cast("Wire", _Wire(self))

    async def ask(self, wanted: Sequence[Wanted], wait_ms: int) -> dict[Place, Answer]:
        self.asked.append([each.place for each in wanted])
        self.waits.append(wait_ms)
        self._answers.append(asyncio.get_running_loop().create_future())
        return await self._answers[-1]

    async def answer(self, index: int, **answers: Answer) -> None:
        """Answers the request of that number; the topics that are not named got nothing."""
        found = {place: answers.get(place.topic, NOTHING) for place in self.asked[index]}
        self._answers[index].set_result(found)
        await settle()

    def lose(self, index: int) -> None:
        """The connection is closed on which the request of that number is under way."""
        if not self._answers[index].done():
            self._answers[index].set_exception(LogError("closed"))


class _Wire:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._last: int | None = None

    async def fetch(self, wanted: Wanted, wait_ms: int) -> Fetched:
        self._last = len(self._broker.asked)
        found = (await self._broker.ask([wanted], wait_ms))[wanted.place]
        if isinstance(found, LogError):
            raise found
        return found

    async def fetch_all(
        self, wanted: Sequence[Wanted], wait_ms: int, tell: Callable[[Place, Answer], None]
    ) -> bool:
        found = await self._broker.ask(wanted, wait_ms)
        for place, answer in found.items():
            tell(place, answer)
        return not any(type(each) is LogError for each in found.values())

    async def close(self) -> None:
        self._broker.closed += 1
        if self._last is not None:
            self._broker.lose(self._last)


async def settle() -> None:
    """Lets everything happen that can, those who wait for company included."""
    await asyncio.sleep(0.05)


def start(fetches: Fetches, topic: str, *, wait_ms: int = LONG_MS, patient: bool = True) -> Any:
    wanted = Wanted(Place(topic, 0), 5, 1000)
    return asyncio.create_task(fetches.fetch(wanted, wait_ms, patient=patient))


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def fetches(broker: Broker) -> Fetches:
    return Fetches(broker.open)


async def test_all_who_are_patient_share_one_request(broker: Broker, fetches: Fetches) -> None:
    waiting = [start(fetches, topic) for topic in ("a", "b", "c")]
    await settle()
    assert broker.asked == [[Place("a", 0), Place("b", 0), Place("c", 0)]]
    await broker.answer(0, b=Fetched(b"records", 6))
    assert [(await each).raw for each in waiting] == [b"", b"records", b""]
    assert (broker.opened, broker.closed) == (1, 0)


async def test_a_partition_stands_once_in_a_request(broker: Broker, fetches: Fetches) -> None:
    waiting = [start(fetches, "a"), start(fetches, "a")]
    await settle()
    assert broker.asked == [[Place("a", 0)], [Place("a", 0)]]
    for index, each in enumerate(waiting):
        await broker.answer(index)
        assert await each == NOTHING


@pytest.mark.parametrize(
    ("wait_ms", "patient"),
    [(LONG_MS, False), (10, True), (0, False), (ALONE_WAIT_MS_MAX, True), (IDLE_WAIT_MS, True)],
)
async def test_who_is_in_a_hurry_asks_alone_and_at_once(
    broker: Broker, fetches: Fetches, wait_ms: int, patient: bool
) -> None:
    start(fetches, "a")
    hurried = start(fetches, "b", wait_ms=wait_ms, patient=patient)
    await asyncio.sleep(0)
    assert broker.asked == [[Place("b", 0)]]
    await settle()
    assert broker.asked[1:] == [[Place("a", 0)]]
    await broker.answer(0, b=Fetched(b"records", 6))
    assert (await hurried).raw == b"records"
    await fetches.close()


async def test_requests_end_together_so_that_the_next_one_is_shared(
    broker: Broker, fetches: Fetches
) -> None:
    start(fetches, "a", wait_ms=5000)
    await settle()
    start(fetches, "b", patient=False)
    start(fetches, "c")
    await settle()
    assert broker.waits[0] in range(4900, 5001)
    assert all(each <= broker.waits[0] for each in broker.waits[1:])
    await fetches.close()


async def test_a_fault_of_one_partition_is_told_to_its_reader_alone(
    broker: Broker, fetches: Fetches
) -> None:
    lost, other = start(fetches, "a"), start(fetches, "b")
    await settle()
    await broker.answer(0, a=OutOfRange("cut"))
    with pytest.raises(OutOfRange):
        await lost
    assert await other == NOTHING
    assert broker.closed == 0


async def test_a_fault_that_lasts_does_not_wake_those_who_went_on(
    broker: Broker, fetches: Fetches
) -> None:
    faulty, other = start(fetches, "a"), start(fetches, "b")
    await settle()
    await broker.answer(0, a=LogError("not the leader"))
    assert await other == NOTHING
    waiting = start(fetches, "b")
    await settle()
    for index in range(2, 5):
        with pytest.raises(LogError):
            await faulty
        faulty = start(fetches, "a")
        await settle()
        await broker.answer(index, a=LogError("not the leader"))
    assert broker.asked[1:] == [[Place("b", 0)]] + [[Place("a", 0)]] * 3
    assert not waiting.done()
    faulty.exception()
    await broker.answer(1)
    assert await waiting == NOTHING


async def test_a_partition_without_a_leader_is_asked_for_alone(
    broker: Broker, fetches: Fetches
) -> None:
    led, other = start(fetches, "a"), start(fetches, "b")
    await settle()
    await broker.answer(0, a=Leaderless("not known yet"))
    assert await other == NOTHING
    assert broker.asked[1] == [Place("a", 0)]
    await broker.answer(1, a=Fetched(b"records", 6))
    assert (await led).raw == b"records"


async def test_connections_that_failed_are_not_used_again(broker: Broker, fetches: Fetches) -> None:
    failed, other = start(fetches, "a"), start(fetches, "b")
    await settle()
    await broker.answer(0, a=LogError("not the leader"))
    with pytest.raises(LogError, match="not the leader"):
        await failed
    assert await other == NOTHING
    assert (broker.opened, broker.closed) == (1, 1)


@pytest.mark.parametrize("patient", [True, False])
async def test_a_fault_makes_all_look_for_the_leaders_anew(
    broker: Broker, fetches: Fetches, patient: bool
) -> None:
    kept = [start(fetches, topic, patient=False) for topic in ("a", "b", "c")]
    await settle()
    for index, each in enumerate(kept):
        await broker.answer(index)
        await each
    failed = start(fetches, "a", patient=patient)
    await settle()
    await broker.answer(3, a=LogError("not the leader"))
    with pytest.raises(LogError, match="not the leader"):
        await failed
    assert (broker.opened, broker.closed) == (3, 3)


async def test_what_was_too_large_for_a_shared_answer_is_asked_for_alone(
    broker: Broker, fetches: Fetches
) -> None:
    large = start(fetches, "a")
    start(fetches, "b")
    await settle()
    await broker.answer(0, a=Unreadable("nothing, although it goes on"))
    assert broker.asked[1] == [Place("a", 0)]
    await broker.answer(1, a=Fetched(b"large", 6))
    assert (await large).raw == b"large"
    await fetches.close()


async def test_who_gives_up_is_not_asked_for(broker: Broker, fetches: Fetches) -> None:
    gone, left = start(fetches, "a"), start(fetches, "b")
    await asyncio.sleep(0)
    gone.cancel()
    await settle()
    assert broker.asked == [[Place("b", 0)]]
    await broker.answer(0)
    assert await left == NOTHING


async def test_a_broker_that_cannot_be_reached_is_told_to_all(fetches: Fetches) -> None:
    async def refuse() -> Wire:
        raise LogError("no broker")

    fetches = Fetches(refuse)
    waiting = [start(fetches, "a"), start(fetches, "b"), start(fetches, "c", patient=False)]
    for each in waiting:
        with pytest.raises(LogError, match="no broker"):
            await each


async def test_so_many_connections_are_kept(broker: Broker, fetches: Fetches) -> None:
    many = IDLE_WIRES_MAX + 3
    waiting = [start(fetches, f"t{number}", patient=False) for number in range(many)]
    await settle()
    for index in range(many):
        await broker.answer(index)
    for each in waiting:
        await each
    assert (broker.opened, broker.closed) == (many, 3)
    await fetches.close()
    assert broker.closed == many


async def test_whoever_waits_is_told_of_the_end(broker: Broker, fetches: Fetches) -> None:
    asked = start(fetches, "a")
    await settle()
    queued = start(fetches, "b")
    await asyncio.sleep(0)
    await fetches.close()
    for each in (asked, queued):
        with pytest.raises(LogError):
            await each
    assert broker.closed == broker.opened


async def test_the_end_also_ends_who_has_a_request_alone(broker: Broker, fetches: Fetches) -> None:
    alone = start(fetches, "a", patient=False)
    await settle()
    await fetches.close()
    with pytest.raises(LogError):
        await asyncio.wait_for(alone, 120)
    assert broker.closed >= broker.opened


@pytest.mark.parametrize("patient", [True, False])
async def test_after_the_end_nothing_is_kept_open(
    broker: Broker, fetches: Fetches, patient: bool
) -> None:
    await fetches.close()
    late = start(fetches, "a", patient=patient)
    with pytest.raises(LogError, match="ended"):
        await asyncio.wait_for(late, 120)
    assert (broker.opened, broker.closed) == (1, 1)
