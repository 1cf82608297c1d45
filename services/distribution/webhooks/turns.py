"""How many attempts are under way at once: so many in all, and so many for each project.

A project whose endpoints hang fills its own share and no more. What is free goes, of the projects
that wait, to the one with the fewest attempts under way, and of equals to the one whose last turn
is longest ago; within a project, to whoever has waited longest.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Gives turns; never more than `in_all` at once, and never more than `each_max` to a project."""

    def __init__(self, in_all: int, each_max: int) -> None:
        self._free = in_all
        self._each_max = each_max
        self._under_way: Counter[str] = Counter()
        #: Who waits, by project; the project whose last turn is longest ago comes first.
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, project: str) -> AsyncIterator[None]:
        """A turn of the project, as soon as it has one."""
        await self._take(project)
        try:
            yield
        finally:
            self._give_back(project)

    async def _take(self, project: str) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(project, deque()).append(turn)
        self._deal()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(project, turn)
            else:
                # it was given just before
                self._give_back(project)
            raise

    def _give_back(self, project: str) -> None:
        self._free += 1
        self._under_way[project] -= 1
        if not self._under_way[project]:
            del self._under_way[project]
        self._deal()

    def _deal(self) -> None:
        while self._free and (project := self._next()) is not None:
            waiting = self._waiting.pop(project)
            turn = waiting.popleft()
            if waiting:
                self._waiting[project] = waiting
            if not turn.done():
                self._free -= 1
                self._under_way[project] += 1
                turn.set_result(None)

    def _next(self) -> str | None:
        served = [each for each in self._waiting if self._under_way[each] < self._each_max]
        return min(served, key=self._under_way.__getitem__, default=None)

    def _forget(self, project: str, turn: "asyncio.Future[None]") -> None:
        waiting = self._waiting.get(project)
        if waiting is not None and turn in waiting:
            waiting.remove(turn)
            if not waiting:
                del self._waiting[project]
