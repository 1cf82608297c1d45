"""The live rates over a real broker, where what counts is written as the insight host writes it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from runtime.base.settings import Settings
from runtime.kafka.admin import client_options, ensure_topics
from runtime.kafka.lag import LagWatch
from runtime.kafka.log import KafkaLog
from runtime.log.log import Entry
from schemas.alerts import RaiseAlert
from schemas.commands import Command
from schemas.rates import CampaignSecond, RatesCounted, SubjectSecond
from schemas.topics import CAMPAIGN_RATES, TOPICS
from services.analytics.live.app import keep_live_app
from services.analytics.live.counter import rates_entry
from services.analytics.live.live import Live, LiveOutfit
from services.analytics.live.windows import Sums
from tests.conftest import led


class LiveWorld:
    """One project in one partition, and what was sent as commands."""

    def __init__(self, settings: Settings, project: str, partition: int) -> None:
        self.settings = settings
        self.project = project
        self.partition = partition
        self.sent: list[RaiseAlert] = []
        self.offset = -1

    async def prepare(self) -> None:
        """Makes the topic, where it is not there."""
        topics = [each for each in TOPICS if each.name == CAMPAIGN_RATES]
        await ensure_topics(self.settings, topics=topics)
        log = KafkaLog(client_options(self.settings))
        await led(log, CAMPAIGN_RATES, self.settings.partitions)
        await log.close()

    async def count(self, *counted: RatesCounted, ago_ms: int = 0) -> None:
        """Appends records, so long ago."""
        log = KafkaLog(
            client_options(self.settings), clock=lambda: int(time.time() * 1000) - ago_ms
        )
        appender = await log.appender(CAMPAIGN_RATES, self.partition)
        await appender.append([rates_entry(each) for each in counted])
        await log.close()

    def second(self, succeeded: int = 1, guesses: int = 0, ago: int = 0) -> RatesCounted:
        """What the next record of the ledger adds up to, some seconds ago."""
        self.offset += 1
        second = int(time.time()) - ago
        tries = (SubjectSecond("cust_1", second, guesses),) if guesses else ()
        campaign = CampaignSecond("camp_1", second, succeeded)
        return RatesCounted(
            self.project, self.offset, self.offset, campaigns=(campaign,), guesses=tries
        )

    def live(self) -> Live:
        """Rates that know nothing yet."""

        async def send(_: str, partition: int, entry: Entry) -> int:
            body = msgspec.json.decode(entry.value, type=Command).body
            assert isinstance(body, RaiseAlert)
            # other tests have other partitions
            if partition == self.partition:
                self.sent.append(body)
            return len(self.sent)

        return Live(LiveOutfit(send, msgspec.json.encode, lambda: int(time.time() * 1000)))

    @asynccontextmanager
    async def running(self, watch: LagWatch | None = None) -> AsyncIterator[Live]:
        """An application of its own; at the end it is gone."""
        live = self.live()
        options = client_options(self.settings)
        kept = keep_live_app(
            options,
            self.settings.home / "live",
            self.settings.partitions,
            live,
            watch or LagWatch(),
        )
        tasks = [asyncio.create_task(kept), asyncio.create_task(live.send_alerts())]
        try:
            yield live
            for each in tasks:
                if each.done():
                    each.result()
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def hour(self, live: Live) -> Sums:
        """What happened in the hour that ends with the next second."""
        found = live.rates.shown(self.project, int(time.time()) + 1, ["camp_1"])
        return found["camp_1"][-1] if found else Sums()


async def until(test: Callable[[], bool]) -> None:
    """Waits until something is so."""
    for _ in range(2400):
        if test():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it is not so")
