"""Metadata schemas: kept for each kind of object, and what they refuse.

A property that the schema defines and does not call optional has to be there, null counting as
missing. With `allow_defined_only` nothing else may be there. Whatever writes metadata of a kind of
object asks `metadata_refusal` once, with the metadata as it would be stored.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import islice
from types import MappingProxyType
from typing import Any

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Metadata, Millis, is_number
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.metadata import (
    SCHEMAS_MAX,
    CreateMetadataSchema,
    DeleteMetadataSchema,
    MetadataProperty,
    MetadataSchema,
    MetadataSchemaCreated,
    MetadataSchemaDeleted,
    MetadataSchemaUpdated,
    UpdateMetadataSchema,
)

#: How deep objects of custom schemas may lie in one another.
DEPTH_MAX = 8
Properties = Mapping[str, MetadataProperty]
_URL = re.compile(r"https?://\S+")


def create_metadata_schema(
    view: View, command: Command, body: CreateMetadataSchema, now: Millis
) -> Decision | Refusal:
    """Describes a kind of object that has no schema yet."""
    if view.get(tables.METADATA_SCHEMAS, body.related_object) is not None:
        return refuse(
            "duplicate_found",
            f"Duplicated metadata_schema exists with related_object {body.related_object}",
            resource_id=body.related_object,
            resource_type="metadata_schema",
        )
    if len(list(islice(view.scan(tables.METADATA_SCHEMAS), SCHEMAS_MAX))) == SCHEMAS_MAX:
        return refuse("invalid_payload", f"A project has at most {SCHEMAS_MAX} metadata schemas")
    schema = MetadataSchema(
        id=new_id(command.seed, "ms_"),
        related_object=body.related_object,
        properties=body.properties,
        created_at=now,
        allow_defined_only=body.allow_defined_only,
    )
    return Decision((MetadataSchemaCreated(schema),))


def update_metadata_schema(
    view: View, _: Command, body: UpdateMetadataSchema, now: Millis
) -> Decision | Refusal:
    """Replaces a schema's properties; what is stored already is not looked at again."""
    schema = find_schema(view, body.schema_id)
    if schema is None:
        return not_found("metadata_schema", body.schema_id)
    only = schema.allow_defined_only if body.allow_defined_only is None else body.allow_defined_only
    changed = structs.replace(
        schema, properties=body.properties, allow_defined_only=only, updated_at=now
    )
    return Decision((MetadataSchemaUpdated(changed),))


def delete_metadata_schema(
    view: View, _: Command, body: DeleteMetadataSchema, __: Millis
) -> Decision | Refusal:
    """Frees a kind of object from its schema."""
    schema = find_schema(view, body.schema_id)
    if schema is None:
        return not_found("metadata_schema", body.schema_id)
    return Decision((MetadataSchemaDeleted(schema),))


def find_schema(view: View, schema_id: str) -> MetadataSchema | None:
    """The schema with that id; None: there is none."""
    related_object = view.get(tables.METADATA_SCHEMA_IDS, schema_id)
    return (related_object and view.get(tables.METADATA_SCHEMAS, related_object)) or None


def metadata_refusal(view: View, related_object: str, metadata: Metadata | None) -> Refusal | None:
    """Why the metadata of such an object cannot be as it is; None: it can, or nothing binds it."""
    schema = view.get(tables.METADATA_SCHEMAS, related_object)
    if schema is None:
        return None
    wrong = _wrong_object(view, schema, metadata or {}, "metadata", DEPTH_MAX)
    return None if wrong is None else refuse("metadata_validation_failed", wrong)


def properties_refusal(
    view: View, properties: Properties, metadata: Metadata | None
) -> Refusal | None:
    """Why metadata cannot be that these properties describe, beside which others may be."""
    wrong = _wrong_properties(view, properties, metadata or {}, "metadata", DEPTH_MAX)
    return None if wrong is None else refuse("metadata_validation_failed", wrong)


def _wrong_object(
    view: View, schema: MetadataSchema, found: Mapping[str, Any], path: str, depth: int
) -> str | None:
    if depth == 0:
        return f"Property .{path} lies too deep"
    wrong = _wrong_properties(view, schema.properties, found, path, depth)
    if wrong is not None:
        return wrong
    if schema.allow_defined_only:
        for name in found:
            known = schema.properties.get(name)
            if known is None or known.deleted:
                return f"Property .{path}.{name} is not defined in the schema"
    return None


def _wrong_properties(
    view: View, properties: Properties, found: Mapping[str, Any], path: str, depth: int
) -> str | None:
    for name, wanted in properties.items():
        if wanted.deleted:
            continue
        value = found.get(name)
        place = f"{path}.{name}"
        if value is None:
            if not wanted.optional:
                return f"Property .{place} is required"
            continue
        wrong = _wrong_property(view, wanted, value, place, depth)
        if wrong is not None:
            return wrong
    return None


def _wrong_property(
    view: View, wanted: MetadataProperty, value: Any, path: str, depth: int
) -> str | None:
    if not wanted.array:
        return _wrong_value(view, wanted, value, path, depth)
    if not isinstance(value, list):
        return f"Property .{path} should be an array"
    for index, item in enumerate(value):
        wrong = _wrong_value(view, wanted, item, f"{path}[{index}]", depth)
        if wrong is not None:
            return wrong
    return None


def _wrong_value(
    view: View, wanted: MetadataProperty, value: Any, path: str, depth: int
) -> str | None:
    if not _IS[wanted.type](value):
        return f"Property .{path} should be {_NAMES[wanted.type]}"
    if wanted.type == "object":
        nested = wanted.object_type and view.get(tables.METADATA_SCHEMAS, wanted.object_type)
        return _wrong_object(view, nested, value, path, depth - 1) if nested else None
    if wanted.eq is not None and value not in wanted.eq:
        return f"Property .{path} should be one of the allowed values"
    if wanted.ne is not None and value in wanted.ne:
        return f"Property .{path} should not be one of the excluded values"
    return _wrong_size(wanted, value, path)


def _wrong_size(wanted: MetadataProperty, value: Any, path: str) -> str | None:
    if isinstance(value, str):
        length = len(value)
        if wanted.exact_length is not None and length != wanted.exact_length:
            return f"Property .{path} should have {wanted.exact_length} characters"
        if wanted.min_length is not None and length < wanted.min_length:
            return f"Property .{path} should have at least {wanted.min_length} characters"
        if wanted.max_length is not None and length > wanted.max_length:
            return f"Property .{path} should have at most {wanted.max_length} characters"
    if wanted.type != "number":
        return None
    for limit, holds, words in (
        (wanted.lt, _below, "less than"),
        (wanted.lte, _at_most, "at most"),
        (wanted.gt, _above, "greater than"),
        (wanted.gte, _at_least, "at least"),
    ):
        if limit is not None and not holds(value, limit):
            return f"Property .{path} should be {words} {limit:g}"
    return None


def _below(value: float, limit: float) -> bool:
    return value < limit


def _at_most(value: float, limit: float) -> bool:
    return value <= limit


def _above(value: float, limit: float) -> bool:
    return value > limit


def _at_least(value: float, limit: float) -> bool:
    return value >= limit


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and _reads(date.fromisoformat, value)


def _is_datetime(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 10 and _reads(datetime.fromisoformat, value)


def _reads(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True


def _is_geopoint(value: Any) -> bool:
    if not isinstance(value, dict) or value.keys() != {"lat", "lon"}:
        return False
    lat, lon = value["lat"], value["lon"]
    return is_number(lat) and is_number(lon) and abs(lat) <= 90 and abs(lon) <= 180


_IS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "string": lambda value: isinstance(value, str),
        "number": is_number,
        "object": lambda value: isinstance(value, dict),
        "date": _is_date,
        "datetime": _is_datetime,
        "geopoint": _is_geopoint,
        "boolean": lambda value: isinstance(value, bool),
        "image_url": lambda value: isinstance(value, str) and bool(_URL.fullmatch(value)),
    }
)
_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "string": "a string",
        "number": "a number",
        "object": "an object",
        "date": "a date, YYYY-MM-DD",
        "datetime": "a date-time in ISO 8601",
        "geopoint": "an object of `lat` and `lon`",
        "boolean": "a boolean",
        "image_url": "an http or https URL",
    }
)
DECISIONS: Decisions = MappingProxyType(
    {
        CreateMetadataSchema: create_metadata_schema,
        UpdateMetadataSchema: update_metadata_schema,
        DeleteMetadataSchema: delete_metadata_schema,
    }
)
