"""Shapes of answers (tests/contract/shapes.py) as JSON Schema."""

from collections.abc import Iterator
from typing import Any, Final

from tests.contract.shapes import (
    ABSENT,
    INSTEAD,
    MORE,
    NEVER_NULL,
    NULL,
    SHAPES,
    Shape,
)

_PLACE: Final = "#/components/schemas/"
#: What a shape says as a schema does.
_ALIKE: Final = ("type", "format", "minimum", "maximum")


def schema_of(shape: Shape) -> dict[str, Any]:
    """The schema of a body."""
    return _reference(shape) if isinstance(shape, str) else _schema(shape, "")


def components_of(shapes: list[Shape]) -> dict[str, dict[str, Any]]:
    """The schemas that those of the shapes name, and what these name."""
    found: dict[str, dict[str, Any]] = {}
    left = [name for shape in shapes for name in _named(shape)]
    while left:
        name = left.pop()
        if name not in found:
            found[name] = _schema(SHAPES[name], name)
            left += _references(found[name])
    return dict(sorted(found.items()))


def _named(shape: Shape) -> Iterator[str]:
    if isinstance(shape, str):
        yield shape
    else:
        yield from _references(_schema(shape, ""))


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix(_PLACE)
        for each in schema.values():
            yield from _references(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _references(each)


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"{_PLACE}{name}"}


def _schema(shape: dict[str, Any], name: str) -> dict[str, Any]:
    """`name` is that of the shape that it is part of."""
    if "ref" in shape:
        found = _reference(shape["ref"])
        return _or_null(found) if shape.get("nullable") else found
    found = {key: shape[key] for key in _ALIKE if key in shape}
    if "enum" in shape:
        found["enum"] = [*shape["enum"], *sorted(MORE.get(name, ()))]
    for key, word in (("all", "allOf"), ("one", "anyOf")):
        if key in shape:
            found[word] = [_schema(each, name) for each in shape[key]]
    if "items" in shape:
        found["items"] = _schema(shape["items"], name)
    if "values" in shape:
        found["additionalProperties"] = _schema(shape["values"], name)
    if "members" in shape:
        found["type"] = "object"
        found["properties"] = {
            member: _member(member, inner, shape, name)
            for member, inner in shape["members"].items()
        }
    required = [each for each in shape.get("required", ()) if (name, each) not in ABSENT]
    if required:
        found["required"] = required
    return _or_null(found) if shape.get("nullable") else found


def _member(member: str, inner: dict[str, Any], shape: dict[str, Any], name: str) -> dict[str, Any]:
    told = _schema(INSTEAD.get((name, member), inner), name)
    place = (name, member)
    optional = member not in shape.get("required", ()) and place not in NEVER_NULL
    return _or_null(told) if optional or place in NULL else told


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if isinstance(kind, str) and not {"allOf", "anyOf"} & schema.keys():
        found = schema | {"type": [kind, "null"]}
        return found | {"enum": [*schema["enum"], None]} if "enum" in schema else found
    if kind is not None and not isinstance(kind, str):
        return schema
    return {"anyOf": [schema, {"type": "null"}]}
