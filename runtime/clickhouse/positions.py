"""How far the tables are, and how far somebody waits for them to be."""

import asyncio
from collections.abc import Collection, Mapping

from runtime.clickhouse.database import TableDef
from runtime.log.log import Place

#: A table's name, and a partition that it takes something from.
_Part = tuple[str, Place]


class Positions:
    """Of all tables of a host, partition by partition, as offsets."""

    def __init__(self) -> None:
        self._at: dict[_Part, int] = {}
        #: The offsets that are waited for, one for each who waits.
        self._wanted: dict[_Part, list[int]] = {}
        self._moved = asyncio.Event()
        self._wakers: dict[Place, asyncio.Future[None]] = {}

    def note(self, table: TableDef, place: Place, offset: int) -> None:
        """The table holds everything of `place` up to `offset`."""
        self._at[table.name, place] = offset
        self._moved.set()

    def of(self, table: TableDef, place: Place) -> int:
        """How far the table is; -1 when nothing fills it from there."""
        return self._at.get((table.name, place), -1)

    def lowest(self, place: Place) -> int:
        """How far the table is that is furthest behind there; -1 when nothing reads it."""
        found = [at for (_, there), at in self._at.items() if there == place]
        return min(found, default=-1)

    def places(self, tables: Collection[str]) -> list[Place]:
        """Where the tables so named take something from."""
        return sorted({place for name, place in self._at if name in tables})

    def is_wanted(self, table: TableDef, place: Place, after: int, last: int) -> bool:
        """Whether somebody waits for the table who needs more than `after`, and not beyond `last`."""
        return any(after < each <= last for each in self._wanted.get((table.name, place), ()))

    def is_awaited(self, place: Place) -> bool:
        """Whether a table is not as far as somebody waits for it to be."""
        return any(
            self._at.get(part, -1) < max(offsets)
            for part, offsets in self._wanted.items()
            if part[1] == place
        )

    def waker(self, place: Place) -> asyncio.Future[None]:
        """What is done as soon as somebody wants more of a table that is filled from there."""
        found = self._wakers.get(place)
        if found is None or found.done():
            found = self._wakers[place] = asyncio.get_running_loop().create_future()
        return found

    async def wait_for(
        self,
        wanted: Mapping[tuple[str, int], int],
        tables: Collection[str],
        timeout_seconds: float,
    ) -> bool:
        """Waits until the tables so named hold everything up to the wanted offsets; False: not yet.

        A place that none of the tables takes anything from is reached.
        """
        offsets = {Place(*place): offset for place, offset in wanted.items()}
        awaited = {
            (name, place): offsets[place]
            for name, place in self._at
            if name in tables and place in offsets
        }

        def behind() -> list[_Part]:
            return [part for part, offset in awaited.items() if self._at[part] < offset]

        missing = behind()
        if not missing:
            return True
        for part in missing:
            self._want(part, awaited[part])
        try:
            async with asyncio.timeout(timeout_seconds):
                while behind():
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return False
        finally:
            # what never comes is not waited for any longer than this
            for part in missing:
                self._give_up(part, awaited[part])
        return True

    def _want(self, part: _Part, offset: int) -> None:
        self._wanted.setdefault(part, []).append(offset)
        self.wake(part[1])

    def wake(self, place: Place) -> None:
        """Has whoever fills tables from there look whether there is something else to do."""
        waker = self._wakers.pop(place, None)
        if waker is not None and not waker.done():
            waker.set_result(None)

    def _give_up(self, part: _Part, offset: int) -> None:
        self._wanted[part].remove(offset)
        if not self._wanted[part]:
            del self._wanted[part]
