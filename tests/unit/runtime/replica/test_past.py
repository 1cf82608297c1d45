"""States of then: where a fold of the past begins, what it passes over, and what is kept of it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.fold import StateFold
from engine.kernel import tables
from runtime.log.log import LogError, StoredEntry
from runtime.replica.past import PastJob, find_offset, fold_past, link_state
from runtime.replica.past_states import PastStates
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
