"""No statement of an analyst gives another project's row, reads a file, or takes without end."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.clickhouse.apart import Apart, Limits, StatementFailed, StatementsBusy
from runtime.clickhouse.database import Query
from services.analytics.sql.parsing import TEXT_LENGTH_MAX, StatementRefused, parse_statement
from services.analytics.sql.views import PROJECT_PLACE, TABLES, VIEWS, View
from services.analytics.sql.writing import write_statement
from tests.integration.insight_world import World
from tests.integration.sql.attacks import BOUNDED, HARMLESS, REFUSED
from tests.integration.sql.world import OTHER, OURS, THEIRS, fill, fill_project
from tests.unit.services.audit.examples import PROJECT

#: What ends well is waited for, however slow the machine is.
LIMITS = Limits(60.0, 1000, 1024 * 1024, 64 * 1024 * 1024)
#: What may run into a limit is not.
SHORT = LIMITS._replace(seconds=0.5)
EVERYTHING = tuple(
    f"SELECT count(), uniqExact(project), max(project) FROM tessera.{table}" for table in TABLES
)


class Engine:
    """A real engine with the rows of two projects; asks as one of them."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.world = World()
        self.folder = folder
        self.loop.run_until_complete(self._open())

    async def _open(self) -> None:
        self.database = await self._stack.enter_async_context(self.world.open(self.folder))
        self.apart = Apart(self.database, LIMITS, TABLES)

    def fill(self) -> None:
        self.loop.run_until_complete(self.world.fill(self.database))

    def run(self, query: Query, owner: str = PROJECT) -> str:
        return self.apart.ask(query, "JSONCompact", owner).decode()

    def ask(self, text: str, given: dict[str, Any], owner: str = PROJECT) -> str:
        found = write_statement(text, given)
        return self.run(Query(found.sql, {**found.parameters, PROJECT_PLACE: owner}), owner)

    def try_to_ask(
        self, text: str, given: dict[str, Any], owner: str = PROJECT
    ) -> str | StatementFailed:
        try:
            return self.ask(text, given, owner)
        except StatementFailed as fault:
            return fault

    def close(self) -> None:
        self.loop.run_until_complete(self.apart.close())
        self.loop.run_until_complete(self._stack.aclose())
        self.loop.close()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    found = Engine(tmp_path_factory.mktemp("clickhouse"))
    fill(found.world)
    found.fill()
    yield found
    found.close()


def test_there_are_many_attacks() -> None:
    assert len({*REFUSED, *BOUNDED, *(text for text, _ in HARMLESS)}) > 200


@pytest.mark.parametrize("text", REFUSED)
def test_a_statement_that_is_refused(text: str) -> None:
    given = {"t": "tessera.entities", "x": "id"}
    used = {name: value for name, value in given.items() if f"{{{name}:" in text}
    with pytest.raises(StatementRefused) as refused:
        write_statement(text, used)
    assert "tessera." not in str(refused.value) or "tessera." in text


def test_the_longest_statement_that_nests_nothing_is_read() -> None:
    for shown in ("f(1)", "a", "'x'", "a[1]", "a = 1", "(1)", "1 AS a"):
        text = f"SELECT {','.join([shown] * ((TEXT_LENGTH_MAX - 7) // (len(shown) + 1)))}"
        assert len(parse_statement(text).expressions) > 1000


def test_an_owner_has_one_turn_until_what_it_began_has_ended(engine: Engine) -> None:
    ends = threading.Event()

    async def begin_and_give_up() -> None:
        with engine.apart.turn(PROJECT) as turn:
            with pytest.raises(StatementsBusy), engine.apart.turn(PROJECT):
                pass
            waiting = asyncio.create_task(turn.do(ends.wait))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
        with pytest.raises(StatementsBusy) as busy, engine.apart.turn(PROJECT):
            pass
        assert busy.value.of_owner
        with (
            engine.apart.turn(OTHER),
            pytest.raises(StatementsBusy) as busy,
            engine.apart.turn("proj_third"),
        ):
            pass
        assert not busy.value.of_owner
        ended = asyncio.Event()
        turn.end(ended.set)
        ends.set()
        await ended.wait()
        with engine.apart.turn(PROJECT):
            pass

    engine.loop.run_until_complete(begin_and_give_up())


@pytest.mark.parametrize("text", BOUNDED)
def test_a_statement_that_would_take_much(
    engine: Engine, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.apart, "limits", SHORT)
    found = engine.try_to_ask(text, {})
    assert isinstance(found, StatementFailed) or THEIRS not in found


@pytest.mark.parametrize(("text", "given"), HARMLESS)
def test_a_statement_that_gives_ones_own(engine: Engine, text: str, given: dict[str, Any]) -> None:
    found = engine.try_to_ask(text, given)
    if isinstance(found, StatementFailed):
        assert found.name in ("UNKNOWN_IDENTIFIER", "AMBIGUOUS_IDENTIFIER"), text
    else:
        assert THEIRS not in found.replace("camp_SECRET0", ""), text
    assert OURS in engine.ask("SELECT id FROM campaigns", {})


@pytest.mark.parametrize("sql", EVERYTHING)
def test_the_engine_keeps_the_other_projects_rows_even_from_what_we_would_never_write(
    engine: Engine, sql: str
) -> None:
    assert f'"{PROJECT}"' in engine.run(Query(sql)) and OTHER not in engine.run(Query(sql))
    assert f'"{OTHER}"' in engine.run(Query(sql), OTHER)
    nested = sql.replace(" FROM ", " FROM (SELECT * FROM (SELECT * FROM ") + ") AS a) AS b"
    assert OTHER not in engine.run(Query(nested))
    joined = f"SELECT * FROM ({sql}) AS a, ({sql}) AS b"
    assert OTHER not in engine.run(Query(joined))


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO tessera.campaigns SELECT * FROM tessera.campaigns",
        "CREATE TABLE tessera.x (a Int64) ENGINE = MergeTree ORDER BY a",
        "DROP TABLE tessera.campaigns",
        "ALTER TABLE tessera.campaigns DELETE WHERE 1",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SET readonly = 0",
        "SET max_execution_time = 0",
        "SELECT 1 SETTINGS max_execution_time = 0",
        "SELECT count() FROM tessera.campaigns SETTINGS additional_table_filters = {}",
        "SYSTEM DROP MARK CACHE",
    ],
)
def test_the_engine_itself_writes_nothing_and_changes_no_setting(engine: Engine, sql: str) -> None:
    with pytest.raises(StatementFailed):
        engine.run(Query(sql))


@pytest.mark.parametrize(
    "rows", ["numbers(100000)", "(SELECT number FROM numbers(100000) ORDER BY -number)"]
)
def test_the_engine_looks_at_the_time_after_few_rows(engine: Engine, rows: str) -> None:
    found = engine.run(Query(f"SELECT max(blockSize()), count() FROM {rows}"))
    largest, count = json.loads(found)["data"][0]
    assert int(count) == 100_000
    assert largest <= 256


def test_a_file_is_not_read_by_any_name(engine: Engine) -> None:
    (engine.folder / "plain.csv").write_text("TOP SECRET\n")
    for name in (engine.folder / "plain.csv", "plain.csv", "../plain.csv"):
        for text in (f"SELECT * FROM `{name}`", f"SELECT * FROM '{name}'"):
            with pytest.raises(StatementRefused):
                write_statement(text, {})


VIEW = st.sampled_from(list(VIEWS.values()))
NUMBERS = ("Int64", "Nullable(Int64)")
LITERAL = st.sampled_from(
    [
        "1",
        "'x'",
        f"'{THEIRS}0'",
        f"'{OURS}0'",
        "NULL",
        "'%'",
        "''",
        f"'camp_{THEIRS}1'",
        "1e9",
        "-1",
    ]
)


@st.composite
def conditions(draw: st.DrawFn, view: View, alias: str) -> str:
    text = [each.name for each in view.columns if each.type == "String"]
    column = f"{alias}.{draw(st.sampled_from(text))}"
    other = f"{alias}.{draw(st.sampled_from(text))}"
    literal = draw(LITERAL.filter(lambda each: each.startswith("'")))
    inner = draw(VIEW)
    return draw(
        st.sampled_from(
            [
                f"{column} = {literal}",
                f"{column} != {literal}",
                f"{column} LIKE {literal}",
                f"NOT ({column} IN ({literal}, 'x'))",
                f"{column} < {other} OR 1 = 1",
                f"{column} IN (SELECT {inner.columns[2].name} FROM {inner.name} WHERE 1 = 1)",
                f"length(concat({column}, {other}, {literal})) > 3",
                f"({column} = {literal}) = ({other} = {literal})",
                f"if({column} = {literal}, 1, 1)",
            ]
        )
    )


@st.composite
def statements(draw: st.DrawFn) -> str:
    view, other = draw(VIEW), draw(VIEW)
    text = [each.name for each in view.columns if each.type == "String"]
    numbers = [each.name for each in view.columns if each.type in NUMBERS]
    shown = draw(st.sampled_from(text))
    number = f"sum(a.{numbers[0]})" if numbers else "count()"
    where = draw(conditions(view, "a"))
    source = draw(
        st.sampled_from(
            [
                f"{view.name} AS a",
                f"(SELECT * FROM {view.name}) AS a",
                f"(SELECT * FROM {view.name} UNION ALL SELECT * FROM {view.name}) AS a",
                f"{view.name} AS a CROSS JOIN {other.name} AS b",
                f"{view.name} AS a LEFT JOIN {other.name} AS b ON a.{shown} = b.{other.columns[2].name}",
                f"{view.name} AS a FULL JOIN {view.name} AS b ON a.{shown} = b.{shown}",
            ]
        )
    )
    return draw(
        st.sampled_from(
            [
                f"SELECT a.* FROM {source} WHERE {where}",
                f"SELECT count(), uniqExact(a.{shown}), max(a.{shown}), {number} FROM {source} WHERE {where}",
                f"SELECT a.{shown} AS g, count(), {number} FROM {source} WHERE {where} GROUP BY g",
                (
                    f"WITH w AS (SELECT a.{shown} AS s FROM {source} WHERE {where}) "
                    "SELECT s, count() FROM w GROUP BY s HAVING count() > 0"
                ),
                f"SELECT DISTINCT a.{shown} FROM {source} WHERE {where} ORDER BY a.{shown}",
                f"SELECT (SELECT max(a.{shown}) FROM {source} WHERE {where}) AS m, count() FROM {other.name}",
            ]
        )
    )


def _rows(found: str) -> list[str]:
    _, _, data = found.partition('"data":')
    return sorted(row.strip(",") for row in data.partition('"statistics"')[0].splitlines())


def test_what_a_statement_gives_does_not_depend_on_what_another_project_has(
    engine: Engine,
) -> None:
    # a process has one engine, so the rows of a third and a fourth project are put beside the others
    alone: dict[str, list[str]] = {}
    mine, theirs = "proj_third", "proj_fourth"
    fill_project(engine.world, mine, OURS, 3)
    engine.fill()

    @settings(
        max_examples=40, deadline=None, database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(statements())
    def collect(text: str) -> None:
        found = engine.try_to_ask(text, {}, mine)
        if isinstance(found, StatementFailed):
            # its result would have been too large
            assert found.code == 396, (text, str(found))
        else:
            alone[text] = _rows(found)

    collect()
    fill_project(engine.world, theirs, THEIRS, 7)
    fill_project(engine.world, OTHER, f"{OURS}x", 5)
    engine.fill()
    assert len(alone) > 20
    for text, before in alone.items():
        after = _rows(engine.ask(text, {}, mine))
        assert after == before, text
        assert not any(THEIRS in row for row in after), text
