"""The report says what was measured; its pictures are SVG."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.charts import Bar, draw_bars, show_number
from bench.figures import Figures, write_figures
from bench.report import BEGIN, END, draw_all, main, replace_made, write_budget, write_report
from bench.tables import show_budget, show_processes, show_series
from tests.unit.bench.figures import run

SVG = "{http://www.w3.org/2000/svg}"


def widths(picture: str) -> list[float]:
    """Of the bars' parts; the ground and the legend have no title."""
    tree = ET.fromstring(picture)
    parts = [each for each in tree.iter(f"{SVG}rect") if each.find(f"{SVG}title") is not None]
    return [float(each.attrib["width"]) for each in parts]


def test_a_part_is_as_long_as_its_share_of_the_longest_bar() -> None:
    picture = draw_bars("Two", [Bar("a", [("x", 30.0), ("y", 10.0)]), Bar("b", [("x", 20.0)])])
    assert widths(picture) == pytest.approx([375.0, 125.0, 250.0])


def test_a_picture_without_bars_is_a_picture() -> None:
    assert widths(draw_bars("None", [])) == []
    assert widths(draw_bars("Nothing", [Bar("a", [("x", 0.0)])])) == [0.0]


def test_names_are_written_so_that_they_stay_names() -> None:
    picture = draw_bars("a < b", [Bar("<x>", [("&", 1.0)])])
    assert [each.text for each in ET.fromstring(picture).iter(f"{SVG}text")][:2] == [
        "a < b",
        "<x>",
    ]


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.5, "1,234"), (99.94, "99.9"), (0.5, "0.5"), (0.0, "0")]
)
def test_a_number_has_the_digits_that_say_something(value: float, shown: str) -> None:
    assert show_number(value) == shown


def test_every_picture_can_be_read() -> None:
    drawn = draw_all(run())
    assert list(drawn) == ["rates", "latencies", "processor", "idle", "stages"]
    for picture in drawn.values():
        ET.fromstring(picture)


def test_the_report_tells_each_series_and_each_ratio() -> None:
    report = write_report(run())
    assert "| redemption | 64 | 800 | 10.00 | 25.00 | 600 | 0.08 | 0.80 |" in report
    assert "| redemption | 1 | 100 | 10.00 | 25.00 | 900 | - | - |" in report
    assert "| p99 at 64 connections against p50 | 2.50 x | 2 | 1.5 | missed |" in report
    assert "| broker | 4.0 | 300 |" in report


def test_a_run_without_postgres_is_reported_and_says_so() -> None:
    bare = Figures("2026-11-29", "", 1, (), {}, {}, skipped=("the SQL services: none here",))
    assert "Not measured: the SQL services: none here." in write_report(bare)
    assert "Skipped: the SQL services: none here" in list(show_budget(bare))
    assert "not measured" in write_budget(bare)


def test_the_lines_on_the_terminal_tell_the_same() -> None:
    assert [line.split()[-2:] for line in show_series(run()) if "guarded" in line] == [
        ["0.10", "1.00"]
    ]
    assert "Idle, % of a core: broker 4.0, api 1.0" in list(show_processes(run()))


def test_only_what_is_made_is_replaced() -> None:
    page = f"before\n{BEGIN}\n\nold\n\n{END}\nafter"
    assert replace_made(page, "new") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter"
    with pytest.raises(ValueError, match="no place"):
        replace_made("nothing", "new")


def test_the_report_is_made_of_what_is_kept(tmp_path: Path) -> None:
    write_figures(run(), tmp_path / "benchmarks.json")
    (tmp_path / "performance.md").write_text(f"# P\n{BEGIN}\n{END}\n", "utf-8")
    main(tmp_path)
    assert (tmp_path / "benchmarks.md").read_text("utf-8") == write_report(run())
    assert write_budget(run()) in (tmp_path / "performance.md").read_text("utf-8")
    assert {each.name for each in (tmp_path / "pictures").iterdir()} == {
        f"{name}.svg" for name in draw_all(run())
    }
