"""The live rates as a service of the host that has the tables: counting, the application, the stream."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

import structlog

from runtime.clickhouse.reads import Reads
from runtime.clickhouse.sinks import Sinks
from runtime.clickhouse.source import LogSources
from runtime.http.errors import ApiError
from runtime.http.service import Part, Service, Task
from runtime.kafka.lag import LagWatch
from runtime.log.log import Log, StoredEntry
from schemas.records import Record
from schemas.topics import LEDGER
from services.analytics.live.counter import Counter, CountingOutfit
from services.analytics.live.live import Live
from services.analytics.live.stream import live_route

RETRY_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


def live_service(
    live: Live,
    log: Log,
    sources: LogSources,
    sinks: Sinks,
    decode: Callable[[StoredEntry], Awaitable[Record]],
    options: Mapping[str, Any],
    folder: Path,
    partitions: int,
) -> Service:
    """The service; `options` are what any aiokafka client takes to connect.

    The application has `folder` for itself.
    """
    watch = LagWatch()
    sinks.tell_all(LEDGER, live.alerts.note)
    outfit = CountingOutfit(log, sources, sinks.listen, decode, watch.appended)
    counters = [Counter(outfit, partition) for partition in range(partitions)]
    counting: dict[str, Task] = {f"count {n}": each.run for n, each in enumerate(counters)}

    async def run() -> None:
        await load_alerts(live, sinks.reads)
        # what it imports takes half a second of a core, and nobody waits for it
        from services.analytics.live.app import keep_live_app  # noqa: PLC0415

        await keep_live_app(options, folder, partitions, live, watch)

    def health() -> Mapping[str, Part]:
        faults = (live.fault, *(each.fault for each in counters))
        return {"live": Part(next(filter(None, faults), "ok"))}

    return Service(
        "live",
        routes=(live_route(live, sinks.reads),),
        tasks={**counting, "rates": run, "alerts": live.send_alerts},
        health=health,
    )


async def load_alerts(live: Live, reads: Reads) -> None:
    """Takes what the tables hold of alerts, as soon as they can be read."""
    while True:
        try:
            await live.alerts.load(reads)
        except ApiError as fault:
            log.warning("alerts not read yet", reason=str(fault))
            await asyncio.sleep(RETRY_SECONDS)
        else:
            return
