"""What happens to a log on its disk, and how it is read then."""

import asyncio
import struct
import time
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.embedded.kafka import EmbeddedBroker
from runtime.kafka.log import KafkaReader
from runtime.log.log import LogError, StoredEntry


async def read_until_fault(reader: KafkaReader) -> tuple[list[StoredEntry], LogError]:
    """What can be read, and what ends it; within a bounded time."""
    found: list[StoredEntry] = []
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            found += await reader.read(records_max=100, wait_ms=200)
        except LogError as fault:
            return found, fault
    raise AssertionError(f"no fault after {len(found)} records")


async def read_on(reader: KafkaReader, wanted: int) -> list[StoredEntry]:
    """So many records, however often the connection is lost meanwhile."""
    found: list[StoredEntry] = []
    until = time.monotonic() + 60
    while len(found) < wanted and time.monotonic() < until:
        try:
            found += await reader.read(records_max=100, wait_ms=500)
        except LogError:
            await asyncio.sleep(0.2)
    return found


def change(home: Path, topic: str, batch_number: int, at: int, flip: int) -> None:
    """Flips bits of one byte of a stored batch."""
    file = home / "kafka" / "data" / "log" / f"{topic}-0" / "00000000000000000000.log"
    content = bytearray(file.read_bytes())
    start = 0
    for _ in range(batch_number):
        start += 12 + struct.unpack_from(">i", content, start + 8)[0]
    content[start + at] ^= flip
    with file.open("r+b") as stream:
        stream.write(content)


async def compact_eagerly(broker: EmbeddedBroker) -> None:
    """Has the broker look for what it can compact several times a second."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    settings = {"log.cleaner.backoff.ms": "200"}
    try:
        await admin.start()
        await admin.alter_configs([ConfigResource(ConfigResourceType.BROKER, "1", settings)])
    finally:
        await admin.close()
