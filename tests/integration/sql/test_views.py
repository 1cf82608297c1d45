"""SQL for analysts over a real engine: the views, the forms of answers, and the limits."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from runtime.clickhouse.apart import Limits
from services.analytics.sql import asking
from services.analytics.sql.asking import plain_type
from services.analytics.sql.views import TABLES, VIEWS
from services.audit.sink.delivery_table import DELIVERY_TABLES
from tests.integration.insight_host import Insight, running
from tests.integration.sql.world import OTHER, OURS, PATH, THEIRS, fill
from tests.unit.services.audit.examples import PROJECT

LIMITS = Limits(seconds=4.0, rows=1000, bytes=1024 * 1024, memory_bytes=64 * 1024 * 1024)
THEIR_KEY = {"x-tessera-project": OTHER}


@pytest.fixture
async def insight(tmp_path: Path) -> AsyncIterator[Insight]:
    async with running(tmp_path, limits=LIMITS) as found:
        fill(found.world)
        yield found


async def ask(insight: Insight, query: str, status: int = 200, **body: Any) -> dict[str, Any]:
    answer = await insight.post(PATH, {"query": query, **body}, status)
    found: dict[str, Any] = answer.json()
    return found


async def rows(insight: Insight, query: str, **body: Any) -> Any:
    return (await ask(insight, query, **body))["rows"]


async def refused(insight: Insight, query: str, **body: Any) -> str:
    found = await ask(insight, query, 400, **body)
    assert found["key"] == "invalid_payload"
    details: str = found["details"]
    return details


async def test_every_view_has_its_columns_and_shows_rows_of_one_project_alone(
    insight: Insight,
) -> None:
    told = (await insight.get("/v1/analytics/views"))["data"]
    assert [each["name"] for each in told] == list(VIEWS)
    for view in told:
        found = await ask(insight, f"SELECT * FROM {view['name']}")
        assert [{"name": each["name"], "type": each["type"]} for each in found["columns"]] == [
            {"name": each["name"], "type": each["type"]} for each in view["columns"]
        ], view
        assert len(found["rows"]) >= 3, view["name"]
        assert OURS in str(found["rows"]) and THEIRS not in str(found["rows"]), view["name"]
        theirs = await insight.post(
            PATH, {"query": f"SELECT * FROM {view['name']}"}, 200, THEIR_KEY
        )
        assert len(theirs.json()["rows"]) == len(found["rows"])
        assert THEIRS in theirs.text and OURS not in theirs.text


async def test_every_table_that_views_read_is_locked_to_the_project_by_the_engine_as_well(
    insight: Insight,
) -> None:
    await ask(insight, "SELECT count() FROM redemptions")
    assert set(TABLES) >= {DELIVERY_TABLES[0].definition.name}
    assert {each.table for each in VIEWS.values()} == set(TABLES)


async def test_what_a_month_looks_like(insight: Insight) -> None:
    found = await ask(
        insight,
        "SELECT toStartOfMonth(at) AS month, status, count() AS n, sum(discount) AS discount "
        "FROM redemptions GROUP BY month, status ORDER BY status DESC",
    )
    assert found["columns"] == [
        {"name": "month", "type": "Date"},
        {"name": "status", "type": "String"},
        {"name": "n", "type": "UInt64"},
        {"name": "discount", "type": "Int64"},
    ]
    assert found["rows"] == [["2023-11-01", "succeeded", 3, 300], ["2023-11-01", "failed", 3, 0]]
    assert found["statistics"]["rows"] == 2


STATEMENTS = (
    ("SELECT count() FROM vouchers AS v JOIN campaigns AS c ON v.campaign_id = c.id", [[3]]),
    ("WITH x AS (SELECT id FROM campaigns) SELECT count() FROM x", [[3]]),
    (
        ("WITH x AS (SELECT id FROM campaigns), y AS (SELECT id FROM x) "
        "SELECT count() FROM (SELECT id FROM x UNION ALL SELECT id FROM y)"),
        [[6]],
    ),
    ("SELECT count() FROM vouchers WHERE campaign_id IN (SELECT id FROM campaigns)", [[3]]),
    ("SELECT (SELECT max(discount) FROM redemptions) AS m", [[100]]),
    ("SELECT code FROM vouchers WHERE code LIKE 'ours%' ORDER BY code LIMIT 1, 1", [["ours1"]]),
    (("SELECT type, amount, balance, points, points_left FROM vouchers "
      "WHERE code IN ('Gours0', 'Pours0') ORDER BY code"), [["GIFT_VOUCHER", 500, 400, None, None], ["LOYALTY_CARD", None, None, 70, 30]]),
    ("SELECT sumIf(amount, kind = 'created') FROM campaign_events", [[0]]),
    ("SELECT amount, balance, type FROM transactions LIMIT 1", [[100, 400, "CREDITS_ADDITION"]]),
    ("SELECT metadata['season'][1] FROM campaigns ORDER BY id LIMIT 1", [["ours0"]]),
    ("SELECT arrayJoin(campaigns) AS c, count() FROM validations GROUP BY c ORDER BY c LIMIT 1",
     [["camp_ours0", 1]]),
    ("SELECT row_number() OVER (ORDER BY at) AS n FROM redemptions ORDER BY n LIMIT 2", [[1], [2]]),
    ("SELECT quantile(0.5)(duration_us) FROM api_calls", [[1500]]),
    ("SELECT count() FROM orders WHERE at_ms > 0", None),
    ("SELECT count() FROM redemptions WHERE at >= '2023-11-15' AND at < toDateTime('2023-11-16')",
     [[2]]),
    ("SELECT count() FROM rollbacks WHERE at > now() - INTERVAL 100 YEAR", [[3]]),
    ("SELECT CASE WHEN valid THEN 'y' ELSE 'n' END AS v FROM validations LIMIT 1", [["y"]]),
    ("SELECT 'it''s', 'a\\\\b', '{project:String}', '%', '` -- '",
     [["it's", "a\\b", "{project:String}", "%", "` -- "]]),
    ("SELECT 7 % 2", [[1]]),
    ("SELECT toUnixTimestamp(toDateTime('2026-01-01 00:00:00'))", [[1767225600]]),
    ("SELECT CAST('2026-01-01 00:00:00' AS DateTime64(3, 'UTC')) = '2026-01-01 00:00:00'", [[True]]),
    ("SELECT 1 / 0, toInt128('170141183460469231731687303715884105727')",
     [[None, 170141183460469231731687303715884105727]]),
)  # fmt: skip


async def test_a_statement(insight: Insight) -> None:
    for query, expected in STATEMENTS:
        if expected is None:
            assert "names a column that there is not: `at_ms`" in await refused(insight, query), (
                query
            )
        else:
            assert await rows(insight, query) == expected, query


async def test_parameters_are_values_whatever_they_hold(insight: Insight) -> None:
    nasty = "'; DROP TABLE x -- \\ {project:String} %s \n\t`ü\U0001f600"
    found = await rows(
        insight,
        "SELECT {a:String}, {b:Array(String)}, {c:UInt32} + 1, {d:Nullable(Int64)}, {e:Float64}, "
        "{f:Bool}, {g:Date}, {h:DateTime64}",
        parameters={
            "a": nasty, "b": [nasty, ""], "c": 41, "d": None, "e": 1.5, "f": True,
            "g": "2024-02-29", "h": "2024-02-29 01:02:03.004",
        },
    )  # fmt: skip
    assert found == [
        [nasty, [nasty, ""], 42, None, 1.5, True, "2024-02-29", "2024-02-29 01:02:03.004"]
    ]
    query = "SELECT count() FROM campaigns WHERE id = {id:String}"
    assert await rows(insight, query, parameters={"id": f"camp_{THEIRS}0"}) == [[0]]
    assert "lacks" in await refused(insight, query)
    assert "has no parameter `x`" in await refused(insight, "SELECT 1", parameters={"x": 1})
    assert "a string" in await refused(insight, query, parameters={"id": 1})
    bad = await refused(insight, "SELECT {d:Date}", parameters={"d": "never"})
    assert "as a date that it is not" in bad


async def test_the_result_as_csv_is_safe_in_a_spreadsheet(insight: Insight) -> None:
    query = "SELECT '=1+1' AS `f`, -5 AS n, 0.5 AS x, ['a', '@b'] AS l, NULL AS z, true AS b"
    answer = await insight.post(PATH, {"query": query, "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert list(csv.reader(io.StringIO(answer.text))) == [
        ["f", "n", "x", "l", "z", "b"],
        ["'=1+1", "-5", "0.5", '["a","@b"]', "", "true"],
    ]


async def test_the_result_as_parquet(insight: Insight) -> None:
    query = "SELECT id FROM campaigns ORDER BY id"
    answer = await insight.post(PATH, {"query": query, "format": "parquet"})
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert answer.content[:4] == answer.content[-4:] == b"PAR1"
    assert b"camp_ours0" in answer.content and THEIRS.encode() not in answer.content


MANY = " CROSS JOIN ".join(f"redemptions AS r{number}" for number in range(20))


NOT_RUN = (
    (f"SELECT r0.id FROM {MANY}", "more than 1,000 rows or 1 MiB"),
    (f"SELECT groupArray(concat(r0.id, r1.id, r2.id, r3.id)) FROM {MANY}", "64 MiB of memory"),
    ("SELECT nothing FROM redemptions", "names a column that there is not: `nothing`"),
    ("SELECT intDiv(1, 0)", "divides a whole number by zero"),
    ("SELECT toInt64('x')", "reads a text as what it is not"),
    ("SELECT id, count() FROM campaigns", "neither grouped by nor aggregated"),
    ("SELECT 1 AS a, 2 AS a", "two things the same name"),
    ("SELECT length(1)", "of a type that it does not take"),
    ("SELECT id FROM campaigns UNION ALL SELECT 1, 2", "columns differ"),
)


async def test_what_the_engine_does_not_run_is_told_in_our_words(insight: Insight) -> None:
    for query, told in NOT_RUN:
        details = await refused(insight, query)
        assert told in details, query
        assert "tessera" not in details and "with_" not in details, query
        # and it stood in nobody's way
        assert await insight.ids("limit=1"), query


async def test_one_statement_of_a_project_runs_at_a_time(insight: Insight) -> None:
    slow = f"SELECT count() FROM {MANY} WHERE r0.id < r1.id AND r3.id > r4.id"
    await ask(insight, "SELECT 1")
    running_one = asyncio.create_task(refused(insight, slow))
    await asyncio.sleep(0.3)
    busy = await insight.post(PATH, {"query": "SELECT 1"}, 429)
    assert busy.json()["key"] == "too_many_requests" and busy.headers["retry-after"] == "1"
    other = await insight.post(PATH, {"query": "SELECT 1"}, 200, THEIR_KEY)
    assert other.json()["rows"] == [[1]]
    details = await running_one
    assert "longer than 4 s" in details
    assert "tessera" not in details and "with_" not in details
    assert await rows(insight, "SELECT 1") == [[1]]


async def test_a_client_side_key_may_not(insight: Insight) -> None:
    client = {"x-tessera-key-kind": "client"}
    for answer in (
        await insight.post(PATH, {"query": "SELECT 1"}, 401, client),
        await insight._ask("/v1/analytics/views", 401, client),
    ):
        assert answer.json()["code"] == 401


OTHERS = (
    ("SELECT {n:Int8}", 128, "`n`"),
    ("SELECT {n:Int8}", -129, "`n`"),
    ("SELECT {n:UInt64}", -1, "`n`"),
    ("SELECT {n:Nullable(Int64)}", 2**63, "`n`"),
    ("SELECT {n:Array(UInt8)}", [1, 256], "`n`"),
    ("SELECT {n:DateTime64(9, 'Asia/Tokyo')}", "2026-01-01", "DATETIME64"),
    ("SELECT CAST({n:String} AS DateTime64(9))", "2026-01-01", "DATETIME64"),
)


async def test_a_value_or_a_type_that_would_be_another_is_refused(insight: Insight) -> None:
    for query, value, named in OTHERS:
        answer = await insight.post(PATH, {"query": query, "parameters": {"n": value}}, 400)
        assert named in answer.json()["details"], query


async def test_numbers_at_the_ends_of_their_types_are_exact(insight: Insight) -> None:
    query = "SELECT {a:Int8}, {b:UInt8}, {c:Int64}"
    given = {"a": -128, "b": 255, "c": 2**63 - 1}
    answer = await insight.post(PATH, {"query": query, "parameters": given})
    assert answer.json()["rows"] == [[-128, 255, 2**63 - 1]]


async def test_a_csv_has_so_many_cells(insight: Insight, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "CELLS_MAX", 3)
    query = "SELECT id, status FROM redemptions LIMIT 2"
    answer = await insight.post(PATH, {"query": query, "format": "csv"}, 400)
    assert "more than 3 cells" in answer.json()["details"]
    assert (await insight.post(PATH, {"query": query})).json()["statistics"]["rows"] == 2


BODIES: tuple[tuple[dict[str, Any], str | None], ...] = (
    ({}, ".query"),
    ({"query": ""}, ".query"),
    ({"query": "x" * 17_000}, ".query"),
    ({"query": 1}, ".query"),
    ({"query": "SELECT 1", "format": "xml"}, ".format"),
    ({"query": "SELECT 1", "parameters": []}, None),
    ({"query": "SELECT 1", "parameters": "x"}, ".parameters"),
)


async def test_a_body_that_cannot_be_read(insight: Insight) -> None:
    for body, told in BODIES:
        answer = await insight.post(PATH, body, 200 if told is None else 400)
        if told is not None:
            assert answer.json()["key"] == "invalid_payload" and told in answer.json()["details"], (
                body
            )


async def test_a_member_that_nobody_reads_is_told(insight: Insight) -> None:
    answer = await insight.post(PATH, {"query": "SELECT 1", "odd": 1})
    assert answer.headers["x-ignored-members"] == "odd"


def test_a_type_without_how_it_is_stored() -> None:
    kind = "Map(LowCardinality(String), Array(LowCardinality(Nullable(String))))"
    assert plain_type("LowCardinality(String)") == "String"
    assert plain_type(kind) == "Map(String, Array(Nullable(String)))"
    assert PROJECT != OTHER
