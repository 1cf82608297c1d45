"""`make demo`: fills the project with a shop and plays its traffic for a few minutes.

Tessera is started first unless it runs. The same seed makes the same shop; a second run finds it
there and goes on with the traffic.
"""

import asyncio
import subprocess
import sys
import time
from random import Random
from typing import Annotated

import httpx
import typer

from demo.api import Api, ApiRefused
from demo.shop import fill
from demo.traffic import Traffic
from runtime.base.settings import Settings, load_settings

PROGRESS_SECONDS = 0.2


class Told:
    """Progress on one line that is written over; a line for each step where nobody looks."""

    def __init__(self) -> None:
        self._live = sys.stdout.isatty()
        self._step = ""
        self._at = 0.0

    def __call__(self, what: str, done: int, there_is: int) -> None:
        ended = done >= there_is
        if not self._live:
            if ended or what != self._step:
                typer.echo(f"  {what}: {done}/{there_is}")
        elif ended or time.monotonic() - self._at > PROGRESS_SECONDS:
            typer.echo(f"\r  {what}: {done}/{there_is}   ", nl=ended)
            self._at = time.monotonic()
        self._step = what


def main(
    minutes: Annotated[float, typer.Option(min=0, help="how long the traffic lasts")] = 3.0,
    seed: Annotated[int, typer.Option(help="what everything follows from")] = 1,
    codes: Annotated[int, typer.Option(min=100, help="how many codes the campaigns have")] = 10_000,
    customers: Annotated[int, typer.Option(min=1, help="how many customers there are")] = 500,
    rate: Annotated[float, typer.Option(min=0.1, help="how many acts there are a second")] = 20.0,
) -> None:
    """Fill the project with a believable shop and play live traffic."""
    settings = load_settings()
    if not _runs(settings):
        subprocess.run([sys.executable, "-P", "-m", "tessera", "up"], check=True)
    try:
        asyncio.run(_demo(settings, minutes * 60, Random(seed), codes, customers, rate))  # noqa: S311  a demo
    except (ApiRefused, httpx.HTTPError) as fault:
        typer.echo(f"\nThe demo ended: {str(fault) or type(fault).__name__}", err=True)
        raise typer.Exit(1) from fault


def _runs(settings: Settings) -> bool:
    try:
        url = f"http://127.0.0.1:{settings.port}/health"
        return httpx.get(url, timeout=5.0, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


async def _demo(
    settings: Settings, seconds: float, random: Random, codes: int, customers: int, rate: float
) -> None:
    told = Told()
    async with Api(settings.home, settings.port) as api:
        typer.echo("Filling the shop:")
        shop = await fill(api, random, codes, customers, told)
        typer.echo(f"Playing {seconds:.0f} s of traffic:")
        traffic = Traffic(api, shop, random, rate)
        await traffic.play(seconds, told)
    for what, count in sorted(traffic.counts.items()):
        typer.echo(f"  {count:6}  {what}")
    if settings.dashboard:
        typer.echo(f"\nLook at it: http://127.0.0.1:{settings.dashboard_port} is the dashboard.")


if __name__ == "__main__":
    typer.run(main)
