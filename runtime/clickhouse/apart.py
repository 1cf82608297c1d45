"""Statements that were not made by us, run apart: with limits, and in nobody's way.

Each has a connection of its own, which first takes its limits, then may never write nor change a
setting again, and is closed after the one statement. Connections of the embedded engine run beside
one another, so inserts and other queries go on meanwhile. Rows of other owners are kept from it by
the engine itself, whatever the statement says (`additional_table_filters`).

An owner has a turn, from before a statement is read until its result is ready: whatever takes long
in it runs in a thread of these, of which there are as many as there are turns.

Faults: StatementFailed   the engine would not run it, or it met a limit
        StatementsBusy    as many have a turn as may; nothing was done
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeVar, TypeVarTuple

from clickhouse_connect.driver.exceptions import ClickHouseError

from runtime.clickhouse.database import DATABASE, Database, Query, open_client

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")
#: How many have a turn at the same time, each another owner.
RUNNING_MAX: Final = 2


#: Makes grouping of a million rows no slower, windows over them three times as slow.
_BLOCK_ROWS: Final = 256


class Limits(NamedTuple):
    """What a statement may take."""

    seconds: float = 10.0
    #: Of its result.
    rows: int = 100_000
    #: Of its result, as the engine holds it.
    bytes: int = 16 * 1024 * 1024
    memory_bytes: int = 256 * 1024 * 1024
    threads: int = 1


class StatementFailed(Exception):
    """The engine did not run a statement; `code` and `name` are its own."""

    def __init__(self, fault: ClickHouseError) -> None:
        super().__init__(str(fault))
        self.code: int = getattr(fault, "code", None) or 0
        self.name: str = getattr(fault, "name", None) or ""


class StatementsBusy(Exception):
    """As many owners have a turn as may, or this one has."""

    def __init__(self, *, of_owner: bool) -> None:
        super().__init__("statements run")
        self.of_owner = of_owner


class Turn:
    """What an owner has done in threads, one after another."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self._running: asyncio.Future[Any] | None = None

    async def do(self, work: Callable[[*_Args], _T], *args: *_Args) -> _T:
        """What that gives. A caller who gives up does not end it."""
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._threads, work, *args)
        self._running = running
        return await asyncio.shield(running)

    def end(self, ended: Callable[[], None]) -> None:
        """Calls that when nothing runs any more."""
        if self._running is None or self._running.done():
            ended()
        else:
            self._running.add_done_callback(lambda _: ended())


class Apart:
    """Runs statements over the tables of a database."""

    def __init__(self, database: Database, limits: Limits, tables: Sequence[str]) -> None:
        """`tables` are all that may hold rows of several owners, in a column `project`."""
        self._database = database
        self.limits = limits
        self._tables = tables
        self._threads = ThreadPoolExecutor(RUNNING_MAX, thread_name_prefix="apart")
        self._owners: set[str] = set()

    @contextmanager
    def turn(self, owner: str) -> Iterator[Turn]:
        """An owner's turn, which lasts until what it began has ended. Raises StatementsBusy."""
        if owner in self._owners or len(self._owners) >= RUNNING_MAX:
            raise StatementsBusy(of_owner=owner in self._owners)
        self._owners.add(owner)
        turn = Turn(self._threads)
        try:
            yield turn
        finally:
            turn.end(lambda: self._owners.discard(owner))

    async def close(self) -> None:
        """Waits for what runs, which is bounded."""
        await asyncio.to_thread(self._threads.shutdown)

    def ask(self, query: Query, form: str, owner: str) -> bytes:
        """The result of a statement in one of the engine's formats. Raises StatementFailed.

        Waits for it, so it is for the owner's turn to do.
        """
        client = open_client(self._database.dsn)
        try:
            return bytes(
                client.raw_query(
                    query.sql,
                    parameters=dict(query.parameters) or None,
                    settings=self._settings(owner),
                    fmt=form,
                )
            )
        except ClickHouseError as fault:
            raise StatementFailed(fault) from None
        finally:
            client.close()

    def _settings(self, owner: str) -> dict[str, Any]:
        limits = self.limits
        ours = f"project = {_quoted(owner)}"
        filters = (f"{_quoted(f'{DATABASE}.{each}')}: {_quoted(ours)}" for each in self._tables)
        return {
            # times are those of the views, whatever zone the host is in
            "session_timezone": "UTC",
            "max_execution_time": limits.seconds,
            "timeout_overflow_mode": "throw",
            # between two blocks it looks at the time, and a function may take long for each row
            "max_block_size": _BLOCK_ROWS,
            "max_joined_block_size_rows": _BLOCK_ROWS,
            "max_result_rows": limits.rows,
            "max_result_bytes": limits.bytes,
            "result_overflow_mode": "throw",
            "max_memory_usage": limits.memory_bytes,
            "max_threads": limits.threads,
            # what does not fit into memory does not go to the disk
            "max_bytes_before_external_group_by": 0,
            "max_bytes_ratio_before_external_group_by": 0,
            "max_bytes_before_external_sort": 0,
            "max_bytes_ratio_before_external_sort": 0,
            "allow_introspection_functions": 0,
            "allow_ddl": 0,
            "additional_table_filters": f"{{{', '.join(filters)}}}",
            # the last: from here on no setting can be changed
            "readonly": 1,
        }


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
