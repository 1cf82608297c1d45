"""The tables and links of the documents."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.architecture.repository import ROOT

_CODE = re.compile(r"`([^`]+)`")
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")

Row = tuple[str, ...]


class Link(NamedTuple):
    """Where a link of a document leads."""

    file: Path
    anchor: str


def read_table(page: str, *head: str) -> list[Row]:
    """The rows of the one table of a page whose first columns are headed so."""
    tables = [rows for rows in _tables(page) if rows[0][: len(head)] == head]
    assert len(tables) == 1, f"{page} has {len(tables)} tables with the head {head}"
    return tables[0][2:]


def codes(cell: str) -> list[str]:
    """What a cell shows as code."""
    return _CODE.findall(cell)


def quoted(cell: str) -> list[str]:
    """The words of what a cell shows as code."""
    return [word for code in codes(cell) for word in code.split()]


def code_of(page: Path) -> Iterator[str]:
    """What a document shows as code: the lines of its blocks, and what stands between backticks."""
    for block in _FENCED.findall((ROOT / page).read_text("utf-8")):
        yield from block.splitlines()[1:-1]
    yield from inline_code_of(page)


def inline_code_of(page: Path) -> list[str]:
    """What stands between backticks."""
    return codes(_FENCED.sub("", (ROOT / page).read_text("utf-8")))


def links_of(page: Path) -> Iterator[Link]:
    """The links of a document that lead to files of the project."""
    for target in _LINK.findall(_FENCED.sub("", (ROOT / page).read_text("utf-8"))):
        name, _, anchor = target.partition("#")
        if ":" not in name:
            yield Link((ROOT / page.parent / name).resolve() if name else ROOT / page, anchor)


def anchors_of(page: Path) -> set[str]:
    """What links into a document may name."""
    content = _FENCED.sub("", page.read_text("utf-8"))
    return {_anchor(heading) for heading in _HEADING.findall(content)}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _tables(page: str) -> Iterator[list[Row]]:
    rows: list[Row] = []
    for line in [*(ROOT / page).read_text("utf-8").splitlines(), ""]:
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line)[1:-1]
            rows.append(tuple(cell.strip() for cell in cells))
        elif rows:
            yield rows
            rows = []
