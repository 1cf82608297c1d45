"""A scheduler that runs coroutines one step at a time, in an order that a seed decides."""

from collections.abc import Callable, Coroutine, Generator
from random import Random
from typing import Any


class Crashed(BaseException):
    """The process that ran this is gone."""


class Pause:
    """Suspends until the scheduler picks the task again."""

    def __await__(self) -> Generator["Pause", None, None]:
        yield self


class Task:
    """A running coroutine; awaiting it gives its result or raises what it raised."""

    def __init__(self, name: str, coroutine: Coroutine[Any, Any, Any]) -> None:
        self.name = name
        self.done = False
        self.fault: BaseException | None = None
        self._result: Any = None
        self._coroutine = coroutine

    def step(self) -> None:
        """Runs to the next suspension."""
        try:
            self._coroutine.send(None)
        except StopIteration as stop:
            self._result, self.done = stop.value, True
        except BaseException as fault:  # noqa: BLE001  whatever ended the task is its outcome
            self.fault, self.done = fault, True

    def crash(self) -> None:
        """Ends the task where it is suspended, as a killed process ends."""
        if self.done:
            return
        try:
            self._coroutine.throw(Crashed())
            raise AssertionError(f"{self.name} outlived its crash")
        except (Crashed, StopIteration):
            pass
        self.done, self.fault = True, Crashed()

    def __await__(self) -> Generator[Pause, None, Any]:
        while not self.done:
            yield Pause()
        if self.fault is not None:
            raise self.fault
        return self._result


class Scheduler:
    """All tasks of a world; `steps` is its only clock."""

    def __init__(self, random: Random) -> None:
        self.steps = 0
        self._random = random
        self._tasks: list[Task] = []

    def spawn(self, name: str, coroutine: Coroutine[Any, Any, Any]) -> Task:
        """Starts a task; its first step comes when it is picked."""
        task = Task(name, coroutine)
        self._tasks.append(task)
        return task

    def step(self) -> None:
        """Runs one task, chosen by the seed, to its next suspension."""
        self.steps += 1
        if not self._tasks:
            return
        at = self._random.randrange(len(self._tasks))
        task = self._tasks[at]
        task.step()
        if task.done:
            self._tasks.remove(task)

    def run_until(self, reached: Callable[[], bool], steps_max: int) -> bool:
        """Steps until `reached`; False when `steps_max` did not do."""
        for _ in range(steps_max):
            if reached():
                return True
            self.step()
        return reached()

    def end(self) -> None:
        """Ends all tasks, as processes that are killed."""
        for task in self._tasks:
            task.crash()
        self._tasks.clear()

    def drop(self, task: Task) -> None:
        """Forgets a task that was crashed."""
        if task in self._tasks:
            self._tasks.remove(task)


async def pause(times: int = 1) -> None:
    """Suspends so many times."""
    for _ in range(times):
        await Pause()
