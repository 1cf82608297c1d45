"""The sinks over a real chDB: exactly once, from whatever log, however they were ended."""

import asyncio
import sys
from pathlib import Path

from fronts.query_string import Page
from runtime.clickhouse.database import Database, Query
from runtime.clickhouse.sinks import TableState
from schemas.observations import ValidationObserved
from services.analytics.measures.queries import (
    REDEMPTION_TOTALS,
    TIME_MAX,
    FactSelection,
    redemption_totals,
    validation_totals,
)
from services.analytics.sink.validation_facts import VALIDATION_FACTS
from services.audit.lists.filters import Where
from services.audit.lists.queries import count_rows, list_rows
from services.audit.lists.redemptions import NEWEST
from services.audit.sink.entities import ENTITIES
from services.audit.sink.redemption_table import REDEMPTIONS
from tests.integration.insight_world import LEDGER_PLACE, VALIDATIONS_PLACE, World, many
from tests.unit.services.audit.examples import (
    DAY,
    PROJECT,
    START,
    applicable,
    created,
    decided,
    failed,
    locked,
    rolled_back,
    succeeded,
)


def comparable(states: list[TableState]) -> list[tuple[object, ...]]:
    """Where blocks end decides which row carries a hash, not what a table holds."""
    return [(each.table, each.topic, each.last, each.rows, each.sum, each.xor) for each in states]


async def test_tables_do_not_depend_on_where_blocks_end(tmp_path: Path) -> None:
    whole, stepwise = World(), World()
    many(whole, 120)
    async with whole.open(tmp_path / "whole") as first:
        await whole.fill(first)
        wanted = comparable(await whole.states(first))
    async with stepwise.open(tmp_path / "stepwise") as second:
        for number in (7, 40, 41, 120):
            done = len(stepwise.records)
            fresh = World()
            many(fresh, number)
            stepwise.append(*fresh.records[done:])
            await stepwise.fill(second)
        assert comparable(await stepwise.states(second)) == wanted


async def test_a_killed_process_neither_loses_nor_doubles_a_row(tmp_path: Path) -> None:
    records = 3000
    args = [sys.executable, "-m", "tests.integration.insight_killed", str(tmp_path / "killed")]
    for lines in (2, 1, 4):
        process = await asyncio.create_subprocess_exec(
            *args, str(records), stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        for _ in range(lines):
            await process.stdout.readline()
        process.kill()
        await process.communicate()
    world = World()
    many(world, records)
    async with world.open(tmp_path / "killed") as database:
        await world.fill(database)
        found = comparable(await world.states(database))
    async with world.open(tmp_path / "fresh") as database:
        world.positions = type(world.positions)()
        await world.fill(database)
        assert comparable(await world.states(database)) == found


async def test_a_table_of_another_log_is_filled_again(tmp_path: Path) -> None:
    world = World()
    world.append(decided(created("A")), decided(failed(ids="1")), decided(failed(ids="2")))
    world.observe(ValidationObserved("valid_1", PROJECT, START, True, "server"))
    async with world.open(tmp_path) as database:
        await world.fill(database)
        other = World(key=b"other")
        other.append(decided(created("B")), decided(failed(ids="3")), decided(failed(ids="4")))
        await other.fill(database)
        ids = Query(f"SELECT id FROM {REDEMPTIONS.full_name} ORDER BY log_offset")
        assert await database.query(ids) == [("rf_3",), ("rf_4",)]
        codes = Query(f"SELECT alias FROM {ENTITIES.full_name} FINAL")
        assert await database.query(codes) == [("B",)]
        validations = Query(f"SELECT count() FROM {VALIDATION_FACTS.full_name}")
        assert await database.query(validations) == [(0,)]


async def test_observations_that_the_log_no_longer_keeps_stay(tmp_path: Path) -> None:
    world = World()
    seen = [ValidationObserved(f"valid_{n}", PROJECT, START, True, "server") for n in range(4)]
    world.observe(*seen[:3])
    async with world.open(tmp_path) as database:
        await world.fill(database)
        world.log.drop_before(*VALIDATIONS_PLACE, 3)
        world.observe(seen[3])
        await world.fill(database)
        asked = FactSelection(PROJECT, 0, TIME_MAX)
        assert await database.query(validation_totals(asked)) == [(4, 0)]


async def test_void_records_leave_no_trace_but_move_the_position(tmp_path: Path) -> None:
    world = World()
    world.append(decided(failed(ids="1")))
    world.append_void()
    async with world.open(tmp_path) as database:
        await world.fill(database)
        assert world.positions.lowest(LEDGER_PLACE) == 1
        assert await world.positions.wait_for({("ledger", 0): 1}, [REDEMPTIONS.name], 0.01)
        assert not await world.positions.wait_for({("ledger", 0): 2}, [REDEMPTIONS.name], 0.01)
        count = Query(f"SELECT count() FROM {REDEMPTIONS.full_name}")
        assert await database.query(count) == [(1,)]


async def test_a_page_holds_nothing_that_its_total_does_not_count(tmp_path: Path) -> None:
    world = World()
    world.append(decided(failed(ids="1")), decided(failed(ids="2")))
    async with world.open(tmp_path) as database:
        await world.fill(database)
        where = Where(PROJECT)
        ((total, newest),) = await database.query(count_rows(REDEMPTIONS, where))
        world.append(decided(failed(ids="3")))
        await world.fill(database)
        where.add("log_offset <= {newest:Int64}", newest=newest)
        page = Page(10, 0, "created_at", descending=True)
        rows = await database.query(list_rows(REDEMPTIONS, where, page, NEWEST))
        assert (total, [row[0] for row in rows]) == (2, ["rf_2", "rf_1"])


async def totals(
    database: Database, since: int = 0, until: int = TIME_MAX, campaign: str | None = None
) -> dict[str, int]:
    asked = FactSelection(PROJECT, since, until, campaign)
    (row,) = await database.query(redemption_totals(asked))
    return dict(zip(REDEMPTION_TOTALS, row, strict=True))


async def test_totals_count_as_the_contract_says(tmp_path: Path) -> None:
    world = World()
    stack = (
        applicable("A", 100, "camp_1"),
        applicable("B", 50, "camp_2"),
        applicable("C", 5, "camp_2"),
    )
    world.append(
        decided(succeeded(*stack, ids="1", by="cust_1")),
        decided(succeeded(applicable("A", 100, "camp_1"), ids="2", by="cust_1"), at=START + DAY),
        decided(failed("Z", "not_found", ids="3"), at=START + DAY),
        decided(rolled_back("A", "B", "C", ids="1"), at=START + 2 * DAY),
        decided(succeeded(applicable("A", 9), ids="9"), project="other"),
        decided(locked(applicable("A", 1, "camp_1")), command=70),
    )
    seen = ValidationObserved("valid_1", PROJECT, START, False, "server", campaign_ids=("camp_2",))
    world.observe(seen, seen)
    async with world.open(tmp_path) as database:
        await world.fill(database)
        assert await totals(database, until=START + 2 * DAY) == {
            "redemptions_succeeded": 4,
            "redemptions_failed": 1,
            "redemptions_rolled_back": 0,
            "discount_amount": 255,
            "order_amount": 2000,
            "order_total_amount": 845 + 900,
            "unique_customers": 1,
        }
        assert await totals(database) == {
            "redemptions_succeeded": 4,
            "redemptions_failed": 1,
            "redemptions_rolled_back": 3,
            "discount_amount": 100,
            "order_amount": 1000,
            "order_total_amount": 900,
            "unique_customers": 1,
        }
        assert await totals(database, campaign="camp_2", until=START + DAY) == {
            "redemptions_succeeded": 2,
            "redemptions_failed": 0,
            "redemptions_rolled_back": 0,
            "discount_amount": 55,
            "order_amount": 1000,
            "order_total_amount": 845,
            "unique_customers": 1,
        }
        assert (await totals(database, since=START + 2 * DAY))["discount_amount"] == -155
        assert await database.query(validation_totals(FactSelection(PROJECT, 0, TIME_MAX))) == [
            (1, 1)
        ]
        assert await database.query(
            validation_totals(FactSelection(PROJECT, 0, TIME_MAX, "camp_2"))
        ) == [(0, 1)]


async def test_two_halves_of_a_period_sum_to_the_whole(tmp_path: Path) -> None:
    world = World()
    many(world, 240)
    async with world.open(tmp_path) as database:
        await world.fill(database)
        for campaign in (None, "camp_1"):
            whole = await totals(database, START, START + 240_000, campaign)
            for middle in (START + 1, START + 90_000, START + 133_000):
                before = await totals(database, START, middle, campaign)
                after = await totals(database, middle, START + 240_000, campaign)
                for name in set(REDEMPTION_TOTALS) - {"unique_customers"}:
                    assert before[name] + after[name] == whole[name], name
