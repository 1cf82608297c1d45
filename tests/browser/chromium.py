"""The browser of the stories: the one on the path, else the one that npm's lock here names.

The latter comes packed, with the libraries and a font that a bare machine lacks. It is unpacked once
per lock, into the user's cache.
"""

import os
import shutil
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from cramjam import brotli

from deploy.npm import packages_folder, take_name

SOURCES: Final = Path(__file__).parent
ON_PATH: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FONTS: Final = Path("/etc/fonts/fonts.conf")
_FONTS_OF_ITS_OWN: Final = """\
<?xml version="1.0"?>
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A browser to start, and the environment that it needs."""

    path: Path
    environment: dict[str, str]


def find_chromium() -> Chromium:
    """The browser, fetched and unpacked where the path has none; raises PackagesError."""
    for name in ON_PATH:
        found = shutil.which(name)
        if found is not None:
            return Chromium(Path(found), dict(os.environ))
    folder = _unpacked_folder()
    libraries = (os.environ.get("LD_LIBRARY_PATH", ""), str(folder / "lib"))
    environment = dict(os.environ) | {"LD_LIBRARY_PATH": os.pathsep.join(filter(None, libraries))}
    if not FONTS.exists():
        environment["FONTCONFIG_FILE"] = str(folder / "fonts" / "own.conf")
    return Chromium(folder / "chromium", environment)


def axe_source() -> str:
    """The script that looks for what keeps people out of a page."""
    return (_packages() / "axe-core" / "axe.min.js").read_text("utf-8")


def _packages() -> Path:
    return packages_folder("chromium", SOURCES)


def _unpacked_folder() -> Path:
    packages = _packages()
    folder = packages.parent / "unpacked"
    if not folder.exists():
        packed = packages / "@sparticuz" / "chromium" / "bin"
        with TemporaryDirectory(prefix="incoming-", dir=folder.parent) as unfinished:
            made = Path(unfinished) / "unpacked"
            made.mkdir()
            browser = made / "chromium"
            browser.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
            browser.chmod(0o755)
            for name, place in (("al2023", made), ("fonts", made / "fonts"), ("swiftshader", made)):
                content = bytes(brotli.decompress((packed / f"{name}.tar.br").read_bytes()))
                with tarfile.open(fileobj=BytesIO(content)) as archive:
                    archive.extractall(place, filter="data")
            (made / "fonts" / "own.conf").write_text(
                _FONTS_OF_ITS_OWN.format(folder=folder / "fonts")
            )
            take_name(made, folder)
    return folder
