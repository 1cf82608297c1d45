"""JSON Schema of what is stored: `docs/schemas`, from the structs, with what the source says of them.

msgspec's own generator knows no defaults that are `Raw`, nothing of factories, and no comments.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import NODEFAULT, inspect

from schemas.base import Shape, tag_of
from schemas.personal import PersonalData
from tests.examples.shown import structs_of
from tests.reference.comments import description, members_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]

_BOUNDS: Mapping[str, str] = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}


def document(title: str, text: str, root: Schema, *kinds: Any, personal: Schema) -> Schema:
    """A whole schema: `root` with the definitions of all structs that the types can hold.

    `personal` is how a document of this kind has what is personal.
    """
    definitions = {name: _struct(struct) for name, struct in structs_of(*kinds).items()}
    if any("Personal" in each for each in _references(definitions)):
        definitions |= {"Personal": personal}
        definitions |= {name: _struct(struct) for name, struct in structs_of(PersonalData).items()}
    head = {"$schema": DIALECT, "title": title, "description": text}
    return head | root | {"$defs": dict(sorted(definitions.items()))}


def schema_of(kind: Any) -> Schema:
    """A type's schema; structs are references."""
    return _type(inspect.type_info(kind))


def _struct(struct: type[msgspec.Struct]) -> Schema:
    """A struct, its members in the order of their declaration."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    comments = members_of(struct)
    members: dict[str, Schema] = {}
    if info.tag_field is not None:
        members[info.tag_field] = {"const": info.tag}
    for field in info.fields:
        text = comments.get(field.name)
        default = _default(field)
        members[field.encode_name] = (
            _type(field.type)
            | ({} if text is None else {"description": text})
            | ({} if field.required else {"default": default})
        )
    required = [field.encode_name for field in info.fields if field.required]
    return {
        "description": description(struct),
        "type": "object",
        "properties": members,
        "required": [*([info.tag_field] if info.tag_field is not None else []), *required],
    }


def _default(field: inspect.Field) -> Any:
    value = field.default if field.default_factory is NODEFAULT else field.default_factory()
    return None if value is NODEFAULT else msgspec.json.decode(msgspec.json.encode(value))


def _type(kind: inspect.Type) -> Schema:
    match kind:
        case inspect.StructType(cls=struct):
            return {"$ref": f"#/$defs/{struct.__name__}"}
        case inspect.CustomType(cls=custom):
            return {"$ref": f"#/$defs/{custom.__name__}"}
        case inspect.UnionType(types=kinds):
            return _union([_type(each) for each in kinds])
        case inspect.LiteralType(values=values):
            return {"enum": list(values)}
        case inspect.VarTupleType(item_type=item):
            return {"type": "array", "items": _type(item)} | _lengths(kind)
        case inspect.TupleType(item_types=items):
            return {"type": "array", "prefixItems": [_type(each) for each in items], "items": False}
        case inspect.DictType(key_type=key, value_type=value):
            names = {} if isinstance(key, inspect.StrType) else {"propertyNames": _type(key)}
            return {"type": "object", "additionalProperties": _type(value)} | names
        case inspect.Metadata(type=inner):
            return _type(inner)
        case inspect.AnyType() | inspect.RawType():
            return {}
    return {"type": _PLAIN[type(kind)]} | _bounds(kind)


def _union(schemas: list[Schema]) -> Schema:
    """One of several; values that are named at several places are named together."""
    values = [value for each in schemas for value in each.get("enum", ())]
    several = [each for each in schemas if "enum" not in each]
    if values:
        several.insert(0, {"enum": values})
    if len(several) == 1:
        return several[0]
    if all(each.keys() == {"type"} for each in several):
        return {"type": [each["type"] for each in several]}
    return {"anyOf": several}


_PLAIN: Mapping[type[inspect.Type], str] = {
    inspect.NoneType: "null",
    inspect.BoolType: "boolean",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.StrType: "string",
    # so that none of its digits is lost
    inspect.DecimalType: "string",
}


def _lengths(kind: inspect.VarTupleType) -> Schema:
    found = {"minItems": kind.min_length, "maxItems": kind.max_length}
    return {name: value for name, value in found.items() if value is not None}


def _bounds(kind: inspect.Type) -> Schema:
    found = {name: getattr(kind, member, None) for member, name in _BOUNDS.items()}
    return {name: value for name, value in found.items() if value is not None}


def _references(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if "$ref" in found:
            yield found["$ref"].rpartition("/")[2]
        for each in found.values():
            yield from _references(each)
    elif isinstance(found, list):
        for each in found:
            yield from _references(each)


def union(*kinds: type[Shape]) -> Schema:
    """One of several structs, by their tags."""
    tagged = {tag_of(each): each for each in kinds}
    return {"oneOf": [schema_of(tagged[tag]) for tag in sorted(tagged)]}
