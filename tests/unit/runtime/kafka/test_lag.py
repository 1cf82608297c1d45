"""What was appended and does not arrive ends the process; silence does not."""

import asyncio

import pytest

from runtime.kafka.lag import Behind, LagWatch


async def test_silence_is_no_lag() -> None:
    watch = LagWatch(seconds_max=0)
    task = asyncio.create_task(watch.run())
    await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()


async def test_what_arrived_is_no_lag() -> None:
    watch = LagWatch(seconds_max=0)
    watch.arrived(0, 7)
    watch.appended(0, 7)
    watch.appended(0, 3)
    task = asyncio.create_task(watch.run())
    await asyncio.sleep(0.01)
    assert not task.done()
    task.cancel()


async def test_what_does_not_arrive_is() -> None:
    watch = LagWatch(seconds_max=0)
    watch.arrived(1, 7)
    watch.appended(1, 8)
    with pytest.raises(Behind, match="partition 1 is at 7, and 8 was appended"):
        await watch.run()


async def test_what_did_not_arrive_at_one_application_is_watched_at_the_next() -> None:
    watch = LagWatch(seconds_max=0)
    watch.appended(1, 8)
    with pytest.raises(Behind):
        await watch.run()
    with pytest.raises(Behind):
        async with asyncio.timeout(120):
            await watch.run()


async def test_much_that_waits_is_no_lag_as_long_as_some_of_it_arrives() -> None:
    watch = LagWatch(seconds_max=0)
    watch.appended(0, 99)
    task = asyncio.create_task(watch.run())
    for offset in range(50):
        watch.arrived(0, offset)
        await asyncio.sleep(0)
    assert not task.done()
    with pytest.raises(Behind, match="partition 0 is at 49, and 99 was appended"):
        await task
