"""Values of conditions as a form shows them, and back, each by its kind."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.dashboard.parts.show import Show, read_minor, write_minor
from services.dashboard.parts.typed_json import parse_json
from services.dashboard.sections.rules.catalogue import Operator

#: Kinds of values that are things that exist, found by typing.
THINGS: Final = frozenset({"segment", "location", "items", "product", "sku"})
_ITEMS: Final = frozenset({"items", "product", "sku"})
_COUNTS: Final = frozenset({"number", "days", "weekday"})
_LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
HOURS: Final = re.compile(r"(\d\d:\d\d);(\d\d:\d\d)(?:;([0-6](?:,[0-6])*))?")
WEEKDAYS: Final = (
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
)


def show_value(value: Any, kind: str, first_object: str, show: Show) -> str:
    """A value as text of a form; two different ones never look the same where both are usual."""
    if kind in _ITEMS:
        return _show_item(value, first_object)
    if kind in ("segment", "location"):
        return str(value.get("id") if isinstance(value, Mapping) else value)
    if kind == "money" and type(value) is int:
        return write_minor(value)
    if kind == "date" and isinstance(value, str) and "T" in value:
        return show.local(value) or value
    if kind == "any":
        return _write_any(value)
    return value if _is_line(value) else json.dumps(value, ensure_ascii=False)


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.splitlines() == [value]


def _show_item(value: Any, first_object: str) -> str:
    if not isinstance(value, Mapping):
        return f"{first_object}:{value}"
    name = value.get("id") or f"@{value.get('source_id')}"
    return f"{value.get('object') or first_object}:{name}"


def _write_any(value: Any) -> str:
    """Text as it is, unless it would be read as something else."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return value if parse_any(value) == value and _is_line(value) else json.dumps(value)


def parse_any(text: str) -> Any:
    """A number, true, false, null, JSON in quotes or brackets; else the text."""
    try:
        return parse_json(text)
    except ValueError:
        return text


def parse_value(text: str, kind: str, show: Show) -> Any:
    """What somebody typed as a value of the API. What is no such value stays text: the API says so."""
    if kind in _ITEMS:
        named, _, name = text.partition(":")
        if name.startswith("@"):
            return {"source_id": name[1:], "object": named}
        return {"id": name, "object": named}
    if kind == "money":
        minor = read_minor(text)
        return text if minor is None else minor
    if kind == "bool":
        return {"true": True, "false": False}.get(text, text)
    if kind in _COUNTS or kind == "any":
        found = parse_any(text)
        return found if kind == "any" or isinstance(found, int | float) else text
    if kind == "date" and _LOCAL.fullmatch(text):
        return show.from_local(text) or text
    return text


def show_values(
    values: Sequence[Any], operator: Operator, first_object: str, show: Show
) -> list[str]:
    """All values of a condition as texts of a form."""
    kind = "bool" if operator.takes == "flag" else operator.value
    return [show_value(each, kind, first_object, show) for each in values]


def read_values(
    texts: Sequence[str], operator: Operator, first_object: str, show: Show, known: Sequence[Any]
) -> list[Any]:
    """The values that texts of a form say; one that looks as a known one looked is that one."""
    kind = "bool" if operator.takes == "flag" else operator.value
    same = {show_value(each, kind, first_object, show).strip(): each for each in known}
    said = [each.strip() for each in texts if each.strip()]
    return [same[each] if each in same else parse_value(each, kind, show) for each in said]
