"""Ratios of a run, what is expected of them, and when one got worse."""

from pathlib import Path

import msgspec
import pytest

from bench.budget import TARGETS, compute_ratio_to_empty, find_regressions, judge
from bench.figures import (
    REDEMPTION,
    SQL_GUARDED,
    VALIDATION,
    Figures,
    Series,
    read_figures,
    write_figures,
)
from tests.architecture.repository import ROOT
from tests.unit.bench.figures import run


def replaced(figures: Figures, name: str, **changed: object) -> Figures:
    def change(each: Series) -> Series:
        return msgspec.structs.replace(each, **changed) if each.name == name else each

    return msgspec.structs.replace(figures, series=tuple(map(change, figures.series)))


def test_each_ratio_is_of_the_two_things_it_names() -> None:
    found = {target.name: target.compute(run()) for target in TARGETS}
    assert list(found.values()) == pytest.approx(
        [600 / 500, 0.8, 0.5, 50 / 300, 2.5, 2.5, 1.5, 5.0, 3.0, 20.0, 1.0]
    )
    assert compute_ratio_to_empty(run()) == 6.0


def test_what_was_not_measured_has_no_ratio_and_is_no_regression() -> None:
    bare = Figures("2026-11-29", "", 1, (), {}, {})
    found = [target.compute(bare) for target in TARGETS]
    assert [each for each in found if each] == []
    assert find_regressions(bare, run()) == {}


@pytest.mark.parametrize(
    ("better", "value", "word"),
    [
        ("less", 0.3, "goal"),
        ("less", 0.5, "floor"),
        ("less", 0.7, "missed"),
        ("less", None, "not measured"),
        ("more", 2.5, "goal"),
        ("more", 1.5, "floor"),
        ("more", 1.4, "missed"),
    ],
)
def test_a_ratio_is_judged_by_floor_and_goal(better: str, value: float | None, word: str) -> None:
    target = next(each for each in TARGETS if each.better == better)
    assert judge(target, value) == word


def test_a_ratio_that_misses_its_floor_as_it_did_is_no_regression() -> None:
    assert find_regressions(run(), run()) == {}


def test_a_rate_below_half_of_what_was_reached_is_a_regression() -> None:
    slow = replaced(run(), REDEMPTION, per_second=399.0)
    assert len(find_regressions(slow, run())) == 1
    assert find_regressions(replaced(run(), REDEMPTION, per_second=401.0), run()) == {}


def test_more_than_twice_the_processor_time_is_a_regression() -> None:
    cheap = replaced(run(), SQL_GUARDED, cpu_us={"service": 249.0})
    (line,) = find_regressions(cheap, run()).values()
    assert line == (
        "processor time of all processes, as a multiple of one SQL redemption's: "
        "2.41 x, less than 2.40 was expected"
    )


def test_what_was_better_than_its_floor_is_held_to_half_its_floor() -> None:
    recorded = replaced(run(), VALIDATION, per_second=9000.0)
    assert find_regressions(replaced(run(), VALIDATION, per_second=1600.0), recorded) == {}
    assert len(find_regressions(replaced(run(), VALIDATION, per_second=1400.0), recorded)) == 1


def test_what_noise_can_double_is_never_a_regression() -> None:
    slow = replaced(run(), REDEMPTION, p99_ms=500.0)
    assert find_regressions(slow, run()) == {}


def test_figures_are_kept_as_they_are(tmp_path: Path) -> None:
    write_figures(run(), tmp_path / "figures.json")
    assert read_figures(tmp_path / "figures.json") == run()


def test_the_figures_that_the_report_is_made_of_can_be_read() -> None:
    assert read_figures(ROOT / "docs" / "benchmarks.json").find(REDEMPTION, 64) is not None
