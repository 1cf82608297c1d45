"""Schemas of custom events: kept for each name, and what they refuse.

A property that the schema defines and does not call optional has to be there. What it does not
define may be there.
"""

from itertools import islice
from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.decision import Decision
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from engine.metadata.decide import properties_refusal
from schemas.base import Metadata, Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.event_schemas import (
    EVENT_SCHEMAS_MAX,
    CreateEventSchema,
    DeleteEventSchema,
    EventSchema,
    EventSchemaCreated,
    EventSchemaDeleted,
    EventSchemaUpdated,
    UpdateEventSchema,
)


def create_event_schema(
    view: View, command: Command, body: CreateEventSchema, now: Millis
) -> Decision | Refusal:
    """Describes the custom events of a name that has no schema yet."""
    known = view.get(tables.EVENT_SCHEMAS, body.name)
    if known is not None:
        return refuse(
            "duplicate_found",
            f"Duplicated custom-event-schema exists with name {body.name}",
            resource_id=known.id,
            resource_type="custom-event-schema",
        )
    if len(list(islice(view.scan(tables.EVENT_SCHEMAS), EVENT_SCHEMAS_MAX))) == EVENT_SCHEMAS_MAX:
        limit = f"A project has at most {EVENT_SCHEMAS_MAX} schemas of custom events"
        return refuse("invalid_payload", limit)
    schema = EventSchema(new_id(command.seed, "ces_"), body.name, body.properties, now)
    return Decision((EventSchemaCreated(schema),))


def update_event_schema(
    view: View, _: Command, body: UpdateEventSchema, now: Millis
) -> Decision | Refusal:
    """Replaces a schema's properties; what was tracked already is not looked at again."""
    schema = find_event_schema(view, body.schema_id)
    if schema is None:
        return not_found("custom-event-schema", body.schema_id)
    changed = structs.replace(schema, properties=body.properties, updated_at=now)
    return Decision((EventSchemaUpdated(changed),))


def delete_event_schema(
    view: View, _: Command, body: DeleteEventSchema, __: Millis
) -> Decision | Refusal:
    """Frees the custom events of a name from their schema."""
    schema = find_event_schema(view, body.schema_id)
    if schema is None:
        return not_found("custom-event-schema", body.schema_id)
    return Decision((EventSchemaDeleted(schema),))


def find_event_schema(view: View, schema_id: str) -> EventSchema | None:
    """The schema with that id; None: there is none."""
    name = view.get(tables.EVENT_SCHEMA_IDS, schema_id)
    return None if name is None else view.get(tables.EVENT_SCHEMAS, name)


def event_refusal(view: View, name: str, metadata: Metadata | None) -> Refusal | None:
    """Why a custom event of that name cannot have the metadata; None: it can."""
    schema = view.get(tables.EVENT_SCHEMAS, name)
    return None if schema is None else properties_refusal(view, schema.properties, metadata)


DECISIONS: Decisions = MappingProxyType(
    {
        CreateEventSchema: create_event_schema,
        UpdateEventSchema: update_event_schema,
        DeleteEventSchema: delete_event_schema,
    }
)
