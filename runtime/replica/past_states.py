"""States of then, made when they are asked for and kept for whoever asks next, within bounds.

One is made at a time, by `run`, which goes on when whoever asked waits no longer. What was not used
for longest is dropped first, and everything of a project when somebody of it is forgotten.
"""

import asyncio
import os
import shutil
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from runtime.keys.erasing import run_in_thread
from runtime.log.log import LogError
from runtime.replica.past import KEPT_EVERY_RECORDS, PastJob, link_state
from runtime.store.store import RocksStore, Store

#: How many states are kept, of all projects together.
KEPT_MAX: Final = 32
#: How many are kept of one long fold at most.
KEPT_OF_A_FOLD: Final = 12
#: How many are open to be asked; more wait for one another.
OPEN_MAX: Final = 4
#: How many may be waited for.
WANTED_MAX: Final = 8
#: How long whoever asks waits for a state to be made.
WAIT_SECONDS: Final = 8.0

Run = Callable[[PastJob, Callable[[int], None]], Awaitable[None]]


class StillFolding(Exception):
    """The state is not there yet."""

    def __init__(self, done: int, of: int) -> None:
        super().__init__(f"{done} of {of} records are read")
        self.done, self.of = done, of


class TooManyFolds(Exception):
    """So many states are waited for that no more may be."""


class _Key(NamedTuple):
    project: str
    offset: int


class _Making:
    """A state that is being made, or waits for its turn."""

    def __init__(self, start: int, offset: int) -> None:
        self.start = start
        self.offset = offset
        self.position = start
        self.task: asyncio.Task[None] | None = None

    def fault(self) -> StillFolding:
        return StillFolding(self.position - self.start, self.offset - self.start)


class PastStates:
    """The states of then below a folder, which is emptied first."""

    def __init__(
        self,
        folder: Path,
        run: Run,
        *,
        kept_max: int = KEPT_MAX,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._folder = folder
        self._run = run
        self._kept_max = kept_max
        self._wait_seconds = wait_seconds
        #: The least recently used first; how many use each.
        self._kept: OrderedDict[_Key, int] = OrderedDict()
        self._making: dict[_Key, _Making] = {}
        #: Projects of which somebody is being forgotten: nothing is made of them, or opened.
        self._barred: set[str] = set()
        self._turn = asyncio.Lock()
        self._opening = asyncio.Semaphore(OPEN_MAX)
        self._freed = asyncio.Event()
        shutil.rmtree(folder, ignore_errors=True)

    @asynccontextmanager
    async def open(self, project: str, partition: int, offset: int) -> AsyncIterator[Store]:
        """The project's state before the record at `offset`, to be read.

        Raises StillFolding, TooManyFolds, LogError, StoreError.
        """
        key = _Key(project, offset)
        await self._await_made(key, partition)
        self._kept.move_to_end(key)
        self._kept[key] += 1
        try:
            async with self._opening:
                store = await asyncio.to_thread(RocksStore, self._path(key), read_only=True)
                try:
                    yield store
                finally:
                    store.close()
        finally:
            self._kept[key] -= 1
            self._freed.set()

    async def copy_nearest(self, project: str, offset: int, into: Path) -> None:
        """Makes a state of its own of the nearest one that is kept before `offset`, if one is."""
        if project in self._barred:
            return
        base = self._base(_Key(project, offset))
        if base is None:
            return
        key = _Key(project, base)
        self._kept[key] += 1
        try:
            await asyncio.to_thread(link_state, self._path(key), into)
        finally:
            self._kept[key] -= 1
            self._freed.set()

    async def forget(self, projects: Iterable[str]) -> None:
        """Drops everything that is kept of these projects, once nobody reads it any more."""
        wanted = set(projects)
        self._barred |= wanted
        try:
            await self._give_up(
                making for key, making in self._making.items() if key.project in wanted
            )
            while any(users for key, users in self._kept.items() if key.project in wanted):
                self._freed.clear()
                await self._freed.wait()
            for key in [each for each in self._kept if each.project in wanted]:
                del self._kept[key]
            await _remove([self._folder_of(each) for each in wanted])
        finally:
            self._barred -= wanted
            self._freed.set()

    async def close(self) -> None:
        """Ends what is being made."""
        tasks = [each.task for each in self._making.values() if each.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _give_up(self, makings: Iterable[_Making]) -> None:
        tasks = [each.task for each in makings if each.task is not None]
        for task in tasks:
            # who waits for a child or a thread to end already is not to be disturbed
            if not task.cancelling():
                task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _folder_of(self, project: str) -> Path:
        return self._folder / quote(project, safe="")

    def _path(self, key: _Key) -> Path:
        return self._folder_of(key.project) / str(key.offset)

    async def _await_made(self, key: _Key, partition: int) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._wait_seconds
        # a fold is given up where somebody was forgotten meanwhile: it begins again
        while True:
            await self._await_unbarred(key, until)
            if key in self._kept:
                return
            making = self._make(key, partition)
            assert making.task is not None
            await asyncio.wait((making.task,), timeout=max(0.0, until - loop.time()))
            if not making.task.done() or (making.task.cancelled() and loop.time() >= until):
                raise making.fault()
            if not making.task.cancelled():
                making.task.result()

    async def _await_unbarred(self, key: _Key, until: float) -> None:
        try:
            async with asyncio.timeout_at(until):
                while key.project in self._barred:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            raise StillFolding(0, key.offset) from None

    def _make(self, key: _Key, partition: int) -> _Making:
        making = self._making.get(key)
        if making is None:
            if len(self._making) >= WANTED_MAX:
                raise TooManyFolds
            making = self._making[key] = _Making(self._base(key) or 0, key.offset)
            making.task = asyncio.create_task(self._fold(key, partition, making))
            making.task.add_done_callback(lambda _: self._making.pop(key, None))
        return making

    def _base(self, key: _Key) -> int | None:
        before = [
            each.offset
            for each in self._kept
            if each.project == key.project and each.offset <= key.offset
        ]
        return max(before, default=None)

    async def _fold(self, key: _Key, partition: int, making: _Making) -> None:
        async with self._turn:
            if key in self._kept:
                return
            base = self._base(key)
            making.start = making.position = base or 0
            every = max(KEPT_EVERY_RECORDS, (key.offset - making.start) // KEPT_OF_A_FOLD)
            folder = self._folder_of(key.project)
            folder.mkdir(parents=True, exist_ok=True)
            job = PastJob(key.project, partition, key.offset, str(folder), base, every)

            def tell(position: int) -> None:
                making.position = position

            await self._run(job, tell)
            names = await asyncio.to_thread(os.listdir, folder)
            await _remove(self._note(key, names))

    def _note(self, made: _Key, names: Iterable[str]) -> list[Path]:
        """Keeps what a fold left behind; the folders of what was not used for longest."""
        found = [_Key(made.project, int(each)) for each in names if each.isdigit()]
        for key in sorted(found):
            self._kept.setdefault(key, 0)
        if made not in self._kept:
            raise LogError("the state of then was not made")
        self._kept.move_to_end(made)
        unused = [key for key, users in self._kept.items() if not users and key != made]
        dropped = unused[: max(0, len(self._kept) - self._kept_max)]
        for key in dropped:
            del self._kept[key]
        return [self._path(key) for key in dropped]


async def _remove(folders: Iterable[Path]) -> None:
    for each in folders:
        await run_in_thread(partial(shutil.rmtree, each, ignore_errors=True))
