"""What hosts do with the end of a key: their states and stores are cleaned, and until then noted."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast

import httpx
import msgspec
import pytest

from engine.kernel import tables
from engine.kernel.state import encode
from runtime.clickhouse.database import Database, Query
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.reads import Reads
from runtime.http.host import Host
from runtime.http.internal import KEY_KIND_HEADER, SECRET_HEADER, InternalGate
from runtime.keys.erasing import OWNERS_MAX, PATH, Erasing
from runtime.keys.keyring import Keyring
from runtime.log.log import Entry, Place
from runtime.log.memory_log import MemoryLog
from runtime.store.store import MemoryStore, RocksStore, StoreError
from schemas.customers import Customer
from schemas.personal import Personal, PersonalData
from schemas.topics import LEDGER
from services.audit.sink.activity_table import ACTIVITY
from services.audit.sink.entities import ENTITIES
from tessera.forgotten import is_forgotten_since
from tessera.hosts.erasing import ROWS_SECONDS, StateCleaner
from tessera.hosts.past_cleaner import PastCleaner
from tessera.hosts.table_cleaner import TableCleaner

PROJECT, ANN = "shop", "cust_ann"
OWNER = f"{PROJECT}/{ANN}"
NAME = "Ann-Katrin Vergessen"
CUSTOMER_KEY = tables.CUSTOMERS.key(PROJECT, ANN)
SOURCE_KEY = tables.CUSTOMER_SOURCES.key(PROJECT, tables.source_key("ann"))


class Sender:
    """Appends to a log in memory."""

    def __init__(self, log: MemoryLog) -> None:
        self.log = log

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        return self.log.append(topic, partition, [entry])


class Cleaning:
    """Cleans whom it is told to; notes whom it was asked for."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.cleans = True
        self.fault: StoreError | None = None

    async def clean(self, owners: Sequence[str]) -> Sequence[str]:
        self.asked.append(list(owners))
        if self.fault is not None:
            raise self.fault
        return owners if self.cleans else ()


@pytest.fixture
async def ring() -> Keyring:
    """One that had Ann's key, and knows that it is destroyed."""
    log = MemoryLog(lambda: 0)
    made = Keyring(log, MemoryStore(), b"w" * 32)
    made.seal(OWNER, b"Ann")
    await made.publish_pending(Sender(log))
    await made.catch_up()
    await made.forget([OWNER], Sender(log))
    return made


async def test_an_owner_is_asked_for_until_it_is_clean(ring: Keyring) -> None:
    cleaning = Cleaning()
    erasing = Erasing(ring, cleaning.clean)
    cleaning.cleans = False
    assert [await erasing.clean_up() for _ in range(2)] == [1, 1]
    assert not await erasing.is_erased(OWNER)
    cleaning.cleans = True
    assert await erasing.clean_up() == 0
    assert await erasing.is_erased(OWNER)
    assert await erasing.clean_up() == 0
    assert cleaning.asked == [[OWNER]] * 3


async def test_a_store_that_fails_is_tried_again(
    ring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.keys.erasing.PERIOD_SECONDS", 0)
    cleaning = Cleaning()
    cleaning.fault = StoreError("closed")
    service = Erasing(ring, cleaning.clean).service
    task = asyncio.create_task(service.tasks["erase"]())
    async with asyncio.timeout(120):
        while len(cleaning.asked) < 2:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0)
        cleaning.fault = None
        while not ring.is_forgotten(OWNER):  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0)
    task.cancel()


async def test_whoever_is_forgotten_wakes_what_cleans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.keys.erasing.PERIOD_SECONDS", 1000)
    log = MemoryLog(lambda: 0)
    ring = Keyring(log, MemoryStore(), b"w" * 32)
    cleaning = Cleaning()
    task = asyncio.create_task(Erasing(ring, cleaning.clean).service.tasks["erase"]())
    for times in (1, 2):
        ring.seal(OWNER, b"Ann")
        await ring.publish_pending(Sender(log))
        await ring.catch_up()
        await ring.forget([OWNER], Sender(log))
        async with asyncio.timeout(120):
            while not ring.is_forgotten(OWNER):  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.001)
        assert cleaning.asked == [[OWNER]] * times
    task.cancel()


async def test_other_hosts_are_told(ring: Keyring) -> None:
    cleaning = Cleaning()
    erasing = Erasing(ring, cleaning.clean)
    host = Host("insight", (erasing.service,), InternalGate("secret"))
    headers = {SECRET_HEADER: "secret", KEY_KIND_HEADER: "system"}
    transport = httpx.ASGITransport(host)
    async with httpx.AsyncClient(transport=transport, base_url="http://insight") as client:
        for erased in (False, True):
            answer = await client.get(PATH, params={"owner": OWNER}, headers=headers)
            assert answer.json() == {"erased": erased}
            await erasing.clean_up()
        assert (await client.get(PATH, params={"owner": OWNER})).status_code == 401


def _customer(name: str | None = NAME) -> bytes:
    data = None if name is None else PersonalData(source_id="ann", name=name)
    return encode(Customer(ANN, Personal(OWNER, data), 1))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[RocksStore]:
    store = RocksStore(tmp_path / "state")
    store.write({CUSTOMER_KEY: _customer(), SOURCE_KEY: encode(ANN)})
    yield store
    store.close()


def _is_in_a_file(store: RocksStore) -> bool:
    texts = (NAME.encode(), tables.source_key("ann").encode())
    files = [each for each in store.path.iterdir() if each.is_file()]
    return any(text in file.read_bytes() for file in files for text in texts)


async def test_a_state_is_cleaned_once_it_does_not_know_the_customer(state: RocksStore) -> None:
    cleaner = StateCleaner(lambda: [state])
    assert await cleaner.clean([OWNER]) == ()
    state.write({CUSTOMER_KEY: None, SOURCE_KEY: None})
    assert _is_in_a_file(state)
    assert await cleaner.clean([OWNER, f"{PROJECT}/aa_rows"]) == [OWNER, f"{PROJECT}/aa_rows"]
    assert not any(NAME.encode() in each.read_bytes() for each in state.path.glob("*.*"))


async def test_rows_are_cleaned_once_they_are_consumed(state: RocksStore) -> None:
    owner = f"{PROJECT}/aa_rows"
    key = tables.STAGED.key(PROJECT, "aa_rows", tables.set_key(0))
    state.write({key: b"{}"})
    cleaner = StateCleaner(lambda: [state])
    assert await cleaner.clean([owner]) == ()
    state.write({key: None})
    assert await cleaner.clean([owner]) == [owner]


async def test_rows_wait_for_one_another_but_not_with_a_customer(state: RocksStore) -> None:
    state.write({CUSTOMER_KEY: None})
    now = 1000.0
    cleaner = StateCleaner(lambda: [state], lambda: now)
    first, second = f"{PROJECT}/aa_1", f"{PROJECT}/aa_2"
    assert await cleaner.clean([first]) == [first]
    assert await cleaner.clean([second]) == ()
    assert await cleaner.clean([second, OWNER]) == [second, OWNER]
    assert await cleaner.clean([second]) == ()
    many = [f"{PROJECT}/aa_{number}" for number in range(OWNERS_MAX)]
    assert await cleaner.clean(many) == many
    now += ROWS_SECONDS
    assert await cleaner.clean([second]) == [second]


class Engine:
    """A database in which nobody is left; its parts are what the test says."""

    def __init__(self) -> None:
        self.now = 100
        self.oldest_part = 2**32 - 1
        #: How far the tables are, in a ledger of five records.
        self.positions = Positions()
        self.fill(4)

    def fill(self, offset: int) -> None:
        for table in (ENTITIES, ACTIVITY):
            self.positions.note(table, Place(LEDGER, 0), offset)

    def cleaner(self) -> TableCleaner:
        async def end(_: Place) -> int:
            return 5

        database = cast("Database", self)
        return TableCleaner(database, Reads(database, self.positions, end))

    async def query(self, query: Query) -> list[tuple[int, ...]]:
        if "system.mutations" in query.sql:
            return [(0, self.now)]
        return [(self.oldest_part,)] if "system.parts" in query.sql else []

    async def execute(self, _: Query) -> None:
        pass


async def test_nobody_waits_for_the_files_of_those_who_are_forgotten_later() -> None:
    engine = Engine()
    cleaner = engine.cleaner()
    ann, ben = OWNER, f"{PROJECT}/cust_ben"
    engine.oldest_part = 100
    assert await cleaner.clean([ann]) == []
    engine.now, engine.oldest_part = 105, 101
    assert await cleaner.clean([ann, ben]) == [ann]
    engine.now, engine.oldest_part = 110, 106
    assert await cleaner.clean([ben]) == [ben]


async def test_who_is_about_to_be_inserted_is_not_erased_yet() -> None:
    engine = Engine()
    engine.fill(3)
    cleaning = asyncio.create_task(engine.cleaner().clean([OWNER]))
    while not engine.positions.is_awaited(Place(LEDGER, 0)):  # noqa: ASYNC110  nobody is told of it
        await asyncio.sleep(0)
    assert not cleaning.done()
    engine.fill(4)
    assert await cleaning == [OWNER]


async def test_a_host_that_serves_no_partition_yet_has_cleaned_nothing() -> None:
    assert await StateCleaner(list).clean([OWNER]) == ()


def test_a_state_that_is_behind_is_whole_though_somebody_was_forgotten_since() -> None:
    fresh = MemoryStore({CUSTOMER_KEY: _customer(None)})
    ours = (CUSTOMER_KEY, _customer(None))
    assert is_forgotten_since(fresh, ours, (CUSTOMER_KEY, _customer()))
    assert is_forgotten_since(fresh, None, (SOURCE_KEY, encode(ANN)))
    # but nothing else is
    other = msgspec.json.encode(msgspec.json.decode(_customer()) | {"created_at": 2})
    assert not is_forgotten_since(fresh, ours, (CUSTOMER_KEY, other))
    assert not is_forgotten_since(fresh, (CUSTOMER_KEY, _customer("Eve")), (CUSTOMER_KEY, other))
    assert not is_forgotten_since(fresh, ours, None)
    assert not is_forgotten_since(fresh, None, (CUSTOMER_KEY, _customer()))
    known = MemoryStore({CUSTOMER_KEY: _customer()})
    assert not is_forgotten_since(known, None, (SOURCE_KEY, encode(ANN)))


async def test_the_past_is_dropped_once_for_each_who_is_forgotten() -> None:
    dropped: list[list[str]] = []

    async def drop(projects: Iterable[str]) -> None:
        dropped.append(sorted(projects))

    rest = Cleaning()
    rest.cleans = False
    cleaner = PastCleaner((drop,), rest.clean)
    for _ in range(3):
        assert await cleaner.clean([OWNER]) == ()
    assert dropped == [[PROJECT]]
    await cleaner.clean([OWNER, "other/cust_eve"])
    assert dropped == [[PROJECT], ["other"]]
    rest.cleans = True
    assert await cleaner.clean([OWNER]) == [OWNER]
    # who comes back and is forgotten again is new
    await cleaner.clean([OWNER])
    assert dropped == [[PROJECT], ["other"], [PROJECT]]
    assert len(rest.asked) == 6
