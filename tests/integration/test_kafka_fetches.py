"""Readers that share a fetch on a real broker, and what the end of the log leaves of them."""

import asyncio

import pytest

from deploy.embedded.kafka import EmbeddedBroker
from runtime.kafka.log import KafkaLog
from runtime.log.log import Entry, LogError
from tests.conftest import NewTopic

ENTRY = Entry(b"k", b"value")


async def test_a_topic_without_a_leader_holds_up_no_other_reader(
    kafka_log: KafkaLog, new_topic: NewTopic
) -> None:
    topic = await new_topic()
    readers = [await kafka_log.reader(each, 0, 0) for each in ("absent", topic)]
    lost, healthy = (
        asyncio.create_task(each.read(records_max=1, wait_ms=60_000)) for each in readers
    )
    appender = await kafka_log.appender(topic, 0)
    await appender.append([ENTRY])
    await asyncio.wait((lost, healthy), return_when=asyncio.FIRST_COMPLETED)
    assert not lost.done(), "it still looks for the leader"
    assert [each.value for each in healthy.result()] == [b"value"]
    with pytest.raises(LogError, match="absent/0 has no leader"):
        await lost


async def test_whoever_has_no_leader_is_told_so(broker: EmbeddedBroker) -> None:
    log = KafkaLog({"bootstrap_servers": broker.bootstrap}, request_timeout_ms=500)
    reader = await log.reader("absent", 0, 0)
    with pytest.raises(LogError, match="absent/0 has no leader"):
        await reader.read(records_max=1, wait_ms=60_000)
    await log.close()


async def test_the_end_of_the_log_ends_a_read_that_is_under_way(
    broker: EmbeddedBroker, new_topic: NewTopic
) -> None:
    log = KafkaLog({"bootstrap_servers": broker.bootstrap})
    topic = await new_topic()
    reader = await log.reader(topic, 0, 0)
    appender = await log.appender(topic, 0)
    await appender.append([ENTRY])
    assert len(await reader.read(records_max=1, wait_ms=10_000)) == 1
    # Whoever just got something has a request alone.
    reading = asyncio.create_task(reader.read(records_max=1, wait_ms=60_000))
    await asyncio.sleep(0.1)
    await log.close()
    with pytest.raises(LogError):
        await asyncio.wait_for(reading, 60)
    await asyncio.sleep(0.01)
    assert asyncio.all_tasks() == {asyncio.current_task()}, "no connection is left"
