"""`make bench`: what redemptions and validations cost, beside SQL services and an empty endpoint.

A system of its own is started in a temporary folder, and beside it hand-written services on a
PostgreSQL of their own (`bench/baselines`). All are measured by turns, round by round, since a
machine's speed drifts; the median round counts, and ratios are what compares between machines and
days. Every batch and every commit is synced to disk before it is answered. What is not asked just
then only idles, which costs Tessera's neighbours what `idle` says.
"""

import json
import os
import platform
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
import uvloop

from bench.baselines.postgres import PostgresAbsent
from bench.baselines.run import Baseline, run_baseline
from bench.budget import find_regressions
from bench.codes import measure_alone
from bench.figures import (
    EMPTY,
    REDEMPTION,
    SQL_GUARDED,
    SQL_LOCKED,
    SQL_READ,
    VALIDATION,
    Codes,
    Figures,
    Series,
    Start,
    read_figures,
    write_figures,
)
from bench.load import http_request, run_load
from bench.plan import SHORT, WHOLE, Plan
from bench.processes import Processes, divide, find_system, read_resident_mb, read_seconds, subtract
from bench.round_trip import find_broker, measure_round_trip
from bench.sampling import CONNECTIONS, measure_stages
from bench.start import measure_start
from bench.system import System, run_system
from bench.tables import show_budget, show_processes, show_series
from bench.turns import Subject, measure_by_turns
from deploy.embedded.home import Home

CODE: Final = "BENCH"
PERCENT_OFF: Final = 10
BODY: Final = json.dumps(
    {"redeemables": [{"object": "voucher", "id": CODE}], "order": {"amount": 10_000}}
).encode()
VOUCHER: Final = {
    "type": "DISCOUNT_VOUCHER",
    "discount": {"type": "PERCENT", "percent_off": PERCENT_OFF},
}
WARM_UP_SECONDS: Final = 3.0
SETTLE_SECONDS: Final = 1.0
#: What was reached last; the report is made of it.
RECORDED: Final = Path(__file__).parents[1] / "docs" / "benchmarks.json"


def main(
    short: Annotated[
        bool, typer.Option("--short", help="two minutes; fails when a ratio got twice as bad")
    ] = False,
    rounds: Annotated[int | None, typer.Option(help="rounds; the median one counts")] = None,
    codes: Annotated[int | None, typer.Option(help="codes to make in bulk; 0 for none")] = None,
    output: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Measure what redemptions and validations cost, beside hand-written SQL services."""
    plan = (SHORT if short else WHOLE).change(rounds, codes)
    figures = measure(plan)
    if output is not None:
        write_figures(figures, output)
    _show(figures)
    if short:
        _require_no_regression(figures, plan)


def _show(figures: Figures) -> None:
    for line in (*show_series(figures), "", *show_processes(figures), "", *show_budget(figures)):
        typer.echo(line)


def _require_no_regression(figures: Figures, plan: Plan) -> None:
    """Raises SystemExit for what is twice as bad as it was, and still is when measured anew."""
    recorded = read_figures(RECORDED)
    worse = find_regressions(figures, recorded)
    if not worse:
        return
    typer.echo(
        "\n".join(["Measured once more, since it is twice as bad as it was:", *worse.values()])
    )
    again = measure(plan)
    _show(again)
    still = [line for name, line in find_regressions(again, recorded).items() if name in worse]
    if still:
        raise SystemExit("\n".join(["Twice as bad as it was:", *still]))


def measure(plan: Plan) -> Figures:
    """All that the plan asks for."""
    skipped: list[str] = []
    with ExitStack() as stack:
        baseline = None
        try:
            baseline = stack.enter_context(run_baseline([CODE], PERCENT_OFF))
        except PostgresAbsent as absent:
            skipped.append(f"the SQL services: {absent}")
            typer.echo(f"Skipped: {skipped[-1]}")
        system = stack.enter_context(run_system())
        system.ask("POST", f"/v1/vouchers/{CODE}", VOUCHER)
        series, round_trip = uvloop.run(_measure_requests(system, baseline, plan))
        idle, resident = _measure_idle(system, plan.idle_seconds)
        stages = _measure_stages(system, series, plan)
        start = _measure_start(system, plan.starts)
    return Figures(
        date=datetime.now(UTC).date().isoformat(),
        machine=_describe_machine(baseline),
        rounds=plan.rounds,
        series=tuple(series),
        idle=idle,
        resident_mb=resident,
        round_trip_ms=round_trip,
        start=start,
        codes=_measure_codes(plan.codes),
        stages=stages,
        skipped=tuple(skipped),
    )


async def _measure_requests(
    system: System, baseline: Baseline | None, plan: Plan
) -> tuple[list[Series], float | None]:
    subjects = _list_subjects(system, baseline)
    for subject in subjects:
        await run_load(subject.port, subject.request, 16, WARM_UP_SECONDS)
    series = []
    for connections, names in plan.turns.items():
        typer.echo(f"Measuring {', '.join(names)} at {connections} connections", err=True)
        chosen = [each for each in subjects if each.name in names]
        series += await measure_by_turns(chosen, connections, plan.seconds, plan.rounds)
    round_trip = await measure_round_trip(find_broker(Home(system.home)), plan.seconds)
    return series, round(round_trip, 3)


def _list_subjects(system: System, baseline: Baseline | None) -> list[Subject]:
    """In the order of their turns."""

    def settle() -> None:
        # Work that was put off until somebody waits is done before a list is answered.
        time.sleep(SETTLE_SECONDS)
        system.ask("GET", "/v1/redemptions?limit=1")

    def ours(name: str, request: bytes, settled: Callable[[], None]) -> Subject:
        return Subject(name, system.port, request, lambda: find_system(system.home), settled)

    redemption = http_request("POST", "/v1/redemptions", system.headers, BODY)
    validation = http_request("POST", "/v1/validations", system.headers, BODY)
    return [
        ours(EMPTY, http_request("GET", "/health/live", {}), _go_on),
        *(_list_sql_subjects(baseline) if baseline is not None else ()),
        ours(REDEMPTION, redemption, settle),
        ours(VALIDATION, validation, settle),
    ]


def _list_sql_subjects(baseline: Baseline) -> list[Subject]:
    paths = {
        SQL_GUARDED: "/guarded/redemptions",
        SQL_LOCKED: "/for-update/redemptions",
        SQL_READ: "/validations",
    }
    return [
        Subject(
            name,
            baseline.port,
            http_request("POST", path, baseline.headers, BODY),
            baseline.find_processes,
            _go_on,
        )
        for name, path in paths.items()
    ]


def _go_on() -> None:
    """What works on these has nothing left to do when it has answered."""


def _measure_idle(system: System, seconds: float) -> tuple[dict[str, float], dict[str, int]]:
    """The share of a core of each process, and its memory, a while after the last request."""
    typer.echo(f"Waiting {seconds:.0f} s to see what idling costs", err=True)
    time.sleep(seconds / 2)
    processes: Processes = find_system(system.home)
    before, began = read_seconds(processes), time.perf_counter()
    time.sleep(seconds)
    elapsed = time.perf_counter() - began
    shares = divide(subtract(read_seconds(processes), before), elapsed)
    return {name: round(each, 4) for name, each in shares.items()}, read_resident_mb(processes)


def _measure_stages(
    system: System, series: Iterable[Series], plan: Plan
) -> dict[str, dict[str, float]]:
    known = [each for each in series if (each.name, each.connections) == (REDEMPTION, CONNECTIONS)]
    if not plan.stages or not known:
        return {}
    typer.echo("Sampling the hosts", err=True)
    subject = next(each for each in _list_subjects(system, None) if each.name == REDEMPTION)
    return uvloop.run(measure_stages(system.home, subject, known[0].cpu_us, plan.seconds))


def _measure_start(system: System, rounds: int) -> Start | None:
    if not rounds:
        return None
    typer.echo("Measuring a second start", err=True)
    return measure_start(system, rounds)


def _measure_codes(count: int) -> Codes | None:
    if not count:
        return None
    typer.echo(f"Making {count:,} codes", err=True)
    with run_system() as system:
        made = uvloop.run(measure_alone(system, "alone", count))
        resident = read_resident_mb(find_system(system.home))
    return Codes(count, made["codes_per_second"], resident)


def _describe_machine(baseline: Baseline | None) -> str:
    cores = os.cpu_count()
    postgres = "" if baseline is None else f", PostgreSQL {baseline.postgres.version}"
    return f"{cores} cores, {platform.system()}, Python {platform.python_version()}{postgres}"


if __name__ == "__main__":
    typer.run(main)
