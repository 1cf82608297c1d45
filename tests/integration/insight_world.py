"""A memory log, a real chDB and the sinks between them."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from runtime.clickhouse.database import Database
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.sink import Feed
from runtime.clickhouse.sinks import TableState, table_definitions, table_state
from runtime.clickhouse.source import LogSources
from runtime.clickhouse.table import Filling
from runtime.log.chain import GENESIS, chain_entry
from runtime.log.log import Entry, Place, StoredEntry
from runtime.log.memory_log import MemoryLog
from schemas.customers import Customer, CustomerCreated
from schemas.events import Event
from schemas.observations import ApiCallsObserved, ValidationObserved
from schemas.personal import Personal, PersonalData
from schemas.records import Record
from schemas.topics import API_CALLS, DELIVERIES, LEDGER, VALIDATIONS
from schemas.webhooks import DeliveryAttempted
from services.analytics.sink import tables as analytics
from services.audit.history.records import StoredRecord
from services.audit.sink import tables as audit
from services.audit.sink.api_call_table import API_CALL_TABLES, api_calls_of
from services.audit.sink.delivery_table import DELIVERY_TABLES, attempt_of
from services.audit.sink.validation_table import VALIDATION_TABLES
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    created,
    customer_created,
    decided,
    failed,
    locked,
    rolled_back,
    succeeded,
)

LEDGER_PLACE = Place(LEDGER, 0)
VALIDATIONS_PLACE = Place(VALIDATIONS, 0)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Database]:
    """A database that is closed whatever happens: a process can hold one engine only."""
    database = await Database.open(f"chdb://{folder}")
    try:
        yield database
    finally:
        await database.close()


class World:
    """The ledger's records are kept beside the log; their entries hold their index."""

    def __init__(self, key: bytes = b"p") -> None:
        self.key = key
        self.log = MemoryLog(clock=lambda: int(time.time() * 1000))
        self.sources = LogSources(self.log, chained=frozenset({LEDGER}))
        self.positions = Positions()
        self.records: list[Record] = []
        self.observed: list[ValidationObserved] = []
        self.head = GENESIS
        #: What readers take for the present.
        self.time = START + 9 * DAY
        self.fillings = (
            Filling(LEDGER, (*audit.LEDGER_TABLES, *analytics.LEDGER_TABLES), self.record_of),
            Filling(
                VALIDATIONS,
                (*VALIDATION_TABLES, *analytics.VALIDATION_TABLES),
                self.observation_of,
            ),
            Filling(API_CALLS, API_CALL_TABLES, api_calls_of),
            Filling(DELIVERIES, DELIVERY_TABLES, attempt_of),
        )

    def now(self) -> int:
        return self.time

    async def record_of(self, entry: StoredEntry) -> Record:
        return self.records[int(entry.value)]

    async def read_record(self, partition: int, offset: int) -> StoredRecord:
        entry = await self.log.read_at(LEDGER, partition, offset)
        return StoredRecord(await self.record_of(entry), len(entry.value))

    async def observation_of(self, entry: StoredEntry) -> ValidationObserved:
        return self.observed[int(entry.value)]

    def append(self, *records: Record) -> None:
        for record in records:
            self.append_value(b"%d" % len(self.records))
            self.records.append(record)

    def append_value(self, value: bytes) -> None:
        entry, self.head = chain_entry(Entry(self.key, value), self.head)
        self.log.append(*LEDGER_PLACE, [entry])

    def append_void(self) -> None:
        entry, _ = chain_entry(Entry(b"p", b"void"), GENESIS)
        self.log.append(*LEDGER_PLACE, [entry])

    def observe(self, *observed: ValidationObserved) -> None:
        for each in observed:
            self.log.append(*VALIDATIONS_PLACE, [Entry(self.key, b"%d" % len(self.observed))])
            self.observed.append(each)

    def called(self, *observed: ApiCallsObserved) -> None:
        for each in observed:
            entry = Entry(each.project.encode(), msgspec.json.encode(each))
            self.log.append(API_CALLS, 0, [entry])

    def sent(self, *attempts: DeliveryAttempted) -> None:
        for each in attempts:
            entry = Entry(each.project.encode(), msgspec.json.encode(each))
            self.log.append(DELIVERIES, 0, [entry])

    @asynccontextmanager
    async def open(self, folder: Path) -> AsyncIterator[Database]:
        async with opened(folder) as database:
            await database.prepare(table_definitions(self.fillings))
            yield database

    def feeds(self, database: Database) -> list[Feed[Any]]:
        return [
            Feed(
                Place(each.topic, 0),
                self.sources,
                database,
                each.tables,
                each.decode,
                self.positions,
                linger_seconds=0,
            )
            for each in self.fillings
        ]

    async def fill(self, database: Database) -> None:
        """Brings all tables to the end of the log."""
        names = [table.name for table in table_definitions(self.fillings)]
        for feed in self.feeds(database):
            await feed.open()
            _, end = await self.log.bounds(*feed.place)
            while not await self.positions.wait_for({feed.place: end - 1}, names, 0):
                await feed.step()
            await feed.close()

    async def states(self, database: Database) -> list[TableState]:
        """What every table holds."""
        return [
            await table_state(database, table.definition, Place(filling.topic, 0))
            for filling in self.fillings
            for table in filling.tables
        ]


def many(world: World, records: int) -> None:
    """Appends records of every kind; the same ones for the same number."""
    for number in range(records):
        at = START + number * 1000
        ids = f"{number}"
        event: Event
        match number % 6:
            case 0:
                event = created(f"C{number}", "camp_1" if number % 12 else None)
            case 1:
                event = customer_created(number)
            case 2 | 3:
                stack = [applicable(f"C{each}", 100) for each in range(1 + number % 2)]
                event = succeeded(*stack, ids=ids, by=f"cust_{number % 7}")
            case 4:
                event = failed(ids=ids) if number % 4 else locked(applicable("C0", 1))
            case _:
                event = rolled_back(
                    *(("C0",) if number % 2 == 0 else ("C0", "C1")), ids=f"{number - 2}"
                )
        world.append(decided(event, at=at, command=number))


def customer(number: int, **data: Any) -> CustomerCreated:
    """A person, created at one time with the one beside."""
    owner = f"cust_{number}"
    personal = Personal(f"{PROJECT}/{owner}", PersonalData(source_id=f"source_{number}", **data))
    return CustomerCreated(Customer(owner, personal, START + number // 2))
