"""Simulations across restarts of their host, and across the forgetting of people."""

import asyncio
from pathlib import Path

from services.analytics.simulations.runs import ATTEMPTS_MAX
from tests.unit.services.analytics.simulations.simulating import (
    PATH,
    Past,
    Simulating,
    simulating,
)
from tests.unit.services.world import OTHER


async def test_somebody_may_be_forgotten_while_one_is_being_removed(world: Simulating) -> None:
    world.past.gate.clear()
    world.past.ending.clear()
    made = (await world.asked()).json()
    await world.past.began.get()
    removing = asyncio.create_task(world.call("DELETE", f"{PATH}/{made['id']}"))
    await world.past.ends.wait()
    beginning = asyncio.create_task(world.simulations.begin_again(["proj"]))
    for _ in range(9):
        await asyncio.sleep(0)
    assert not beginning.done()
    world.past.ending.set()
    await beginning
    assert (await removing).status_code == 204
    assert len(world.past.jobs) == 1


async def test_simulations_outlive_the_host_and_begin_again(tmp_path: Path) -> None:
    stuck = Past()
    stuck.gate.clear()
    async with simulating(tmp_path, stuck) as world:
        stuck.gate.set()
        done = (await world.asked()).json()
        await world.ended(done["id"])
        stuck.gate.clear()
        left = (await world.asked()).json()
        for _ in range(2):
            await stuck.began.get()
    async with simulating(tmp_path) as world:
        assert (await world.ended(left["id"]))["status"] == "DONE"
        assert (await world.ended(done["id"]))["result"]["unread"] == 0


async def test_one_that_never_ends_is_given_up(tmp_path: Path) -> None:
    for _ in range(ATTEMPTS_MAX):
        stuck = Past()
        stuck.gate.clear()
        async with simulating(tmp_path, stuck) as world:
            if not world.simulations.of("proj"):
                await world.asked()
            await stuck.began.get()
    async with simulating(tmp_path) as world:
        (left,) = world.simulations.of("proj")
        failed = await world.ended(left.id)
        assert failed["failure"] == "It did not come to its end"


async def test_what_runs_begins_again_where_somebody_is_forgotten(world: Simulating) -> None:
    world.past.gate.clear()
    made = (await world.asked()).json()
    await world.past.began.get()
    await world.simulations.begin_again(["proj2"])
    assert world.past.killed == 0
    await world.simulations.begin_again(["proj"])
    assert world.past.killed == 1
    world.past.gate.set()
    assert (await world.ended(made["id"]))["status"] == "DONE"
    assert len(world.past.jobs) == 2


async def test_one_that_begins_again_lets_the_others_go_first(world: Simulating) -> None:
    world.past.gate.clear()
    again = (await world.asked()).json()["id"]
    await world.past.began.get()
    world.ledger.now += 1
    other = (await world.asked(headers=OTHER)).json()["id"]
    for _ in range(2):
        await world.simulations.begin_again(["proj"])
    await world.past.began.get()
    await world.simulations.begin_again(["proj"])
    assert [each.project for each in world.past.jobs] == ["proj", "proj2"]
    world.past.gate.set()
    assert (await world.ended(again))["status"] == "DONE"
    found = world.simulations.find("proj2", other)
    assert found is not None
    assert found.status == "DONE"
