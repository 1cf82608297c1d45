"""Rows that do not fit into memory come back in their order, each once."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.exports import sorting
from services.audit.exports.sorting import Runs

KEYS = st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), unique=True, max_size=60)


def sorted_rows(
    folder: Path, keys: list[tuple[str, str]], bytes_max: int, *, descending: bool
) -> list[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sorting, "RUN_BYTES_MAX", bytes_max)
        with Runs(folder, descending=descending) as runs:
            for key in keys:
                runs.add(list(key), repr(key).encode())
                if runs.is_full:
                    runs.put_down()
            return list(runs.merged())


@given(keys=KEYS, bytes_max=st.sampled_from([1, 300, 10**6]), descending=st.booleans())
def test_however_many_runs_there_are_the_order_is_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    keys: list[tuple[str, str]],
    bytes_max: int,
    descending: bool,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    wanted = [repr(key).encode() for key in sorted(keys, reverse=descending)]
    assert sorted_rows(folder, keys, bytes_max, descending=descending) == wanted


def test_runs_leave_no_file_behind(tmp_path: Path) -> None:
    keys = [(str(number), "") for number in range(500)]
    random.Random(1).shuffle(keys)
    assert len(sorted_rows(tmp_path, keys, 1000, descending=False)) == 500
    assert list(tmp_path.iterdir()) == []
