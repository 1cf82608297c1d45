"""What the work of a redemption may cost: for each ratio its floor and its goal, in one table.

All are ratios of two things measured by turns in one run, so they compare between machines and
days. A floor is what has to be reached; a goal is what one would like.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from bench.figures import (
    EMPTY,
    REDEMPTION,
    SQL_GUARDED,
    SQL_READ,
    VALIDATION,
    Figures,
    Series,
)
from bench.processes import ALL

MANY: Final = 64
#: A change is noticed when a ratio is worse by this factor than what was reached before.
SLACK: Final = 2.0


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio with what is expected of it. `compute` gives None where something was not measured."""

    name: str
    better: Literal["less", "more"]
    floor: float
    goal: float
    compute: Callable[[Figures], float | None]
    unit: str = "x"
    #: Made of processor time alone, or of rates by turns: noise does not double it.
    steady: bool = False


def _of(
    first: tuple[str, int], second: tuple[str, int], pick: Callable[[Series], float]
) -> Callable[[Figures], float | None]:
    def compute(figures: Figures) -> float | None:
        one, other = figures.find(*first), figures.find(*second)
        return None if one is None or other is None else pick(one) / pick(other)

    return compute


def _share_of_api(process: str) -> Callable[[Figures], float | None]:
    def compute(figures: Figures) -> float | None:
        found = figures.find(REDEMPTION, MANY)
        return None if found is None else found.cpu_us.get(process, 0.0) / found.cpu_us["api"]

    return compute


def _spread(figures: Figures) -> float | None:
    found = figures.find(REDEMPTION, MANY)
    return None if found is None else found.p99_ms / found.p50_ms


def _against_round_trips(figures: Figures) -> float | None:
    found = figures.find(REDEMPTION, 1)
    if found is None or figures.round_trip_ms is None:
        return None
    return found.p50_ms / (2 * figures.round_trip_ms)


def _start_against_import(figures: Figures) -> float | None:
    start = figures.start
    return None if start is None else start.second_start_s / start.import_s


def _thousand_codes(figures: Figures) -> float | None:
    return None if figures.codes is None else figures.codes.per_second / 1000


def _memory_gb(figures: Figures) -> float | None:
    return None if figures.codes is None else figures.codes.resident_mb[ALL] / 1024


TARGETS: Final = (
    Target(
        "processor time of all processes, as a multiple of one SQL redemption's",
        "less",
        0.67,
        0.4,
        _of((REDEMPTION, MANY), (SQL_GUARDED, MANY), lambda each: each.cpu_us_all),
        steady=True,
    ),
    Target(
        "redemptions/s of one code against the guarded UPDATE",
        "more",
        1.5,
        2.5,
        _of((REDEMPTION, MANY), (SQL_GUARDED, MANY), lambda each: each.per_second),
        steady=True,
    ),
    Target(
        "insight, as a share of api's cost of one request",
        "less",
        0.3,
        0.15,
        _share_of_api("insight"),
        steady=True,
    ),
    Target(
        "distribution, as a share of api's cost of one request",
        "less",
        0.05,
        0.03,
        _share_of_api("distribution"),
        steady=True,
    ),
    Target("p99 at 64 connections against p50", "less", 2.0, 1.5, _spread),
    Target(
        "one connection: p50 against the broker's own produce and fetch, twice",
        "less",
        1.5,
        1.2,
        _against_round_trips,
    ),
    Target(
        "validations/s against an SQL read service",
        "more",
        1.5,
        2.5,
        _of((VALIDATION, MANY), (SQL_READ, MANY), lambda each: each.per_second),
        steady=True,
    ),
    Target(
        "idle, all processes, percent of a core",
        "less",
        3.0,
        1.0,
        lambda figures: 100 * sum(figures.idle.values()),
        "%",
        steady=True,
    ),
    Target(
        "second start against Python's own import of the same packages",
        "less",
        2.0,
        1.5,
        _start_against_import,
    ),
    Target(
        "codes in bulk, thousands a second",
        "more",
        25.0,
        50.0,
        _thousand_codes,
        "k/s",
    ),
    Target(
        "memory of all processes after 10^6 codes, GB",
        "less",
        1.3,
        1.0,
        _memory_gb,
        "GB",
    ),
)


def compute_ratio_to_empty(figures: Figures) -> float | None:
    """What a redemption costs api and all others, as a multiple of an empty answer of api's."""
    return _of((REDEMPTION, MANY), (EMPTY, MANY), lambda each: each.cpu_us_all)(figures)


def reaches(target: Target, value: float, bound: float) -> bool:
    """Whether a value is as good as a bound."""
    return value <= bound if target.better == "less" else value >= bound


def judge(target: Target, value: float | None) -> str:
    """One word: `goal`, `floor` or `missed`, whichever was reached."""
    if value is None:
        return "not measured"
    if reaches(target, value, target.goal):
        return "goal"
    return "floor" if reaches(target, value, target.floor) else "missed"


def find_regressions(figures: Figures, recorded: Figures) -> dict[str, str]:
    """By its name a line for each steady ratio that is worse by `SLACK` than its floor and than was recorded.

    Where a floor is missed today, what is recorded holds in its place, so only a change is told.
    """
    found = {}
    for target in TARGETS:
        value, before = target.compute(figures), target.compute(recorded)
        if value is None or not target.steady:
            continue
        known = [target.floor] if before is None else [target.floor, before]
        held = max(known) * SLACK if target.better == "less" else min(known) / SLACK
        if not reaches(target, value, held):
            expected = f"{target.better} than {held:.2f} was expected"
            found[target.name] = f"{target.name}: {value:.2f} {target.unit}, {expected}"
    return found
