"""The changelog: read, told, and that of what is installed."""

import tomllib

import pytest

from tessera import __version__
from tessera.hosts.releases import (
    CHANGELOG,
    ChangelogError,
    Release,
    read_releases,
    releases_body,
)
from tests.architecture.repository import ROOT

TEXT = """# Changelog

Words.

## 0.2.0 · 2026-02-01
More of it.

- **One**: the first.
- **Two**: the second.

## 0.1.0 · 2026-01-01
All of it.
"""


def test_releases_are_read_with_what_they_changed() -> None:
    newest, oldest = read_releases(TEXT)
    assert newest == Release(
        "0.2.0", "2026-02-01", "More of it.", (("One", "the first."), ("Two", "the second."))
    )
    assert (oldest.version, oldest.changes) == ("0.1.0", ())
    body = releases_body((newest, oldest), "0.1.0")
    assert (body["total"], body["installed"]) == (2, "0.1.0")
    assert [each["installed"] for each in body["data"]] == [False, True]
    assert body["data"][0]["changes"][0] == {"title": "One", "text": "the first."}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Changelog\n",
        TEXT.replace("2026-02-01", "2025-02-01"),
        TEXT.replace("0.2.0", "0.0.9"),
        TEXT.replace("2026-02-01", "2026-02-31"),
        TEXT.replace("- **Two**:", "- Two:"),
    ],
)
def test_a_changelog_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ChangelogError):
        read_releases(text)


def test_the_newest_release_is_the_one_that_is_installed() -> None:
    newest, *_ = read_releases(CHANGELOG.read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert newest.version == __version__ == project["version"]
    assert newest.changes
