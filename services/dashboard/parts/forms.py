"""Forms: fields with their hints and errors, and lists of them."""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from htpy import (
    Node,
    a,
    button,
    details,
    div,
    fieldset,
    form,
    h2,
    label,
    legend,
    li,
    option,
    p,
    select,
    span,
    summary,
    textarea,
    ul,
)
from htpy import aside as aside_element
from htpy import input as input_

from services.dashboard.parts.lookups import lookup
from services.dashboard.parts.typed_json import parse_json

Errors = Mapping[str, str]


def idempotency(key: str | None = None) -> Node:
    """What makes sending a form twice the same as once."""
    return input_(type="hidden", name="idempotency_key", value=key or secrets.token_urlsafe(16))


def form_page(
    action: str,
    *content: Node,
    errors: Errors | None = None,
    save: str = "Save",
    cancel: str | None = None,
    form_id: str = "form",
    aside: Node = None,
    key: str | None = None,
    encoding: str | None = None,
) -> Node:
    """A form of a page: one column, a summary beside it, errors in a list that has focus.

    The answer of a form that was refused takes its place; of one that was not, goes elsewhere.
    """
    return form(
        f"#{form_id}.form",
        {"hx-post": action, "hx-target": f"#{form_id}", "hx-swap": "outerHTML"},
        method="post",
        action=action,
        enctype=encoding,
        hx_encoding=encoding,
        data_guard=True,
        novalidate=True,
    )[
        idempotency(key),
        error_list(errors) if errors else None,
        div(".split")[div(".stack")[content], aside_element[aside]] if aside else content,
        div(".acts-bar.sticky")[
            button(".btn.primary")[save], cancel and a(".btn", href=cancel)["Cancel"]
        ],
    ]


def ask_again(action: str, target: str = "form") -> dict[str, str]:
    """What a control has that changes which fields a form has: it is asked for anew, as it was filled in."""
    return {
        "hx_post": f"{action}/form",
        "hx_trigger": "change",
        "hx_target": f"#{target}",
        "hx_swap": "outerMorph",
        "hx_push_url": "false",
        "hx_include": "closest form",
    }


def error_list(errors: Errors) -> Node:
    """What has to be mended; each leads to its field."""
    return div("#errors.errors", role="alert", tabindex="-1")[
        h2["This has to be mended"],
        ul[(li[a(href=f"#{name}")[text] if name else text] for name, text in errors.items())],
    ]


def group(title: str, *content: Node, hint: str = "") -> Node:
    """Fields that belong together."""
    return fieldset(".group-box")[legend[title], hint and p(".muted.hint")[hint], content]


def folded(title: str, *content: Node, is_open: bool = False) -> Node:
    """What is optional."""
    return details(".folded", open=is_open)[summary[title], div(".stack")[content]]


def field(name: str, text: str, control: Node, *, hint: Node = "", error: str = "") -> Node:
    """A label, a control with that id, a hint and what is wrong with it."""
    return div(".field", data_bad=bool(error))[
        label(for_=name)[text],
        control,
        hint and span(".hint.muted", id=f"{name}-hint")[hint],
        error and span(".error", id=f"{name}-error")[error],
    ]


def _described(name: str, hint: Node, error: str) -> dict[str, str]:
    ids = [f"{name}-{part}" for part, there in (("hint", hint), ("error", error)) if there]
    said = {"aria-describedby": " ".join(ids)} if ids else {}
    return said | ({"aria-invalid": "true"} if error else {})


def field_text(
    name: str,
    text: str,
    value: object = "",
    *,
    hint: Node = "",
    errors: Errors | None = None,
    kind: str = "text",
    **attributes: Any,
) -> Node:
    """A field of one line: text, number, date, e-mail, password and more.

    An `id` of its own is for a page that has several fields of that name.
    """
    error = (errors or {}).get(name, "")
    field_id = str(attributes.pop("id", name))
    return field(
        field_id,
        text,
        input_(
            f"#{field_id}.input",
            _described(field_id, hint, error),
            name=name,
            type=kind,
            value="" if value is None else str(value),
            **attributes,
        ),
        hint=hint,
        error=error,
    )


def field_area(
    name: str,
    text: str,
    value: object = "",
    *,
    hint: Node = "",
    errors: Errors | None = None,
    rows: int = 4,
    **attributes: Any,
) -> Node:
    """A field of several lines."""
    error = (errors or {}).get(name, "")
    return field(
        name,
        text,
        textarea(
            f"#{name}.input",
            _described(name, hint, error),
            name=name,
            rows=str(rows),
            **attributes,
        )["" if value is None else str(value)],
        hint=hint,
        error=error,
    )


def field_choice(
    name: str,
    text: str,
    options: Sequence[tuple[str, str]],
    value: object = "",
    *,
    hint: Node = "",
    errors: Errors | None = None,
    **attributes: Any,
) -> Node:
    """One of a few: value and label of each."""
    error = (errors or {}).get(name, "")
    return field(
        name,
        text,
        select(f"#{name}.input", _described(name, hint, error), name=name, **attributes)[
            (option(value=each, selected=each == str(value or ""))[said] for each, said in options)
        ],
        hint=hint,
        error=error,
    )


def field_switch(
    name: str, text: str, *, is_on: bool = False, hint: Node = "", **attributes: Any
) -> Node:
    """Yes or no."""
    return div(".field")[
        label(".switch")[
            input_(
                type="checkbox",
                role="switch",
                name=name,
                id=str(attributes.pop("id", name)),
                value="true",
                checked=is_on,
                **attributes,
            ),
            span[text],
        ],
        hint and span(".hint.muted")[hint],
    ]


def field_checks(
    name: str, text: str, options: Sequence[tuple[str, str]], values: Sequence[str] = ()
) -> Node:
    """Any of several."""
    return fieldset(".field")[
        legend(".label")[text],
        div(".checks.columns")[
            (
                label(".check")[
                    input_(type="checkbox", name=name, value=each, checked=each in values),
                    span[said],
                ]
                for each, said in options
            )
        ],
    ]


def field_lookup(
    name: str,
    text: str,
    kind: str,
    chosen: Sequence[tuple[str, str]] = (),
    *,
    is_multiple: bool = False,
    hint: Node = "",
    errors: Errors | None = None,
) -> Node:
    """Something that exists, found by typing: `kind` is one that /lookup/{kind} knows."""
    error = (errors or {}).get(name, "")
    return field(
        f"{name}-find",
        text,
        lookup(
            name,
            kind,
            chosen,
            is_multiple=is_multiple,
            described=_described(f"{name}-find", hint, error),
        ),
        hint=hint,
        error=error,
    )


def metadata_fields(
    metadata: Mapping[str, Any] | None, errors: Errors | None = None, *, typed: str | None = None
) -> Node:
    """Metadata as lines of `name = value`, where a value is JSON or plain text.

    `typed`: what was typed instead of it, in a form that is shown again.
    """
    text = write_metadata(metadata) if typed is None else typed
    return field_area(
        "metadata",
        "Metadata",
        text,
        rows=max(3, text.count("\n") + 2),
        hint="One a line: name = value. Numbers, true, false and JSON keep their kind; text that looks so goes in quotes.",
        errors=errors,
        spellcheck="false",
    )


def write_metadata(metadata: Mapping[str, Any] | None) -> str:
    """Metadata as such lines."""
    pairs = (metadata or {}).items()
    return "\n".join(f"{_write_name(name)} = {_write_value(value)}" for name, value in pairs)


def _write_name(name: str) -> str:
    """A name as it is, in quotes where it would be read as another one."""
    is_plain = name == name.strip() and name.splitlines() == [name]
    return name if is_plain and "=" not in name and name[0] != '"' else json.dumps(name)


def _write_value(value: Any) -> str:
    """Text as it is, unless it would be read as something else."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    try:
        parse_json(value)
    except ValueError:
        is_line = not value or (value == value.strip() and value.splitlines() == [value])
        return value if is_line else json.dumps(value)
    return json.dumps(value)


def read_metadata(text: str) -> dict[str, Any]:
    """What such lines say. Raises ValueError with the line that says nothing."""
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, value = _split_line(line)
        try:
            found[name] = parse_json(value)
        except ValueError:
            found[name] = value
    return found


def _split_line(line: str) -> tuple[str, str]:
    """Name and value of a line. Raises ValueError with the line."""
    name, sign, value = line.partition("=")
    if line.startswith('"'):
        try:
            name, end = json.JSONDecoder().raw_decode(line)
        except ValueError:
            raise ValueError(line) from None
        _, sign, value = line[end:].partition("=")
    if not sign or not name.strip():
        raise ValueError(line)
    return (name if line.startswith('"') else name.strip()), value.strip()
