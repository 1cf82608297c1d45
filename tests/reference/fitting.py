"""Whether a value is as a schema says, for as much of JSON Schema as the reference uses."""

from collections.abc import Iterator
from typing import Any

from tests.reference.json_schemas import Schema

_TYPES: dict[str, tuple[type, ...]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


def misfits(value: Any, schema: Schema) -> list[str]:
    """Where a value is not what a whole schema allows; a member that it does not know is one, too."""
    return list(_misfits(value, schema, schema["$defs"], "$"))


def _misfits(value: Any, schema: Schema, known: Schema, place: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    several = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(schema.get("type"), list):
        several = [{"type": each} for each in schema["type"]]
    if several:
        # as far as the first misfit, which is the tag of most
        if all(next(_misfits(value, each, known, place), None) for each in several):
            yield f"{place}: {value!r} is none of what it may be"
        return
    if "const" in schema or "enum" in schema:
        if value not in schema.get("enum", [schema.get("const")]):
            yield f"{place}: {value!r} is none of the values"
        return
    wanted = schema.get("type")
    if wanted is None:
        return
    if not _is(value, wanted):
        yield f"{place}: {value!r} is no {wanted}"
    elif wanted == "array":
        items = schema.get("prefixItems") or [schema["items"]] * len(value)
        if len(items) != len(value):
            yield f"{place}: {len(value)} items"
        for number, each in enumerate(value):
            yield from _misfits(each, items[number], known, f"{place}[{number}]")
    elif wanted == "object":
        yield from _members(value, schema, known, place)


def _is(value: Any, wanted: str) -> bool:
    return isinstance(value, _TYPES[wanted]) and (wanted == "boolean") == isinstance(value, bool)


def _members(value: Any, schema: Schema, known: Schema, place: str) -> Iterator[str]:
    members, others = schema.get("properties", {}), schema.get("additionalProperties")
    for name in {*schema.get("required", ())} - value.keys():
        yield f"{place}.{name} is missing"
    for name, each in value.items():
        if name in members:
            yield from _misfits(each, members[name], known, f"{place}.{name}")
        elif others is None:
            yield f"{place}.{name} is unknown"
        else:
            yield from _misfits(each, others, known, f"{place}.{name}")
