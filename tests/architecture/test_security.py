"""Every test that the page on security names is there."""

import re
from functools import cache

from tests.architecture.repository import ROOT

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROW = re.compile(r"^\| \d", re.MULTILINE)


def test_every_item_is_shown_by_tests_that_are_there() -> None:
    document = (ROOT / "docs/security.md").read_text("utf-8")
    rows = [line for line in document.splitlines() if ROW.match(line)]
    assert rows
    assert [row for row in rows if not NAMED.search(row.rpartition(" | ")[2])] == []
    named = NAMED.findall(document)
    assert [f"{file}::{test}" for file, test in named if test not in _tests_of(file)] == []


@cache
def _tests_of(file: str) -> frozenset[str]:
    path = ROOT / file
    source = path.read_text("utf-8") if path.is_file() else ""
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)", source, re.MULTILINE))
