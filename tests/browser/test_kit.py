"""What the stories stand on: a browser that starts, and faults of a page that are noticed."""

import re

import pytest
from playwright.sync_api import Page, Route

from tests.browser import fingerprints
from tests.browser.conftest import OpenWindow
from tests.browser.fingerprints import (
    CELL_MAX,
    FURTHER_LOOKS_MAX,
    STEP,
    WIDE,
    Kept,
    read_greys,
    tell_difference,
    write_greys,
)
from tests.browser.watched import Watched, check_axe

STRICT = {"content-type": "text/html", "content-security-policy": "default-src 'none'"}
GOOD = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{}</main></html>'


def show(window: Watched, content: str, status: int = 200) -> Page:
    """A page with this content, as if the dashboard had answered it."""

    def answer(route: Route) -> None:
        route.fulfill(status=status, headers=STRICT, body=GOOD.format(content))

    page = window.context.new_page()
    page.route("**/kit", answer)
    page.goto("/kit")
    return page


@pytest.mark.parametrize(
    ("content", "status", "fault"),
    [
        ("<script>document.title = 'Mine'</script>", 200, "script-src"),
        ("<p style='color: red'>Red</p>", 200, "style-src"),
        ("Sorry", 500, "answer: 500"),
    ],
)
def test_a_fault_of_a_page_is_noticed_unless_it_was_provoked(
    open_window: OpenWindow, content: str, status: int, fault: str
) -> None:
    window = open_window()
    show(window, content, status)
    assert any(fault in each for each in window.faults), window.faults
    window.excuse("policy|Policy|answer: 500")
    assert window.faults == []


def test_what_a_script_raises_or_complains_of_is_noticed(open_window: OpenWindow) -> None:
    window = open_window()
    page = show(window, "")
    page.evaluate("setTimeout(() => { throw new Error('on the moon') })")
    page.evaluate("console.error('out of cheese')")
    page.wait_for_timeout(50)
    assert any("on the moon" in each for each in window.faults)
    assert any("out of cheese" in each for each in window.faults)
    window.excuse("on the moon|out of cheese")


def test_a_page_that_keeps_people_out_is_noticed(open_window: OpenWindow) -> None:
    window = open_window()
    check_axe(show(window, "<button>Save</button>"))
    with pytest.raises(AssertionError, match="button-name"):
        check_axe(show(window, "<button></button>"))


def test_the_files_of_others_are_there_and_kept(open_window: OpenWindow) -> None:
    page = open_window().context.new_page()
    answer = page.goto("/static/vendor/htmx.min.js?v=1")
    assert answer is not None
    assert "immutable" in answer.headers["cache-control"]
    assert re.search(r"htmx", answer.text())


def test_a_fingerprint_is_kept_as_it_was_within_half_a_step() -> None:
    greys = [at % 256 for at in range(WIDE.columns * WIDE.rows)]
    kept = read_greys(write_greys(greys))
    assert max(abs(one - other) for one, other in zip(kept, greys, strict=True)) <= STEP // 2 + 1
    assert tell_difference(kept, greys, WIDE.columns) == ""


def test_a_cell_and_a_shade_of_all_are_differences_and_letters_are_none() -> None:
    paper = [250] * (WIDE.columns * WIDE.rows)
    cell = [*paper[:40], 250 - CELL_MAX - 1, *paper[41:]]
    assert tell_difference(paper, cell, WIDE.columns) == "mean 0.0; 13 in row 2, column 9"
    assert tell_difference(paper, [238] * len(paper), WIDE.columns).startswith("mean 10.0")
    letters = [249 if at % 2 else 245 for at in range(len(paper) // 2)] + paper[len(paper) // 2 :]
    assert tell_difference(paper, [247] * len(paper), WIDE.columns) == ""
    assert tell_difference(paper, letters, WIDE.columns) == ""
    assert tell_difference(paper, paper[1:], WIDE.columns) == "1024 cells were kept, there are 1023"


def test_a_page_without_a_kept_picture_is_told() -> None:
    kept = Kept({"/": {"wide light": write_greys([0])}})
    assert kept.compare("/", "wide light", [0], WIDE) == ""
    assert "no picture is kept" in kept.compare("/", "wide dark", [0], WIDE)


def test_further_looks_come_to_an_end() -> None:
    kept = Kept({})
    assert [kept.may_look_again() for _ in range(FURTHER_LOOKS_MAX + 1)].count(True) == (
        FURTHER_LOOKS_MAX
    )
    assert not kept.may_look_again()


def test_what_is_kept_anew_was_seen_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "KEEPING", True)
    kept = Kept({"/": {"wide dark": write_greys([0])}})
    assert "no picture is kept" in kept.compare("/", "wide dark", [90], WIDE)
    assert "mean" in kept.compare("/", "wide dark", [60], WIDE)
    assert kept.compare("/", "wide dark", [60], WIDE) == ""
    assert kept.taken == {"/": {"wide dark": write_greys([60])}}
