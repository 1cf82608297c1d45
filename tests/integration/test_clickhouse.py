"""The database as it really is: chDB in this process."""

import asyncio
import sys
from pathlib import Path

import pytest

from runtime.clickhouse.database import Column, DatabaseFault, Query, QueryTooCostly, TableDef
from runtime.clickhouse.native_block import Alike, Row
from runtime.clickhouse.table import Block, SourceEntry, checkpoint, forget, sink_table
from runtime.log.log import Place, StoredEntry
from tests.integration.insight_world import opened

PLACE = Place("ledger", 3)
FACTS = sink_table(
    "facts",
    (Column("project", "String"), Column("names", "Array(String)"), Column("amount", "Int64")),
    order_by=("project", "log_offset", "log_index"),
)
AWKWARD = "it's a \"test\" \\ \n\t{x:String} %s é \x00 '; DROP TABLE tessera.facts --"


def of_facts(columns: str) -> Query:
    return Query(f"SELECT {columns} FROM {FACTS.full_name} ORDER BY log_offset, log_index")


async def test_values_come_back_as_they_went_in(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await database.prepare([FACTS])
        row = [*PLACE, 2**61, 0, "", AWKWARD, [AWKWARD, ""], -(2**62)]
        await database.insert(FACTS, [row])
        assert await database.query(of_facts("*")) == [tuple(row)]
        found = Query(
            f"SELECT amount FROM {FACTS.full_name} WHERE project = {{p:String}} "
            "AND project IN {all:Array(String)} AND has(names, {p:String})",
            {"p": AWKWARD, "all": ["x", AWKWARD]},
        )
        assert await database.query(found) == [(-(2**62),)]


async def test_values_of_every_type_come_back(tmp_path: Path) -> None:
    low = "LowCardinality(String)"
    kinds = (low, f"Array({low})", f"Map({low}, Array(String))", f"Map({low}, Int64)")
    numbers = ("UInt8", "UInt16", "UInt32", "Int32", "Int64")
    columns = [Column(f"c{at}", kind) for at, kind in enumerate((*kinds, *numbers))]
    table = sink_table("kinds", columns, order_by=("log_offset", "log_index"))
    one = ["a", [AWKWARD, "a"], {"x": [AWKWARD, ""], "y": []}, {"n": -5}, 255, 1, 2**32 - 1, -9, -1]
    blank = [column.blank() for column in columns]
    rows = [[*PLACE, 1, at, "", *row] for at, row in enumerate((one, blank, one))]
    alike = Alike(500, [*PLACE, 2, 0, "", *one], {3: range(500), 5: [f"a{n}" for n in range(500)]})
    async with opened(tmp_path) as database:
        await database.prepare([table])
        await database.insert(table, [*rows, alike])
        asked = Query(f"SELECT * FROM {table.full_name} ORDER BY log_offset, log_index")
        found = await database.query(asked)
        assert [list(row) for row in found] == [*rows, *alike.rows()]
        parts = Query("SELECT rows, level FROM system.parts WHERE active AND table = 'kinds'")
        assert await database.query(parts) == [(503, 0)]


async def test_a_large_insert_is_one_block(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await database.prepare([FACTS])
        rows = [[*PLACE, offset, 0, "", "p" * 2000, [], 1] for offset in range(5000)]
        await database.insert(FACTS, rows)
        parts = Query("SELECT rows, level FROM system.parts WHERE active AND table = 'facts'")
        assert await database.query(parts) == [(5000, 0)]


async def test_a_table_of_another_definition_is_built_anew(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        assert await database.prepare([FACTS]) == []
        await database.insert(FACTS, [[*PLACE, 1, 0, "", "p", [], 1]])
        assert await database.prepare([FACTS]) == []
        assert len(await database.query(of_facts("*"))) == 1
        changed = TableDef(
            FACTS.name, FACTS.columns, FACTS.order_by, FACTS.partition_by, revision=2
        )
        assert await database.prepare([changed]) == ["facts"]
        assert await database.query(of_facts("*")) == []


async def test_what_was_stored_is_there_after_reopening(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await database.prepare([FACTS])
        await database.insert(FACTS, [[*PLACE, 7, 0, "abc", "p", [], 1]])
    async with opened(tmp_path) as database:
        assert await database.query(checkpoint(FACTS, PLACE)) == [(7, "abc")]


async def test_a_second_process_is_refused(tmp_path: Path) -> None:
    async with opened(tmp_path):
        program = (
            "import asyncio, sys; from runtime.clickhouse.database import Database\n"
            f"asyncio.run(Database.open('chdb://{tmp_path}'))"
        )
        second = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, stderr=asyncio.subprocess.PIPE
        )
        _, errors = await second.communicate()
        assert second.returncode == 1
        assert b"DatabaseFault" in errors


async def test_faults_are_told_apart_and_the_database_goes_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        with pytest.raises(DatabaseFault):
            await database.query(Query("SELECT missing FROM nowhere"))
        with pytest.raises(QueryTooCostly):
            await database.query(
                Query(
                    "SELECT uniqExact(number) FROM numbers(100000000) SETTINGS max_memory_usage = 1e7"
                )
            )
        assert await asyncio.gather(*(database.query(Query("SELECT 1")) for _ in range(20))) == (
            [[(1,)]] * 20
        )


@pytest.mark.parametrize(("since", "left"), [(0, []), (3, [1, 2])])
async def test_what_came_since_an_offset_can_be_forgotten(
    tmp_path: Path, since: int, left: list[int]
) -> None:
    async with opened(tmp_path) as database:
        await database.prepare([FACTS])
        other = Place("validations", 3)
        for place in (PLACE, other):
            block: list[Row] = [[*place, each, 0, "", "p", [], 1] for each in (1, 2, 3, 4)]
            await database.insert(FACTS, block)
        await database.execute(forget(FACTS, PLACE, since))
        found = await database.query(of_facts("log_topic, log_offset"))
        assert [offset for topic, offset in found if topic == "ledger"] == left
        assert [offset for topic, offset in found if topic == "validations"] == [1, 2, 3, 4]


async def test_a_marker_moves_the_checkpoint_on(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await database.prepare([FACTS])
        block = Block(FACTS, PLACE)
        block.mark(SourceEntry(9, "h9", StoredEntry(9, 0, b"", b"")))
        await database.insert(FACTS, block.take())
        assert await database.query(checkpoint(FACTS, PLACE)) == [(9, "h9")]
