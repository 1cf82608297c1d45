"""What a list waits for, and what is answered where that cannot be known."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from runtime.clickhouse.database import Column, Database, DatabaseFault, Query, TableDef
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.reads import Reads
from runtime.http.errors import ApiError
from runtime.http.internal import POSITIONS_HEADER
from runtime.log.log import LogError, Place

LEDGER, CALLS = Place("ledger", 0), Place("calls", 0)


def table(name: str) -> TableDef:
    return TableDef(name, (Column("at", "UInt64"),), ("at",), ())


#: One is filled from a topic whose positions requests name, the other one from one that they do not.
VOUCHERS, REQUESTS = table("vouchers"), table("requests")


class OneRow(Database):
    """Answers every query with one row, unless it is at fault."""

    def __init__(self) -> None:
        self.fault: DatabaseFault | None = None

    async def query(self, query: Query) -> list[tuple[Any, ...]]:
        if self.fault is not None:
            raise self.fault
        return [(query.sql,)]


class Host:
    """Tables that hold everything up to offset 4, of a log that ends where a test says."""

    def __init__(self) -> None:
        self.database, self.positions = OneRow(), Positions()
        self.positions.note(VOUCHERS, LEDGER, 4)
        self.positions.note(REQUESTS, CALLS, 4)
        self.end: int | LogError = 5
        self.asked: list[Place] = []

    async def _end(self, place: Place) -> int:
        self.asked.append(place)
        if isinstance(self.end, LogError):
            raise self.end
        return self.end

    async def list(self, name: str) -> list[tuple[Any, ...]]:
        header = (POSITIONS_HEADER.encode(), b"ledger/0=4")
        request = Request({"type": "http", "headers": [header]})
        reads = Reads(self.database, self.positions, self._end).up_to(request)
        return await reads.rows(Query(f"SELECT at FROM tessera.{name}"))


async def test_a_list_of_the_ledger_asks_nobody_where_the_log_ends() -> None:
    host = Host()
    host.end = LogError("no broker")
    assert await host.list("vouchers")
    assert host.asked == []


async def test_a_list_holds_what_was_in_a_topic_that_the_request_does_not_name() -> None:
    host = Host()
    assert await host.list("requests")
    assert host.asked == [CALLS]
    host.end = 6
    waiting = asyncio.create_task(host.list("requests"))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    host.positions.note(REQUESTS, CALLS, 5)
    assert await waiting


async def test_while_the_end_of_such_a_topic_is_unknown_its_list_is_refused_and_says_so() -> None:
    host = Host()
    host.end = LogError("no broker")
    with pytest.raises(ApiError) as raised:
        await host.list("requests")
    assert raised.value.refusal.key == "unavailable"
    assert raised.value.refusal.details == "The log could not be asked what is new"


async def test_a_database_that_fails_is_another_reason() -> None:
    host = Host()
    host.database.fault = DatabaseFault("gone")
    with pytest.raises(ApiError) as raised:
        await host.list("vouchers")
    assert raised.value.refusal.details == "The database did not answer in time"
