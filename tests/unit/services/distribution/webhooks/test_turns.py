"""Turns: so many in all, so many for each project, and fair between projects."""

import asyncio
from collections import Counter

import pytest

from services.distribution.webhooks.turns import Turns


class Stage:
    """Takes turns for projects and holds each until it is let go."""

    def __init__(self, in_all: int, each_max: int) -> None:
        self.turns = Turns(in_all, each_max)
        self.begun: list[str] = []
        self.under_way: list[tuple[str, asyncio.Event]] = []

    async def hold(self, project: str) -> None:
        async with self.turns.turn(project):
            self.begun.append(project)
            mine = (project, asyncio.Event())
            self.under_way.append(mine)
            await mine[1].wait()

    async def ask(self, project: str, times: int = 1) -> list["asyncio.Task[None]"]:
        tasks = [asyncio.create_task(self.hold(project)) for _ in range(times)]
        await self.settle()
        return tasks

    async def end(self, project: str) -> None:
        """The oldest turn of the project ends."""
        found = next(each for each in self.under_way if each[0] == project)
        self.under_way.remove(found)
        found[1].set()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def end_all(self) -> None:
        while self.under_way:
            await self.end(self.under_way[0][0])


async def test_one_project_takes_no_more_than_its_share_however_many_wait() -> None:
    stage = Stage(64, 16)
    await stage.ask("hanging", 60)
    assert Counter(stage.begun) == {"hanging": 16}
    await stage.ask("other")
    assert stage.begun[-1] == "other"
    await stage.end_all()
    assert Counter(stage.begun) == {"hanging": 60, "other": 1}


async def test_what_is_free_goes_to_the_project_with_the_fewest_then_to_each_in_turn() -> None:
    stage = Stage(4, 4)
    await stage.ask("a", 7)
    await stage.ask("b", 4)
    await stage.ask("c", 2)
    assert stage.begun == ["a"] * 4
    for _ in range(4):
        await stage.end("a")
    # b and c had none; then each has one, and the last turn of a is longest ago
    assert stage.begun[4:] == ["b", "c", "a", "b"]
    await stage.end_all()
    assert Counter(stage.begun) == {"a": 7, "b": 4, "c": 2}


async def test_within_a_project_who_waited_longest_is_next() -> None:
    turns = Turns(1, 1)
    order: list[int] = []

    async def one(number: int) -> None:
        async with turns.turn("p"):
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(one(number) for number in range(10)))
    assert order == list(range(10))


@pytest.mark.parametrize("waits", [True, False])
async def test_a_turn_that_nobody_wants_any_more_is_given_on(waits: bool) -> None:
    stage = Stage(1, 1)
    await stage.ask("a")
    (gone,) = await stage.ask("b")
    await stage.ask("c")
    if waits:
        gone.cancel()
        await stage.settle()
        await stage.end("a")
    else:
        # it is given the turn and cancelled before it can begin
        stage.under_way.pop()[1].set()
        while not stage.turns._under_way["b"]:  # noqa: ASYNC110 - the very moment is wanted
            await asyncio.sleep(0)
        gone.cancel()
        await stage.settle()
    assert stage.begun == ["a", "c"]
    await stage.end_all()
    assert not stage.turns._under_way and not stage.turns._waiting


async def test_a_turn_ends_with_a_fault_too() -> None:
    turns = Turns(1, 1)
    with pytest.raises(RuntimeError):
        async with turns.turn("p"):
            raise RuntimeError
    async with asyncio.timeout(120), turns.turn("p"):
        pass
