"""What the documents say of the code is what the code says of itself."""

import tomllib
from typing import Any

from pydantic_core import PydanticUndefined

import tessera
from runtime.base.settings import PREFIX, Settings
from tests.architecture.repository import ROOT


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
