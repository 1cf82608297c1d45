"""The broker's own produce and fetch of one record, over the project's own client.

A redemption takes that way twice, as a command and as a record, so nothing that keeps the protocol
can be faster than two of these.
"""

import asyncio
import time
from statistics import median
from typing import Final

from deploy.embedded.home import Home, read_json
from runtime.base.settings import Settings
from runtime.kafka.admin import client_options, ensure_topics
from runtime.kafka.log import KafkaLog
from runtime.log.log import Entry, Reader
from schemas.topics import LEDGER, TOPICS, Topic

TOPIC: Final = "bench"
#: About what the record of a plain redemption takes.
VALUE_BYTES: Final = 1000
WAIT_MS: Final = 5000


def find_broker(home: Home) -> Settings:
    """The settings that reach the broker of an installation."""
    return Settings(home=home.path, kafka=f"127.0.0.1:{read_json(home.ports_file)['kafka']}")


async def measure_round_trip(settings: Settings, seconds: float) -> float:
    """Milliseconds, median, until a record is acknowledged and whoever waits for it has it.

    Each is synced to disk, as a record of the ledger is.
    """
    ledger = next(each for each in TOPICS if each.name == LEDGER)
    await ensure_topics(settings, topics=(Topic(TOPIC, 1, ledger.config),))
    log = KafkaLog(client_options(settings))
    try:
        appender = await log.appender(TOPIC, 0)
        reader = await log.reader(TOPIC, 0, await log.end(TOPIC, 0))
        entry = Entry(b"bench", b"x" * VALUE_BYTES)
        took = []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            waiting = asyncio.create_task(_read_one(reader))
            # The fetch lies at the broker before there is anything, as a host's does.
            await asyncio.sleep(0.002)
            began = time.perf_counter()
            await appender.append([entry])
            await waiting
            took.append(time.perf_counter() - began)
    finally:
        await log.close()
    # The first ones open the connections.
    return median(took[len(took) // 10 :]) * 1000


async def _read_one(reader: Reader) -> None:
    while not await reader.read(records_max=1, wait_ms=WAIT_MS):
        pass
