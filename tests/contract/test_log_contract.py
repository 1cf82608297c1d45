"""What every log promises: the memory log is a fake of the Kafka one because both pass this."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass

import pytest
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from deploy.embedded.kafka import EmbeddedBroker
from runtime.base.clock import clock_ms
from runtime.base.settings import Settings
from runtime.kafka.admin import client_options
from runtime.kafka.log import KafkaLog
from runtime.log.log import (
    BATCH_OVERHEAD_BYTES,
    Entry,
    Log,
    OutOfRange,
    StoredEntry,
    Unsent,
    entry_bytes,
)
from runtime.log.memory_log import MemoryLog
from runtime.log.sender import Sender
from schemas.topics import BATCH_BYTES_MAX
from tests.conftest import topic_maker


@dataclass
class Subject:
    """A log, an empty topic with log-append time on it, and how its oldest records are lost."""

    log: Log
    topic: str
    drop_before: Callable[[int], Awaitable[None]]
    other_topic: Callable[[], Awaitable[str]]


@pytest.fixture(params=["memory", "kafka"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    if request.param == "memory":
        yield _memory()
        return
    broker: EmbeddedBroker = request.getfixturevalue("broker")
    log = KafkaLog(client_options(Settings(kafka=broker.bootstrap)))
    new_topic = topic_maker(broker.bootstrap)
    topic = await new_topic(message_timestamp_type="LogAppendTime")

    async def drop_before(start: int) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
        try:
            await admin.start()
            await admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(start)})
        finally:
            await admin.close()

    yield Subject(log, topic, drop_before, lambda: new_topic(partitions=2))
    await log.close()


def _memory() -> Subject:
    log = MemoryLog(clock_ms)

    async def drop_before(start: int) -> None:
        log.drop_before("test", 0, start)

    async def other_topic() -> str:
        return "other"

    return Subject(log, "test", drop_before, other_topic)


def entry(number: int) -> Entry:
    return Entry(b"key-%d" % number, b"value-%d" % number, (("n", b"%d" % number), ("é", b"\xff")))


async def appended(subject: Subject, *batches: int) -> None:
    """Appends batches of these sizes; values count on."""
    appender = await subject.log.appender(subject.topic, 0)
    number = 0
    for size in batches:
        await appender.append([entry(number + each) for each in range(size)])
        number += size
    await appender.abandon()


async def read_all(subject: Subject, offset: int = 0) -> list[StoredEntry]:
    """Everything from `offset` to the end."""
    _, end = await subject.log.bounds(subject.topic, 0)
    reader = await subject.log.reader(subject.topic, 0, offset)
    found: list[StoredEntry] = []
    while offset + len(found) < end:
        found += await reader.read(records_max=1000, wait_ms=5000)
    await reader.close()
    return found


def values(entries: Sequence[StoredEntry]) -> list[bytes]:
    return [each.value for each in entries]


async def test_a_new_partition_is_empty(subject: Subject) -> None:
    assert await subject.log.bounds(subject.topic, 0) == (0, 0)


async def test_an_append_answers_with_the_offset_of_its_first_entry(subject: Subject) -> None:
    appender = await subject.log.appender(subject.topic, 0)
    assert await appender.append([entry(0), entry(1)]) == 0
    assert await appender.append([entry(2)]) == 2
    assert await appender.append([entry(3), entry(4)]) == 3
    assert await subject.log.bounds(subject.topic, 0) == (0, 5)


async def test_the_end_is_beyond_all_that_was_acknowledged(subject: Subject) -> None:
    assert await subject.log.end(subject.topic, 0) == 0
    await appended(subject, 3, 2)
    assert await subject.log.end(subject.topic, 0) == 5


async def test_a_read_that_fetched_says_where_the_partition_ended(subject: Subject) -> None:
    await appended(subject, 3)
    reader = await subject.log.reader(subject.topic, 0, 1)
    assert reader.end is None
    assert len(await reader.read(records_max=1000, wait_ms=5000)) == 2
    assert reader.end == 3
    assert not await reader.read(records_max=1000, wait_ms=50)
    assert reader.end == 3
    await appended(subject, 4)
    first = await reader.read(records_max=1, wait_ms=5000)
    assert [each.offset for each in first] == [3]
    assert reader.end == 7
    await appended(subject, 1)
    # it had the second record at hand, or it has asked again
    await reader.read(records_max=1, wait_ms=5000)
    assert reader.end in (None, 8)
    await reader.close()


async def test_what_is_read_is_what_was_appended(subject: Subject) -> None:
    before = clock_ms()
    await appended(subject, 1, 3)
    found = await read_all(subject)
    assert [(each.offset, each.key, each.value, each.headers) for each in found] == [
        (number, *entry(number)) for number in range(4)
    ]
    assert all(before - 1 <= each.timestamp <= clock_ms() + 1 for each in found)
    assert found[2].header("n") == b"2"
    assert found[2].header("absent") is None


@pytest.mark.parametrize("value", [b"", b"\0", "ü".encode(), b"x" * 300_000])
async def test_any_value_comes_back_as_it_was(subject: Subject, value: bytes) -> None:
    written = Entry(b"k", value, (("empty", b""), ("empty", b"again")))
    appender = await subject.log.appender(subject.topic, 0)
    await appender.append([written])
    (found,) = await read_all(subject)
    assert (found.key, found.value, found.headers) == written


async def test_reading_goes_on_in_parts_across_batches(subject: Subject) -> None:
    await appended(subject, 3, 1, 5)
    reader = await subject.log.reader(subject.topic, 0, 0)
    parts = [await reader.read(records_max=2, wait_ms=5000) for _ in range(6)]
    assert all(len(part) <= 2 for part in parts)
    offsets = [each.offset for part in parts for each in part]
    assert offsets == list(range(len(offsets)))
    assert len(offsets) >= 6


async def test_reading_begins_within_a_batch(subject: Subject) -> None:
    await appended(subject, 2, 5)
    assert values(await read_all(subject, 4)) == [b"value-4", b"value-5", b"value-6"]


async def test_a_reader_at_the_end_waits_as_long_as_it_is_told(subject: Subject) -> None:
    await appended(subject, 1)
    reader = await subject.log.reader(subject.topic, 0, 1)
    await reader.read(records_max=1, wait_ms=0)
    began = time.monotonic()
    assert not await reader.read(records_max=10, wait_ms=0)
    at_once = time.monotonic() - began
    assert not await reader.read(records_max=10, wait_ms=2000)
    waited = time.monotonic() - began - at_once
    assert at_once < waited
    assert waited >= 1.9


async def test_a_waiting_reader_has_what_is_appended_meanwhile(subject: Subject) -> None:
    reader = await subject.log.reader(subject.topic, 0, 0)
    reading = asyncio.create_task(reader.read(records_max=10, wait_ms=120_000))
    await asyncio.sleep(0.2)
    async with asyncio.timeout(60):
        await appended(subject, 2)
        assert values(await reading) == [b"value-0", b"value-1"]


async def test_a_read_that_was_cancelled_loses_nothing(subject: Subject) -> None:
    reader = await subject.log.reader(subject.topic, 0, 0)
    reading = asyncio.create_task(reader.read(records_max=10, wait_ms=10_000))
    await asyncio.sleep(0.1)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await appended(subject, 2)
    assert values(await reader.read(records_max=10, wait_ms=5000)) == [b"value-0", b"value-1"]


async def test_beyond_the_end_is_out_of_range(subject: Subject) -> None:
    await appended(subject, 3)
    reader = await subject.log.reader(subject.topic, 0, 4)
    for _ in range(2):
        with pytest.raises(OutOfRange):
            await reader.read(records_max=1, wait_ms=100)


async def test_what_retention_dropped_is_out_of_range(subject: Subject) -> None:
    await appended(subject, 3, 3)
    await subject.drop_before(4)
    assert await subject.log.bounds(subject.topic, 0) == (4, 6)
    reader = await subject.log.reader(subject.topic, 0, 3)
    with pytest.raises(OutOfRange):
        await reader.read(records_max=1, wait_ms=100)
    assert values(await read_all(subject, 4)) == [b"value-4", b"value-5"]


async def test_one_record_is_read_by_its_offset(subject: Subject) -> None:
    await appended(subject, 2, 3)
    for offset in (0, 1, 3, 4):
        found = await subject.log.read_at(subject.topic, 0, offset)
        assert (found.offset, found.value) == (offset, b"value-%d" % offset)
    for offset in (5, 6):
        with pytest.raises(OutOfRange):
            await subject.log.read_at(subject.topic, 0, offset)


async def test_a_batch_of_the_greatest_size_is_taken_and_no_greater_one(subject: Subject) -> None:
    appender = await subject.log.appender(subject.topic, 0)
    room = BATCH_BYTES_MAX - BATCH_OVERHEAD_BYTES - entry_bytes(Entry(b"k", b""))
    incompressible = b"".join(number.to_bytes(4, "big") for number in range(room // 4 + 1))
    with pytest.raises(ValueError, match="exceeds"):
        await appender.append([Entry(b"k", incompressible[: room + 1])])
    assert await appender.append([Entry(b"k", incompressible[:room])]) == 0
    many = [Entry(b"", b"")] * (
        (BATCH_BYTES_MAX - BATCH_OVERHEAD_BYTES) // entry_bytes(Entry(b"", b""))
    )
    assert await appender.append(many) == 1
    assert await subject.log.bounds(subject.topic, 0) == (0, 1 + len(many))


async def test_an_empty_batch_is_refused(subject: Subject) -> None:
    appender = await subject.log.appender(subject.topic, 0)
    with pytest.raises(ValueError, match="needs an entry"):
        await appender.append([])
    assert await appender.append([entry(0)]) == 0


async def test_an_abandoned_appender_sends_nothing(subject: Subject) -> None:
    appender = await subject.log.appender(subject.topic, 0)
    await appender.append([entry(0)])
    await appender.abandon()
    await appender.abandon()
    with pytest.raises(Unsent):
        await appender.append([entry(1)])
    assert await subject.log.bounds(subject.topic, 0) == (0, 1)


async def test_batches_of_two_appenders_never_mix(subject: Subject) -> None:
    async def append(name: bytes) -> None:
        appender = await subject.log.appender(subject.topic, 0)
        for _ in range(10):
            await appender.append([Entry(name, b"")] * 3)

    await asyncio.gather(append(b"a"), append(b"b"))
    keys = [each.key for each in await read_all(subject)]
    assert [len(set(keys[at : at + 3])) for at in range(0, 60, 3)] == [1] * 20


async def test_one_log_serves_several_topics_and_partitions(subject: Subject) -> None:
    await appended(subject, 2)
    assert await subject.log.bounds(subject.topic, 0) == (0, 2)
    other = await subject.other_topic()
    appender = await subject.log.appender(other, 1)
    await appender.append([entry(7)])
    assert await subject.log.bounds(other, 0) == (0, 0)
    assert await subject.log.bounds(other, 1) == (0, 1)
    assert (await subject.log.read_at(other, 1, 0)).value == b"value-7"
    assert (await subject.log.read_at(subject.topic, 0, 1)).value == b"value-1"


async def test_a_sender_gives_each_entry_its_own_offset(subject: Subject) -> None:
    sender = Sender(subject.log)
    numbers = range(500)
    offsets = await asyncio.gather(
        *(sender.send(subject.topic, 0, entry(number)) for number in numbers)
    )
    await sender.close()
    found = await read_all(subject)
    assert sorted(offsets) == list(numbers)
    assert all(found[offset].value == b"value-%d" % number for number, offset in enumerate(offsets))
