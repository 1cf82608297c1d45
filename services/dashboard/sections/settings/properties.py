"""Properties of a schema as lines of a form: read from it, and shown again as they were typed."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from htpy import Node, button, div, label, option, select, span, table, tbody, td, th, thead, tr
from htpy import input as input_
from starlette.datastructures import FormData

from services.dashboard.parts.icons import icon
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.typed_json import parse_json

#: As many as a schema may have; no form has more lines.
LINES_MAX: Final = 200
METADATA_TYPES: Final = (
    "string",
    "number",
    "boolean",
    "date",
    "datetime",
    "geopoint",
    "image_url",
    "object",
)
EVENT_TYPES: Final = ("string", "number", "boolean", "date", "datetime")
#: What a line has inputs for; anything else of a property is carried along.
_SHOWN: Final = frozenset({"type", "optional", "array", "deleted", "object_type", "eq"})


@dataclass(frozen=True, slots=True)
class Line:
    """One property as it stands in the form."""

    name: str = ""
    type: str = "string"
    is_needed: bool = False
    is_array: bool = False
    is_deleted: bool = False
    object_type: str = ""
    allowed: str = ""
    #: Members that have no input, such as a least length.
    rest: Mapping[str, Any] = field(default_factory=dict)


def lines_of(properties: Mapping[str, Mapping[str, Any]]) -> list[Line]:
    """The lines of a schema's properties."""
    return [
        Line(
            name,
            str(said["type"]),
            not said.get("optional"),
            bool(said.get("array")),
            bool(said.get("deleted")),
            str(said.get("object_type") or ""),
            _write_values(said.get("eq") or ()),
            {key: value for key, value in said.items() if key not in _SHOWN and value is not None},
        )
        for name, said in properties.items()
    ]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _write_values(values: Sequence[Any]) -> str:
    """Values with commas between them; one with a comma in it stands in quotes."""
    quoted = (
        '"' + text.replace('"', '""') + '"' if any(each in text for each in ',"') else text
        for text in map(_plain, values)
    )
    return ", ".join(quoted)


def _read_values(text: str) -> list[str]:
    """The same back; a quote that does not end goes to the end."""
    (row,) = csv.reader([text.replace("\n", " ")], skipinitialspace=True)
    return [each.strip() for each in row if each.strip()]


def read_lines(form: FormData) -> list[Line]:
    """What was typed; lines are told apart by their number."""
    count = str(form.get("lines") or "0")
    found = []
    for at in range(min(read_whole(count) or 0, LINES_MAX)):

        def said(name: str, at: int = at) -> str:
            return str(form.get(f"{name}-{at}") or "").strip()

        found.append(
            Line(
                said("property"),
                said("type") or "string",
                bool(said("needed")),
                bool(said("array")),
                bool(said("deleted")),
                said("object_type"),
                said("allowed"),
                _read_rest(said("rest")),
            )
        )
    return found


def _read_rest(text: str) -> dict[str, Any]:
    try:
        rest = parse_json(text or "{}")
    except ValueError:
        return {}
    return rest if isinstance(rest, dict) else {}


def write_properties(lines: Sequence[Line], *, is_event: bool) -> dict[str, Any]:
    """The properties as the API takes them; a line without a name is none."""
    return {each.name: _write(each, is_event=is_event) for each in lines if each.name}


def _write(line: Line, *, is_event: bool) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": line.type,
        "optional": not line.is_needed,
        "deleted": line.is_deleted,
    }
    if is_event:
        return said
    said |= {"array": line.is_array}
    if line.type == "object" and line.object_type:
        said["object_type"] = line.object_type
    values = _read_values(line.allowed) if line.allowed.strip() else []
    if values:
        said["eq"] = [_number(each) for each in values] if line.type == "number" else values
    return dict(line.rest) | said


def _number(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        return text


def properties_table(lines: Sequence[Line], *, is_event: bool) -> Node:
    """The lines, with a way to one more."""
    types = EVENT_TYPES if is_event else METADATA_TYPES
    heads = ("Name", "Type", "Needed") + (() if is_event else ("List", "One of", "Object"))
    return div(".card.table.properties")[
        input_(type="hidden", name="lines", value=str(len(lines))),
        div(".scroll")[
            table(aria_label="Properties")[
                thead[tr[(th(scope="col")[each] for each in (*heads, "Taken out"))]],
                tbody[(_line(each, at, types, is_event=is_event) for at, each in enumerate(lines))],
            ]
        ],
        div(".foot")[
            button(".btn.small", name="more", value="true", data_part=True)[
                icon("plus", 14), "One more property"
            ]
        ],
    ]


def _line(line: Line, at: int, types: Sequence[str], *, is_event: bool) -> Node:
    who = line.name or f"property {at + 1}"

    def text(name: str, value: str, said: str) -> Node:
        return td[
            input_(
                ".input",
                name=f"{name}-{at}",
                id=f"{name}-{at}",
                value=value,
                aria_label=f"{said} of {who}" if name != "property" else f"Name of {who}",
                autocomplete="off",
            ),
            name == "property"
            and line.rest
            and input_(type="hidden", name=f"rest-{at}", value=json.dumps(dict(line.rest))),
        ]

    def tick(name: str, is_on: bool, said: str) -> Node:
        return td[
            label(".check")[
                input_(type="checkbox", name=f"{name}-{at}", value="true", checked=is_on),
                span(".sr")[f"{who}: {said}"],
            ]
        ]

    return tr[
        text("property", line.name, "Name"),
        td[
            select(".input", name=f"type-{at}", aria_label=f"Type of {who}")[
                (option(value=each, selected=each == line.type)[each] for each in types)
            ]
        ],
        tick("needed", line.is_needed, "needed"),
        not is_event
        and [
            tick("array", line.is_array, "a list"),
            text("allowed", line.allowed, "Allowed values"),
            text("object_type", line.object_type, "Kind of object"),
        ],
        tick("deleted", line.is_deleted, "taken out"),
    ]
