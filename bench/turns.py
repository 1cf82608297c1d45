"""Kinds of requests measured by turns: what drifts on a machine hits all of them alike."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.figures import Series
from bench.load import Result, run_load
from bench.processes import Processes, divide, read_seconds, subtract


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of request: whom it is sent to, who works on it, and what ends that work.

    `settle` returns when nothing that a request causes is still to be done, so that work that was
    put off counts as well.
    """

    name: str
    port: int
    request: bytes
    find_processes: Callable[[], Processes]
    settle: Callable[[], None]


Turn = tuple[Result, dict[str, float]]


async def measure_by_turns(
    subjects: Sequence[Subject], connections: int, seconds: float, rounds: int
) -> list[Series]:
    """One series of each subject. Raises SystemExit when an answer is no success."""
    turns: dict[str, list[Turn]] = {each.name: [] for each in subjects}
    for _ in range(rounds):
        for subject in subjects:
            turns[subject.name].append(await _take_turn(subject, connections, seconds))
    return [make_series(name, connections, taken) for name, taken in turns.items()]


async def _take_turn(subject: Subject, connections: int, seconds: float) -> Turn:
    before = read_seconds(subject.find_processes())
    result = await run_load(subject.port, subject.request, connections, seconds)
    await asyncio.to_thread(subject.settle)
    used = subtract(read_seconds(subject.find_processes()), before)
    if result.failures:
        raise SystemExit(f"{result.failures} of {subject.name} were not answered with success")
    return result, divide(used, result.requests)


def make_series(name: str, connections: int, turns: Sequence[Turn]) -> Series:
    """The median of each figure."""
    results = [result for result, _ in turns]
    processes = turns[0][1]
    return Series(
        name=name,
        connections=connections,
        per_second=round(median(each.per_second for each in results), 1),
        p50_ms=round(median(each.p50_ms for each in results), 2),
        p99_ms=round(median(each.p99_ms for each in results), 2),
        cpu_us={
            process: round(median(used[process] for _, used in turns) * 1e6, 1)
            for process in processes
        },
    )
