"""`make bench-history`: lists, metrics and files over twenty million redemptions.

The rows are made by the engine itself, in the tables as the sinks define them, over a year and 200
campaigns of one project; bodies are those of one redemption with the ids of each. Then requests are
answered in this process as the host `insight` answers them, and a file of ten million is written.
Printed are the median and the 99th percentile of each request, its processor time, and resident
memory.
"""

import json
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Annotated, Any, Final, NamedTuple

import httpx
import psutil
import typer
import uvloop

from engine.kernel.calendar import iso
from runtime.base.clock import clock_ms
from runtime.base.disk import MIB
from runtime.clickhouse.database import Database, Query, TableDef
from runtime.clickhouse.positions import Positions
from runtime.clickhouse.reads import Reads
from runtime.http.host import Host
from runtime.http.internal import InternalGate
from schemas.base import DAY_MS, Millis
from schemas.discounts import Discount
from schemas.errors import refuse
from schemas.evaluations import Evaluation, Outcome, Taken
from schemas.exports import Export
from schemas.orders import Order
from schemas.records import Decided
from schemas.redemptions import RedemptionFailed, RedemptionSucceeded
from schemas.vouchers import Voucher
from services.analytics.service import analytics_service
from services.analytics.sink.campaign_tables import CAMPAIGNS
from services.analytics.sink.redemption_facts import REDEMPTION_FACTS, redemption_facts
from services.analytics.sink.tables import DEFINITIONS as ANALYTICS_TABLES
from services.audit.exports.writing import write_export
from services.audit.service import audit_service
from services.audit.sink.redemption_table import REDEMPTIONS, redemption_table_rows
from services.audit.sink.tables import DEFINITIONS as AUDIT_TABLES

PROJECT: Final = "proj_bench"
#: 2025-01-01.
START: Final = 1_735_689_600_000
BATCH: Final = 500_000
SECRET: Final = "s"  # noqa: S105  of this process alone
HEADERS: Final = {
    "x-tessera-secret": SECRET,
    "x-tessera-project": PROJECT,
    "x-tessera-key-kind": "server",
    "x-tessera-key-id": "k",
}
#: Stands for the number of a redemption in what is made of one.
_NUMBER: Final = "NUMBER"
_MONTH: Final = "from=2025-06-01&to=2025-07-01"
_FEW: Final = "metrics=redemptions_succeeded,redemptions_failed,discount_amount,order_amount"
REQUESTS: Final[Mapping[str, str]] = {
    "timeseries: month by hour, campaign": (
        f"/v1/analytics/timeseries?interval=hour&campaign=camp_7&{_MONTH}&{_FEW}"
    ),
    "timeseries: the same, all totals": (
        f"/v1/analytics/timeseries?interval=hour&campaign=camp_7&{_MONTH}"
    ),
    "top failures: month": f"/v1/analytics/top?metrics=redemptions_failed&by=reason&{_MONTH}",
    "top failures: year": "/v1/analytics/top?metrics=redemptions_failed&by=reason",
    "page: result, campaign": "/v1/redemptions?result=Failure&campaign=camp_7&limit=10",
    "page: one day": (
        "/v1/redemptions?limit=10&created_at[after]=2025-06-01&created_at[before]=2025-06-02"
    ),
    "page: code": "/v1/redemptions?voucher_code=CODE-77777&limit=10",
    "page: no filter": "/v1/redemptions?limit=10",
}
#: What differs from one redemption to the next, by column; the rest is as in the one they are of.
_FACTS: Final[Mapping[str, str]] = {
    "id": "concat('r_', toString(number))",
    "campaign": "concat('camp_', toString(cityHash64(number) % 200))",
    "customer_id": "concat('cust_', toString(cityHash64(number, 1) % 100000))",
    "discount": "number % 1000",
    "order_amount": "1000 + number % 100000",
    "order_total": "1000 + number % 90000",
    "voucher": "concat('v_', toString(cityHash64(number, 2) % 1000000))",
}
_ROWS: Final[Mapping[str, str]] = {
    "id": _FACTS["id"],
    "voucher_code": "concat('CODE-', toString(cityHash64(number, 2) % 1000000))",
    "related_object_id": _FACTS["voucher"],
    "campaign_id": _FACTS["campaign"],
    "campaign_name": _FACTS["campaign"],
    "customer_id": _FACTS["customer_id"],
    "order_id": "concat('ord_', toString(number))",
}
_REASONS: Final = ("voucher_expired", "quantity_exceeded", "order_rules_violated", "no_effect")


class Figure(NamedTuple):
    """Milliseconds of a request; processor time is of all threads, and drifts least."""

    p50: float
    p99: float
    processor: float


def main(
    rows: Annotated[int, typer.Option(min=100_000)] = 20_000_000,
    rounds: Annotated[int, typer.Option(min=2)] = 100,
    file_rows: Annotated[int, typer.Option(min=0, help="rows of the file")] = 10_000_000,
    keep: Annotated[Path | None, typer.Option(help="a folder of rows, made if missing")] = None,
    output: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Measure requests over many redemptions."""
    with tempfile.TemporaryDirectory(prefix="tessera-history-") as folder:
        figures = uvloop.run(_measure(keep or Path(folder), rows, rounds, file_rows))
    text = json.dumps(figures, indent=1)
    if output is not None:
        output.write_text(text + "\n", "utf-8")
    typer.echo(text)


async def _measure(folder: Path, rows: int, rounds: int, file_rows: int) -> dict[str, Any]:
    database = await Database.open(f"chdb://{folder / 'clickhouse'}")
    try:
        await database.prepare((*ANALYTICS_TABLES, *AUDIT_TABLES))
        count = Query(f"SELECT count() FROM {REDEMPTIONS.full_name}")  # noqa: S608
        began = time.perf_counter()
        if (await database.query(count))[0][0] < rows:
            await _make_rows(database, rows)
        figures: dict[str, Any] = {"rows": rows, "made_s": round(time.perf_counter() - began)}
        await database.purge()
        figures["resident_mib_before"] = _resident()
        reads = Reads(database, Positions(), _no_end)
        async with _asking(reads) as client:
            for name, path in REQUESTS.items():
                found = await _time(client, path, rounds)
                figures[name] = found._asdict()
                typer.echo(
                    f"{name}: p50 {found.p50} ms, p99 {found.p99}, processor {found.processor}",
                    err=True,
                )
        figures["resident_mib_after"] = _resident()
        if file_rows:
            until = START + 365 * DAY_MS * file_rows // rows
            figures["file"] = await _write_file(reads, folder, until)
        return figures
    finally:
        await database.close()


async def _no_end(_: Any) -> int:
    return 0


def _resident() -> int:
    return int(psutil.Process().memory_info().rss // MIB)


async def _make_rows(database: Database, rows: int) -> None:
    """Nine of ten succeeded."""
    campaign = ("ledger", 0, 0, 0, "", PROJECT, "camp_7", "camp_7", "{}")
    await database.insert(CAMPAIGNS, [campaign])
    for begin in range(0, rows, BATCH):
        at = f"{START} + intDiv(number * {365 * DAY_MS}, {rows})"
        for record, which in ((_succeeded(), "number % 10 != 0"), (_failed(), "number % 10 = 0")):
            source = f"FROM numbers({begin}, {min(BATCH, rows - begin)}) WHERE {which}"
            for table, own, row in (
                (REDEMPTION_FACTS, _FACTS, redemption_facts(record)[0]),
                (REDEMPTIONS, _ROWS, next(iter(redemption_table_rows(record)))),
            ):
                await database.execute(_insert(table, row, {**own, "at": at}, source))


def _insert(table: TableDef, row: Any, own: Mapping[str, str], source: str) -> Query:
    """Rows of a table that are like one, but for what is their own."""
    columns = table.column_names
    told = dict(zip(columns[len(columns) - len(row) :], row, strict=True))
    values = {
        "log_topic": "'ledger'",
        "log_partition": "0",
        "log_offset": "number",
        "log_index": "0",
        "log_hash": "''",
    }
    given: dict[str, Any] = {}
    for name, value in told.items():
        given[name] = value
        kind = "String" if isinstance(value, str) else "Int64"
        values[name] = f"{{{name}:{kind}}}"
        if isinstance(value, str) and _NUMBER in value:
            values[name] = f"replaceAll({values[name]}, '{_NUMBER}', toString(number))"
    values |= own
    if told.get("reason"):
        reasons = ", ".join(f"'{each}'" for each in _REASONS)
        values["reason"] = f"[{reasons}][1 + cityHash64(number, 3) % {len(_REASONS)}]"
    named = ", ".join(f"{values[name]} AS {name}" for name in columns)
    used = {name: value for name, value in given.items() if f"{{{name}:" in named}
    return Query(
        f"INSERT INTO {table.full_name} SELECT {named} {source} "
        "SETTINGS max_execution_time = 0, max_memory_usage = 2000000000",
        used,
    )


def _voucher() -> Voucher:
    return Voucher(
        id=f"v_{_NUMBER}",
        code=f"CODE-{_NUMBER}",
        type="DISCOUNT_VOUCHER",
        created_at=START,
        discount=Discount("AMOUNT", 100),
        campaign="camp_7",
        campaign_id="camp_7",
        redeemed_quantity=1,
    )


def _decided(event: RedemptionSucceeded | RedemptionFailed) -> Decided:
    return Decided(0, START, "cmd", "any", PROJECT, "f", (event,))


def _succeeded() -> Decided:
    outcome = Outcome(
        "voucher", f"CODE-{_NUMBER}", "APPLICABLE", _voucher(), taken=Taken(order=100)
    )
    order = Order(f"ord_{_NUMBER}", amount=1000, discount_amount=100, customer_id="cust_1")
    return _decided(
        RedemptionSucceeded(Evaluation((outcome,), order), (f"r_{_NUMBER}",), customer_id="cust_1")
    )


def _failed() -> Decided:
    refusal = refuse("voucher_expired", f"CODE-{_NUMBER}")
    outcome = Outcome("voucher", f"CODE-{_NUMBER}", "INAPPLICABLE", _voucher(), refusal=refusal)
    return _decided(
        RedemptionFailed(Evaluation((outcome,)), (f"r_{_NUMBER}",), customer_id="cust_1")
    )


@asynccontextmanager
async def _asking(reads: Reads) -> AsyncIterator[httpx.AsyncClient]:
    """A client of what the host `insight` serves."""
    nothing: Any = None
    services = [analytics_service(reads, clock_ms), audit_service(reads, nothing, nothing)]
    host = Host("insight", services, InternalGate(SECRET))
    transport = httpx.ASGITransport(host)
    async with httpx.AsyncClient(transport=transport, base_url="http://insight") as client:
        yield client


async def _time(client: httpx.AsyncClient, path: str, rounds: int) -> Figure:
    times, used = [], []
    for _ in range(rounds + 5):
        began, worked = time.perf_counter(), time.process_time()
        answer = await client.get(path, headers=HEADERS)
        times.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - worked) * 1000)
        if answer.status_code != httpx.codes.OK:
            raise SystemExit(answer.text)
    # the first ones read from the disk
    cuts = quantiles(times[5:], n=100, method="inclusive")
    return Figure(round(cuts[49], 1), round(cuts[98], 1), round(median(used[5:]), 1))


async def _write_file(reads: Reads, folder: Path, until: Millis) -> dict[str, Any]:
    """A file of the redemptions up to a time."""
    wanted = {"created_at": {"conditions": {"$before": [iso(until)]}}}
    export = Export("exp_1", "redemption", START, filters=wanted)
    began, first, most, written = time.perf_counter(), _resident(), 0, 0

    def note(progress: Any) -> None:
        nonlocal most, written
        written = progress.written
        most = max(most, _resident())

    with (folder / "file.csv").open("wb") as file:
        await write_export(export, PROJECT, reads, file, note)
        size = file.tell()
    seconds = time.perf_counter() - began
    return {
        "rows": written,
        "mib": size // MIB,
        "seconds": round(seconds),
        "resident_mib_first": first,
        "resident_mib_most": most,
    }


if __name__ == "__main__":
    typer.run(main)
