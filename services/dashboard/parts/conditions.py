"""The editor of a filter that the API keeps: conditions on fields, joined by all or any."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from htpy import Node, button, div, fieldset, label, legend, option, p, select, span
from htpy import input as input_

from services.dashboard.parts.condition_words import WORDS
from services.dashboard.parts.icons import icon
from services.dashboard.parts.lookups import lookup
from services.dashboard.parts.numbers import read_whole
from services.dashboard.parts.show import Show, read_minor, write_minor
from services.dashboard.parts.typed_json import parse_json

CONDITIONS_MAX: Final = 50
_EQUAL: Final = ("$is", "$in", "$is_not", "$not_in")
_KNOWN: Final = ("$has_value", "$is_unknown")
_ORDER: Final = ("$more_than", "$more_than_or_equal", "$less_than", "$less_than_or_equal")
_TEXT: Final = ("$contains", "$not_contain", "$starts_with", "$ends_with")
_TIME: Final = ("$after", "$before")
_DAYS: Final = ("$less_than_ago", "$more_than_ago")
_PLACE: Final = ("$inside", "$not_inside")
#: Operators of each kind of value; source: docs/api.md, Segments.
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": (*_EQUAL, *_TEXT, *_KNOWN),
    "number": (*_EQUAL, *_ORDER, *_KNOWN),
    "money": (*_EQUAL, *_ORDER, *_KNOWN),
    "time": (*_TIME, *_DAYS, *_KNOWN),
    "any": (*_EQUAL, *_ORDER, *_TEXT, *_TIME, *_PLACE, *_KNOWN),
}
#: Those whose value may be several, with commas between them.
_SEVERAL: Final = frozenset({"$in", "$not_in"})
METADATA: Final = "metadata"


@dataclass(frozen=True, slots=True)
class Asked:
    """A field that conditions may be about; `kind` is one of OPERATORS."""

    name: str
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """A condition as it is typed; `key` names what of the metadata."""

    field: str = ""
    op: str = ""
    value: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A filter as it is typed."""

    lines: tuple[Line, ...] = ()
    junction: str = "and"


def _find(fields: Sequence[Asked], name: str) -> Asked:
    found = next((each for each in fields if each.name == name), None)
    return found or Asked(name, name, "any")


def draft_of(rule: Any, fields: Sequence[Asked], show: Show) -> Draft:
    """What the editor shows of a filter that there is."""
    if not isinstance(rule, Mapping):
        return Draft()
    lines = []
    for name, what in rule.items():
        conditions = what.get("conditions") if isinstance(what, Mapping) else None
        key = name[9:] if name.startswith("metadata.") else ""
        asked = _find(fields, METADATA if key else name)
        for op, values in (conditions or {}).items():
            several = values if isinstance(values, list) else [values]
            said = {"$is": "$in", "$is_not": "$not_in"}.get(op, op) if len(several) > 1 else op
            kind = "number" if op in _DAYS else asked.kind
            value = ", ".join(_write(each, kind, show) for each in several)
            lines.append(Line(asked.name, said, value, key))
    return Draft(tuple(lines), str(rule.get("junction") or "and").lower())


def _write(value: Any, kind: str, show: Show) -> str:
    if kind == "money" and isinstance(value, int):
        return write_minor(value)
    if kind == "time":
        return show.local(value) or str(value)
    if isinstance(value, str):
        return json.dumps(value) if kind == "any" and _looks_otherwise(value) else value
    return json.dumps(value)


def _looks_otherwise(text: str) -> bool:
    """Whether a text would be read as a number, a flag or more."""
    try:
        parse_json(text)
    except ValueError:
        return "," in text
    return True


def read_draft(form: Mapping[str, Any], fields: Sequence[Asked]) -> Draft:
    """What was typed, with the line added or removed that a button asks for."""
    lines = []
    for at in range(CONDITIONS_MAX):
        name = str(form.get(f"c{at}-field") or "")
        if not name:
            break
        asked = _find(fields, name)
        op = str(form.get(f"c{at}-op") or "")
        lines.append(
            Line(
                name,
                op if op in OPERATORS[asked.kind] else OPERATORS[asked.kind][0],
                str(form.get(f"c{at}-value") or "").strip(),
                str(form.get(f"c{at}-key") or "").strip(),
            )
        )
    verb = str(form.get("line") or "")
    if verb == "add" and len(lines) < CONDITIONS_MAX:
        lines.append(Line(fields[0].name, OPERATORS[fields[0].kind][0]))
    if verb.startswith("drop-"):
        lines = [each for at, each in enumerate(lines) if at != read_whole(verb[5:])]
    return Draft(tuple(lines), "or" if form.get("junction") == "or" else "and")


def rule_of(
    draft: Draft, fields: Sequence[Asked], show: Show, errors: dict[str, str]
) -> dict[str, Any]:
    """The filter as the API takes it; what is wrong goes into `errors`, at the field of the line."""
    rule: dict[str, Any] = {"junction": draft.junction}
    for at, line in enumerate(draft.lines):
        asked = _find(fields, line.field)
        name = f"metadata.{line.key}" if line.field == METADATA else line.field
        if line.field == METADATA and not line.key:
            errors[f"c{at}-key"] = "Say which name of the metadata."
            continue
        values = _read_values(line, asked, show)
        if values is None:
            errors[f"c{at}-value"] = f"{asked.label}: this value cannot be read."
            continue
        conditions = rule.setdefault(name, {"conditions": {}})["conditions"]
        if line.op in conditions and draft.junction == "and":
            errors[f"c{at}-op"] = (
                f"{asked.label} is asked twice in the same way; name several values in one line."
            )
            continue
        conditions[line.op] = [*conditions.get(line.op, []), *values]
    return rule


def _read_values(line: Line, asked: Asked, show: Show) -> list[Any] | None:
    if line.op in _KNOWN:
        return [True]
    parts = line.value.split(",") if line.op in _SEVERAL else [line.value]
    texts = [each.strip() for each in parts if each.strip()]
    if not texts:
        return None
    kind = "number" if line.op in _DAYS else asked.kind
    values = [_read(each, kind, show) for each in texts]
    return None if None in values else values


def _read(text: str, kind: str, show: Show) -> Any:
    if kind == "money":
        return read_minor(text)
    if kind == "time":
        return show.from_local(text)
    if kind == "text":
        return text
    try:
        value = parse_json(text)
    except ValueError:
        value = text
    if kind == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if is_number else None
    return value if isinstance(value, str | int | float | bool) else text


def condition_fields(
    draft: Draft, fields: Sequence[Asked], again: str, errors: Mapping[str, str], nobody: str
) -> Node:
    """The lines, and the buttons that add and remove them; `again` answers them anew.

    `nobody`: what it means that there is no condition.
    """
    ask = {
        "hx-post": again,
        "hx-target": "#conditions",
        "hx-swap": "outerHTML",
        "hx-include": "closest form",
    }
    return fieldset("#conditions.rules.stack")[
        legend(".sr")["Conditions"],
        label(".row")[
            span["Meets"],
            select(".input", name="junction", aria_label="How the conditions are joined")[
                option(value="and", selected=draft.junction == "and")["all of these"],
                option(value="or", selected=draft.junction == "or")["any of these"],
            ],
        ],
        [_line(at, each, fields, ask, errors) for at, each in enumerate(draft.lines)]
        or p(".muted")[nobody],
        div[
            button(
                ".btn.small",
                {**ask, "hx-vals": '{"line": "add"}'},
                type="button",
                data_part=True,
                disabled=len(draft.lines) >= CONDITIONS_MAX,
            )[icon("plus", 13), "Add a condition"]
        ],
    ]


def _line(
    at: int,
    line: Line,
    fields: Sequence[Asked],
    ask: Mapping[str, str],
    errors: Mapping[str, str],
) -> Node:
    asked = _find(fields, line.field)
    changed = {**ask, "hx-trigger": "change"}
    wrong = [errors[name] for name in _names(at) if name in errors]
    ops = OPERATORS[asked.kind]
    options = [*fields] if asked in fields else [*fields, asked]
    return div(".rule-line", role="group", aria_label=f"Condition {at + 1}")[
        select(f"#c{at}-field.input", changed, name=f"c{at}-field", aria_label="Field")[
            (option(value=each.name, selected=each is asked)[each.label] for each in options)
        ],
        line.field == METADATA
        and input_(
            f"#c{at}-key.input",
            name=f"c{at}-key",
            value=line.key,
            placeholder="name",
            aria_label="Name in the metadata",
            autocomplete="off",
        ),
        select(f"#c{at}-op.input", changed, name=f"c{at}-op", aria_label="Operator")[
            (
                option(value=each, selected=each == line.op)[WORDS.get(each, each)]
                for each in (ops if line.op in ops else (*ops, line.op))
            )
        ],
        _value(at, line, asked),
        button(
            ".btn.quiet.icon.small",
            {**ask, "hx-vals": f'{{"line": "drop-{at}"}}'},
            type="button",
            data_part=True,
            aria_label=f"Remove condition {at + 1}",
        )[icon("x", 14)],
        wrong and span(".error")[" ".join(wrong)],
    ]


def _names(at: int) -> tuple[str, ...]:
    return (f"c{at}-field", f"c{at}-key", f"c{at}-op", f"c{at}-value")


def _value(at: int, line: Line, asked: Asked) -> Node:
    if line.op in _KNOWN:
        return None
    if line.op in _PLACE:
        chosen = [(line.value, line.value)] if line.value else ()
        return lookup(f"c{at}-value", "location", chosen)
    is_time = asked.kind == "time" and line.op not in _DAYS
    return input_(
        f"#c{at}-value.input",
        name=f"c{at}-value",
        value=line.value,
        type="datetime-local" if is_time else "text",
        inputmode="decimal" if asked.kind in ("money", "number") or line.op in _DAYS else None,
        placeholder="several, with commas" if line.op in _SEVERAL else None,
        aria_label="Value",
        autocomplete="off",
    )


def without_errors(draft: Draft) -> Draft:
    """The lines that say something, for trying a filter while it is typed."""
    said = [each for each in draft.lines if each.value or each.op in _KNOWN]
    return replace(draft, lines=tuple(said))
