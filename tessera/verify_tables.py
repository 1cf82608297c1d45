"""The second half of `tessera verify`: the tables of the insight host against a fresh fold.

Where the log ends is asked first; the host answers once its tables have come so far, or it is
behind. It says, for each table and partition, up to which offset it holds everything (not which
row is its last: rows that are gone from the end are missed so), how many rows, and a digest of
them. The same tables are built from the log in a database of their own, up to the same offsets, and
must give the same. Each checkpoint must be the hash of the record that it names.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import msgspec

from runtime.base.settings import PREFIX, Settings
from runtime.clickhouse.database import Database, TableDef
from runtime.clickhouse.sinks import TableState, table_definitions, table_state
from runtime.clickhouse.table import Block, Filling, SinkTable, SourceEntry, erase
from runtime.http.internal import KEY_KIND_HEADER, POSITIONS_HEADER, SECRET_HEADER, write_positions
from runtime.log.chain import entry_hash
from runtime.log.log import Log, OutOfRange, Place
from tessera.report import Report

BLOCK_ROWS = 2000
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 20.0
ASK_SECONDS_MAX = 120.0
#: A log that gives nothing for so long, before its end, has a hole.
SILENCE_MS_MAX = 10_000


class _Answer(msgspec.Struct, frozen=True):
    tables: list[TableState]


class Behind(Exception):
    """The host's tables have not come to where the log ended when they were asked for."""


def check_states(
    fillings: Sequence[Filling],
    states: Sequence[TableState],
    before: Mapping[Place, int],
    after: Mapping[Place, int],
    report: Report,
) -> list[TableState]:
    """The states that can be compared with the log; the others are in the report.

    `before` and `after` say where the log ended before the host was asked and afterwards. Each
    table must have read up to the one, and cannot have read beyond the other.
    """
    found = {(each.table, Place(each.topic, each.partition)): each for each in states}
    kept = []
    for filling in fillings:
        for name in (table.definition.name for table in filling.tables):
            for place in (each for each in before if each.topic == filling.topic):
                state = found.get((name, place))
                what = _what(name, place)
                if state is None:
                    report.bad(f"{what}: the insight host does not name it")
                elif state.position < before[place] - 1:
                    report.bad(
                        f"{what} is behind: it stands at {state.position}, "
                        f"the log ended at {before[place]}"
                    )
                elif state.position >= after[place]:
                    report.bad(
                        f"{what} stands at {state.position}, but the log ends at {after[place]}: "
                        "the log lost records"
                    )
                else:
                    kept.append(state)
    return kept


class FreshTables:
    """Tables filled from a fresh fold, each up to where the host's is."""

    def __init__(
        self, database: Database, fillings: Sequence[Filling], states: Sequence[TableState]
    ) -> None:
        self._database = database
        self._states = {
            (each.table, Place(each.topic, each.partition)): each
            for each in sorted(states, key=lambda each: (each.table, each.topic, each.partition))
        }
        self._tables: dict[str, list[SinkTable[Any]]] = {
            filling.topic: list(filling.tables) for filling in fillings
        }
        self._blocks: dict[tuple[str, Place], tuple[TableDef, Block]] = {}
        self._hashes: dict[tuple[str, Place], str] = {}
        self._unread: set[Place] = set()

    def position(self, place: Place) -> int:
        """The greatest offset that any of the host's tables has read of a partition."""
        return max((s.position for (_, at), s in self._states.items() if at == place), default=-1)

    def unread(self, place: Place) -> None:
        """The partition could not be read to its end, so its tables cannot be compared."""
        self._unread.add(place)

    async def take(self, place: Place, applied: SourceEntry, record: Any) -> None:
        """Fills every table whose position is not before this record."""
        for table in self._tables.get(place.topic, ()):
            key = table.definition.name, place
            state = self._states.get(key)
            if state is None or not state.first <= applied.offset <= state.position:
                continue
            if applied.offset == state.offset:
                self._hashes[key] = applied.hash
            if record is None:
                continue
            if key not in self._blocks:
                self._blocks[key] = table.definition, Block(table.definition, place)
            definition, block = self._blocks[key]
            for selection in table.erases(record) if table.erases is not None else ():
                if not block.is_empty:
                    await self._database.insert(definition, block.take())
                await self._database.execute(
                    erase(definition, place, selection, applied.offset, wait=True)
                )
            block.add(applied, table.rows(record))
            if block.count >= BLOCK_ROWS:
                await self._database.insert(definition, block.take())

    async def compare(self, report: Report) -> None:
        """Whether the host's tables hold what the fresh ones do."""
        for definition, block in self._blocks.values():
            if not block.is_empty:
                await self._database.insert(definition, block.take())
        named = {
            table.definition.name: table.definition
            for each in self._tables.values()
            for table in each
        }
        for (name, place), theirs in self._states.items():
            what = _what(name, place)
            if place in self._unread:
                report.note(f"{what} is not compared, since the log could not be read")
                continue
            ours = await table_state(
                self._database, named[name], place, theirs.first, kept_from=theirs.kept_from
            )
            known = self._hashes.get((name, place))
            if theirs.offset >= theirs.first and theirs.hash != known:
                report.bad(
                    f"{what}: its checkpoint at {theirs.offset} is not the log's record there"
                )
            elif (ours.rows, ours.sum, ours.xor) != (theirs.rows, theirs.sum, theirs.xor):
                report.bad(f"{what} differs from the log: {theirs.rows} rows, {ours.rows} expected")
            else:
                report.good(f"{what}: {theirs.rows} rows equal the fold up to {theirs.position}")


def _what(name: str, place: Place) -> str:
    return f"table {name} of {place}"


@asynccontextmanager
async def fresh_tables(
    fillings: Sequence[Filling], states: Sequence[TableState]
) -> AsyncIterator[FreshTables]:
    """Empty tables in a folder that lasts as long as the command."""
    with TemporaryDirectory(prefix="tessera-verify-") as folder:
        database = await Database.open(f"chdb://{folder}/clickhouse")
        try:
            await database.prepare(table_definitions(fillings))
            yield FreshTables(database, fillings, states)
        finally:
            await database.close()


async def plain_records(
    log: Log, filling: Filling, place: Place, first: int, last: int
) -> AsyncIterator[tuple[SourceEntry, Any]]:
    """The records of a topic that is not chained, from `first` to `last`, each with what it holds.

    Raises LogError, OutOfRange also when nothing comes.
    """
    reader = await log.reader(*place, first)
    try:
        position = first
        while position <= last:
            entries = await reader.read(records_max=1000, wait_ms=SILENCE_MS_MAX)
            if not entries:
                raise OutOfRange(f"nothing came from offset {position} on")
            for entry in entries:
                if entry.offset <= last:
                    digest = entry_hash(entry.key, entry.headers, entry.value)
                    yield SourceEntry(entry.offset, digest, entry), await filling.decode(entry)
                position = entry.offset + 1
    finally:
        await reader.close()


async def ask_insight(
    settings: Settings, secret: str, ends: Mapping[Place, int], *, attempts: int
) -> list[TableState]:
    """What the host says of its tables, once they have come to these ends of the log.

    The host itself waits a while at each attempt. Raises Behind, httpx.HTTPError.
    """
    positions = {(place.topic, place.partition): end - 1 for place, end in ends.items()}
    headers = {
        SECRET_HEADER: secret,
        KEY_KIND_HEADER: "system",
        POSITIONS_HEADER: write_positions(positions),
    }
    url = f"http://127.0.0.1:{settings.insight_port}/internal/tables"
    async with httpx.AsyncClient(timeout=ASK_SECONDS_MAX, trust_env=False) as client:
        for attempt in range(1, attempts + 1):
            answer = await client.get(url, headers=headers)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                answer.raise_for_status()
                return msgspec.json.decode(answer.content, type=_Answer).tables
            if attempt == attempts:
                raise Behind(answer.text)
    raise ValueError("it takes at least one attempt")


@asynccontextmanager
async def insight_started(settings: Settings) -> AsyncIterator[None]:
    """The insight host alone, for a system that is stopped."""
    named = {"HOME": settings.home, "KAFKA": settings.kafka, "INSIGHT_PORT": settings.insight_port}
    environment = {**os.environ, **{PREFIX + name: str(value) for name, value in named.items()}}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-m",
        "tessera",
        "host",
        "insight",
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _await_health(settings, process)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS_MAX)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _await_health(settings: Settings, process: asyncio.subprocess.Process) -> None:
    url = f"http://127.0.0.1:{settings.insight_port}/health"
    async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(START_SECONDS_MAX):
        while process.returncode is None:
            try:
                if (await client.get(url)).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise httpx.ConnectError("the insight host ended before it was healthy")
