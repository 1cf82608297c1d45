"""Samples and threads are told apart by stage."""

import psutil
import pytest

from bench.stages import (
    MODULES,
    PYTHON,
    count_samples,
    name_sample,
    name_thread,
    read_threads,
    split_time,
)
from tests.architecture.repository import ROOT, python_packages

DEPTHS = "run (uvloop/__init__.py:92);"


@pytest.mark.parametrize(
    ("innermost", "stage"),
    [
        ("data_received (runtime/http/connection.py:70)", "HTTP"),
        ("link (runtime/log/chain.py:9)", "records"),
        ("append (runtime/log/sender.py:9)", "Kafka client"),
        ("decide (engine/decide.py:9);put (engine/kernel/overlay.py:3)", "decide"),
        ("apply (engine/fold.py:9);count (engine/counters/tallies.py:3)", "fold"),
        ("run (asyncio/runners.py:118)", "event loop"),
        ("main", "event loop"),
        ("somewhere (else/file.py)", "event loop"),
    ],
)
def test_a_sample_belongs_to_its_innermost_module_that_names_a_stage(
    innermost: str, stage: str
) -> None:
    assert name_sample(f"{DEPTHS}{innermost}".split(";")) == stage


def test_samples_are_counted_by_stage() -> None:
    folded = "a (fronts/writes.py:1) 3\na (fronts/writes.py:1);b (engine/kernel/ids.py:2) 4\n"
    assert count_samples(folded) == {"request": 7}


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("python", PYTHON),
        ("python3.11", PYTHON),
        ("rocksdb:low0", "store"),
        ("data-plane-kafk", "requests"),
        ("MergeMutate", "merges"),
        ("C2 CompilerThre", "compiler"),
        ("BgSchPool", "other threads"),
    ],
)
def test_a_thread_is_told_by_its_name(name: str, stage: str) -> None:
    assert name_thread(name) == stage


def test_the_threads_of_a_process_have_its_time() -> None:
    process = psutil.Process()
    assert 0 < sum(read_threads([process]).values()) <= sum(process.cpu_times()[:2]) + 0.1


def test_what_runs_python_is_shared_out_as_the_samples_say() -> None:
    found = split_time(90.0, {PYTHON: 8.0, "store": 1.0, "idle": 0.0}, {"fold": 3, "store": 1})
    assert found == {"fold": 60.0, "store": 30.0}


def test_what_runs_no_python_has_only_its_threads() -> None:
    assert split_time(5.0, {"requests": 2.0}, {"Python": 1}) == {"requests": 5.0}
    assert split_time(5.0, {}, {"Python": 1}) == {}


def test_every_stage_of_the_project_names_a_module_that_is_there() -> None:
    ours = [each for each in MODULES if each.split("/")[0] in python_packages()]
    assert [each for each in ours if not (ROOT / each).exists()] == []
