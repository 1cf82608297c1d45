"""`tessera verify` names what is damaged, and goes on."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from engine.fold import StateFold, state_fingerprint
from runtime.clickhouse.database import Query, TableDef
from runtime.clickhouse.retention import Retention, remove_old
from runtime.clickhouse.sinks import TableState, table_state
from runtime.clickhouse.table import SourceEntry, forget
from runtime.keys.codec import Codec
from runtime.keys.keyring import Keyring
from runtime.log.chain import entry_hash
from runtime.log.log import Corrupt, Entry, Place, StoredEntry
from runtime.log.memory_log import MemoryLog, MemoryReader
from runtime.replica.replica import Applied, Replica
from runtime.store.folders import StateFolder, state_folder
from runtime.store.store import MemoryStore, RocksStore
from schemas.observations import ValidationObserved
from schemas.records import Record
from schemas.topics import LEDGER
from services.audit.sink.entities import ENTITIES
from services.audit.sink.redemption_table import REDEMPTIONS
from services.audit.sink.validation_table import VALIDATIONS
from tessera.report import Report
from tessera.verify import open_snapshots, verify_partition
from tessera.verify_tables import check_states, fresh_tables, plain_records
from tests.integration.insight_world import LEDGER_PLACE, VALIDATIONS_PLACE, World, many
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    created,
    customer_created,
    decided,
)

RECORDS = 8


class Ledger:
    """A ledger of real records in a log that can be damaged, and a host's state of it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.world = World()
        self.log: MemoryLog = self.world.log
        self.codec = Codec(Keyring(self.log, MemoryStore(), b"w" * 32), self)
        self.lines: list[str] = []
        self.report = Report(self.lines.append)

    async def send(self, topic: str, partition: int, entry: Entry) -> int:
        return self.log.append(topic, partition, [entry])

    async def fill(self, records: Sequence[Record]) -> None:
        for record in records:
            value = self.codec.encode_record(record)
            await self.codec.publish_pending()
            self.world.append_value(value)

    async def fold(self) -> None:
        """Keeps the state of a host at the end of the log."""
        folder = StateFolder(self.home, "api", 0, state_fingerprint())
        replica = Replica(self.log, 0, folder, StateFold, self.codec)
        await replica.catch_up()
        await replica.close()

    def change(self, offset: int, value: bytes) -> None:
        """As who changes a record and makes the batch's checksum anew: the chain stays."""
        entries = self.log._partition(*LEDGER_PLACE).entries
        entries[offset] = entries[offset]._replace(value=value)

    async def verify(self) -> bool:
        async def ignore(applied: list[Applied]) -> None:
            pass

        snapshots = open_snapshots(self.home, self.report)
        try:
            return await verify_partition(
                self.log, 0, self.codec, snapshots, self.report, ignore, until=-1
            )
        finally:
            for each in snapshots:
                each.store.close()


@pytest.fixture
async def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path)
    await made.fill([decided(created(f"C{n}"), command=n) for n in range(RECORDS - 1)])
    await made.fill([decided(customer_created(1), command=RECORDS)])
    await made.fold()
    return made


async def test_a_whole_ledger_and_its_state_hold(ledger: Ledger) -> None:
    assert await ledger.verify()
    assert ledger.report.faults == []
    assert any("state api/0" in each for each in ledger.lines)
    assert any(f"ledger/0: {RECORDS} records" in each for each in ledger.lines)


@pytest.mark.parametrize(
    "value", [b"", b"no record", b"{}", b"\xff", b'{"type":"decided","events":[{"type":"?"}]}']
)
async def test_a_record_that_became_unreadable_is_named(ledger: Ledger, value: bytes) -> None:
    ledger.change(3, value)
    assert not await ledger.verify()
    (fault,) = ledger.report.faults
    assert fault.startswith("ledger/0: the record at offset 3 ")
    assert any("state api/0 is not compared" in each for each in ledger.lines)


async def test_an_old_record_that_says_something_else_is_named(ledger: Ledger) -> None:
    stored = await ledger.log.read_at(*LEDGER_PLACE, 3)
    ledger.change(3, stored.value.replace(b"C3", b"X3"))
    assert not await ledger.verify()
    (fault,) = ledger.report.faults
    assert fault.startswith("ledger/0: the record at offset 4 ")
    assert "most likely the one at offset 3, was changed" in fault


async def test_a_last_record_that_says_something_else_is_not_what_a_state_folded(
    ledger: Ledger,
) -> None:
    await ledger.fill([decided(created("LAST"), command=99)])
    await ledger.fold()
    stored = await ledger.log.read_at(*LEDGER_PLACE, RECORDS)
    ledger.change(RECORDS, stored.value.replace(b"LAST", b"PAST"))
    await ledger.verify()
    assert ledger.report.faults == [
        f"state api/0: the record at {RECORDS} is not the one it folded"
    ]


async def test_a_seal_that_was_changed_is_named(ledger: Ledger) -> None:
    at = RECORDS - 1
    stored = await ledger.log.read_at(*LEDGER_PLACE, at)
    front, box = stored.value.split(b'"box":"')
    ledger.change(at, front + b'"box":"AAAAAAAA' + box[8:])
    assert not await ledger.verify()
    (fault,) = ledger.report.faults
    assert fault.startswith(f"ledger/0: the record at offset {at} cannot be used: KeyringError")


async def test_a_log_that_lost_records_is_named(ledger: Ledger) -> None:
    ledger.log.truncate(*LEDGER_PLACE, RECORDS - 2)
    assert await ledger.verify()
    (fault,) = ledger.report.faults
    assert fault.startswith(f"state api/0 stands at {RECORDS - 1}, but the ledger ends at 6")


async def test_a_batch_that_cannot_be_read_is_named(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def corrupt(_: MemoryReader, **__: int) -> Sequence[StoredEntry]:
        raise Corrupt("ledger/0: the batch at offset 5 is damaged")

    monkeypatch.setattr(MemoryReader, "read", corrupt)
    assert not await ledger.verify()
    (fault,) = ledger.report.faults
    assert "the batch at offset 5" in fault


def test_a_state_without_a_readable_position_is_named(tmp_path: Path) -> None:
    lines: list[str] = []
    for partition, position in enumerate((b"{", b"[]", b"\xff", b'{"chain":7}')):
        store = RocksStore(state_folder(tmp_path, "api", partition, state_fingerprint()))
        store.write({b"~position": position})
        store.close()
    state_folder(tmp_path, "api", 9, state_fingerprint()).mkdir()
    report = Report(lines.append)
    assert open_snapshots(tmp_path, report) == []
    assert [each.split(" does")[0] for each in report.faults if "does" in each] == [
        f"state api/{partition}" for partition in range(4)
    ]
    assert any("state api/9" in each for each in lines)


async def filled(world: World, folder: Path, harm: Sequence[Query] = ()) -> list[TableState]:
    """What a host tells whose tables are at the end of the log; `harm` came to them later."""
    async with world.open(folder) as database:
        await world.fill(database)
        for query in harm:
            await database.execute(query)
        return [
            await table_state(
                database,
                table.definition,
                place,
                position=world.positions.of(table.definition, place),
            )
            for filling in world.fillings
            for table in filling.tables
            for place in (Place(filling.topic, 0),)
        ]


async def compared(world: World, states: Sequence[TableState]) -> Report:
    """The report on these states against the world's log."""
    report = Report(lambda _: None)
    ends = {
        place: (await world.log.bounds(*place))[1] for place in (LEDGER_PLACE, VALIDATIONS_PLACE)
    }
    kept = check_states(world.fillings, states, ends, ends, report)
    async with fresh_tables(world.fillings, kept) as fresh:
        for filling in world.fillings:
            place = Place(filling.topic, 0)
            last = fresh.position(place)
            async for applied, record in plain_records(world.log, filling, place, 0, last):
                await fresh.take(place, applied, record)
        await fresh.compare(report)
    return report


def history(records: int = 40) -> World:
    world = World()
    many(world, records)
    world.observe(
        *(ValidationObserved(f"valid_{n}", PROJECT, START, True, "server") for n in range(3))
    )
    return world


async def test_tables_that_are_whole_hold(tmp_path: Path) -> None:
    world = history()
    states = await filled(world, tmp_path)
    assert {each.position for each in states if each.topic == LEDGER} == {39}
    assert (await compared(world, states)).faults == []


async def test_rows_that_were_kept_long_enough_are_not_missed(tmp_path: Path) -> None:
    world = history()
    # the locks of `history` lie at 4, 16 and 28 seconds, the observations at the start
    now = START + 16_000 + DAY
    retention = Retention(VALIDATIONS, 1)
    async with world.open(tmp_path) as database:
        await world.fill(database)
        await remove_old(database, retention, (LEDGER_PLACE, VALIDATIONS_PLACE), now)
        states = [
            await table_state(
                database,
                table.definition,
                place,
                position=world.positions.of(table.definition, place),
                kept_from=retention.kept_from(now) if table.definition is VALIDATIONS else None,
            )
            for filling in world.fillings
            for table in filling.tables
            for place in (Place(filling.topic, 0),)
        ]
    rows = {(each.topic, each.rows) for each in states if each.table == VALIDATIONS.name}
    assert rows == {(LEDGER_PLACE.topic, 2), (VALIDATIONS_PLACE.topic, 0)}
    assert (await compared(world, states)).faults == []


@pytest.mark.parametrize("since", [0, 20, 34])
@pytest.mark.parametrize("harmed", [REDEMPTIONS, ENTITIES], ids=lambda each: each.name)
async def test_rows_that_are_gone_from_the_end_are_missed(
    tmp_path: Path, harmed: TableDef, since: int
) -> None:
    world = history()
    states = await filled(world, tmp_path, [forget(harmed, LEDGER_PLACE, since)])
    (fault,) = (await compared(world, states)).faults
    assert fault.startswith(f"table {harmed.name} of ledger/0 differs from the log: ")


async def test_a_checkpoint_of_another_record_is_named(tmp_path: Path) -> None:
    world = history()
    states = await filled(world, tmp_path)
    wrong = [
        msgspec.structs.replace(each, hash="0" * 64) if each.table == "redemptions" else each
        for each in states
    ]
    (fault,) = (await compared(world, wrong)).faults
    assert fault.startswith("table redemptions of ledger/0: its checkpoint at ")


async def test_tables_behind_beyond_or_not_named_are_told(tmp_path: Path) -> None:
    world = history()
    behind, beyond, *rest = [
        each for each in await filled(world, tmp_path) if each.table != "validation_facts"
    ]
    states = [
        msgspec.structs.replace(behind, position=38),
        msgspec.structs.replace(beyond, position=40),
        *rest,
    ]
    faults = (await compared(world, states)).faults
    assert any(f"table {behind.table} of ledger/0 is behind" in each for each in faults)
    assert any(f"table {beyond.table} of ledger/0 stands at 40" in each for each in faults)
    assert any("validation_facts of validations/0: the insight" in each for each in faults)


async def test_tables_of_a_partition_that_cannot_be_read_are_not_called_damaged(
    tmp_path: Path,
) -> None:
    world = history()
    states = await filled(world, tmp_path)
    lines: list[str] = []
    async with fresh_tables(world.fillings, states) as fresh:
        stored = await world.log.read_at(*LEDGER_PLACE, 0)
        digest = entry_hash(stored.key, stored.headers, stored.value)
        await fresh.take(LEDGER_PLACE, SourceEntry(0, digest, stored), world.records[0])
        fresh.unread(LEDGER_PLACE)
        fresh.unread(VALIDATIONS_PLACE)
        report = Report(lines.append)
        await fresh.compare(report)
    assert report.faults == []
    assert len(lines) == len(states)
