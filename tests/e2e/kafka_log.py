"""The topics as they lie in Kafka, read with a plain consumer."""

from typing import NamedTuple

import aiokafka

from runtime.log.chain import GENESIS, entry_hash, follows
from schemas.topics import LEDGER

READ_MS_MAX = 1000


class Stored(NamedTuple):
    """One record of a topic."""

    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]

    @property
    def text(self) -> str:
        """The value as text."""
        return self.value.decode(errors="replace")


class Log:
    """Reads what is there now."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def read(self, topic: str) -> list[Stored]:
        """Everything in a topic, each partition in order."""
        consumer = aiokafka.AIOKafkaConsumer(
            topic, bootstrap_servers=self._bootstrap, auto_offset_reset="earliest"
        )
        await consumer.start()
        try:
            places = consumer.assignment()
            ends = await consumer.end_offsets(places)
            found: list[Stored] = []
            while any([await consumer.position(each) < ends[each] for each in places]):
                batches = await consumer.getmany(timeout_ms=READ_MS_MAX)
                found += [
                    Stored(
                        each.partition,
                        each.offset,
                        each.key or b"",
                        each.value or b"",
                        each.headers,
                    )
                    for batch in batches.values()
                    for each in batch
                ]
        finally:
            await consumer.stop()
        return sorted(found)

    async def applied(self) -> list[Stored]:
        """The records of the ledger that count: each names the one before it in its partition."""
        heads: dict[int, str] = {}
        found = []
        for each in await self.read(LEDGER):
            prev = dict(each.headers)["prev"].decode()
            if follows(prev, heads.get(each.partition, GENESIS)):
                heads[each.partition] = entry_hash(each.key, each.headers, each.value)
                found.append(each)
        return found
