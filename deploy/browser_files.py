"""What others wrote of the dashboard's pages: htmx, charts, maps and fonts, from npm, by hash.

`services/dashboard/static` has the lock of npm and the list of the few files that are served, with
their hashes. They are fetched once per lock and user, into a folder that gets its name only when
complete; a file there that does not have its hash has everything fetched again.

`python -P -m deploy.browser_files` makes the folder and prints it; with the word `lock` it writes
the hashes of what the lock of npm names now.
"""

import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Final

from deploy.embedded.errors import PackagesError
from deploy.embedded.jars import cache_folder
from deploy.npm import unpacked_packages

SOURCES: Final = Path(__file__).parents[1] / "services" / "dashboard" / "static"
LIST: Final = SOURCES / "files.json"


@dataclass(frozen=True, slots=True)
class BrowserFile:
    """A file that is served: under which name, what of which package, with which hash."""

    name: str
    path: str
    sha256: str

    def is_whole_in(self, folder: Path) -> bool:
        """Whether it lies there as it should."""
        file = folder / self.name
        return file.is_file() and sha256(file.read_bytes()).hexdigest() == self.sha256


def listed_files() -> Iterator[BrowserFile]:
    """The files of the list."""
    for name, kept in json.loads(LIST.read_text("utf-8")).items():
        yield BrowserFile(name, kept["path"], kept["sha256"])


def browser_folder() -> Path:
    """Where the files are kept, whether they are there or not."""
    mark = sha256(LIST.read_bytes()).hexdigest()[:16]
    return cache_folder().parent / "browser" / mark


def has_browser_files() -> bool:
    """Whether every file is there, and whole."""
    folder = browser_folder()
    return all(each.is_whole_in(folder) for each in listed_files())


def fetch_browser_files() -> Path:
    """The folder with every file, fetched where one is missing; raises PackagesError."""
    folder = browser_folder()
    if has_browser_files():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="incoming-", dir=folder.parent) as unfinished,
        unpacked_packages(SOURCES, folder.parent) as packages,
    ):
        made = Path(unfinished) / "files"
        for each in listed_files():
            _copy(each, packages, made)
        # another process may have been quicker; what is broken goes
        if not has_browser_files():
            rmtree(folder, ignore_errors=True)
            made.rename(folder)
    return folder


def _copy(file: BrowserFile, packages: Path, folder: Path) -> None:
    content = _read(file, packages)
    if sha256(content).hexdigest() != file.sha256:
        raise PackagesError(f"{file.path} as npm brought it does not have the hash of {LIST.name}.")
    copied = folder / file.name
    copied.parent.mkdir(parents=True, exist_ok=True)
    copied.write_bytes(content)


def _read(file: BrowserFile, packages: Path) -> bytes:
    try:
        return (packages / file.path).read_bytes()
    except OSError as error:
        raise PackagesError(f"npm did not bring {file.path}: {error.strerror}") from None


def write_hashes() -> None:
    """Writes the list anew, with the hashes that its files have in the packages of the lock."""
    with TemporaryDirectory() as folder, unpacked_packages(SOURCES, Path(folder)) as packages:
        written = {
            each.name: {
                "path": each.path,
                "sha256": sha256(_read(each, packages)).hexdigest(),
            }
            for each in listed_files()
        }
    LIST.write_text(json.dumps(written, indent=2) + "\n", "utf-8")


def main() -> int:
    """Gives the exit status: 1 when the files cannot be had."""
    # an end that is asked for leaves nothing unfinished behind
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        if sys.argv[1:] == ["lock"]:
            write_hashes()
        else:
            print(fetch_browser_files())
    except (PackagesError, OSError) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
