"""ClickHouse as the hosts see it: declared tables, queries as values, one thread that talks to it.

The engine is chDB inside the process (a `chdb://` DSN) or a ClickHouse server; SQL and code are the
same. A process can hold one chDB engine, for one folder, and a folder has one process: a second
one is refused. The client's calls block, so a thread of its own makes them, one after another; at
most `CALLS_MAX` wait for it.

Texts of queries are constants, put together from declared tables only. Whatever comes from a
request goes into `parameters`, which the engine binds. A text without a `{name:Type}` in it must
not hold a percent sign: the client would read it as a format.

Faults: DatabaseFault
          ├── DatabaseBusy     too many calls wait; nothing was asked
          └── QueryTooCostly   a query met its limit of time or memory

An insert that raised may have been stored; only reading the table tells.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from runtime.base.disk import reason_of
from runtime.clickhouse.native_block import Alike, Row, encode_block

T = TypeVar("T")

DATABASE = "tessera"
#: How the name of a table ends that is to take another's place; see runtime/clickhouse/rebuild.py.
NEW_SUFFIX = "__new"
CALLS_MAX = 256
QUERY_SECONDS_MAX = 20
QUERY_BYTES_MAX = 256 * 1024 * 1024
#: How often the embedded engine is told to give unused memory back.
PURGE_SECONDS = 5.0

#: ClickHouse's codes of TIMEOUT_EXCEEDED, MEMORY_LIMIT_EXCEEDED and TOO_MANY_ROWS_OR_BYTES.
_TOO_COSTLY = frozenset({159, 241, 396})

# `async_insert` is on by default in current engines; an insert must be one block, stored when the
# call returns.
_SETTINGS: Mapping[str, Any] = MappingProxyType(
    {
        "async_insert": 0,
        "max_insert_threads": 1,
        "input_format_parallel_parsing": 0,
        "max_execution_time": QUERY_SECONDS_MAX,
        "max_memory_usage": QUERY_BYTES_MAX,
    }
)
# Against the embedded engine's defaults of several GB each.
_EMBEDDED_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "mark_cache_size": 8 * 1024 * 1024,
        "primary_index_cache_size": 8 * 1024 * 1024,
        "index_mark_cache_size": 4 * 1024 * 1024,
        "query_condition_cache_size": 1024 * 1024,
        "compiled_expression_cache_size": 4 * 1024 * 1024,
        "merges_mutations_memory_usage_soft_limit": 128 * 1024 * 1024,
    }
)
_EMBEDDED_SETTINGS: Mapping[str, Any] = MappingProxyType({"max_threads": 2})
_TABLE_SETTINGS = "merge_max_block_size_bytes = 1048576, min_bytes_for_wide_part = 67108864"
# What a part was made of goes at once, where by default it stays for minutes for lack of a sync.
_ERASABLE_SETTINGS = "old_parts_lifetime = 1, min_compressed_bytes_to_fsync_after_merge = 1"


class DatabaseFault(Exception):
    """ClickHouse refused or could not be reached."""


class DatabaseBusy(DatabaseFault):
    """Too many calls wait."""


class QueryTooCostly(DatabaseFault):
    """A query met its limit of time or memory."""


@dataclass(frozen=True, slots=True)
class Query:
    """A text and the values that the engine binds to its `{name:Type}` places."""

    sql: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `type` is ClickHouse's."""

    name: str
    type: str
    codec: str = ""

    def declaration(self) -> str:
        """As in CREATE TABLE."""
        return f"{self.name} {self.type}" + (f" CODEC({self.codec})" if self.codec else "")

    def blank(self) -> Any:
        """What the column holds where a row says nothing."""
        if self.type.startswith("Array("):
            return []
        if self.type.startswith("Map("):
            return {}
        return 0 if "Int" in self.type else ""


@dataclass(frozen=True, slots=True)
class TableDef:
    """A table. Everything that changes what it holds or how it is stored is in its fingerprint."""

    name: str
    columns: tuple[Column, ...]
    order_by: tuple[str, ...]
    partition_by: tuple[str, ...]
    #: The column whose greatest value wins among rows of the same key; None keeps every row.
    version: str | None = None
    #: Columns that get a bloom filter, to be found by without being first in the order.
    found_by: tuple[str, ...] = ()
    #: Orders in which all rows lie a second time; the engine reads by whichever leads to less.
    also_by: tuple[tuple[str, ...], ...] = ()
    #: Columns by whose values rows are counted as they come, with the greatest offset of each.
    counted_by: tuple[str, ...] = ()
    #: Counted up when what is written changes although the columns stay.
    revision: int = 1
    #: Rows may have to be erased, with the files that held them.
    erasable: bool = False

    @property
    def full_name(self) -> str:
        """The name as queries write it."""
        return f"{DATABASE}.{self.name}"

    @property
    def column_names(self) -> list[str]:
        """All columns in their order."""
        return [column.name for column in self.columns]

    @property
    def fingerprint(self) -> str:
        """Changes whenever the table must be built anew."""
        text = f"{self.revision}\n{self._body()}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def create(self) -> Query:
        """Makes the table where there is none; its comment is the fingerprint."""
        return Query(
            f"CREATE TABLE IF NOT EXISTS {self.full_name} {self._body()} "
            f"COMMENT '{self.fingerprint}'"
        )

    def drop(self) -> Query:
        """Removes the table with all it holds."""
        return Query(f"DROP TABLE IF EXISTS {self.full_name} SYNC")

    def _body(self) -> str:
        parts = [column.declaration() for column in self.columns]
        parts += [
            f"INDEX by_{name} {name} TYPE bloom_filter(0.01) GRANULARITY 1"
            for name in self.found_by
        ]
        parts += [
            f"PROJECTION order_{number} (SELECT * ORDER BY {', '.join(order)})"
            for number, order in enumerate(self.also_by, 1)
        ]
        if self.counted_by:
            columns = ", ".join(self.counted_by)
            counted = f"SELECT {columns}, count(), max(log_offset) GROUP BY {columns}"
            parts.append(f"PROJECTION counts ({counted})")
        engine = "MergeTree" if self.version is None else f"ReplacingMergeTree({self.version})"
        return (
            f"({', '.join(parts)}) ENGINE = {engine} "
            f"PARTITION BY ({', '.join(self.partition_by)}) ORDER BY ({', '.join(self.order_by)}) "
            f"SETTINGS {_TABLE_SETTINGS}" + (f", {_ERASABLE_SETTINGS}" if self.erasable else "")
        )


class Database:
    """An open database. Open it with `Database.open`; every method may raise DatabaseFault."""

    def __init__(
        self,
        client: Client,
        thread: ThreadPoolExecutor,
        *,
        dsn: str,
    ) -> None:
        self.dsn = dsn
        self.folder = _folder_of(dsn)
        self._client = client
        self._thread = thread
        self._waiting = 0
        self._used = False

    @classmethod
    async def open(cls, dsn: str) -> "Database":
        """Connects; an embedded engine's folder is made when it is missing."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clickhouse")
        try:
            client = await _call_in_thread(thread, lambda: _connect(dsn), _folder_of(dsn))
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(client, thread, dsn=dsn)

    async def prepare(self, tables: Sequence[TableDef]) -> list[str]:
        """Makes the tables; the names of those that were of another definition and begin anew."""
        known = Query(
            "SELECT name, comment FROM system.tables WHERE database = {database:String}",
            {"database": DATABASE},
        )
        found = {str(name): str(comment) for name, comment in await self.query(known)}
        anew = [
            table
            for table in tables
            if found.get(table.name, table.fingerprint) != table.fingerprint
        ]
        for table in anew:
            await self.execute(table.drop())
        for name in found:
            if name.endswith(NEW_SUFFIX):  # what a rebuild left that did not end
                await self.execute(Query(f"DROP TABLE IF EXISTS {DATABASE}.{name} SYNC"))
        for table in tables:
            await self.execute(table.create())
        return [table.name for table in anew]

    async def query(self, query: Query) -> list[tuple[Any, ...]]:
        """The rows of a SELECT."""

        def ask() -> list[tuple[Any, ...]]:
            result = self._client.query(query.sql, parameters=dict(query.parameters) or None)
            return [tuple(row) for row in result.result_rows]

        return await self._run(ask)

    async def execute(self, query: Query) -> None:
        """Runs a statement that gives no rows."""
        await self._run(
            lambda: self._client.command(query.sql, parameters=dict(query.parameters) or None)
        )

    async def insert(self, table: TableDef, rows: Sequence[Row | Alike]) -> None:
        """Stores the rows as one block, all or none; they must belong to one partition.

        Values are texts, numbers, lists of them and maps from text to them.
        """
        if not rows:
            return
        # Not `insert`: that imports pandas, which costs 1.4 s and 50 MB.
        await self._run(
            lambda: self._client.raw_insert(
                table.full_name,
                column_names=table.column_names,
                insert_block=encode_block(
                    [(column.name, column.type) for column in table.columns], rows
                ),
                fmt="Native",
            )
        )

    async def tend(self) -> None:
        """Gives the embedded engine's unused memory back, again and again; runs for ever."""
        while True:
            await asyncio.sleep(PURGE_SECONDS)
            await self.purge()

    async def purge(self) -> None:
        """Gives unused memory back if there were calls since the last time."""
        if self.folder is not None and self._used:
            await self._run(lambda: self._client.command("SYSTEM JEMALLOC PURGE"))
            self._used = False

    async def close(self) -> None:
        """Waits for the calls under way and closes the engine."""
        await _call_in_thread(self._thread, self._client.close)
        self._thread.shutdown()

    async def _run(self, call: Callable[[], T]) -> T:
        if self._waiting >= CALLS_MAX:
            raise DatabaseBusy(f"{CALLS_MAX} calls wait for ClickHouse")
        self._waiting += 1
        self._used = True
        try:
            return await _call_in_thread(self._thread, call, self.folder)
        finally:
            self._waiting -= 1


def _connect(dsn: str) -> Client:
    client = open_client(dsn)
    client.command(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
    return client


def open_client(dsn: str) -> Client:
    """A connection by itself; of the embedded engine there may be many. Raises ClickHouseError."""
    if _folder_of(dsn) is None:
        return clickhouse_connect.get_client(dsn=dsn, settings=dict(_SETTINGS))
    return clickhouse_connect.get_client(
        dsn=dsn,
        settings={**_SETTINGS, **_EMBEDDED_SETTINGS},
        chdb_options=dict(_EMBEDDED_OPTIONS),
    )


def _folder_of(dsn: str) -> Path | None:
    """The folder of an embedded engine; None of a server."""
    return Path(dsn.removeprefix("chdb://")) if dsn.startswith("chdb:") else None


async def _call_in_thread(
    thread: ThreadPoolExecutor, call: Callable[[], T], folder: Path | None = None
) -> T:
    # Shielded, so that a caller who gives up leaves no call half waited for: it ends in its thread.
    future = asyncio.get_running_loop().run_in_executor(thread, call)
    try:
        return await asyncio.shield(future)
    except ClickHouseError as error:
        kind = QueryTooCostly if getattr(error, "code", None) in _TOO_COSTLY else DatabaseFault
        raise kind(str(error)[:500] if folder is None else reason_of(error, folder)) from error


def now_seconds() -> float:
    """The clock of lingers and time-outs."""
    return time.monotonic()
