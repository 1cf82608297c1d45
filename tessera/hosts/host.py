"""Which hosts there are, and how a process becomes one."""

import gc
import sys
from collections.abc import Awaitable, Callable, Mapping

import uvloop

from runtime.base.settings import Settings
from runtime.http.host import HostFailed
from tessera.hosts.api import run_api
from tessera.hosts.distribution import run_distribution
from tessera.hosts.insight import run_insight
from tessera.hosts.ledger import run_ledger

#: How many new objects there are before the young ones are looked through.
GC_YOUNG_MAX = 20_000


def run_host(name: str, settings: Settings) -> None:
    """Is one host until a signal ends it. Raises SystemExit 1 when a part of it fails."""
    mains: Mapping[str, Callable[[Settings], Awaitable[None]]] = {
        "api": run_api,
        "ledger": run_ledger,
        "insight": run_insight,
        "distribution": run_distribution,
    }
    # What the imports made stays for good; looking through it again and again is wasted. Whoever
    # started them may have kept the collector off.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_YOUNG_MAX)
    gc.enable()
    try:
        uvloop.run(_main(mains[name](settings)))
    except HostFailed:
        sys.exit(1)


async def _main(run: Awaitable[None]) -> None:
    await run
