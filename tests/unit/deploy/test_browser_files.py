"""The dashboard's browser files: complete or not there, whatever npm brings."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy import browser_files, npm
from deploy.browser_files import (
    BrowserFile,
    browser_folder,
    fetch_browser_files,
    has_browser_files,
    listed_files,
)
from deploy.embedded.errors import PackagesError

CONTENT = b"a script"
LIST = {"a.js": {"path": "a/dist/a.min.js", "sha256": hashlib.sha256(CONTENT).hexdigest()}}

#: Has npm bring this as the one listed file; how often it was asked, by its length.
Bring = Callable[[bytes | None], list[Path]]


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bring:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    listed = tmp_path / "files.json"
    listed.write_text(json.dumps(LIST))
    monkeypatch.setattr(browser_files, "LIST", listed)

    def bring(content: bytes | None) -> list[Path]:
        asked: list[Path] = []

        @contextmanager
        def unpack(sources: Path, beside: Path) -> Iterator[Path]:
            asked.append(beside)
            packages = tmp_path / f"packages-{len(asked)}"
            if content is not None:
                (packages / "a" / "dist").mkdir(parents=True, exist_ok=True)
                (packages / "a" / "dist" / "a.min.js").write_bytes(content)
            yield packages

        monkeypatch.setattr(browser_files, "unpacked_packages", unpack)
        return asked

    return bring


def test_files_are_fetched_once_and_again_when_one_was_changed(bring: Bring) -> None:
    asked = bring(CONTENT)
    assert not has_browser_files()
    folder = fetch_browser_files()
    assert fetch_browser_files() == folder == browser_folder()
    assert len(asked) == 1
    (folder / "a.js").write_bytes(b"another script")
    assert not has_browser_files()
    assert (fetch_browser_files() / "a.js").read_bytes() == CONTENT
    assert [each.name for each in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize(
    ("content", "reason"), [(b"half of", "does not have the hash"), (None, "did not bring")]
)
def test_what_is_not_as_listed_leaves_nothing_behind(
    bring: Bring, content: bytes | None, reason: str
) -> None:
    bring(content)
    with pytest.raises(PackagesError, match=reason):
        fetch_browser_files()
    assert list(browser_folder().parent.iterdir()) == []


def test_every_listed_file_is_of_a_locked_package() -> None:
    lock = json.loads((browser_files.SOURCES / "package-lock.json").read_text("utf-8"))
    for each in listed_files():
        package = re.match(r"(?:@[^/]+/)?[^/]+", each.path)
        assert package is not None
        assert f"node_modules/{package.group()}" in lock["packages"], each.name
        assert re.fullmatch(r"[0-9a-f]{64}", each.sha256)


def test_a_file_that_is_missing_is_not_whole(tmp_path: Path) -> None:
    assert not BrowserFile("a.js", "a/a.js", "0" * 64).is_whole_in(tmp_path)


def test_why_npm_failed_is_told_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = npm._run(
        ("sh", "-c", "echo 'no answer of http://me:secret@registry.test/a' >&2; exit 3"),
        tmp_path,
        {"PATH": "/usr/bin:/bin"},
    )
    assert fault == "no answer of http://registry.test/a"
    assert npm._run(("true",), tmp_path, {"PATH": "/usr/bin:/bin"}) is None
    assert "No such file" in (npm._run(("no-such-command",), tmp_path, {}) or "")


def test_a_failed_npm_is_an_error_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def run_npm(found: tuple[tuple[str, ...], dict[str, str]], _: Path) -> str:
        tried.append(found[0][0])
        return "no network"

    monkeypatch.setattr(npm, "_run_npm", run_npm)
    monkeypatch.setattr(npm, "_npm_on_path", lambda: (("npm",), {}))
    with (
        pytest.raises(PackagesError, match="no network"),
        npm.unpacked_packages(browser_files.SOURCES, tmp_path),
    ):
        pass
    assert len(tried) == 2
    assert list(tmp_path.iterdir()) == []
