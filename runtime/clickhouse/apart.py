"""Statements that were not made by us, run apart: with limits, and in nobody's way.

Each has a connection of its own, which first takes its limits, then may never write nor change a
setting again, and is closed after the one statement. Connections of the embedded engine run beside
one another, so inserts and other queries go on meanwhile. Rows of other owners are kept from it by
the engine itself, whatever the statement says (`additional_table_filters`).

Faults: StatementFailed   the engine would not run it, or it met a limit
        StatementsBusy    as many run as may; nothing was asked
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, NamedTuple

from clickhouse_connect.driver.exceptions import ClickHouseError

from runtime.clickhouse.database import DATABASE, Database, Query, open_client

#: How many run at the same time, each of another owner.
RUNNING_MAX: Final = 2


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
    """As many statements run as may, or one of this owner."""

    def __init__(self, *, of_owner: bool) -> None:
        super().__init__("statements run")
        self.of_owner = of_owner


class Apart:
    """Runs statements over the tables of a database."""

    def __init__(self, database: Database, limits: Limits, tables: Sequence[str]) -> None:
        """`tables` are all that may hold rows of several owners, in a column `project`."""
        self._database = database
        self.limits = limits
        self._tables = tables
        self._threads = ThreadPoolExecutor(RUNNING_MAX, thread_name_prefix="apart")
        self._owners: set[str] = set()

    async def ask(self, query: Query, form: str, owner: str) -> bytes:
        """The result of a statement in one of the engine's formats.

        Raises StatementFailed and StatementsBusy.
        """
        if owner in self._owners or len(self._owners) >= RUNNING_MAX:
            raise StatementsBusy(of_owner=owner in self._owners)
        self._owners.add(owner)
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._threads, self._ask, query, form, owner)
        # a caller who gives up does not end it, so it counts until it has ended
        running.add_done_callback(lambda _: self._owners.discard(owner))
        return await asyncio.shield(running)

    async def close(self) -> None:
        """Waits for what runs, which is bounded."""
        await asyncio.to_thread(self._threads.shutdown)

    def _ask(self, query: Query, form: str, owner: str) -> bytes:
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
            "max_execution_time": limits.seconds,
            "timeout_overflow_mode": "throw",
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
