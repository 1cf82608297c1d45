"""What the documents say of the code is what the code says of itself."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined

import tessera
from engine.formulas.functions import METADATA
from runtime.base.settings import PREFIX, Settings
from tests.architecture.dispatching import assignments
from tests.architecture.markdown import inline_code_of
from tests.architecture.repository import ROOT, files, python_packages, text

_HOUSES = "|".join((*python_packages(), "tests", "docs"))
#: A file of the project by its path.
NAMED = re.compile(rf"(?<![\w./-])((?:{_HOUSES})/[\w/.-]+?\.(?:py|md|lock|toml))(?![\w/])")
#: What is defined somewhere, by its dotted name.
DOTTED = re.compile(rf"`((?:{_HOUSES})(?:\.\w+)+)`")
#: A name of several words, as only code has them.
NAME = re.compile(r"[A-Za-z]\w*_\w+")
#: A module by the end of its path.
MODULE = re.compile(r"`((?:\w+/)*\w+\.py)`")


def test_the_table_of_settings_is_the_class() -> None:
    document = (ROOT / "docs/configuration.md").read_text("utf-8")
    rows = [line for line in document.splitlines() if line.startswith(f"| `{PREFIX}")]
    assert rows == [
        f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_the_project_has_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == tessera.__version__


def _shown(default: Any) -> str:
    if default in (None, PydanticUndefined):
        return ""
    return f"`{','.join(default) if isinstance(default, tuple) else default}`"


def test_every_file_that_is_named_is_there() -> None:
    missing = [
        (str(path), named)
        for path in (*files(".md"), *files(".py"))
        for named in NAMED.findall(text(path))
        if not (ROOT / named).exists() and not (ROOT / path.parent / named).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("path", files(".md"), ids=str)
def test_every_module_that_a_document_names_is_somewhere(path: Path) -> None:
    known = {str(each) for each in files(".py")}
    missing = [
        named
        for named in MODULE.findall(text(path))
        if not any(each == named or each.endswith(f"/{named}") for each in known)
    ]
    assert missing == []


@pytest.mark.parametrize("path", files(".md"), ids=str)
def test_every_name_that_a_document_shows_is_in_the_code(path: Path) -> None:
    shown = {name for code in inline_code_of(path) for name in NAME.findall(code)}
    assert sorted(name for name in shown if name not in _names_in_code()) == []


@cache
def _names_in_code() -> str:
    """All names that files of code have, with a space between them."""
    contents = "".join(text(each) for suffix in (".py", ".json", ".toml") for each in files(suffix))
    composed = {PREFIX + name.upper() for name in Settings.model_fields} | METADATA
    return " ".join({*NAME.findall(contents), *composed, *(each.stem for each in files(".py"))})


def test_every_dotted_name_leads_to_something() -> None:
    astray = [
        (str(path), named)
        for path in (*files(".md"), *files(".py"))
        for named in DOTTED.findall(text(path))
        if not _is_defined(named)
    ]
    assert astray == []


@pytest.mark.parametrize(
    ("named", "there"),
    [
        ("runtime.log.log", True),
        ("runtime.log.log.Reader.read", True),
        ("runtime.log.log.Gone", False),
        ("runtime.gone.log", False),
    ],
)
def test_a_dotted_name_is_looked_up(named: str, there: bool) -> None:
    assert _is_defined(named) == there


def _is_defined(named: str) -> bool:
    parts = named.split(".")
    for depth in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:depth])
        if place.is_dir():
            return depth == len(parts)
        module = place.with_suffix(".py")
        if module.is_file():
            return depth == len(parts) or parts[depth] in _names_of(module)
    return False


@cache
def _names_of(module: Path) -> set[str]:
    tree = ast.parse(module.read_text("utf-8"))
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = {each.name for each in tree.body if isinstance(each, defined)}
    return names | {target.id for target, _ in assignments(tree)}
