"""What must not be in the repository: a machine's paths, a registry's name, clocks in the core."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.repository import ROOT, files, text

#: Written in pieces, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    r"\b(?:pypi|pythonhosted|npmjs|crates|golang|apache\.maven|maven\.apache|debian)"
    r"\.(?:org|com|io)\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.}\])])/(?:home|root|Users|work)/")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter"}
PURE = ("engine", "schemas")


@pytest.mark.parametrize("path", files(), ids=str)
def test_a_file_names_no_registry_and_no_machine(path: Path) -> None:
    if path == Path(__file__).relative_to(ROOT):
        return
    content = text(path)
    assert REGISTRIES.findall(content) == []
    assert MACHINE_PATHS.findall(content) == []
    assert f"..{'/'}shared" not in content


def test_no_folder_holds_nothing_but_empty_files() -> None:
    folders = {parent for path in files() for parent in path.parents}
    filled = {parent for path in files() if _size(path) for parent in path.parents}
    assert {str(folder) for folder in folders - filled} == set()


def _size(path: Path) -> int:
    return (ROOT / path).stat().st_size


@pytest.mark.parametrize("path", [path for path in files(".py") if path.parts[0] in PURE], ids=str)
def test_the_core_reads_no_clock(path: Path) -> None:
    calls = [
        f"line {node.lineno}: {node.func.attr}()"
        for node in ast.walk(ast.parse(text(path)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("datetime", "date", "time")
    ]
    assert calls == []


@pytest.mark.parametrize(
    "path", [path for path in files(".py") if path.parts[0] == "runtime"], ids=str
)
def test_the_plumbing_knows_no_word_of_the_business(path: Path) -> None:
    # the name of a header that clients send is theirs
    told = re.sub(r"x-voucherify-[\w-]+", "", text(path), flags=re.IGNORECASE)
    assert re.findall(r"voucher|guest|campaign", told, re.IGNORECASE) == []
