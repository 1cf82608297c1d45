"""States of then: where a fold of the past begins, what it passes over, and what is kept of it."""

import asyncio
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.fold import StateFold
from engine.kernel import tables
from runtime.log.log import LogError, StoredEntry
from runtime.replica.past import PastJob, find_offset, fold_past, link_state
from runtime.replica.past_states import PastStates, StillFolding
from runtime.store.store import RocksStore
from schemas.records import Record
from tests.unit.services.validation.past_world import RecordedLog
from tests.unit.services.world import World

PROJECT = "proj"


class Folds:
    """Folds what a world recorded, and notes the jobs."""

    def __init__(self, recorded: RecordedLog) -> None:
        self.recorded = recorded
        self.jobs: list[PastJob] = []
        self.every: int | None = None

    async def run(self, job: PastJob, tell: Callable[[int], None]) -> None:
        self.jobs.append(job)
        if self.every is not None:
            job = PastJob(job.project, job.partition, job.offset, job.folder, job.base, self.every)
        await fold_past(self.recorded.log, self.recorded.codec, StateFold, job, tell)


@pytest.fixture
async def folds() -> Folds:
    """Of ten vouchers, the first at offset 4."""
    recorded = RecordedLog()
    async with World() as world:
        for number in range(10):
            world.ledger.now += 1000
            await world.voucher(f"V{number}")
        await recorded.take(world)
    return Folds(recorded)


async def _codes(states: PastStates, offset: int) -> list[str]:
    async with states.open(PROJECT, 0, offset) as store:
        view = StateFold(store).settled_view(PROJECT)
        return sorted(each.code for each in view.scan(tables.VOUCHERS))


async def test_a_state_holds_what_came_before_its_record(folds: Folds, tmp_path: Path) -> None:
    states = PastStates(tmp_path, folds.run)
    for offset in (14, 4, 6, 5):
        assert await _codes(states, offset) == [f"V{n}" for n in range(offset - 4)]


async def test_a_fold_goes_on_from_the_nearest_state_before(folds: Folds, tmp_path: Path) -> None:
    states = PastStates(tmp_path, folds.run)
    for offset in (6, 12, 9, 9, 12, 13):
        await _codes(states, offset)
    assert [(job.base, job.offset) for job in folds.jobs] == [(None, 6), (6, 12), (6, 9), (12, 13)]


async def test_a_long_fold_leaves_states_behind_on_its_way(folds: Folds, tmp_path: Path) -> None:
    states = PastStates(tmp_path, folds.run)
    folds.every = 5
    await _codes(states, 13)
    assert await _codes(states, 5) == ["V0"]
    assert await _codes(states, 11) == [f"V{n}" for n in range(7)]
    assert [(job.base, job.offset) for job in folds.jobs] == [(None, 13), (10, 11)]


async def test_so_many_states_are_kept_at_most(folds: Folds, tmp_path: Path) -> None:
    states = PastStates(tmp_path, folds.run, kept_max=3)
    for offset in (5, 6, 7, 5, 8, 9):
        await _codes(states, offset)
    assert sorted(int(each.name) for each in (tmp_path / PROJECT).iterdir()) == [5, 8, 9]


async def test_what_is_forgotten_of_a_project_is_gone_from_the_disk(
    folds: Folds, tmp_path: Path
) -> None:
    states = PastStates(tmp_path, folds.run)
    await _codes(states, 9)
    await states.forget(["proj2"])
    assert (tmp_path / PROJECT / "9").exists()
    await states.forget([PROJECT])
    assert not (tmp_path / PROJECT).exists()
    assert await _codes(states, 9) == [f"V{n}" for n in range(5)]


async def test_what_an_earlier_process_left_is_removed(folds: Folds, tmp_path: Path) -> None:
    (tmp_path / PROJECT / "9").mkdir(parents=True)
    states = PastStates(tmp_path, folds.run)
    assert await _codes(states, 9) == [f"V{n}" for n in range(5)]


async def test_the_records_of_others_are_not_decoded(folds: Folds, tmp_path: Path) -> None:
    decoded: list[bytes] = []

    class Noting:
        def now(self, entry: StoredEntry) -> Record | None:
            decoded.append(entry.key)
            return folds.recorded.codec.now(entry)

        async def later(self, entry: StoredEntry) -> Record:
            return await folds.recorded.codec.later(entry)

    tmp_path.joinpath("x").mkdir()
    job = PastJob(PROJECT, 0, 14, str(tmp_path / "x"))
    await fold_past(folds.recorded.log, Noting(), StateFold, job, lambda _: None)
    assert set(decoded) == {PROJECT.encode()}
    assert len(decoded) == 11


async def test_a_time_is_found_between_its_records(folds: Folds) -> None:
    log = folds.recorded.log
    first = 1_700_000_000_000
    assert await find_offset(log, 0, first - 1) == 0
    assert await find_offset(log, 0, first) == 4
    assert await find_offset(log, 0, first + 999) == 4
    assert await find_offset(log, 0, first + 1000) == 5
    assert await find_offset(log, 0, first + 10_000) == 14
    assert await find_offset(log, 0, first + 99_000) == 14


async def test_a_log_that_ends_too_early_is_a_fault(
    folds: Folds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.replica.past.SILENCE_MS_MAX", 1)
    states = PastStates(tmp_path, folds.run)
    with pytest.raises(LogError, match="nothing came"):
        await _codes(states, 99)


def test_a_linked_state_goes_its_own_way(tmp_path: Path) -> None:
    store = RocksStore(tmp_path / "a")
    store.write({b"k": b"1"})
    store.compact()
    store.write({b"l": b"1"})
    store.close()
    link_state(tmp_path / "a", tmp_path / "b")
    other = RocksStore(tmp_path / "b")
    other.write({b"k": b"2"})
    other.compact()
    assert other.get(b"l") == b"1"
    other.close()
    again = RocksStore(tmp_path / "a")
    assert (again.get(b"k"), again.get(b"l")) == (b"1", b"1")
    again.close()


async def test_a_fold_begins_again_where_somebody_is_forgotten_meanwhile(
    folds: Folds, tmp_path: Path
) -> None:
    started: list[asyncio.Event] = []

    async def run(job: PastJob, tell: Callable[[int], None]) -> None:
        started.append(asyncio.Event())
        asked.set()
        await started[-1].wait()
        await folds.run(job, tell)

    asked = asyncio.Event()
    states = PastStates(tmp_path, run)
    codes = asyncio.create_task(_codes(states, 6))
    await asked.wait()
    asked.clear()
    await states.forget([PROJECT])
    await asked.wait()
    started[-1].set()
    assert await codes == ["V0", "V1"]
    assert len(started) == 2


async def test_a_fold_that_is_asked_for_while_a_reader_is_awaited_begins_afterwards(
    folds: Folds, tmp_path: Path
) -> None:
    states = PastStates(tmp_path, folds.run)
    async with states.open(PROJECT, 0, 6):
        forgetting = asyncio.create_task(states.forget([PROJECT]))
        await asyncio.sleep(0)
        codes = asyncio.create_task(_codes(states, 9))
        again = asyncio.create_task(_codes(states, 6))
        for _ in range(9):
            await asyncio.sleep(0)
        assert not forgetting.done()
        # what is kept is no base for it
        await states.copy_nearest(PROJECT, 9, tmp_path / "copy")
        assert len(folds.jobs) == 1
    await forgetting
    assert await codes == [f"V{n}" for n in range(5)]
    assert await again == ["V0", "V1"]
    assert folds.jobs[1].base is None
    assert not (tmp_path / "copy").exists()


async def test_who_is_kept_waiting_by_a_forgetting_is_told_so(folds: Folds, tmp_path: Path) -> None:
    states = PastStates(tmp_path, folds.run, wait_seconds=0)
    folding = asyncio.create_task(_codes(states, 6))
    with pytest.raises(StillFolding):
        await folding
    while True:
        try:
            await _codes(states, 6)
        except StillFolding:
            continue
        break
    async with states.open(PROJECT, 0, 6):
        forgetting = asyncio.create_task(states.forget([PROJECT]))
        await asyncio.sleep(0)
        with pytest.raises(StillFolding):
            await _codes(states, 6)
    await forgetting


async def test_who_begins_to_read_while_states_are_dropped_reads_on(
    folds: Folds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = PastStates(tmp_path, folds.run, kept_max=2)
    for offset in (5, 6):
        await _codes(states, offset)
    removes, removed = threading.Event(), threading.Event()
    remove = shutil.rmtree

    def held(path: Path, **options: Any) -> None:
        # a folder that is dropped, and none of a fold's own
        if path == tmp_path / PROJECT / "5":
            removes.set()
            removed.wait()
        remove(path, **options)

    monkeypatch.setattr(shutil, "rmtree", held)
    made = asyncio.create_task(_codes(states, 7))
    await asyncio.to_thread(removes.wait)
    # the one that goes is not found any more, the one that stays is read
    again = asyncio.create_task(_codes(states, 5))
    assert await _codes(states, 6) == ["V0", "V1"]
    removed.set()
    assert await made == ["V0", "V1", "V2"]
    assert await again == ["V0"]
