"""Metadata schemas. Source: the API contract."""

from types import MappingProxyType
from typing import Any, Final

import msgspec

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.metadata import (
    MetadataProperty,
    MetadataSchema,
    MetadataSchemaCreated,
    MetadataSchemaDeleted,
    MetadataSchemaUpdated,
)

#: The names of the older endpoints, which write them in camel case.
_CAMEL: Final = {
    "object_type": "objectType",
    "min_length": "minLength",
    "max_length": "maxLength",
    "exact_length": "exactLength",
}


def schema_body(schema: MetadataSchema) -> Body:
    """The schema, as the management API shows it."""
    return _schema_body(schema, {})


def older_schema_body(schema: MetadataSchema) -> Body:
    """The schema, as `/v1/metadata-schemas` shows it."""
    return _schema_body(schema, _CAMEL)


def _schema_body(schema: MetadataSchema, names: dict[str, str]) -> Body:
    return {
        "id": schema.id,
        "related_object": schema.related_object,
        "properties": {
            name: _property_body(each, names) for name, each in schema.properties.items()
        },
        "allow_defined_only": schema.allow_defined_only,
        "created_at": iso(schema.created_at),
        "updated_at": None if schema.updated_at is None else iso(schema.updated_at),
        "object": "metadata_schema",
    }


def _property_body(found: MetadataProperty, names: dict[str, str]) -> Body:
    always: dict[str, Any] = {
        "type": found.type,
        "optional": found.optional,
        "array": found.array,
        "deleted": found.deleted,
    }
    return always | {
        names.get(name, name): _whole(value) for name, value in msgspec.to_builtins(found).items()
    }


def _whole(value: Any) -> Any:
    """A limit that is a whole number is written as one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


ANSWERS: Answers = MappingProxyType(
    {
        MetadataSchemaCreated: shows(schema_body, "schema"),
        MetadataSchemaUpdated: shows(schema_body, "schema"),
        MetadataSchemaDeleted: shows_nothing,
    }
)
