"""Which hosts there are, and how a process becomes one."""

import gc
import sys
from collections.abc import Awaitable, Callable

import uvloop

from runtime.base.settings import Settings
from runtime.http.serving import HostFailed

#: How many new objects there are before the young ones are looked through.
GC_YOUNG_MAX = 20_000

Main = Callable[[Settings], Awaitable[None]]


def run_host(name: str, settings: Settings) -> None:
    """Is one host until a signal ends it. Raises SystemExit 1 when a part of it fails."""
    main = main_of(name)
    # What the imports made stays for good; looking through it again and again is wasted. Whoever
    # started them may have kept the collector off.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_YOUNG_MAX)
    gc.enable()
    try:
        uvloop.run(_main(main(settings)))
    except HostFailed:
        sys.exit(1)


def main_of(name: str) -> Main:
    """What a host does. Raises KeyError.

    A process imports its own host: all of them take half a second and 50 MB more.
    """
    match name:
        case "api":
            from tessera.hosts.api import run_api  # noqa: PLC0415

            return run_api
        case "ledger":
            from tessera.hosts.ledger import run_ledger  # noqa: PLC0415

            return run_ledger
        case "insight":
            from tessera.hosts.insight import run_insight  # noqa: PLC0415

            return run_insight
        case "distribution":
            from tessera.hosts.distribution import run_distribution  # noqa: PLC0415

            return run_distribution
        case "dashboard":
            from tessera.hosts.dashboard import run_dashboard  # noqa: PLC0415

            return run_dashboard
        case _:
            raise KeyError(name)


async def _main(run: Awaitable[None]) -> None:
    await run
