"""Schemas of custom events, as the management API shows them. Source: the API contract."""

from types import MappingProxyType

from engine.kernel.calendar import iso
from engine.kernel.encode import Body
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.event_schemas import (
    EventSchema,
    EventSchemaCreated,
    EventSchemaDeleted,
    EventSchemaUpdated,
)


def event_schema_body(schema: EventSchema) -> Body:
    """The schema."""
    return {
        "id": schema.id,
        "name": schema.name,
        "schema": {
            "properties": {
                name: {"type": each.type, "optional": each.optional, "deleted": each.deleted}
                for name, each in schema.properties.items()
            }
        },
        "created_at": iso(schema.created_at),
        "updated_at": None if schema.updated_at is None else iso(schema.updated_at),
        "object": "custom-event-schema",
    }


ANSWERS: Answers = MappingProxyType(
    {
        EventSchemaCreated: shows(event_schema_body, "schema"),
        EventSchemaUpdated: shows(event_schema_body, "schema"),
        EventSchemaDeleted: shows_nothing,
    }
)
