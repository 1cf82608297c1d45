"""`make bench-codes`: a campaign of a million codes, made while a storefront redeems.

A system of its own is started in a temporary folder. Printed are how long it takes until the first
code can be redeemed, codes a second while nothing else happens, then for as many codes again, which
shows what memory still grows; the same with 16 connections redeeming and their latencies; and that
a SIGKILL of the hosts that work on it leaves exactly the count asked for. Resident memory, and
processor time for each code, are by process.
"""

import asyncio
import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
import uvloop

from bench.load import http_request, run_load
from bench.processes import (
    ALL,
    divide,
    find_system,
    read_resident_mb,
    read_seconds,
    subtract,
)
from bench.system import System, run_system

CONNECTIONS = 16
LOAD_SECONDS = 8.0
POLL_SECONDS = 0.25
KILL_AFTER_SECONDS = 3.0
SETTLE_SECONDS = 10.0
DISCOUNT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
KILLED = ("distribution", "api")


def main(
    count: Annotated[int, typer.Option(min=1000, help="codes in the campaign")] = 1_000_000,
    output: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Measure the making of many codes."""
    with run_system() as system:
        figures = uvloop.run(_measure(system, count))
    text = json.dumps(figures, indent=1)
    if output is not None:
        output.write_text(text + "\n", "utf-8")
    typer.echo(text)


def _client(system: System) -> httpx.AsyncClient:
    url = f"http://127.0.0.1:{system.port}"
    return httpx.AsyncClient(base_url=url, headers=system.headers, timeout=30.0, trust_env=False)


async def _measure(system: System, count: int) -> dict[str, Any]:
    async with _client(system) as client:
        (await client.post("/v1/vouchers/BENCH", json=DISCOUNT)).raise_for_status()
        resident = {"before": _resident(system)}
        alone = await measure_alone(system, "alone", count)
        resident["after_the_first"] = _resident(system)
        again = await measure_alone(system, "again", count)
        resident["after_the_second"] = _resident(system)
        loaded = await _loaded(client, system, count // 4)
        killed = await _killed(client, system, count // 4)
        await asyncio.sleep(SETTLE_SECONDS)
        return {
            "alone": alone,
            "again": again,
            "while_redeeming": loaded,
            "killed_in_the_middle": killed,
            "resident_mb": {**resident, "at_the_end": _resident(system)},
        }


async def measure_alone(system: System, name: str, count: int) -> dict[str, Any]:
    """Codes a second of a campaign of so many while nothing else happens, and what they cost."""
    async with _client(system) as client:
        worked = read_seconds(find_system(system.home))
        began = time.perf_counter()
        await _campaign(client, name, count)
        listed = await client.get("/v1/vouchers", params={"campaign": name, "limit": 1})
        code = listed.json()["vouchers"][0]["code"]
        body = {"redeemables": [{"object": "voucher", "id": code}], "order": {"amount": 1000}}
        (await client.post("/v1/redemptions", json=body)).raise_for_status()
        first = time.perf_counter() - began
        await _made(client, name, count)
        elapsed = time.perf_counter() - began
    # until the tables have them all as well, and what was merged on the way is given back
    await asyncio.sleep(SETTLE_SECONDS)
    used = subtract(read_seconds(find_system(system.home)), worked)
    used[ALL] = sum(used.values())
    return {
        "codes": count,
        "first_redeemed_after_s": round(first, 3),
        "seconds": round(elapsed, 1),
        "codes_per_second": round(count / elapsed),
        "cpu_us_per_code": {
            host: round(each * 1e6, 1) for host, each in divide(used, count).items()
        },
    }


async def _loaded(client: httpx.AsyncClient, system: System, count: int) -> dict[str, Any]:
    body = {"redeemables": [{"object": "voucher", "id": "BENCH"}], "order": {"amount": 1000}}
    content = json.dumps(body).encode()
    request = http_request("POST", "/v1/redemptions", system.headers, content)
    began = time.perf_counter()
    await _campaign(client, "loaded", count)
    result = await run_load(system.port, request, CONNECTIONS, LOAD_SECONDS)
    made = (await client.get("/v1/campaigns/loaded")).json()["vouchers_count"]
    elapsed = time.perf_counter() - began
    await _made(client, "loaded", count)
    return {
        "codes_per_second": round(made / elapsed),
        "redemptions_per_second": result.per_second,
        "failures": result.failures,
        "p50_ms": result.p50_ms,
        "p99_ms": result.p99_ms,
        "all_codes_made_before_the_end": made >= count,
    }


async def _killed(client: httpx.AsyncClient, system: System, count: int) -> dict[str, Any]:
    await _campaign(client, "killed", count)
    for host in KILLED:
        await asyncio.sleep(KILL_AFTER_SECONDS / len(KILLED))
        for process in find_system(system.home)[host]:
            os.kill(process.pid, signal.SIGKILL)
    await _made(client, "killed", count)
    found = (await client.get("/v1/campaigns/killed")).json()["vouchers_count"]
    return {"asked_for": count, "made": found, "killed": list(KILLED)}


async def _campaign(client: httpx.AsyncClient, name: str, count: int) -> None:
    body = {"name": name, "type": "STATIC", "vouchers_count": count, "voucher": DISCOUNT}
    (await client.post("/v1/campaigns", json=body)).raise_for_status()


async def _made(client: httpx.AsyncClient, name: str, count: int) -> None:
    while True:
        answer = None
        with suppress(httpx.TransportError):
            answer = await client.get(f"/v1/campaigns/{name}")
        if answer is not None and answer.status_code == 200:
            found = answer.json()
            if found["vouchers_generation_status"] == "DONE":
                if found["vouchers_count"] != count:
                    raise SystemExit(f"{found['vouchers_count']} codes were made of {count}")
                return
        await asyncio.sleep(POLL_SECONDS)


def _resident(system: System) -> dict[str, int]:
    return read_resident_mb(find_system(system.home))


if __name__ == "__main__":
    typer.run(main)
