"""The examples that are kept: what each endpoint was asked and answered, as `masking.py` leaves it."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tests.openapi.masking import Masks
from tests.openapi.running import Told

KEPT: Final = Path(__file__).parent / "examples.json"
#: Lists are shown with so many items.
ITEMS_MAX: Final = 2


def examples_of(story: Iterable[Told]) -> dict[str, dict[str, Any]]:
    """By route, what was asked and answered first; lists are cut."""
    masks, found = Masks(), dict[str, dict[str, Any]]()
    for told in story:
        answer, asked = masks.masked(told.body), masks.masked(told.asked)
        path, query = masks.path(told.path), masks.masked(told.query)
        if told.step.shown and told.route not in found:
            found[told.route] = {
                "by": told.step.by,
                "path": path,
                "query": query,
                "asked": asked,
                "file": told.step.file or None,
                "is_form": bool(told.step.form),
                "status": told.status,
                "answer": _cut(answer),
                "parameters": list(told.parameters),
            }
    return found


def read_examples() -> dict[str, dict[str, Any]]:
    """Those that are kept."""
    kept: dict[str, dict[str, Any]] = json.loads(KEPT.read_text("utf-8"))
    return kept


def keep_examples(found: Mapping[str, Mapping[str, Any]]) -> None:
    """One a line, so that a change of one is seen."""
    lines = [f"{json.dumps(route)}: {json.dumps(found[route])}" for route in sorted(found)]
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def outline(value: Any) -> Any:
    """The names and kinds of what is there, whatever the values: of a list that of all its items."""
    if isinstance(value, dict):
        return {name: outline(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_merged([outline(each) for each in value])]
    return type(value).__name__


def _merged(outlines: list[Any]) -> Any:
    """What any of several has: the members of all, or the kinds."""
    if all(isinstance(each, dict) for each in outlines):
        names = dict.fromkeys(name for each in outlines for name in each)
        return {
            name: _merged([each[name] for each in outlines if name in each])
            for name in sorted(names)
        }
    return sorted({json.dumps(each, sort_keys=True) for each in outlines})


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cut(each) for name, each in value.items()}
    return [_cut(each) for each in value[:ITEMS_MAX]] if isinstance(value, list) else value
