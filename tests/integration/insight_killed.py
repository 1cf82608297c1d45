"""Fills tables until it is killed: `python -m tests.integration.insight_killed FOLDER RECORDS`."""

import asyncio
import sys
from pathlib import Path

from runtime.clickhouse import sink
from tests.integration.insight_world import World, many

#: So that there is something left to do when it is killed.
sink.READ_RECORDS_MAX = 200


async def main(folder: Path, records: int) -> None:
    world = World()
    many(world, records)
    async with world.open(folder) as database:
        ledger, *_ = world.feeds(database)
        await ledger.open()
        print("open", flush=True)
        while world.positions.lowest(ledger.place) != records - 1:
            await ledger.step()
            print(world.positions.lowest(ledger.place), flush=True)


asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
