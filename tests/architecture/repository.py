"""The project's files: those that git tracks or would track."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files(suffix: str = "") -> tuple[Path, ...]:
    """Paths relative to the root, in order."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = {Path(name) for name in listed.split("\0") if name.endswith(suffix) and name}
    return tuple(sorted(path for path in found if (ROOT / path).is_file()))


def text(path: Path) -> str:
    """The content of a file; what is not text has none."""
    try:
        return (ROOT / path).read_text("utf-8")
    except UnicodeDecodeError:
        return ""


@cache
def python_packages() -> tuple[str, ...]:
    """The top-level import packages, tests apart."""
    return tuple(
        sorted({path.parts[0] for path in files(".py") if len(path.parts) > 1} - {"tests"})
    )
