"""Faust applications: how they reach the broker, where they begin, and that they do not fall behind.

Faust is for what can be rebuilt: it goes on after an agent raised, and may hand an event out twice.
An application here keeps all that it knows in memory, so every start is one of its own: a group of
its own begins where what it needs begins. Its topics exist before it starts, and it starts in the
loop of its host, which Faust supports (`faust.contrib.asgi`).
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from runtime.log.log import LogError
from schemas.base import Millis

#: How many records a poll takes at most.
POLL_RECORDS_MAX: Final = 500
PRODUCER_TIMEOUT_SECONDS: Final = 30.0
#: The group has one member, so nobody waits for it to be missed.
HEARTBEAT_SECONDS: Final = 20.0
SESSION_SECONDS: Final = 60.0
REQUEST_SECONDS: Final = 90.0
#: It is never read: what is committed is where the group began, and where a lost connection goes on.
COMMIT_SECONDS: Final = 10.0
#: The lag is watched here; Faust's own watch takes silence for a fault.
PATIENT_SECONDS: Final = 10.0**9
STOP_SECONDS_MAX: Final = 5.0


def make_app(name: str, options: Mapping[str, Any], folder: Path) -> faust.App:
    """An application, in a group that nobody had before; `options` as any aiokafka client takes.

    Faust makes folders for what it keeps, though this keeps nothing: below `folder`, which is
    emptied. Raises OSError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = faust.App(
        f"{name}-{os.urandom(8).hex()}",
        broker=[f"kafka://{each}" for each in options["bootstrap_servers"].split(",")],
        broker_credentials=_credentials(options),
        broker_max_poll_records=POLL_RECORDS_MAX,
        broker_commit_interval=COMMIT_SECONDS,
        broker_heartbeat_interval=HEARTBEAT_SECONDS,
        broker_session_timeout=SESSION_SECONDS,
        broker_request_timeout=REQUEST_SECONDS,
        broker_commit_livelock_soft_timeout=PATIENT_SECONDS,
        producer_request_timeout=PRODUCER_TIMEOUT_SECONDS,
        stream_processing_timeout=PATIENT_SECONDS,
        stream_wait_empty=False,
        store="memory://",
        # Faust formats it
        datadir=str(folder).replace("{", "{{").replace("}", "}}"),
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    # it sends nothing, and nobody reads what the monitor adds up every second
    app.boot_strategy.enable_kafka_producer = False
    app.boot_strategy.enable_sensors = False
    return app


async def begin_group(
    options: Mapping[str, Any], group: str, topic: str, partitions: int, since: Millis
) -> dict[int, tuple[int, int]]:
    """Has a new group begin with what was appended from a time on: where, and where it ends now.

    Raises LogError.
    """
    consumer = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **options)
    try:
        await consumer.start()
        places = [TopicPartition(topic, each) for each in range(partitions)]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)
        found = await consumer.offsets_for_times(dict.fromkeys(places, since))
        begin = {
            place: ends[place] if found[place] is None else found[place].offset for place in places
        }
        await consumer.commit(begin)
    except (KafkaError, OSError, TimeoutError) as error:
        raise LogError(f"the group of {topic} cannot be begun: {error}") from error
    finally:
        await consumer.stop()
    return {place.partition: (begin[place], ends[place]) for place in places}


def _credentials(options: Mapping[str, Any]) -> Any:
    protocol, context = options["security_protocol"], options.get("ssl_context")
    if protocol.startswith("SASL"):
        return faust.SASLCredentials(
            mechanism=options["sasl_mechanism"],
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            ssl_context=context,
        )
    return None if context is None else faust.SSLCredentials(context)
