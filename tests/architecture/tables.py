"""The tables of the documents, row by row, for tests that hold them to the code."""

import re
from collections.abc import Iterator

from tests.architecture.repository import ROOT

_CELLS = re.compile(r"(?<!\\)\|")


def rows_of(page: str, heading: str) -> Iterator[tuple[str, ...]]:
    """The rows of the first table behind a heading, without the row of titles.

    `page` is a path from the root, `heading` the whole line. Raises KeyError without such a table.
    """
    lines = (ROOT / page).read_text("utf-8").splitlines()
    if heading not in lines:
        raise KeyError(f"{page} has no heading {heading!r}")
    found = 0
    for line in lines[lines.index(heading) + 1 :]:
        if line.startswith("#") or (found and not line.startswith("|")):
            break
        if line.startswith("|"):
            found += 1
            if found > 2:
                yield tuple(cell.strip() for cell in _CELLS.split(line)[1:-1])
    if found < 3:
        raise KeyError(f"{page} has no table behind {heading!r}")


def spans_of(cell: str) -> list[str]:
    """What stands between backquotes."""
    return re.findall(r"`([^`]+)`", cell)
