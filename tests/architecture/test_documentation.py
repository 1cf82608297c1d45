"""What the documents say of the code is what the code says of itself."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import PydanticUndefined

import tessera
from runtime.base.settings import PREFIX, Settings
from tests.architecture.repository import ROOT, files, python_packages, text

_HOUSES = "|".join((*python_packages(), "tests", "docs"))
#: A file of the project by its path.
NAMED = re.compile(rf"(?<![\w./-])((?:{_HOUSES})/[\w/.-]+?\.(?:py|md|lock|toml))(?![\w/])")
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


@pytest.mark.parametrize("path", [*files(".md"), *files(".py")], ids=str)
def test_every_file_that_is_named_is_there(path: Path) -> None:
    missing = [
        named
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
