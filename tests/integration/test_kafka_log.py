"""The log on a real broker that is killed, frozen and damaged."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from deploy.embedded.kafka import EmbeddedBroker
from runtime.kafka.log import KafkaLog
from runtime.log.log import Corrupt, Entry, InDoubt, Log, LogError, Unsent
from runtime.log.sender import Sender
from tests.conftest import NewTopic, led, topic_maker
from tests.integration.damage import change, compact_eagerly, read_on, read_until_fault

TIMEOUT_MS = 1500
#: Longer than any machine takes for what ends by itself.
PATIENT_MS = 120_000


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """A broker that these tests may stop; each leaves it running."""
    with EmbeddedBroker(tmp_path_factory.mktemp("fragile")) as started:
        yield started


@asynccontextmanager
async def _log(broker: EmbeddedBroker, timeout_ms: int) -> AsyncIterator[KafkaLog]:
    """The log on the broker; it must leave no task behind."""
    opened = KafkaLog({"bootstrap_servers": broker.bootstrap}, request_timeout_ms=timeout_ms)
    yield opened
    await opened.close()
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.fixture
async def log(fragile: EmbeddedBroker) -> AsyncIterator[KafkaLog]:
    """The log on the fragile broker, which soon gives a request up."""
    async with _log(fragile, TIMEOUT_MS) as opened:
        yield opened


@pytest.fixture
async def patient_log(fragile: EmbeddedBroker) -> AsyncIterator[KafkaLog]:
    """The log on the fragile broker, which waits long for an answer."""
    async with _log(fragile, PATIENT_MS) as opened:
        yield opened


@pytest.fixture
def make_topic(fragile: EmbeddedBroker) -> NewTopic:
    return topic_maker(fragile.bootstrap)


@contextmanager
def frozen(broker: EmbeddedBroker) -> Iterator[None]:
    """The broker accepts connections, but answers nothing."""
    os.kill(broker.pid, signal.SIGSTOP)
    # a thread that had not yet heard of it could still answer
    while any(_state_of(thread) not in "Tt" for thread in _threads_of(broker.pid)):
        time.sleep(0.001)
    try:
        yield
    finally:
        os.kill(broker.pid, signal.SIGCONT)


def _threads_of(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/task").iterdir())


def _state_of(thread: Path) -> str:
    """`T` is stopped, see proc(5); a thread that ended meanwhile answers no more."""
    try:
        return (thread / "stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "T"


def batch(number: int, size: int = 3) -> list[Entry]:
    return [
        Entry(b"k", b"value-%d" % (number * size + each), (("h", b"x"),)) for each in range(size)
    ]


async def five_batches(log: Log, topic: str) -> None:
    """Offsets 0 to 14 in batches of 3."""
    appender = await log.appender(topic, 0)
    for number in range(5):
        assert await appender.append(batch(number)) == number * 3
    await appender.abandon()


async def test_while_space_is_short_nothing_is_appended_and_then_it_goes_on(
    fragile: EmbeddedBroker, make_topic: NewTopic
) -> None:
    short: str | None = "only 1.0 MiB are left"
    log = KafkaLog({"bootstrap_servers": fragile.bootstrap}, shortage=lambda: short)
    topic = await make_topic()
    appender = await log.appender(topic, 0)
    for _ in range(2):
        with pytest.raises(Unsent, match=r"only 1\.0 MiB are left"):
            await appender.append(batch(0))
    assert await log.bounds(topic, 0) == (0, 0)
    short = None
    assert await appender.append(batch(0)) == 0
    await log.close()


@pytest.mark.parametrize(
    ("at", "flip"),
    [(7, 1), (2, 1), (9, 1), (11, 8), (8, 0x80), (16, 2), (17, 1), (22, 1), (60, 1), (70, 1)],
    ids=[
        "base offset one off",
        "base offset far off",
        "length too great",
        "length slightly off",
        "length negative",
        "format",
        "checksum",
        "attributes",
        "number of records",
        "a record",
    ],
)
async def test_damage_is_named_and_what_is_before_it_is_read(
    kafka_log: KafkaLog, new_topic: NewTopic, broker_home: Path, at: int, flip: int
) -> None:
    topic = await new_topic()
    await five_batches(kafka_log, topic)
    change(broker_home, topic, 2, at, flip)
    reader = await kafka_log.reader(topic, 0, 0)
    found, fault = await read_until_fault(reader)
    assert [each.value for each in found] == [b"value-%d" % each for each in range(6)]
    assert isinstance(fault, Corrupt)
    assert f"{topic}/0" in str(fault)
    assert "offset 6" in str(fault)
    with pytest.raises(Corrupt):
        await reader.read(records_max=1, wait_ms=0)
    fresh = await kafka_log.reader(topic, 0, 6)
    found, fault = await read_until_fault(fresh)
    assert not found
    assert isinstance(fault, Corrupt)
    with pytest.raises(LogError):
        await kafka_log.read_at(topic, 0, 6)


async def test_compaction_leaves_gaps_that_are_read_over(
    fragile: EmbeddedBroker, make_topic: NewTopic
) -> None:
    topic = await make_topic(
        cleanup_policy="compact",
        segment_ms="100",
        min_cleanable_dirty_ratio="0.001",
        delete_retention_ms="0",
    )
    await compact_eagerly(fragile)
    log = KafkaLog({"bootstrap_servers": fragile.bootstrap}, compacted=frozenset({topic}))
    appender = await log.appender(topic, 0)
    last = 0
    for number in range(20):
        last = await appender.append([Entry(b"same", b"%d" % number), Entry(b"k%d" % number, b"")])
        await asyncio.sleep(0.01)
    until = time.monotonic() + 60
    offsets: list[int] = []
    while time.monotonic() < until:
        await appender.append([Entry(b"roll", b"x")])
        _, end = await log.bounds(topic, 0)
        reader = await log.reader(topic, 0, 0)
        offsets = []
        while not offsets or offsets[-1] < end - 1:
            offsets += [each.offset for each in await reader.read(records_max=7, wait_ms=1000)]
        await reader.close()
        if offsets[0] >= last:
            break
        await asyncio.sleep(0.5)
    assert offsets[0] >= last
    assert offsets == sorted(set(offsets))
    await log.close()


async def test_a_frozen_broker_leaves_an_append_in_doubt(
    fragile: EmbeddedBroker, log: KafkaLog, make_topic: NewTopic
) -> None:
    topic = await make_topic()
    appender = await log.appender(topic, 0)
    await appender.append(batch(0))
    with frozen(fragile):
        with pytest.raises(InDoubt):
            async with asyncio.timeout(PATIENT_MS / 1000):
                await appender.append(batch(1))
        with pytest.raises(Unsent, match="in doubt"):
            await appender.append(batch(2))
        await appender.abandon()
    second = await log.appender(topic, 0)
    base = await second.append(batch(3))
    assert base in (3, 6)  # what was in doubt may have been written when the broker woke up
    assert (await log.read_at(topic, 0, base)).value == b"value-9"


async def test_an_append_that_is_cancelled_leaves_the_appender_unusable(
    fragile: EmbeddedBroker, log: KafkaLog, make_topic: NewTopic
) -> None:
    topic = await make_topic()
    appender = await log.appender(topic, 0)
    with frozen(fragile):
        appending = asyncio.create_task(appender.append(batch(0)))
        await asyncio.sleep(0.1)
        appending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await appending
    with pytest.raises(Unsent):
        await appender.append(batch(1))


async def test_abandoning_ends_the_append_that_is_under_way(
    fragile: EmbeddedBroker, patient_log: KafkaLog, make_topic: NewTopic
) -> None:
    topic = await make_topic()
    appender = await patient_log.appender(topic, 0)
    with frozen(fragile):
        appending = asyncio.create_task(appender.append(batch(0)))
        await asyncio.sleep(0.1)
        async with asyncio.timeout(PATIENT_MS / 2000):
            await appender.abandon()
            with pytest.raises(InDoubt):
                await appending


async def test_nothing_is_sent_where_there_is_no_broker_or_no_topic(
    fragile: EmbeddedBroker, log: KafkaLog
) -> None:
    with pytest.raises(Unsent, match="no leader"):
        await log.appender("absent", 0)
    with pytest.raises(LogError, match="no leader"):
        await log.bounds("absent", 0)
    nowhere = KafkaLog({"bootstrap_servers": "127.0.0.1:1"}, request_timeout_ms=TIMEOUT_MS)
    with pytest.raises(Unsent, match="cannot be reached"):
        await nowhere.appender("any", 0)
    reader = await nowhere.reader("any", 0, 0)
    with pytest.raises(LogError, match="cannot be reached"):
        await reader.read(records_max=1, wait_ms=0)
    await nowhere.close()


async def test_a_killed_broker_is_reported_and_everything_goes_on_after_its_restart(
    fragile: EmbeddedBroker, log: KafkaLog, make_topic: NewTopic
) -> None:
    topic = await make_topic(flush_messages="1")
    appender = await log.appender(topic, 0)
    reader = await log.reader(topic, 0, 0)
    await appender.append(batch(0))
    assert len(await reader.read(records_max=1, wait_ms=2000)) == 1
    await log.bounds(topic, 0)
    fragile.kill()
    try:
        with pytest.raises(LogError) as raised:
            await appender.append(batch(1))
        assert raised.type in (Unsent, InDoubt)
        with pytest.raises(Unsent):
            await log.appender(topic, 0)
        with pytest.raises(LogError):
            await log.bounds(topic, 0)
    finally:
        await appender.abandon()
        await asyncio.to_thread(fragile.start)
    await led(log, topic)
    assert await log.bounds(topic, 0) == (0, 3)
    again = await log.appender(topic, 0)
    assert await again.append(batch(1)) == 3
    found = await read_on(reader, 5)
    assert [each.value for each in found] == [b"value-%d" % each for each in range(1, 6)]


async def test_questions_about_several_topics_do_not_disturb_one_another(
    log: KafkaLog, make_topic: NewTopic
) -> None:
    topics = [await make_topic() for _ in range(4)]
    for _ in range(3):
        asked = [log.bounds(topic, 0) for topic in topics]
        assert await asyncio.gather(*asked) == [(0, 0)] * len(topics)


async def test_an_appender_does_not_outlive_its_connection(
    fragile: EmbeddedBroker, log: KafkaLog, make_topic: NewTopic
) -> None:
    topic = await make_topic(flush_messages="1")
    appender = await log.appender(topic, 0)
    await appender.append(batch(0))
    fragile.kill()
    await asyncio.to_thread(fragile.start)
    with pytest.raises(Unsent, match="connection"):
        await appender.append(batch(1))
    await appender.abandon()
    await led(log, topic)
    assert await log.bounds(topic, 0) == (0, 3)


async def test_a_sender_takes_a_new_appender_after_a_doubt(
    fragile: EmbeddedBroker, log: KafkaLog, make_topic: NewTopic
) -> None:
    topic = await make_topic()
    sender = Sender(log, queued_max=5)
    assert await sender.send(topic, 0, Entry(b"k", b"first")) == 0
    with frozen(fragile):
        under_way = asyncio.create_task(sender.send(topic, 0, Entry(b"k", b"doubtful")))
        await asyncio.sleep(0.05)
        queued = [
            asyncio.create_task(sender.send(topic, 0, Entry(b"k", b"queued"))) for _ in range(5)
        ]
        await asyncio.sleep(0.05)
        with pytest.raises(Unsent, match="wait already"):
            await sender.send(topic, 0, Entry(b"k", b"too many"))
        assert not under_way.done(), "refused at once, not after what is under way"
        with pytest.raises(InDoubt):
            await under_way
        # no new connection comes about while the broker is frozen
        outcomes = await asyncio.gather(*queued, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {Unsent}
    offset = await sender.send(topic, 0, Entry(b"k", b"last"))
    assert (await log.read_at(topic, 0, offset)).value == b"last"
    await sender.close()
