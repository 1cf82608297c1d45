"""Simulations of all projects: what was asked, how far each is, and what it came to.

Each is a file, so that it outlives the host: what was not done when the host ended begins again.
One runs at a time. A project has so many at most: the oldest that are done go first.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote

import msgspec
import structlog
from msgspec import structs

from runtime.keys.erasing import run_in_thread
from runtime.log.log import LogError
from runtime.store.store import StoreError
from schemas.base import Millis, Shape
from schemas.simulations import SimulationAsked, SimulationResult, SimulationStatus
from services.analytics.simulations.simulate import Progress, SimulationJob

#: How many simulations of a project are kept, and how many of them may wait or run.
KEPT_MAX: Final = 20
OPEN_MAX: Final = 3
#: How often one begins that did not come to its end.
ATTEMPTS_MAX: Final = 3
_FILE: Final = ".json"

log = structlog.get_logger(__name__)


class Simulation(Shape, frozen=True):
    """A simulation as it is kept."""

    id: str
    project: str
    partition: int
    created_at: Millis
    asked: SimulationAsked
    status: SimulationStatus = "SCHEDULED"
    attempts: int = 0
    #: Of the records, how many are read, in percent.
    progress: int = 0
    finished_at: Millis | None = None
    result: SimulationResult | None = None
    failure: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.status in ("SCHEDULED", "IN_PROGRESS")


class TooManySimulations(Exception):
    """So many of the project wait or run that no more may."""


class States(Protocol):
    """States of then that a simulation can begin from."""

    async def copy_nearest(self, project: str, offset: int, into: Path) -> None:
        """Makes a state of its own, from before the record at `offset`, of one that is kept."""


#: Runs a job; the lines of its progress, and the result at the end. Raises LogError.
Run = Callable[[SimulationJob], AsyncIterator[Progress | SimulationResult]]
#: The first record of a time or later.
FindOffset = Callable[[int, Millis], Awaitable[int]]

_decoder: Final = msgspec.json.Decoder(Simulation)


class Simulations:
    """The simulations below a folder; `work` runs them, in a folder for what lasts only as long."""

    def __init__(
        self,
        folder: Path,
        work: Path,
        run: Run,
        states: States,
        find_offset: FindOffset,
        clock_ms: Callable[[], Millis],
    ) -> None:
        self._folder = folder
        self._work = work
        self._run = run
        self._states = states
        self._find_offset = find_offset
        self._clock_ms = clock_ms
        #: In the order in which those that are open have their turn.
        self._known: dict[str, Simulation] = {}
        self._asked = asyncio.Event()
        self._running: tuple[str, asyncio.Task[None]] | None = None
        shutil.rmtree(work, ignore_errors=True)
        kept = []
        for file in folder.glob(f"*/*{_FILE}"):
            with suppress(msgspec.DecodeError, OSError):
                kept.append(_decoder.decode(file.read_bytes()))
        kept.sort(key=lambda each: (each.created_at, each.id))
        self._known.update((each.id, each) for each in kept)

    def of(self, project: str) -> list[Simulation]:
        """Those of a project, the newest first."""
        found = [each for each in self._known.values() if each.project == project]
        return sorted(found, key=lambda each: (each.created_at, each.id), reverse=True)

    def find(self, project: str, simulation_id: str) -> Simulation | None:
        """One of a project."""
        found = self._known.get(simulation_id)
        return found if found is not None and found.project == project else None

    def add(self, project: str, partition: int, asked: SimulationAsked) -> Simulation:
        """A new one, which waits for its turn. Raises TooManySimulations, OSError."""
        others = self.of(project)
        if sum(each.is_open for each in others) >= OPEN_MAX:
            raise TooManySimulations
        for each in [each for each in others if not each.is_open][KEPT_MAX - OPEN_MAX :]:
            self._drop(each)
        made = Simulation(f"sim_{os.urandom(9).hex()}", project, partition, self._clock_ms(), asked)
        self._keep(made)
        self._asked.set()
        return made

    async def remove(self, simulation: Simulation) -> None:
        """Ends it, where it is not done, and drops it."""
        self._drop(simulation)
        await self._stop(simulation.id)

    async def begin_again(self, projects: Iterable[str]) -> None:
        """Has what runs of these projects begin again, behind all others: somebody was forgotten."""
        running = self._running
        if running is None:
            return
        # one that is being removed is not known any more, though its child is still there
        found = self._known.get(running[0])
        if found is None or found.project in set(projects):
            if found is not None:
                # a project that forgets often does not keep the others from theirs
                del self._known[found.id]
                self._known[found.id] = structs.replace(found, attempts=0)
            await self._stop(running[0])

    async def work(self) -> None:
        """Runs what waits, one after the other, for ever."""
        while True:
            self._asked.clear()
            first = next((each for each in self._known.values() if each.is_open), None)
            if first is None:
                await self._asked.wait()
                continue
            task = asyncio.create_task(self._simulate(first))
            self._running = first.id, task
            try:
                await asyncio.wait((task,))
            finally:
                self._running = None
                task.cancel()
                await asyncio.wait((task,))
            if not task.cancelled():
                task.result()

    async def _stop(self, simulation_id: str) -> None:
        running = self._running
        if running is not None and running[0] == simulation_id:
            # who waits for its child to be gone already is not to be disturbed
            if not running[1].cancelling():
                running[1].cancel()
            await asyncio.wait((running[1],))

    async def _simulate(self, simulation: Simulation) -> None:
        attempts = simulation.attempts + 1
        if attempts > ATTEMPTS_MAX:
            self._end(simulation.id, status="FAILED", failure="It did not come to its end")
            return
        self._change(simulation.id, status="IN_PROGRESS", attempts=attempts, progress=0)
        # it is known even where this process does not come to its end
        self._keep(self._known[simulation.id])
        folder = self._work / simulation.id
        try:
            job = await self._prepare(simulation, folder)
            async for told in self._run(job):
                if isinstance(told, Progress):
                    self._change(simulation.id, progress=100 * told.done // max(told.of, 1))
                else:
                    self._end(simulation.id, status="DONE", progress=100, result=told)
        except (LogError, StoreError, OSError) as fault:
            log.warning("simulation failed", id=simulation.id, reason=str(fault))
            self._end(simulation.id, status="FAILED", failure="The past cannot be read")
        finally:
            await run_in_thread(partial(shutil.rmtree, folder, ignore_errors=True))

    async def _prepare(self, simulation: Simulation, folder: Path) -> SimulationJob:
        project, partition = simulation.project, simulation.partition
        offset = await self._find_offset(partition, simulation.asked.begins_at - 1)
        await self._states.copy_nearest(project, offset, folder / "state")
        return SimulationJob(project, partition, simulation.asked, str(folder / "state"))

    def _end(self, simulation_id: str, **changes: object) -> None:
        self._change(simulation_id, finished_at=self._clock_ms(), **changes)
        found = self._known.get(simulation_id)
        if found is not None:
            self._keep(found)

    def _change(self, simulation_id: str, **changes: object) -> None:
        found = self._known.get(simulation_id)
        if found is not None:
            self._known[simulation_id] = structs.replace(found, **changes)

    def _keep(self, simulation: Simulation) -> None:
        self._known[simulation.id] = simulation
        file = self._file(simulation)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = file.with_suffix(".part")
        partial.write_bytes(msgspec.json.encode(simulation))
        partial.replace(file)

    def _drop(self, simulation: Simulation) -> None:
        self._known.pop(simulation.id, None)
        self._file(simulation).unlink(missing_ok=True)

    def _file(self, simulation: Simulation) -> Path:
        return self._folder / quote(simulation.project, safe="") / f"{simulation.id}{_FILE}"
