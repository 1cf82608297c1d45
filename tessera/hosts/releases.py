"""What is new: the releases that `docs/changelog.md` tells of."""

import itertools
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from engine.kernel.encode import Body

CHANGELOG: Final = Path(__file__).parents[2] / "docs" / "changelog.md"
_RELEASE: Final = re.compile(r"^## (\d+\.\d+\.\d+) · (\d{4}-\d{2}-\d{2})\n", re.MULTILINE)
_CHANGE: Final = re.compile(r"^- \*\*(.+?)\*\*: (.+)$", re.MULTILINE)


class ChangelogError(Exception):
    """The changelog is not written as it has to be; the message says where."""


class Release(NamedTuple):
    """A version, and what a shop sees of it."""

    version: str
    date: str
    title: str
    #: (name, text)
    changes: tuple[tuple[str, str], ...]


def read_releases(text: str) -> tuple[Release, ...]:
    """The releases of a changelog in its order, newest first. Raises ChangelogError."""
    releases = tuple(_releases(text))
    if not releases:
        raise ChangelogError("the changelog tells of no release")
    for newer, older in itertools.pairwise(releases):
        if newer.date < older.date or _number(newer) <= _number(older):
            raise ChangelogError(f"{newer.version} stands before {older.version}")
    return releases


def releases_body(releases: tuple[Release, ...], installed: str) -> Body:
    """The list, as the API shows it."""
    data = [
        {
            "object": "release",
            "version": each.version,
            "date": each.date,
            "title": each.title,
            "installed": each.version == installed,
            "changes": [{"title": name, "text": told} for name, told in each.changes],
        }
        for each in releases
    ]
    listed = {"object": "list", "data_ref": "data", "data": data, "total": len(data)}
    return listed | {"installed": installed}


def _releases(text: str) -> Iterator[Release]:
    _, *parts = _RELEASE.split(text)
    for version, day, content in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        try:
            date.fromisoformat(day)
        except ValueError:
            raise ChangelogError(f"{version} has no date: {day}") from None
        title, *lines = content.strip().split("\n")
        changes = tuple((found[1], found[2]) for found in _CHANGE.finditer(content))
        if len(changes) != sum(1 for each in lines if each.strip()):
            raise ChangelogError(f"a line of {version} does not read `- **name**: text`")
        yield Release(version, day, title, changes)


def _number(release: Release) -> tuple[int, ...]:
    return tuple(map(int, release.version.split(".")))
