"""The live application on a real broker: wherever it ends, another one knows the same."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.embedded.kafka import EmbeddedBroker
from runtime.base.settings import Settings
from runtime.kafka.admin import client_options
from runtime.kafka.lag import Behind, LagWatch
from services.analytics.live.app import keep_live_app
from services.analytics.live.live import READ_MS
from tests.integration.live.world import LiveWorld, until
from tests.unit.engine.world import World

Make = Callable[[int], LiveWorld]


@pytest.fixture
def make(broker: EmbeddedBroker, tmp_path: Path) -> Make:
    settings = Settings(kafka=broker.bootstrap, partitions=5, home=tmp_path)
    return lambda partition: LiveWorld(settings, f"proj_{partition}", partition)


async def test_another_application_knows_the_same_and_raises_nothing_twice(make: Make) -> None:
    world = make(0)
    await world.prepare()
    await world.count(world.second(3, guesses=30), world.second(4, ago=120))
    async with world.running() as live:
        await until(lambda: world.hour(live).succeeded == 7)
        await world.count(world.second(5))
        await until(lambda: world.hour(live).succeeded == 12)
        await until(lambda: len(world.sent) == 1)
    first = list(world.sent)
    async with world.running() as live:
        await until(lambda: world.hour(live).succeeded == 12)
        await until(lambda: len(world.sent) == 2)
        await world.count(world.second(1))
        await until(lambda: world.hour(live).succeeded == 13)
    assert world.sent == first * 2
    ledger = World()
    assert [len(ledger.when(each).events) for each in world.sent] == [1, 0]


async def test_what_was_appended_twice_counts_once(make: Make) -> None:
    world = make(1)
    await world.prepare()
    first, second = world.second(3), world.second(4)
    await world.count(first, second, first)
    await world.count(second)
    last = world.second(5)
    await world.count(last)
    async with world.running() as live:
        await until(lambda: live.rates.taken(1) == last.last)
        assert world.hour(live).succeeded == 12


async def test_it_begins_with_what_it_needs(make: Make) -> None:
    world = make(2)
    await world.prepare()
    await world.count(world.second(100), ago_ms=READ_MS + 60_000)
    await world.count(world.second(4), ago_ms=READ_MS - 60_000)
    async with world.running() as live:
        await until(lambda: world.hour(live).succeeded == 4)


async def test_what_does_not_arrive_ends_the_process(make: Make) -> None:
    world = make(3)
    await world.prepare()
    watch = LagWatch(seconds_max=0.1)
    watch.appended(3, 10**9)
    live, options = world.live(), client_options(world.settings)
    with pytest.raises(Behind, match="partition 3"):
        await keep_live_app(
            options, world.settings.home / "live", world.settings.partitions, live, watch
        )


async def test_what_is_too_old_to_be_read_is_no_lag(make: Make) -> None:
    world = make(4)
    await world.prepare()
    await world.count(world.second(100), ago_ms=READ_MS + 60_000)
    watch = LagWatch(seconds_max=0.1)
    async with world.running(watch) as live:
        await world.count(world.second(1))
        await until(lambda: world.hour(live).succeeded >= 1)
        await asyncio.sleep(0.3)
        assert live.fault is None
