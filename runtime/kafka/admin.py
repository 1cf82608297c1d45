"""Connecting to Kafka as the settings say, and creating the topics of the table.

Topics are created explicitly and once. An existing topic is left as it is, but its number of
partitions must be the table's: a project's partition is fixed when the project is created, so
another number would send its commands elsewhere.
"""

import asyncio
import ssl
import time
from collections.abc import Iterable
from typing import Any

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.errors import KafkaError

from runtime.base.settings import Settings
from runtime.log.log import LogError
from schemas.topics import TOPICS, Topic

TOPIC_ALREADY_EXISTS = 36
REQUEST_TIMEOUT_MS = 10_000
LEADERS_WAIT_SECONDS_MAX = 30.0


class TopicError(Exception):
    """The topics are not as the table wants them, and cannot be made so."""


def client_options(settings: Settings) -> dict[str, Any]:
    """Keyword arguments with which any aiokafka client reaches the configured brokers."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol.endswith("SSL"):
        options["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca_file)
    if settings.kafka_security_protocol.startswith("SASL"):
        password = settings.kafka_sasl_password
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_sasl_user
        options["sasl_plain_password"] = password.get_secret_value() if password else None
    return options


async def broker_answers(settings: Settings) -> bool:
    """Whether a broker accepts requests and knows its controller."""
    admin = AIOKafkaAdminClient(**client_options(settings), request_timeout_ms=2_000)
    try:
        await admin.start()
        cluster = await admin.describe_cluster()
    except (KafkaError, OSError, TimeoutError):
        return False
    finally:
        await admin.close()
    return bool(cluster["brokers"]) and int(cluster["controller_id"]) >= 0


async def ensure_topics(
    settings: Settings, *, replication: int = 1, topics: Iterable[Topic] = TOPICS
) -> tuple[str, ...]:
    """Create the topics that do not exist; return their names when every partition has a leader.

    Raises TopicError when a topic has another number of partitions than wanted, or is refused.
    """
    wanted = {topic.name: topic for topic in topics}
    admin = AIOKafkaAdminClient(**client_options(settings), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await admin.start()
        existing = set(await admin.list_topics())
        created = tuple(name for name in wanted if name not in existing)
        if created:
            await _create(admin, [wanted[name] for name in created], settings, replication)
        await _await_leaders(admin, wanted.values(), settings.partitions)
    finally:
        await admin.close()
    return created


async def delete_before(settings: Settings, topic: str, partition: int, offset: int) -> None:
    """Removes the records before an offset; a second time changes nothing. Raises LogError.

    Nobody can read them afterwards. Their bytes go with the segment of the log that they lie in.
    """
    admin = AIOKafkaAdminClient(**client_options(settings), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await admin.start()
        place = TopicPartition(topic, partition)
        await admin.delete_records({place: RecordsToDelete(before_offset=offset)})
    except (KafkaError, OSError, TimeoutError) as error:
        raise LogError(f"records of {topic}/{partition} cannot be deleted: {error}") from error
    finally:
        await admin.close()


async def _create(
    admin: AIOKafkaAdminClient, topics: list[Topic], settings: Settings, replication: int
) -> None:
    new = [
        NewTopic(
            name=topic.name,
            num_partitions=_partitions(topic, settings.partitions),
            replication_factor=replication,
            topic_configs=dict(topic.config),
        )
        for topic in topics
    ]
    answer = await admin.create_topics(new)
    for name, code, *reason in answer.topic_errors:
        if code not in (0, TOPIC_ALREADY_EXISTS):
            raise TopicError(
                f"Kafka refused to create topic {name}: {reason[0] or f'error {code}'}"
            )


async def _await_leaders(
    admin: AIOKafkaAdminClient, topics: Iterable[Topic], partitions: int
) -> None:
    wanted = {topic.name: _partitions(topic, partitions) for topic in topics}
    deadline = time.monotonic() + LEADERS_WAIT_SECONDS_MAX
    while True:
        described = await admin.describe_topics(list(wanted))
        found = {topic["topic"]: topic["partitions"] for topic in described}
        led = {
            name: [partition["leader"] >= 0 for partition in listed]
            for name, listed in found.items()
        }
        if all(
            len(led.get(name, [])) == count and all(led[name]) for name, count in wanted.items()
        ):
            return
        for name, count in wanted.items():
            if led.get(name) and all(led[name]) and len(led[name]) != count:
                raise TopicError(
                    f"Topic {name} has {len(led[name])} partitions, but {count} are configured; "
                    "the number is fixed when the topics are created (TESSERA_PARTITIONS)."
                )
        if time.monotonic() > deadline:
            raise TopicError(f"Some partitions have no leader: {', '.join(sorted(wanted))}")
        await asyncio.sleep(0.05)


def _partitions(topic: Topic, installation: int) -> int:
    return installation if topic.partitions is None else topic.partitions
