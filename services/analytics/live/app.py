"""The Faust application over `campaign-rates`: one agent, one at a time, into windows in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import faust
import structlog
from aiokafka.errors import KafkaError
from faust.contrib.asgi import faust_app_running

from runtime.kafka.lag import LagWatch
from runtime.kafka.streaming import STOP_SECONDS_MAX, begin_group, make_app
from runtime.log.log import LogError
from schemas.topics import CAMPAIGN_RATES
from services.analytics.live.live import Live

#: Of the group, before what is drawn for this start.
NAME: Final = "tessera-live"

RETRY_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)

#: Takes what a record of a partition holds. Raises nothing that is not worth an end.
Take = Callable[[int, bytes], None]


class Interrupted(Exception):
    """The application ended by itself; another one may go on."""


def make_live_app(
    options: Mapping[str, Any], folder: Path, take: Take, watch: LagWatch
) -> faust.App:
    """The application, whose folder is emptied. Faust acknowledges what an agent raises at, so it is logged here."""
    app = make_app(NAME, options, folder)
    topic = app.topic(CAMPAIGN_RATES, key_serializer="raw", value_serializer="raw")

    @app.agent(topic, concurrency=1)
    async def count(stream: Any) -> None:
        async for event in stream.events():
            message = event.message
            try:
                take(message.partition, message.value)
            except Exception:
                log.exception("rates not counted", partition=message.partition)
            watch.arrived(message.partition, message.offset)

    return app


async def run_live_app(
    options: Mapping[str, Any], folder: Path, partitions: int, live: Live, watch: LagWatch
) -> None:
    """Runs it until it is cancelled. Raises LogError, Behind, Interrupted."""
    app = make_live_app(options, folder, live.take, watch)
    group = app.conf.id
    found = await begin_group(options, group, CAMPAIGN_RATES, partitions, live.read_from)
    for partition, (begin, end) in found.items():
        watch.arrived(partition, begin - 1)
        watch.appended(partition, end - 1)
    async with running(app):
        live.fault = None
        stopped = asyncio.ensure_future(app.wait_until_stopped())
        watching = asyncio.ensure_future(watch.run())
        try:
            await asyncio.wait((stopped, watching), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            watching.cancel()
        if watching.done() and not watching.cancelled():
            watching.result()
    raise Interrupted(f"the application stopped by itself: {app.crash_reason!r}")


async def keep_live_app(
    options: Mapping[str, Any], folder: Path, partitions: int, live: Live, watch: LagWatch
) -> None:
    """Runs it for ever; where it was interrupted, a new one begins. Raises Behind."""
    while True:
        try:
            await run_live_app(options, folder, partitions, live, watch)
        except (Interrupted, LogError, KafkaError, OSError) as fault:
            live.fault = f"{CAMPAIGN_RATES}: {fault}"
            log.warning("live rates interrupted", reason=str(fault))
            await asyncio.sleep(RETRY_SECONDS)


@asynccontextmanager
async def running(app: faust.App) -> AsyncIterator[None]:
    """The application runs within it. It may hang as it stops; then it is left behind.

    However it stops, what ended it is raised: a cancellation that got lost would begin another one.
    """
    context = faust_app_running(app, stop_timeout=STOP_SECONDS_MAX)
    await context.__aenter__()
    try:
        yield
    finally:
        try:
            await context.__aexit__(None, None, None)
        except Exception:
            log.warning("the application did not stop in order", exc_info=True)
