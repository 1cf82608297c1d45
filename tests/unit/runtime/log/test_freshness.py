"""What a request may take for known: proven by the broker's answer, however late that comes."""

import asyncio

import pytest

from runtime.log.freshness import LAG_MS_UNKNOWN, Freshness, Heard
from runtime.log.log import LogError

#: A bound that is only met when something goes wrong.
PATIENT = 60.0
AGE = 1.0


class Broker:
    """Where a partition ends, said when the test lets it."""

    def __init__(self) -> None:
        self.end = 0
        self.asked = 0
        self.fault: LogError | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self) -> int:
        self.asked += 1
        found = self.end
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        return found


class Subject:
    """A fold's freshness by a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.broker = Broker()
        self.freshness = Freshness(self.broker, clock=lambda: self.now)

    def folded(self, position: int) -> None:
        self.freshness.note(position, self.now, None)

    def age(self) -> asyncio.Future[bool]:
        return asyncio.ensure_future(self.freshness.prove_age(AGE, PATIENT))

    def current(self) -> asyncio.Future[bool]:
        return asyncio.ensure_future(self.freshness.prove_current(PATIENT))


@pytest.fixture
def subject() -> Subject:
    made = Subject()
    made.folded(-1)
    return made


async def turns() -> None:
    """Lets everything go on that can."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_what_was_proven_lately_is_not_asked_for_again(subject: Subject) -> None:
    assert await subject.age()
    subject.now += AGE / 2
    assert await subject.age()
    await turns()
    assert subject.broker.asked == 1


async def test_who_comes_late_has_the_next_proof_asked_for_without_waiting(
    subject: Subject,
) -> None:
    assert await subject.age()
    subject.broker.open.clear()
    subject.now += AGE * 0.9
    assert all([await subject.age() for _ in range(10)])
    await turns()
    assert subject.broker.asked == 2
    subject.broker.open.set()
    await turns()
    subject.now += AGE * 0.4
    assert await subject.age()
    assert subject.broker.asked == 2


async def test_a_question_asked_in_time_may_fail_in_silence(subject: Subject) -> None:
    assert await subject.age()
    subject.broker.fault = LogError("down")
    subject.now += AGE
    assert await subject.age()
    await turns()
    subject.now += 0.01
    with pytest.raises(LogError):
        await subject.age()
    subject.broker.fault = None
    assert await subject.age()


async def test_a_process_that_did_not_run_for_a_minute_answers_and_does_not_refuse(
    subject: Subject,
) -> None:
    assert await subject.age()
    subject.now += 60
    subject.broker.open.clear()
    waiting = subject.age()
    await turns()
    # nor does it matter how long the answer takes
    subject.now += 60
    subject.broker.open.set()
    assert await waiting


async def test_a_thousand_requests_share_one_question(subject: Subject) -> None:
    waiting = [subject.age() for _ in range(500)] + [subject.current() for _ in range(500)]
    assert all(await asyncio.gather(*waiting))
    assert subject.broker.asked == 1


async def test_a_question_sent_before_a_reader_came_is_no_answer_for_it(subject: Subject) -> None:
    subject.broker.open.clear()
    early = subject.current()
    await turns()
    # written, acknowledged and only then asked for
    subject.broker.end = 1
    late = [subject.current() for _ in range(100)]
    await turns()
    assert subject.broker.asked == 1
    subject.broker.open.set()
    assert await early
    await turns()
    assert subject.broker.asked == 2
    assert not any(each.done() for each in late)
    subject.folded(0)
    assert all(await asyncio.gather(*late))


async def test_for_keys_a_question_under_way_counts_if_it_is_young_enough(
    subject: Subject,
) -> None:
    subject.broker.open.clear()
    first = subject.age()
    await turns()
    subject.now += AGE
    young = subject.age()
    await turns()
    subject.now += 0.01
    subject.broker.end = 1
    old = subject.age()
    await turns()
    subject.broker.open.set()
    assert await first
    assert await young
    await turns()
    assert subject.broker.asked == 2
    assert not old.done()
    subject.folded(0)
    assert await old


async def test_a_broker_that_refuses_is_said_at_once(subject: Subject) -> None:
    subject.broker.fault = LogError("down")
    outcomes = await asyncio.gather(
        subject.age(), subject.current(), subject.age(), return_exceptions=True
    )
    assert all(isinstance(each, LogError) for each in outcomes)
    assert subject.broker.asked == 1


async def test_a_broker_that_does_not_answer_is_waited_for_within_a_bound(
    subject: Subject,
) -> None:
    subject.broker.open.clear()
    freshness = subject.freshness
    assert not any(await asyncio.gather(*(freshness.prove_age(AGE, 0.01) for _ in range(100))))
    assert not await freshness.prove_current(0.01)
    # one under way, one that waits behind it: nothing grows with those who gave up
    assert subject.broker.asked == 1
    subject.broker.open.set()
    assert await subject.current()
    assert subject.broker.asked == 2


async def test_a_stalled_fold_is_waited_for_within_a_bound(subject: Subject) -> None:
    assert await subject.age()
    subject.broker.end = 5
    subject.now += 2 * AGE
    assert not await subject.freshness.prove_age(AGE, 0.01)
    assert not await subject.freshness.prove_current(0.01)
    subject.folded(3)
    waiting = subject.age()
    await turns()
    assert not waiting.done()
    subject.folded(4)
    assert await waiting


async def test_nothing_is_proven_before_the_fold_was_compared_with_the_log() -> None:
    subject = Subject()
    assert not await subject.freshness.prove_current(0.01)
    assert not subject.freshness.complete.is_set()
    waiting = subject.age()
    subject.folded(-1)
    assert await waiting
    assert subject.freshness.complete.is_set()


async def test_a_log_that_lost_what_is_folded_proves_nothing_until_it_is_folded_anew(
    subject: Subject,
) -> None:
    subject.broker.end = 10
    subject.folded(9)
    assert await subject.age()
    subject.broker.end = 4
    waiting = subject.current()
    await turns()
    # what its reader had at hand is of the log that was lost
    subject.folded(11)
    await turns()
    assert not waiting.done()
    assert subject.freshness.lag_ms() == LAG_MS_UNKNOWN
    assert not subject.freshness.complete.is_set()
    assert not await subject.freshness.prove_age(AGE, 0.01)
    subject.freshness.suspend()
    subject.folded(2)
    await turns()
    assert not waiting.done()
    subject.folded(3)
    assert await waiting
    assert subject.freshness.complete.is_set()


async def test_what_fetches_say_is_the_lag_and_lets_nobody_in(subject: Subject) -> None:
    freshness = subject.freshness
    freshness.note(4, subject.now, 5)
    assert freshness.complete.is_set()
    assert freshness.lag_ms() == 0
    subject.broker.fault = LogError("down")
    with pytest.raises(LogError):
        await subject.age()


def test_under_load_a_fold_is_soon_beyond_where_the_end_was() -> None:
    heard = Heard(0.0)
    heard.note(0, 1.0, 10)
    heard.note(5, 2.0, 20)
    assert heard.at == 0.0
    heard.note(9, 3.0, None)
    assert heard.at == 1.0
    heard.note(25, 4.0, 30)
    heard.note(29, 5.0, 40)
    assert heard.at == 4.0
