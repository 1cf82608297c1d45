"""Which changes of a stored shape are let through, and which are named."""

from typing import Any

import pytest

from tests.reference.narrowing import Schema, narrowed


def struct(*required: str, **members: Any) -> Schema:
    return {"type": "object", "properties": members, "required": list(required)}


def of(schema: Schema, **definitions: Schema) -> Schema:
    return schema | {"$defs": definitions}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def either(*schemas: Schema) -> Schema:
    return {"anyOf": list(schemas)}


def tagged(tag: str, *required: str, **members: Any) -> Schema:
    return struct("type", *required, type={"const": tag}, **members)


TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer"}
NULL: Schema = {"type": "null"}
OPTIONAL = either(TEXT, NULL) | {"default": None}

ALLOWED: dict[str, tuple[Schema, Schema]] = {
    "nothing": (struct("a", a=TEXT), struct("a", a=TEXT)),
    "a member with a default": (struct("a", a=TEXT), struct("a", a=TEXT, b=OPTIONAL)),
    "a member that is required no longer": (struct("a", a=TEXT), struct(a=TEXT | {"default": ""})),
    "another text": (struct(a=OPTIONAL), struct(a=OPTIONAL | {"description": "What it is."})),
    "an alternative": (OPTIONAL, either(TEXT, NULL, COUNT)),
    "a type that becomes one of several": (TEXT, either(COUNT, TEXT)),
    "a list of types": (OPTIONAL, {"type": ["string", "null"], "default": None}),
    "a value": ({"enum": ["A"]}, {"enum": ["A", "B"]}),
    "all texts for some": ({"enum": ["A"]}, TEXT),
    "fractions": (COUNT, {"type": "number"}),
    "anything": (COUNT, {"description": "Whatever."}),
    "wider bounds": (
        COUNT | {"minimum": 1, "maximum": 5},
        COUNT | {"minimum": 0, "maximum": 6},
    ),
    "no bounds": (TEXT | {"maxLength": 5, "pattern": "^a"}, TEXT),
    "an event": (
        of({"oneOf": [ref("Made")]}, Made=tagged("made")),
        of({"oneOf": [ref("Gone"), ref("Made")]}, Made=tagged("made"), Gone=tagged("gone")),
    ),
    "another name": (
        of(struct("a", a=ref("Old")), Old=struct("b", b=TEXT)),
        of(struct("a", a=ref("New")), New=struct("b", b=TEXT)),
    ),
    "a shape within itself": (
        of(ref("Tree"), Tree=struct(inner={"type": "array", "items": ref("Tree")})),
        of(ref("Tree"), Tree=struct(inner={"type": "array", "items": ref("Tree")}, n=OPTIONAL)),
    ),
}


@pytest.mark.parametrize("change", ALLOWED)
def test_what_leaves_old_records_as_they_are_is_let_through(change: str) -> None:
    assert narrowed(*ALLOWED[change]) == []


NAMED: dict[str, tuple[Schema, Schema, list[str]]] = {
    "a member that goes": (struct("a", a=TEXT, b=TEXT), struct("a", a=TEXT), ["$.b is gone"]),
    "a new member that is required": (struct(), struct("a", a=TEXT), ["$.a became required"]),
    "a member that becomes required": (
        struct(a=OPTIONAL),
        struct("a", a=OPTIONAL),
        ["$.a became required"],
    ),
    "another default": (
        struct(a={"type": "boolean", "default": True}),
        struct(a={"type": "boolean", "default": False}),
        ["$.a: its default True became False"],
    ),
    "another type": (struct("a", a=TEXT), struct("a", a=COUNT), ["$.a: string became integer"]),
    "no fractions": ({"type": "number"}, COUNT, ["$: number became integer"]),
    "something for anything": ({}, TEXT, ["$: anything became string"]),
    "no null": (OPTIONAL, TEXT, ["$: null is gone"]),
    "no null among types": ({"type": ["string", "null"]}, TEXT, ["$: null is gone"]),
    "a value that goes": ({"enum": ["A", "B"]}, {"enum": ["B"]}, ["$: 'A' is gone"]),
    "some texts for all": (TEXT, {"enum": ["A"]}, ["$: string became one of some values"]),
    "tighter bounds": (
        COUNT | {"minimum": 0, "maximum": 6},
        COUNT | {"minimum": 1, "maximum": 5},
        ["$: minimum 0 became 1", "$: maximum 6 became 5"],
    ),
    "new bounds": (TEXT, TEXT | {"maxLength": 5}, ["$: maxLength None became 5"]),
    "another pattern": (
        TEXT | {"pattern": "^a"},
        TEXT | {"pattern": "^b"},
        ["$: pattern ^a became ^b"],
    ),
    "an event that goes": (
        of({"oneOf": [ref("Gone"), ref("Made")]}, Made=tagged("made"), Gone=tagged("gone")),
        of({"oneOf": [ref("Made")]}, Made=tagged("made")),
        ["$: gone is gone"],
    ),
    "an event of another type": (
        of({"oneOf": [ref("Made")]}, Made=tagged("made")),
        of({"oneOf": [ref("Made")]}, Made=tagged("done")),
        ["$: made is gone"],
    ),
    "a member deep inside": (
        of(
            {"oneOf": [ref("Made")]},
            Made=tagged("made", "of", of=ref("Thing")),
            Thing=struct(a=TEXT),
        ),
        of({"oneOf": [ref("Made")]}, Made=tagged("made", "of", of=ref("Thing")), Thing=struct()),
        ["Thing.a is gone"],
    ),
    "the type of items": (
        {"type": "array", "items": TEXT},
        {"type": "array", "items": COUNT},
        ["$[]: string became integer"],
    ),
    "the number of places": (
        {"type": "array", "prefixItems": [TEXT], "items": False},
        {"type": "array", "prefixItems": [TEXT, TEXT], "items": False},
        ["$: 1 items became 2"],
    ),
    "the names of members": (
        {"type": "object", "additionalProperties": TEXT},
        {"type": "object", "additionalProperties": TEXT, "propertyNames": {"enum": ["a"]}},
        ["$[]: anything became one of some values"],
    ),
    "what is found at two places, once": (
        of(struct("a", "b", a=ref("Thing"), b=ref("Thing")), Thing=struct(a=TEXT)),
        of(struct("a", "b", a=ref("Thing"), b=ref("Thing")), Thing=struct()),
        ["Thing.a is gone"],
    ),
}


@pytest.mark.parametrize("change", NAMED)
def test_what_changes_old_records_is_named_with_its_place(change: str) -> None:
    before, after, told = NAMED[change]
    assert narrowed(before, after) == told
