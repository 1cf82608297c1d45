"""The second half of `tessera verify`: the tables of the insight host against a fresh fold.

The host says, for each table and partition, up to which offset it holds rows, how many, and a
digest of them. The same tables are built from the log in a database of their own, up to the same
offsets, and must give the same.
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

from runtime.chain import entry_hash
from runtime.clickhouse import Database, TableDef
from runtime.http.internal import KEY_KIND_HEADER, POSITIONS_HEADER, SECRET_HEADER, write_positions
from runtime.log import Log
from runtime.settings import PREFIX, Settings
from runtime.sink_host import Filling, TableState, definitions, table_state
from runtime.sink_table import Applied, Block, Place, SinkTable
from tessera.report import Report

BLOCK_ROWS = 2000
START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 20.0
ASK_SECONDS_MAX = 120.0


class _Answer(msgspec.Struct, frozen=True):
    tables: list[TableState]


class FreshTables:
    """Tables filled from a fresh fold, each up to where the host's is."""

    def __init__(
        self, database: Database, fillings: Sequence[Filling], states: Sequence[TableState]
    ) -> None:
        self._database = database
        self._states = {(each.table, each.topic, each.partition): each for each in states}
        self._tables: dict[str, list[SinkTable[Any]]] = {
            filling.topic: list(filling.tables) for filling in fillings
        }
        self._blocks: dict[tuple[str, Place], tuple[TableDef, Block]] = {}

    def last(self, place: Place) -> int:
        """The greatest offset that any of the host's tables holds of a partition."""
        ends = [s.last for s in self._states.values() if (s.topic, s.partition) == place]
        return max(ends, default=-1)

    async def take(self, place: Place, applied: Applied, record: Any) -> None:
        """Fills every table that the host has filled beyond this record."""
        for table in self._tables.get(place.topic, ()):
            state = self._states.get((table.definition.name, *place))
            if state is None or not state.first <= applied.offset <= state.last:
                continue
            key = table.definition.name, place
            if key not in self._blocks:
                self._blocks[key] = table.definition, Block(table.definition, place)
            definition, block = self._blocks[key]
            block.add(applied, table.rows(record))
            if len(block) >= BLOCK_ROWS:
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
        for (name, topic, partition), theirs in sorted(self._states.items()):
            place = Place(topic, partition)
            ours = await table_state(
                self._database, named[name], place, theirs.first, max(theirs.last, 0)
            )
            what = f"table {name} of {topic}/{partition}"
            if (ours.rows, ours.sum, ours.xor) == (theirs.rows, theirs.sum, theirs.xor):
                report.good(f"{what}: {theirs.rows} rows equal the fold up to {theirs.last}")
            else:
                report.bad(f"{what} differs from the log: {theirs.rows} rows, {ours.rows} expected")


@asynccontextmanager
async def fresh_tables(
    fillings: Sequence[Filling], states: Sequence[TableState]
) -> AsyncIterator[FreshTables]:
    """Empty tables in a folder that lasts as long as the command."""
    with TemporaryDirectory(prefix="tessera-verify-") as folder:
        database = await Database.open(f"chdb://{folder}/clickhouse")
        try:
            await database.prepare(definitions(fillings))
            yield FreshTables(database, fillings, states)
        finally:
            await database.close()


async def plain_records(
    log: Log, filling: Filling, place: Place, first: int, last: int
) -> AsyncIterator[tuple[Applied, Any]]:
    """The records of a topic that is not chained, from `first` to `last`."""
    reader = await log.reader(*place, first)
    try:
        position = first
        while position <= last:
            for entry in await reader.read(records_max=1000, wait_ms=1000):
                if entry.offset <= last:
                    digest = entry_hash(entry.key, entry.headers, entry.value)
                    yield Applied(entry.offset, digest, entry), await filling.decode(entry)
                position = entry.offset + 1
    finally:
        await reader.close()


async def ask_insight(
    settings: Settings, secret: str, first: Mapping[Place, int]
) -> list[TableState]:
    """What the host says of its tables, from the offsets in `first` on. Raises httpx.HTTPError."""
    headers = {
        SECRET_HEADER: secret,
        KEY_KIND_HEADER: "system",
        POSITIONS_HEADER: write_positions(
            {(place.topic, place.partition): at for place, at in first.items()}
        ),
    }
    url = f"http://127.0.0.1:{settings.insight_port}/internal/tables"
    async with httpx.AsyncClient(timeout=ASK_SECONDS_MAX, trust_env=False) as client:
        answer = await client.get(url, headers=headers)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=_Answer).tables


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
