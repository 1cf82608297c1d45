"""Processor time and memory of processes, by name."""

import os
import subprocess
import sys

import psutil
import pytest

from bench.figures import Series
from bench.load import Result
from bench.processes import (
    divide,
    find_tree,
    name_process,
    read_resident_mb,
    read_seconds,
    subtract,
)
from bench.turns import make_series

BUSY = "import time\nwhile time.process_time() < 0.2: pass"


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["python", "-P", "-m", "tessera", "host", "api"], "api"),
        (["java", "@options", "kafka.Kafka", "broker"], "broker"),
        (["python", "-m", "supervisord", "-c", "run/supervisord.conf"], "supervisord"),
        ([], "ended"),
    ],
)
def test_a_process_is_called_by_the_last_word_of_its_command(command: list[str], name: str) -> None:
    assert name_process(command) == name


def test_the_time_of_children_that_ended_counts() -> None:
    own = {"own": [psutil.Process()]}
    before = read_seconds(own)
    subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert subtract(read_seconds(own), before)["own"] >= 0.15


def test_a_tree_is_a_process_and_its_children() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert {os.getpid(), child.pid} <= {each.pid for each in find_tree(os.getpid())}
        child.communicate(b"\n")


def test_a_process_that_is_gone_used_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        gone = {"gone": [psutil.Process(child.pid)]}
        child.communicate(b"\n")
    assert read_seconds(gone) == {"gone": 0.0}
    assert subtract({"gone": 0.0}, {"gone": 3.0}) == {"gone": 0.0}


def test_what_is_new_used_all_it_has() -> None:
    assert divide(subtract({"a": 3.0, "new": 1.0}, {"a": 1.0}), 2) == {"a": 1.0, "new": 0.5}


def test_memory_is_told_by_name_and_of_all() -> None:
    found = read_resident_mb({"one": [psutil.Process()], "none": []})
    assert found["none"] == 0
    assert found["one"] == found["all"] > 10


def test_a_series_has_the_median_of_each_figure() -> None:
    turns = [
        (Result(64, 100, 0, 10.0, 5.0, 9.0), {"api": 1e-3}),
        (Result(64, 100, 0, 30.0, 7.0, 8.0), {"api": 5e-3}),
        (Result(64, 100, 0, 20.0, 6.0, 7.0), {"api": 2e-3}),
    ]
    assert make_series("it", 64, turns) == Series("it", 64, 20.0, 6.0, 8.0, {"api": 2000.0})
