"""The figures of a run as lines of text."""

from collections.abc import Iterator, Sequence

from bench.budget import TARGETS, compute_ratio_to_empty, judge
from bench.figures import EMPTY, SQL_GUARDED, Figures, Series


def show_series(figures: Figures) -> Iterator[str]:
    """Rates and latencies, and each rate as ratios to the empty endpoint and the guarded UPDATE."""
    yield _row("request", ["at once", "a second", "p50 ms", "p99 ms", "cpu us", "/ empty", "/ SQL"])
    for each in figures.series:
        against = (_rate_against(figures, name, each) for name in (EMPTY, SQL_GUARDED))
        numbers = [f"{each.connections}", f"{each.per_second:.0f}", f"{each.p50_ms:.2f}"]
        numbers += [f"{each.p99_ms:.2f}", f"{each.cpu_us_all:.0f}", *against]
        yield _row(each.name, numbers)


def show_processes(figures: Figures) -> Iterator[str]:
    """Microseconds of processor time a request by process; then what each takes while idle."""
    yield "Processor time of a request, us, by process:"
    for each in figures.series:
        used = ", ".join(f"{name} {value:.0f}" for name, value in each.cpu_us.items())
        yield f"  {each.name} at {each.connections}: {used}"
    idle = ", ".join(f"{name} {share * 100:.1f}" for name, share in figures.idle.items())
    yield f"Idle, % of a core: {idle}"
    resident = ", ".join(f"{name} {size}" for name, size in figures.resident_mb.items())
    yield f"Memory, MB: {resident}"


def show_budget(figures: Figures) -> Iterator[str]:
    """Each ratio beside its floor and its goal."""
    yield _row("budget", ["measured", "floor", "goal", "reached"])
    for target in TARGETS:
        value = target.compute(figures)
        numbers = ["-" if value is None else f"{value:.2f} {target.unit}"]
        numbers += [f"{target.floor:g}", f"{target.goal:g}", judge(target, value)]
        yield _row(target.name, numbers)
    empty = compute_ratio_to_empty(figures)
    if empty is not None:
        yield _row("processor time of a redemption / of an empty answer", [f"{empty:.1f} x"])
    for reason in figures.skipped:
        yield f"Skipped: {reason}"


def _rate_against(figures: Figures, name: str, series: Series) -> str:
    other = figures.find(name, series.connections)
    return "-" if other is None else f"{series.per_second / other.per_second:.2f}"


def _row(name: str, numbers: Sequence[str]) -> str:
    return f"{name:72}" + "".join(f"{each:>10}" for each in numbers)
