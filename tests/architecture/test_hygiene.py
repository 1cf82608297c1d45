"""What must not be in the repository: a machine's paths, a registry's name, clocks in the core."""

import ast
import re
from pathlib import Path

from tests.architecture.repository import ROOT, files, text

#: Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|crates|golang|apache\.maven|maven\.apache|debian)"
    r"\.(?:org|com|io)\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.}\])])/(?:home|root|Users|work)/")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
PURE = ("engine", "schemas")


def test_no_file_names_a_registry_or_a_machine() -> None:
    own = Path(__file__).relative_to(ROOT)
    named = {
        str(path): found
        for path in files()
        if path != own
        for found in (*REGISTRIES.findall(text(path)), *MACHINE_PATHS.findall(text(path)))
    }
    assert named == {}
    assert [str(path) for path in files() if f"..{'/'}shared" in text(path)] == []


def test_no_folder_holds_nothing_but_empty_files() -> None:
    folders = {parent for path in files() for parent in path.parents}
    filled = {parent for path in files() if _size(path) for parent in path.parents}
    assert {str(folder) for folder in folders - filled} == set()


def _size(path: Path) -> int:
    return (ROOT / path).stat().st_size


def test_the_core_reads_no_clock() -> None:
    calls = [
        f"{path}:{node.lineno}: {node.func.attr}()"
        for path in files(".py")
        if path.parts[0] in PURE
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date", "time")
    ]
    assert calls == []


def test_the_plumbing_knows_no_word_of_the_business() -> None:
    # the name of a header that clients send is theirs
    theirs = re.compile(r"x-voucherify-[\w-]+", re.IGNORECASE)
    told = {
        str(path): found
        for path in files(".py")
        if path.parts[0] == "runtime"
        for found in re.findall(
            r"voucher|guest|campaign", theirs.sub("", text(path)), re.IGNORECASE
        )
    }
    assert told == {}
