"""A replica that is followed: when it is at the end of its log, and what it proves to requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from engine.fold import StateFold
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.chain import GENESIS, chain_entry
from runtime.log.freshness import LAG_MS_UNKNOWN
from runtime.log.log import Entry, StoredEntry
from runtime.log.memory_log import MemoryLog
from runtime.log.sender import Sender
from runtime.replica.followed import Followed
from runtime.replica.replica import BATCH_RECORDS_MAX, Decode, Replica
from runtime.store.store import MemoryStore
from schemas.records import Record, WriterStarted
from schemas.topics import LEDGER
from tests.unit.runtime.log.test_freshness import PATIENT, turns
from tests.unit.runtime.replica.test_commands import Memory, now_ms


class Slow:
    """A codec that stalls on demand."""

    def __init__(self, codec: Codec) -> None:
        self.codec = codec
        self.go_on = asyncio.Event()
        self.go_on.set()

    def now(self, entry: StoredEntry) -> Record | None:
        return self.codec.now(entry) if self.go_on.is_set() else None

    async def later(self, entry: StoredEntry) -> Record:
        await self.go_on.wait()
        return await self.codec.later(entry)


class Counting(MemoryLog):
    """Counts who asks where a partition ends."""

    asked = 0

    async def end(self, topic: str, partition: int) -> int:
        self.asked += 1
        return await super().end(topic, partition)


class Ledger:
    """A partition in memory, its chain, and a replica that follows it."""

    def __init__(self) -> None:
        self.log = Counting(now_ms)
        self.head = GENESIS
        codec = Codec(Keyring(self.log, MemoryStore(), b"k" * 32), Sender(self.log))
        self.slow = Slow(codec)
        self.folder = Memory()
        self.followed = self.follower(self.slow)
        self.freshness = self.followed.freshness

    def follower(self, decode: Decode, calm_seconds: float = 0.0) -> Followed:
        replica = Replica(self.log, 0, self.folder, StateFold, decode)
        return Followed(replica, rest=lambda: asyncio.sleep(0.01), calm_seconds=calm_seconds)

    def gather(self) -> None:
        """Follows as one that nobody waits for, and that does not go on by itself."""
        self.followed = self.follower(self.slow, calm_seconds=1000.0)
        self.freshness = self.followed.freshness

    def append(self, at: int = 1) -> None:
        started = WriterStarted(command_offset=-1, at=at, writer="w", host="h", code_version="v")
        entry, self.head = chain_entry(Entry(b"~", msgspec.json.encode(started)), self.head)
        self.log.append(LEDGER, 0, [entry])

    def append_void(self) -> None:
        entry, _ = chain_entry(Entry(b"~", b"void"), GENESIS)
        self.log.append(LEDGER, 0, [entry])

    @asynccontextmanager
    async def followed_now(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.followed.follow())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_a_replica_is_complete_without_anybody_asking() -> None:
    ledger = Ledger()
    ledger.append()
    async with ledger.followed_now():
        await asyncio.wait_for(ledger.freshness.complete.wait(), PATIENT)
        assert ledger.followed.position == 0


async def test_nobody_asks_where_the_log_ends_while_no_request_comes() -> None:
    ledger = Ledger()
    ledger.append()
    async with ledger.followed_now():
        for _ in range(5):
            ledger.append()
            await turns()
            assert ledger.followed.position == ledger.log.end_now(LEDGER, 0) - 1
        # when it opens, and never again
        assert ledger.log.asked == 1
        assert ledger.freshness.lag_ms() < LAG_MS_UNKNOWN


async def test_a_replica_whose_last_records_are_void_is_at_the_end() -> None:
    ledger = Ledger()
    ledger.append()
    async with ledger.followed_now():
        assert await ledger.freshness.prove_current(PATIENT)
        waiting = asyncio.create_task(ledger.freshness.prove_current(PATIENT))
        ledger.append_void()
        assert await waiting
        ledger.append_void()
        assert await ledger.freshness.prove_current(PATIENT)


async def test_while_a_replica_is_stalled_nothing_is_proven_and_then_it_is() -> None:
    ledger = Ledger()
    ledger.append()
    async with ledger.followed_now():
        assert await ledger.freshness.prove_current(PATIENT)
        ledger.slow.go_on.clear()
        ledger.append()
        assert not await ledger.freshness.prove_current(0.05)
        # it has been read, but not been written
        assert ledger.followed.position == 1
        assert not await ledger.freshness.prove_current(0.05)
        ledger.slow.go_on.set()
        assert await ledger.freshness.prove_current(PATIENT)


async def test_a_replica_of_a_log_that_was_cut_is_waited_for_while_it_is_folded_anew() -> None:
    ledger = Ledger()
    for _ in range(10):
        ledger.append()
    async with ledger.followed_now():
        assert await ledger.freshness.prove_current(PATIENT)
        ledger.log.truncate(LEDGER, 0, 0)
        ledger.head = GENESIS
        ledger.append(at=2)
        assert await ledger.freshness.prove_current(PATIENT)
        assert ledger.followed.position == 0
        assert ledger.followed.replica.position.at == 2


async def test_a_folder_of_another_log_is_not_taken_for_the_end_of_this_one() -> None:
    ledger = Ledger()
    for _ in range(10):
        ledger.append()
    async with ledger.followed_now():
        assert await ledger.freshness.prove_current(PATIENT)
    ledger.log.truncate(LEDGER, 0, 0)
    ledger.head = GENESIS
    ledger.append()
    ledger.followed = ledger.follower(ledger.slow)
    ledger.freshness = ledger.followed.freshness
    assert ledger.followed.position == 9
    assert not await ledger.freshness.prove_current(0.01)
    async with ledger.followed_now():
        assert await ledger.freshness.prove_current(PATIENT)
        assert ledger.followed.position == 0


async def test_records_gather_until_somebody_waits_for_one() -> None:
    ledger = Ledger()
    ledger.gather()
    ledger.append()
    async with ledger.followed_now():
        await asyncio.wait_for(ledger.freshness.await_position(0), PATIENT)
        for _ in range(3):
            ledger.append()
        await turns()
        assert ledger.followed.position == 0
        ledger.followed.expect("cmd")
        await asyncio.wait_for(ledger.freshness.await_position(3), PATIENT)
        # and none do while somebody waits
        ledger.append()
        await asyncio.wait_for(ledger.freshness.await_position(4), PATIENT)


async def test_what_lies_behind_the_end_of_the_log_does_not_gather() -> None:
    ledger = Ledger()
    ledger.gather()
    for _ in range(2 * BATCH_RECORDS_MAX + 1):
        ledger.append()
    async with ledger.followed_now():
        end = ledger.log.end_now(LEDGER, 0)
        await asyncio.wait_for(ledger.freshness.await_position(end - 1), PATIENT)
