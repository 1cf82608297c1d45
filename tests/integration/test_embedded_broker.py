"""The embedded broker as a real process, and the topics on it."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.embedded import kafka
from deploy.embedded.errors import DataFolderError, HostFailedError
from deploy.embedded.kafka import EmbeddedBroker
from runtime.base.settings import Settings
from runtime.kafka.admin import TopicError, ensure_topics
from schemas.topics import TOPICS, Topic

WORDS = (b"one", b"two", b"three")


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker(tmp_path_factory.mktemp("broker") / "a home") as running:
        yield running


def settings_for(broker: EmbeddedBroker, partitions: int = 4) -> Settings:
    return Settings(kafka=broker.bootstrap, partitions=partitions)


async def append(bootstrap: str, topic: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for word in WORDS:
            await producer.send_and_wait(topic, word, partition=0)


async def read(bootstrap: str, topic: str) -> list[bytes | None]:
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False
    ) as consumer:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        return [(await consumer.getone()).value for _ in range(end)]


async def described(bootstrap: str, topic: str) -> dict[str, str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
        ((*_, entries),) = answer.resources
        return {entry[0]: entry[1] for entry in entries}
    finally:
        await admin.close()


def test_the_process_tells_what_it_is(broker: EmbeddedBroker) -> None:
    process = psutil.Process(broker.pid)
    assert "broker" in process.cmdline()
    assert process.environ()["TESSERA_HOME"].endswith("a home")


async def test_topics_are_created_once_as_the_table_says(broker: EmbeddedBroker) -> None:
    settings = settings_for(broker)
    assert set(await ensure_topics(settings)) == {topic.name for topic in TOPICS}
    assert await ensure_topics(settings) == ()
    for topic in TOPICS:
        found = await described(broker.bootstrap, topic.name)
        assert {key: found[key] for key in topic.config} == dict(topic.config)


async def test_another_number_of_partitions_is_a_clear_error(broker: EmbeddedBroker) -> None:
    topics = (Topic("numbered", None),)
    await ensure_topics(settings_for(broker, 2), topics=topics)
    with pytest.raises(TopicError, match="numbered has 2 partitions, but 3 are configured"):
        await ensure_topics(settings_for(broker, 3), topics=topics)


async def test_a_topic_is_never_made_by_using_it(broker: EmbeddedBroker) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, request_timeout_ms=1_000)
    await producer.start()
    with pytest.raises(Exception, match=r"(?i)unknown|timeout|stale"):
        async with asyncio.timeout(5):
            await producer.send_and_wait("never-declared", b"x")
    await producer.stop()


def test_data_outlives_a_stop_a_kill_and_an_unfinished_format(tmp_path: Path) -> None:
    # What a format that was killed leaves behind.
    unfinished = tmp_path / "kafka" / "data.new"
    unfinished.mkdir(parents=True)
    (unfinished / "bootstrap.checkpoint").write_bytes(b"half")

    broker = EmbeddedBroker(tmp_path)
    broker.start()
    try:
        asyncio.run(ensure_topics(settings_for(broker), topics=(Topic("kept", 1),)))
        asyncio.run(append(broker.bootstrap, "kept"))
        broker.kill()
        broker.start()
        assert asyncio.run(read(broker.bootstrap, "kept")) == list(WORDS)
        broker.stop()
        broker.start()
        assert asyncio.run(read(broker.bootstrap, "kept")) == list(WORDS)
        with pytest.raises(HostFailedError, match="did not start"):
            EmbeddedBroker(tmp_path).start()
        assert asyncio.run(read(broker.bootstrap, "kept")) == list(WORDS)
    finally:
        broker.stop()


def test_an_archive_that_the_jvm_does_not_accept_costs_nothing_but_speed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "damaged.aot"
    damaged.write_bytes(b"not an archive")
    options = (f"-XX:AOTCache={damaged}",)
    monkeypatch.setattr(kafka, "_quick_start_options", lambda _jars, _progress: options)
    with EmbeddedBroker(tmp_path / "home") as broker:
        assert str(damaged) in (tmp_path / "home" / "kafka" / "jvm.args").read_text()
        assert asyncio.run(ensure_topics(settings_for(broker), topics=(Topic("made", 1),)))


def test_a_folder_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    for newer in ({"layout": 99}, {"layout": 1, "kafka": "4.10.0"}):
        (tmp_path / "version.json").write_text(json.dumps(newer))
        with pytest.raises(DataFolderError, match="newer version"):
            EmbeddedBroker(tmp_path).start()
        assert json.loads((tmp_path / "version.json").read_text()) == newer
    assert not (tmp_path / "kafka" / "data").exists()


def test_a_stop_lets_the_broker_end_by_itself(tmp_path: Path) -> None:
    with EmbeddedBroker(tmp_path) as broker:
        process = psutil.Process(broker.pid)
        assert process.is_running()
    assert not process.is_running()
    assert (tmp_path / "kafka" / "data" / "log" / ".kafka_cleanshutdown").exists()
