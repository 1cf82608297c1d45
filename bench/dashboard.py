"""`make bench-dashboard`: what pages cost those who look, the host that makes them, and redemptions.

A system of its own is started in a temporary folder, with a dashboard. A real browser opens the list
of redemptions, first with nothing kept, then again, and stays on it while codes are redeemed. The
processor time of a page is measured beside an empty answer of the same server. Redemptions are
measured without and with open pages, by turns: such as lie in the background and only listen, and
such as somebody looks at, which ask for their list anew whenever they are told to.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Final
from urllib.error import URLError
from urllib.request import urlopen

import httpx
import typer
import uvloop

from bench.load import http_request, run_load
from bench.open_pages import open_pages
from bench.processes import find_system, find_tree, read_resident_mb, read_seconds
from bench.seen import Seen, look_with_browser
from bench.system import System, run_system
from deploy.embedded.home import free_port
from services.dashboard.web.live import LISTS_A_SECOND

LIST: Final = "/redemptions"
EMPTY: Final = "/health/live"
HOST: Final = "dashboard"
CODE: Final = "BENCH"
ROWS: Final = 25
VOUCHER: Final = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
REDEMPTION: Final = {
    "redeemables": [{"object": "voucher", "id": CODE}],
    "order": {"amount": 10_000},
}
CONNECTIONS: Final = 16
SETTLE_SECONDS: Final = 3.0
START_SECONDS_MAX: Final = 60.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, what the same is of an empty answer, and what it may be at most."""

    name: str
    value: float
    unit: str
    empty: float | None = None
    bound: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is more than it may be."""
        return self.bound is not None and self.value > self.bound


def main(
    seconds: Annotated[float, typer.Option(min=1, help="how long each turn is")] = 8.0,
    turns: Annotated[int, typer.Option(min=1, help="how often each is measured")] = 3,
    pages: Annotated[int, typer.Option(min=1, help="how many pages are open")] = 50,
    output: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
) -> None:
    """Measure what pages of the dashboard cost."""
    port = free_port()
    with run_system(TESSERA_DASHBOARD="1", TESSERA_DASHBOARD_PORT=str(port)) as system:
        token = sign_in(system)
        system.ask("POST", f"/v1/vouchers/{CODE}", VOUCHER)
        for _ in range(ROWS + 5):
            system.ask("POST", "/v1/redemptions", REDEMPTION)
        system.ask("GET", "/v1/redemptions?limit=1")
        url = f"http://127.0.0.1:{port}"
        seen = look_with_browser(url, token, LIST, EMPTY, lambda: _redeem(system))
        figures = list_seen(seen)
        figures += uvloop.run(_measure_page(system, port, token, seconds, turns))
        figures += uvloop.run(_measure_hot_path(system, port, token, seconds, turns, pages))
        resident = read_resident_mb({HOST: find_system(system.home)[HOST]})[HOST]
        figures.append(Figure("resident memory of the host", resident, "MB"))
        figures.append(Figure("start of the host", _measure_start(system), "s"))
    typer.echo("\n".join(show(figures)))
    if output is not None:
        told = {each.name: {"value": each.value, "unit": each.unit} for each in figures}
        output.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def list_seen(seen: Seen) -> list[Figure]:
    """What a browser saw of it."""
    empty = seen.empty_bytes / 1000
    return [
        Figure("a list, nothing kept", seen.cold_bytes / 1000, "KB", empty, 200),
        Figure("a list, files kept", seen.warm_bytes / 1000, "KB", empty, 15),
        Figure("scripts of a list", seen.script_ms, "ms", seen.empty_script_ms, 250),
        Figure("until a redemption is on an open list", seen.until_shown_ms, "ms", None, 1000),
    ]


def show(figures: Sequence[Figure]) -> list[str]:
    """A line each; ratios are to an empty answer of the same server."""
    lines = []
    for each in figures:
        line = f"{each.name:<48}{each.value:>10,.2f} {each.unit:<3}"
        if each.empty:
            line += f"  {each.value / each.empty:>8,.1f} times an empty answer"
        if each.bound is not None:
            line += f"  {'OVER' if each.is_over else 'within'} {each.bound:g} {each.unit}"
        lines.append(line.rstrip())
    return lines


def sign_in(system: System) -> str:
    """The token of a session of somebody new, an administrator of the first project."""
    keys = json.loads((system.home / "keys.json").read_text("utf-8"))
    manager = {
        "X-Management-Id": keys["management_id"],
        "X-Management-Token": keys["management_token"],
    }
    person = {"email": "bench@people.test", "password": "a long password to measure with"}
    with httpx.Client(
        base_url=f"http://127.0.0.1:{system.port}", timeout=30.0, trust_env=False
    ) as client:
        invitations = f"/management/v1/projects/{keys['project_id']}/invitations"
        invited = _post(
            client, invitations, {"email": person["email"], "role": "ADMIN"}, headers=manager
        )
        accepted = {
            "token": invited["url_token"],
            "name": "Bench",
            "password": person["password"],
        }
        _post(client, "/users/v1/invitations/accept", accepted)
        return str(_post(client, "/users/v1/sessions", person)["token"])


def _post(
    client: httpx.Client,
    path: str,
    body: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Any:
    return client.post(path, json=body, headers=headers).raise_for_status().json()


def _redeem(system: System) -> str:
    return str(system.ask("POST", "/v1/redemptions", REDEMPTION)["redemptions"][0]["id"])


async def _measure_page(
    system: System, port: int, token: str, seconds: float, turns: int
) -> list[Figure]:
    """Processor time of the host for each page, beside that for an empty answer."""
    headers = {"Cookie": f"tessera={token}", "Accept-Encoding": "gzip"}
    processes = {HOST: find_system(system.home)[HOST]}
    used: dict[str, list[float]] = {EMPTY: [], LIST: []}
    for _ in range(turns):
        for path, found in used.items():
            before = read_seconds(processes)[HOST]
            result = await run_load(port, http_request("GET", path, headers), 1, seconds)
            spent = read_seconds(processes)[HOST] - before
            found.append(1000 * spent / max(1, result.requests - result.failures))
    of_page, of_empty = median(used[LIST]), median(used[EMPTY])
    return [Figure(f"processor time of a page of {ROWS} rows", of_page, "ms", of_empty, 20)]


async def _measure_hot_path(
    system: System, port: int, token: str, seconds: float, turns: int, pages: int
) -> list[Figure]:
    """What open pages add to the processor time that the host `api` takes for a redemption.

    A turn is at least as long as it takes until each of the pages has asked for its list once: they
    all do so when something happens after a quiet time. What comes first is not measured, since a
    system that was just started is quicker than one that has a history.
    """
    seconds = max(seconds, pages / LISTS_A_SECOND)
    body = json.dumps(REDEMPTION).encode()
    request = http_request("POST", "/v1/redemptions", system.headers, body)
    processes = {"api": find_system(system.home)["api"]}
    kinds = {"no": 0, "listening": pages, "watched": pages}
    used: dict[str, list[float]] = {kind: [] for kind in kinds}
    await run_load(system.port, request, CONNECTIONS, seconds)
    for _ in range(turns):
        for kind, count in kinds.items():
            refreshed = LIST if kind == "watched" else None
            async with open_pages(port, token, count, refreshed):
                before = read_seconds(processes)["api"]
                result = await run_load(system.port, request, CONNECTIONS, seconds)
                spent = read_seconds(processes)["api"] - before
            used[kind].append(1e6 * spent / max(1, result.requests - result.failures))
    alone = median(used["no"])
    figures = [Figure("processor time of a redemption, no page open", alone, "µs")]
    for kind in ("listening", "watched"):
        more = 100 * (median(used[kind]) / alone - 1)
        figures.append(Figure(f"the same with {pages} pages {kind}: more", more, "%", None, 5))
    return figures


def _measure_start(system: System) -> float:
    """Seconds until a second host of that kind answers; its files are there already."""
    port = free_port()
    environment = system.environment | {"TESSERA_DASHBOARD_PORT": str(port)}
    command = [sys.executable, "-P", "-m", "tessera", "host", HOST]
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _is_healthy(port):
            if time.perf_counter() - began > START_SECONDS_MAX:
                raise SystemExit("the host `dashboard` does not become healthy")
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        for each in find_tree(process.pid):
            if each.pid != os.getpid():
                each.terminate()
        process.wait(SETTLE_SECONDS * 5)


def _is_healthy(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


if __name__ == "__main__":
    typer.run(main)
