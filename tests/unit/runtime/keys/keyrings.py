"""Keyrings over a log in memory, and who sends to it."""

import asyncio
from collections.abc import Callable
from itertools import count

from runtime.keys.keyring import Keyring, KeyUnknown
from runtime.log.log import Entry, InDoubt, Unsent
from runtime.log.memory_log import MemoryLog
from runtime.store.store import MemoryStore
from schemas.topics import CUSTOMER_KEYS

OWNER = "shop/cust_1"
WRAPPING = b"w" * 32


class MemorySender:
    """Sends to a log; the next sends may fail, before or after they reach it."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log
        self.faults: list[Unsent | InDoubt] = []

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        await asyncio.sleep(0)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, Unsent):
            raise fault
        offset = self.log.append(topic, partition, [entry])
        if fault is not None:
            raise fault
        return offset


def counted_bytes() -> Callable[[int], bytes]:
    """Bytes that never repeat and are the same in each run."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(4, "big") * (size // 4)


def keyring(
    log: MemoryLog, store: MemoryStore | None = None, wrapping: bytes = WRAPPING
) -> Keyring:
    return Keyring(log, store or MemoryStore(), wrapping)


async def forget(log: MemoryLog, owner: str) -> None:
    """Tombstones every key of an owner, as a deletion does."""
    _, end = await log.bounds(CUSTOMER_KEYS, 0)
    for entry in log.since(CUSTOMER_KEYS, 0, 0, end):
        if entry.key.startswith(owner.encode() + b"/"):
            log.append(CUSTOMER_KEYS, 0, [Entry(entry.key, b"")])


async def opened(ring: Keyring, key: str, box: str, owner: str = OWNER) -> bytes | None:
    """As a reader opens: a key that is not known is looked for to the end of the topic."""
    try:
        return ring.open(owner, key, box)
    except KeyUnknown as unknown:
        await ring.catch_up()
        ring.settle(unknown)
        return ring.open(owner, key, box)
