"""Whoever dispatches by the type of an event says what they pass over."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.architecture.repository import files, text
from tests.unit.engine.test_dispatch import TABLES as ENGINE
from tests.unit.services.test_dispatch import TABLES as SERVICES

DISPATCH = re.compile(r"(\w+)\.get\(type\(event\)\)")
DISPATCHING = [
    (path, name)
    for path in files(".py")
    if path.parts[0] in ("engine", "services")
    for name in DISPATCH.findall(text(path))
]


@pytest.mark.parametrize(("path", "name"), DISPATCHING, ids=str)
def test_every_table_of_events_is_tested_for_what_it_passes_over(path: Path, name: str) -> None:
    table = getattr(import_module(".".join(path.with_suffix("").parts)), name)
    assert any(table is each for each, _ in (*ENGINE.values(), *SERVICES.values()))
