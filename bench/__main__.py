"""`make bench`: redemptions per second and latency, beside an empty endpoint of the same server.

A system of its own is started in a temporary folder, measured and stopped. Every batch is synced
to disk before it is acknowledged, as in the embedded default. The two are measured in turn, round
by round, since the machine's speed drifts; the median round counts, and the ratio is what compares
between machines and days.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from urllib.request import Request, urlopen

import typer
import uvloop

from bench.load import Result, http_request, run_load
from deploy.embedded.home import free_port

CONNECTIONS = (1, 16, 64)
WARM_UP_SECONDS = 3.0
EMPTY_SECONDS = 2.0
CODE = "BENCH"
VOUCHER = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
REDEMPTION = {"redeemables": [{"object": "voucher", "id": CODE}], "order": {"amount": 10_000}}
#: What is expected of 2 cores with every batch synced to disk.
EXPECTED = {"redemptions_per_second_64": 2000, "p50_ms_1": 5.0}


def main(
    seconds: Annotated[float, typer.Option(help="how long each redemption round lasts")] = 6.0,
    rounds: Annotated[int, typer.Option(help="rounds; the median one counts")] = 3,
    output: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Measure redemptions per second and latency beside an empty endpoint."""
    with TemporaryDirectory(prefix="tessera-bench-") as home:
        port = free_port()
        environment = {**os.environ, "TESSERA_HOME": home, "TESSERA_PORT": str(port)}
        tessera("up", environment)
        try:
            figures = uvloop.run(_measure(port, Path(home), seconds, rounds))
        finally:
            tessera("down", environment)
    text = json.dumps({"expected": EXPECTED, "figures": figures}, indent=1)
    if output is not None:
        output.write_text(text + "\n", "utf-8")
    typer.echo(f"\n{text}")


def tessera(command: str, environment: dict[str, str]) -> None:
    """Runs one of the commands that start and stop a system."""
    subprocess.run(
        [sys.executable, "-P", "-m", "tessera", command],
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


async def _measure(port: int, home: Path, seconds: float, rounds: int) -> list[dict[str, Any]]:
    keys = json.loads((home / "keys.json").read_text("utf-8"))
    headers = {
        "X-App-Id": keys["app_id"],
        "X-App-Token": keys["app_token"],
        "Content-Type": "application/json",
    }
    url = f"http://127.0.0.1:{port}/v1/vouchers/{CODE}"
    await asyncio.to_thread(_post, url, headers, VOUCHER)
    redemption = http_request("POST", "/v1/redemptions", headers, json.dumps(REDEMPTION).encode())
    empty = http_request("GET", "/health/live", {})
    await run_load(port, redemption, 16, WARM_UP_SECONDS)
    typer.echo("connections  redemptions/s   p50 ms   p99 ms   empty/s   ratio")
    figures = []
    for connections in CONNECTIONS:
        pairs = [
            (
                await run_load(port, empty, connections, EMPTY_SECONDS),
                await run_load(port, redemption, connections, seconds),
            )
            for _ in range(rounds)
        ]
        figures.append(_figure(connections, pairs))
    return figures


def _post(url: str, headers: dict[str, str], body: dict[str, Any]) -> None:
    request = Request(url, json.dumps(body).encode(), headers)  # noqa: S310  our own server
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        answer.read()


def _figure(connections: int, pairs: Sequence[tuple[Result, Result]]) -> dict[str, Any]:
    failures = sum(redeemed.failures for _, redeemed in pairs)
    if failures:
        raise SystemExit(f"{failures} redemptions were not answered with success")
    ratios = [redeemed.per_second / empty.per_second for empty, redeemed in pairs]
    figure = {
        "connections": connections,
        "redemptions_per_second": median(r.per_second for _, r in pairs),
        "p50_ms": median(r.p50_ms for _, r in pairs),
        "p99_ms": median(r.p99_ms for _, r in pairs),
        "empty_per_second": median(e.per_second for e, _ in pairs),
        "ratio_to_empty": round(median(ratios), 3),
        "rounds": [{"empty": asdict(e), "redemption": asdict(r)} for e, r in pairs],
    }
    typer.echo(
        f"{connections:11}  {figure['redemptions_per_second']:13}  {figure['p50_ms']:7}  "
        f"{figure['p99_ms']:7}  {figure['empty_per_second']:8}  {figure['ratio_to_empty']:6}"
    )
    return figure


if __name__ == "__main__":
    typer.run(main)
