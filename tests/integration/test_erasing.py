"""Forgotten customers leave the tables, and the files below them, whatever ends the sink meanwhile."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from runtime.clickhouse.database import Database, DatabaseFault, Query
from runtime.clickhouse.reads import Reads
from runtime.clickhouse.table import UNERASED
from schemas.base import tag_of
from schemas.custom_events import CustomEvent, CustomEventTracked
from schemas.customers import Customer, CustomerCreated
from schemas.erasures import CustomerForgotten, ForgetCustomer, PermanentDeletion
from schemas.personal import Personal, PersonalData
from schemas.records import Decided
from services.audit.sink.activity_table import ACTIVITY
from services.audit.sink.entities import ENTITIES
from tessera.hosts.table_cleaner import TableCleaner
from tests.integration.insight_world import World, many
from tests.integration.test_sinks import comparable
from tests.unit.services.audit.examples import (
    PROJECT,
    START,
    applicable,
    created,
    decided,
    succeeded,
)

ANN, BEN = "cust_ann", "cust_ben"
PERSONAL = ("ann.vergessen@shop.test", "Ann-Katrin Vergessen", "likes-green-tea")


def person(customer_id: str, *said: str) -> Decided:
    email, name, taste = said or ("ben@shop.test", "Ben", "coffee")
    data = PersonalData(source_id=email, email=email, name=name, metadata={"taste": taste})
    owner = f"{PROJECT}/{customer_id}"
    return decided(CustomerCreated(Customer(customer_id, Personal(owner, data), START)))


def seen(customer_id: str) -> Decided:
    return decided(CustomEventTracked(CustomEvent("evcus_1", "seen", customer_id, START)))


def forgotten(customer_id: str) -> Decided:
    event = CustomerForgotten(PermanentDeletion("del_1", customer_id, START))
    record = decided(event)
    return Decided(
        command_offset=record.command_offset,
        at=record.at,
        command_id="cmd_forget",
        command_type=tag_of(ForgetCustomer),
        project=PROJECT,
        fingerprint="f",
        events=record.events,
    )


def story(world: World) -> None:
    """What stands in the last row of each table is Ann's when she is forgotten."""
    many(world, 30)
    world.append(decided(created("A")), person(ANN, *PERSONAL), person(BEN), seen(BEN))
    world.append(decided(succeeded(applicable("A", 100), ids="77", by=ANN)), seen(ANN))
    world.append(person(ANN, *PERSONAL), forgotten(ANN), seen(BEN))


def files_with(folder: Path, *texts: str) -> list[Path]:
    return [
        file
        for file in folder.rglob("*")
        if file.is_file() and any(text.encode() in file.read_bytes() for text in texts)
    ]


async def settled(database: Database) -> None:
    while (await database.query(UNERASED))[0][0]:  # noqa: ASYNC110  the engine tells nobody
        await asyncio.sleep(0.05)


async def test_who_is_forgotten_is_in_no_row_and_in_no_file(tmp_path: Path) -> None:
    world = World()
    story(world)
    async with world.open(tmp_path) as database:
        await world.fill(database)
        reads = Reads(database, world.positions, world.sources.end)
        cleaner = TableCleaner(database, reads)
        owners = [f"{PROJECT}/{ANN}", f"{PROJECT}/never there"]
        async with asyncio.timeout(120):
            while sorted(await cleaner.clean(owners)) != owners:  # noqa: ASYNC110  as the hosts ask
                await asyncio.sleep(0.2)
        rows = f"SELECT deleted, body FROM {ENTITIES.full_name} WHERE kind = 'customer' AND id = "
        assert await database.query(Query(f"{rows}'{ANN}'")) == [(1, "")]
        ((deleted, body),) = await database.query(Query(f"{rows}'{BEN}'"))
        assert (deleted, "ben@shop.test" in body) == (0, True)
        feed = f"SELECT customer_id, count() FROM {ACTIVITY.full_name} WHERE type = "
        told = Query(f"{feed}'customer.custom_event' GROUP BY customer_id")
        assert await database.query(told) == [(BEN, 2)]
        inactive = Query(
            "SELECT count() FROM system.parts WHERE NOT active AND table IN ('entities', "
            "'customer_activity') AND rows > 0"
        )
        assert await database.query(inactive) == [(0,)]
        assert files_with(tmp_path, *PERSONAL) == []


class Dying:
    """A database that does not live to do the n-th call that changes something."""

    def __init__(self, database: Database, calls: int) -> None:
        self._database = database
        self._left = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._database, name)
        if name not in ("execute", "insert"):
            return found

        async def call(*args: Any) -> None:
            self._left -= 1
            if self._left <= 0:
                raise DatabaseFault("it died")
            await found(*args)

        return call


async def test_a_sink_that_dies_over_it_neither_keeps_nor_loses_nor_doubles_a_row(
    tmp_path: Path,
) -> None:
    whole = World()
    story(whole)
    async with whole.open(tmp_path / "whole") as database:
        await whole.fill(database)
        await settled(database)
        wanted = comparable(await whole.states(database))
    for calls in range(1, 60):
        world = World()
        story(world)
        async with world.open(tmp_path / f"{calls}") as database:
            try:
                await world.fill(Dying(database, calls))  # type: ignore[arg-type]
            except DatabaseFault:
                pass
            else:
                break
            world.positions = type(world.positions)()
            await world.fill(database)
            await settled(database)
            assert comparable(await world.states(database)) == wanted, calls
    else:
        pytest.fail("it never came to its end")
    assert calls > 8
