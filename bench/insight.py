"""`make bench-insight`: how soon a redemption is seen, and how fast tables are made anew.

A system of its own is started in a temporary folder. A redemption is asked for, and as soon as it is
answered the list of its code's redemptions, or the totals: that answer waits until the redemption is
in them. Measured is from the one answer to the other, with nothing else going on, and while 64
connections redeem. Then `tessera rebuild` fills the tables of each service anew from all of that;
printed is the processor time of the host `insight` for each record, which is the rate on one core.
"""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import quantiles
from typing import Annotated, Any, Final

import httpx
import typer
import uvloop

from bench.load import Result, http_request, run_load
from bench.processes import find_system, read_seconds, subtract
from bench.system import System, run_system

CONNECTIONS: Final = 64
#: The code that all connections want, and the one whose redemptions are looked for.
HOT: Final = "BENCH"
OWN: Final = "OWN"
DISCOUNT: Final = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
SETTLE_SECONDS: Final = 8.0
PAUSE_SECONDS: Final = 0.2
SERVICES: Final = ("analytics", "audit")
_RECORDS: Final = re.compile(r"from (\d+) records in ([0-9.]+) s")


def main(
    seconds: Annotated[float, typer.Option(min=5, help="how long is redeemed")] = 60.0,
    looks: Annotated[int, typer.Option(min=10, help="how often is looked when idle")] = 100,
    output: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Measure freshness, and rebuilds."""
    with run_system() as system:
        figures = uvloop.run(_measure(system, seconds, looks))
        figures["rebuild"] = {each: _rebuild(system, each) for each in SERVICES}
    text = json.dumps(figures, indent=1)
    if output is not None:
        output.write_text(text + "\n", "utf-8")
    typer.echo(text)


async def _measure(system: System, seconds: float, looks: int) -> dict[str, Any]:
    for code in (HOT, OWN):
        system.ask("POST", f"/v1/vouchers/{code}", DISCOUNT)
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{system.port}",
        headers=system.headers,
        timeout=30.0,
        trust_env=False,
    ) as client:
        seen = _Seen(client)
        for _ in range(3):
            await seen.look()
        seen.clear()
        for _ in range(looks):
            await asyncio.sleep(PAUSE_SECONDS)
            await seen.look()
        idle = seen.figures()
        seen.clear()
        request = http_request("POST", "/v1/redemptions", system.headers, _body(HOT))
        load = asyncio.create_task(run_load(system.port, request, CONNECTIONS, seconds))
        while not load.done():
            await asyncio.sleep(PAUSE_SECONDS)
            await seen.look()
        result: Result = await load
        loaded = seen.figures()
    await asyncio.sleep(SETTLE_SECONDS)
    return {
        "idle": idle,
        "under_load": {"redemptions_per_second": result.per_second, **loaded},
    }


def _body(code: str) -> bytes:
    content = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 1000}}
    return json.dumps(content).encode()


class _Seen:
    """Redeems and looks, and remembers how long it took until it was seen."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._times: dict[str, list[float]] = {"list": [], "metrics": []}
        self._redeemed = 0

    def clear(self) -> None:
        """Forgets the times."""
        for each in self._times.values():
            each.clear()

    async def look(self) -> None:
        """Once for each."""
        began, redemption = await self._redeem()
        found = await self._get(f"/v1/redemptions?voucher_code={OWN}&limit=1")
        self._note("list", began, seen=found["redemptions"][0]["id"] == redemption)
        began, _ = await self._redeem()
        # the project's own, so that all others' are in it as well
        found = await self._get("/v1/analytics/top?metrics=redemptions_succeeded&by=voucher")
        counts = [row["redemptions_succeeded"] for row in found["rows"]]
        self._note("metrics", began, seen=self._redeemed in counts)

    async def _redeem(self) -> tuple[float, str]:
        answer = await self._client.post("/v1/redemptions", content=_body(OWN))
        began = time.perf_counter()
        answer.raise_for_status()
        self._redeemed += 1
        redemption: str = answer.json()["redemptions"][0]["id"]
        return began, redemption

    async def _get(self, path: str) -> Any:
        answer = await self._client.get(path)
        answer.raise_for_status()
        return answer.json()

    def _note(self, name: str, began: float, *, seen: bool) -> None:
        if not seen:
            raise SystemExit(f"A redemption that was answered is not in {name}")
        self._times[name].append((time.perf_counter() - began) * 1000)

    def figures(self) -> dict[str, Mapping[str, float]]:
        """Milliseconds."""
        found: dict[str, Mapping[str, float]] = {}
        for name, times in self._times.items():
            cuts = quantiles(times, n=100, method="inclusive")
            told = {"p50_ms": round(cuts[49], 1), "p99_ms": round(cuts[98], 1)}
            found[name] = {**told, "looks": len(times)}
        return found


def _rebuild(system: System, service: str) -> dict[str, float]:
    before = read_seconds(find_system(system.home))
    answer = subprocess.run(
        [sys.executable, "-P", "-m", "tessera", "rebuild", service],
        env=system.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    used = subtract(read_seconds(find_system(system.home)), before)["insight"]
    told = _RECORDS.search(answer.stdout)
    if told is None:
        raise SystemExit(answer.stdout)
    records, seconds = int(told[1]), float(told[2])
    return {
        "records": records,
        "seconds": seconds,
        "cpu_us_per_record": round(used / records * 1e6, 1),
        "records_per_second_of_a_core": round(records / used),
    }


if __name__ == "__main__":
    typer.run(main)
