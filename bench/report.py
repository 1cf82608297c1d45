"""`make bench-report`: docs/benchmarks.md, its pictures and the figures of docs/performance.md.

All of it is made of docs/benchmarks.json: the figures of the last `make bench` that were kept.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import typer

from bench.budget import TARGETS, compute_ratio_to_empty, judge
from bench.charts import Bar, draw_bars, show_number
from bench.figures import EMPTY, SQL_GUARDED, Figures, Series, read_figures

DOCS: Final = Path(__file__).parents[1] / "docs"
BEGIN: Final = "<!-- made by `make bench-report`, from here -->"
END: Final = "<!-- to here -->"
_MANY: Final = 64


def main(
    docs: Annotated[Path, typer.Option(help="the folder with benchmarks.json")] = DOCS,
) -> None:
    """Write the report of the figures that are kept."""
    figures = read_figures(docs / "benchmarks.json")
    pictures = docs / "pictures"
    pictures.mkdir(exist_ok=True)
    for name, picture in draw_all(figures).items():
        (pictures / f"{name}.svg").write_text(picture, "utf-8")
    (docs / "benchmarks.md").write_text(write_report(figures), "utf-8")
    page = docs / "performance.md"
    page.write_text(replace_made(page.read_text("utf-8"), write_budget(figures)), "utf-8")


def draw_all(figures: Figures) -> dict[str, str]:
    """Every picture by its name; those without figures are left out."""
    at_64 = [each for each in figures.series if each.connections == _MANY]
    drawn = {
        "rates": draw_bars(
            f"Requests a second at {_MANY} connections",
            [Bar(each.name, [("a second", each.per_second)]) for each in at_64],
        ),
        "latencies": draw_bars(
            f"Milliseconds at {_MANY} connections: half of all answers, 99 of 100",
            [
                Bar(each.name, [("p50", each.p50_ms), ("up to p99", each.p99_ms - each.p50_ms)])
                for each in at_64
            ],
        ),
        "processor": draw_bars(
            "Processor time of one request, microseconds, by process",
            [Bar(each.name, list(each.cpu_us.items())) for each in at_64],
        ),
        "idle": draw_bars(
            "Percent of a core while nothing happens, by process",
            [
                Bar(name, [("percent", share * 100)])
                for name, share in sorted(figures.idle.items(), key=lambda each: -each[1])
            ],
        ),
    }
    if figures.stages:
        drawn["stages"] = draw_bars(
            "Processor time of one redemption, microseconds, by stage",
            [Bar(name, list(stages.items())) for name, stages in figures.stages.items()],
        )
    return drawn


def write_report(figures: Figures) -> str:
    """The page."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench-report` of the last run of `make bench` that was kept:",
        f"{figures.date}, {figures.machine}, {figures.rounds} rounds.",
        "What is measured, and how, says [performance.md](performance.md).",
        "Everything ran on one machine, by turns, the load too: compare what stands in one table.",
        *(f"Not measured: {reason}." for reason in figures.skipped),
        "",
        "![Requests a second](pictures/rates.svg)",
        "",
        "![Latencies](pictures/latencies.svg)",
        "",
        "![Processor time](pictures/processor.svg)",
        "",
        "## Requests",
        "",
        *_write_series(figures),
        "",
        "## Processor time of a request, by process",
        "",
        *_write_processes([each for each in figures.series if each.connections == _MANY]),
        "",
        "## While nothing happens",
        "",
        *_table(
            ["process", "percent of a core", "MB"],
            [
                [name, f"{share * 100:.1f}", f"{figures.resident_mb.get(name, 0)}"]
                for name, share in figures.idle.items()
            ],
        ),
        "",
        "![Idle](pictures/idle.svg)",
        "",
        "## Budget",
        "",
        write_budget(figures),
    ]
    return "\n".join(lines) + "\n"


def write_budget(figures: Figures) -> str:
    """Each ratio beside its floor and its goal, as a table."""
    rows = []
    for target in TARGETS:
        value = target.compute(figures)
        measured = "-" if value is None else f"{value:.2f} {target.unit}"
        rows.append(
            [target.name, measured, f"{target.floor:g}", f"{target.goal:g}", judge(target, value)]
        )
    empty = compute_ratio_to_empty(figures)
    if empty is not None:
        name = "processor time of a redemption, as a multiple of an empty answer's"
        rows.append([name, f"{empty:.1f} x", "", "", ""])
    return "\n".join(_table(["", "measured", "floor", "goal", "reached"], rows))


def replace_made(page: str, made: str) -> str:
    """The page with what stands between the two marks replaced. Raises ValueError without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no place for what is made")
    return f"{before}{BEGIN}\n\n{made}\n\n{END}{after}"


def _write_series(figures: Figures) -> Iterator[str]:
    head = ["request", "connections", "a second", "p50 ms", "p99 ms", "processor us"]
    rows = []
    for each in figures.series:
        rows.append(
            [each.name, f"{each.connections}", f"{each.per_second:,.0f}", f"{each.p50_ms:.2f}"]
            + [f"{each.p99_ms:.2f}", f"{each.cpu_us_all:,.0f}"]
            + [_against(figures, name, each) for name in (EMPTY, SQL_GUARDED)]
        )
    yield from _table([*head, "rate / empty", "rate / guarded UPDATE"], rows)


def _write_processes(series: Iterable[Series]) -> Iterator[str]:
    listed = list(series)
    names = list(dict.fromkeys(name for each in listed for name in each.cpu_us))
    yield from _table(
        ["us at 64 connections", *names],
        [
            [each.name]
            + [show_number(each.cpu_us[name]) if name in each.cpu_us else "" for name in names]
            for each in listed
        ],
    )


def _against(figures: Figures, name: str, series: Series) -> str:
    other = figures.find(name, series.connections)
    return "-" if other is None else f"{series.per_second / other.per_second:.2f}"


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---|" + "--:|" * (len(head) - 1)
    for row in rows:
        yield f"| {' | '.join(row)} |"


if __name__ == "__main__":
    typer.run(main)
