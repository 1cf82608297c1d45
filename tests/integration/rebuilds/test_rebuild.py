"""Tables that are filled anew while they are read and filled on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from runtime.clickhouse.database import NEW_SUFFIX, Database, DatabaseFault, Query
from runtime.clickhouse.rebuild import Rebuild, new_table
from runtime.clickhouse.sink import Feed
from runtime.clickhouse.sinks import table_definitions
from schemas.observations import ValidationObserved
from schemas.topics import LEDGER, VALIDATIONS
from services.audit.sink.entities import ENTITIES
from services.audit.sink.redemption_table import REDEMPTIONS
from tests.integration.insight_world import LEDGER_PLACE, VALIDATIONS_PLACE, World, many
from tests.unit.services.audit.examples import PROJECT, START

RECORDS = 600


@asynccontextmanager
async def filled(folder: Path) -> AsyncIterator[tuple[World, Database]]:
    """A world with records, and a database whose tables hold all of them."""
    world = World()
    many(world, RECORDS)
    async with world.open(folder) as database:
        await world.fill(database)
        yield world, database


def rebuild_of(world: World, database: Database, feeds: Sequence[Feed[Any]]) -> Rebuild:
    fillings = [each for each in world.fillings if each.topic in (LEDGER, VALIDATIONS)]
    placed = {feed.place: feed for feed in feeds}
    return Rebuild(database, world.sources, fillings, placed, world.positions)


async def damage(database: Database) -> None:
    """Takes rows from tables behind the back of whoever fills them."""
    for table in (REDEMPTIONS, ENTITIES):
        await database.execute(
            Query(
                f"ALTER TABLE {table.full_name} DELETE WHERE log_offset % 7 = 3 AND log_hash = '' "
                "SETTINGS mutations_sync = 1"
            )
        )


async def names(database: Database) -> set[str]:
    found = await database.query(Query("SELECT name FROM system.tables WHERE database = 'tessera'"))
    return {name for (name,) in found}


async def test_tables_that_lost_rows_have_them_again(tmp_path: Path) -> None:
    async with filled(tmp_path) as (world, database):
        whole = await world.states(database)
        await damage(database)
        assert await world.states(database) != whole
        rebuild = rebuild_of(world, database, world.feeds(database))
        await rebuild.run()
        assert rebuild.progress.is_done
        assert rebuild.progress.records == rebuild.progress.of == RECORDS
        rebuilt = await world.states(database)
        assert [(each.rows, each.sum, each.xor) for each in rebuilt] == [
            (each.rows, each.sum, each.xor) for each in whole
        ]
        assert not any(each.endswith(NEW_SUFFIX) for each in await names(database))


async def test_records_that_come_meanwhile_are_in_the_new_tables_once(tmp_path: Path) -> None:
    world = World()
    many(world, RECORDS)
    async with world.open(tmp_path / "one") as database:
        feeds = world.feeds(database)
        running = [asyncio.create_task(feed.run()) for feed in feeds]
        rebuilding = asyncio.create_task(rebuild_of(world, database, feeds).run())
        while not rebuilding.done():
            many(world, 6)
            await asyncio.sleep(0.01)
        await rebuilding
        many(world, 6)
        tables = [each.name for each in table_definitions(world.fillings)]
        end: dict[tuple[str, int], int] = {LEDGER_PLACE: len(world.records) - 1}
        assert await world.positions.wait_for(end, tables, 60)
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        live = await world.states(database)
    fresh = World()
    fresh.records = world.records
    fresh.log, fresh.sources = world.log, world.sources
    async with fresh.open(tmp_path / "other") as database:
        await fresh.fill(database)
        expected = await fresh.states(database)
    assert [(each.table, each.rows, each.sum, each.xor) for each in live] == [
        (each.table, each.rows, each.sum, each.xor) for each in expected
    ]


async def test_whoever_waits_for_a_position_waits_through_the_exchange(tmp_path: Path) -> None:
    world = World()
    many(world, RECORDS)
    async with world.open(tmp_path) as database:
        feeds = world.feeds(database)
        running = [asyncio.create_task(feed.run()) for feed in feeds]
        rebuilding = asyncio.create_task(rebuild_of(world, database, feeds).run())
        count = Query(f"SELECT max(log_offset) FROM {ENTITIES.full_name}")
        while not rebuilding.done():
            many(world, 1)
            last = len(world.records) - 1
            assert await world.positions.wait_for({LEDGER_PLACE: last}, [ENTITIES.name], 60)
            ((newest,),) = await database.query(count)
            assert newest == last
        await rebuilding
        for task in running:
            task.cancel()
        await asyncio.wait(running)


async def test_rows_of_records_that_the_log_no_longer_has_are_taken_over(tmp_path: Path) -> None:
    world = World()
    for number in range(20):
        world.observe(ValidationObserved(f"valid_{number}", PROJECT, START, True, "server"))
    async with world.open(tmp_path) as database:
        await world.fill(database)
        whole = await world.states(database)
        world.log.drop_before(*VALIDATIONS_PLACE, 15)
        await rebuild_of(world, database, world.feeds(database)).run()
        assert [each.rows for each in await world.states(database)] == [each.rows for each in whole]


async def test_one_that_fails_changes_nothing_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with filled(tmp_path) as (world, database):
        whole = await world.states(database)
        rebuild = rebuild_of(world, database, world.feeds(database))
        execute = Database.execute

        async def fail(self: Database, query: Query) -> None:
            if query.sql.startswith("EXCHANGE"):
                raise DatabaseFault("no room")
            await execute(self, query)

        monkeypatch.setattr(Database, "execute", fail)
        with pytest.raises(DatabaseFault, match="no room"):
            await rebuild.run()
        assert rebuild.progress.fault == "no room"
        assert not rebuild.progress.is_done
        assert await world.states(database) == whole
        assert not any(each.endswith(NEW_SUFFIX) for each in await names(database))


async def test_its_end_is_told_when_everything_is_put_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with filled(tmp_path) as (world, database):
        rebuild = rebuild_of(world, database, world.feeds(database))
        execute, done = Database.execute, []

        async def note(self: Database, query: Query) -> None:
            await execute(self, query)
            done.append(rebuild.progress.is_done)

        monkeypatch.setattr(Database, "execute", note)
        await rebuild.run()
        assert (any(done), rebuild.progress.is_done) == (False, True)


async def test_what_a_rebuild_left_that_was_killed_goes_at_the_next_start(tmp_path: Path) -> None:
    world = World()
    async with world.open(tmp_path) as database:
        await database.execute(new_table(ENTITIES).create())
        assert new_table(ENTITIES).name in await names(database)
        await database.prepare(table_definitions(world.fillings))
        assert new_table(ENTITIES).name not in await names(database)
