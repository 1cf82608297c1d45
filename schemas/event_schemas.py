"""Schemas of custom events: what the metadata of the events of one name may hold."""

from typing import Final

from schemas.base import Millis, Shape
from schemas.metadata import MetadataProperty

#: How many schemas a project has at most.
EVENT_SCHEMAS_MAX = 100
EVENT_PROPERTIES_MAX = 200


class EventSchema(Shape, frozen=True):
    """The schema of the custom events of one name."""

    id: str
    name: str
    properties: dict[str, MetadataProperty]
    created_at: Millis
    updated_at: Millis | None = None


class CreateEventSchema(Shape, tag="create_event_schema", frozen=True):
    """Describes custom events that have no schema yet."""

    name: str
    properties: dict[str, MetadataProperty]


class UpdateEventSchema(Shape, tag="update_event_schema", frozen=True):
    """Replaces the properties."""

    schema_id: str
    properties: dict[str, MetadataProperty]


class DeleteEventSchema(Shape, tag="delete_event_schema", frozen=True):
    """The events of that name may hold anything again."""

    schema_id: str


class EventSchemaCreated(Shape, tag="event_schema.created", frozen=True):
    """Custom events of a name have a schema."""

    schema: EventSchema


class EventSchemaUpdated(Shape, tag="event_schema.updated", frozen=True):
    """A schema of custom events changed; `schema` is the whole after it."""

    schema: EventSchema


class EventSchemaDeleted(Shape, tag="event_schema.deleted", frozen=True):
    """Custom events of a name have no schema any more."""

    schema: EventSchema


EventSchemaCommand = CreateEventSchema | UpdateEventSchema | DeleteEventSchema
EventSchemaEvent = EventSchemaCreated | EventSchemaUpdated | EventSchemaDeleted
#: Schemas of custom events; none that was tracked before changes by them.
EVENT_SCHEMA_EVENTS: Final = frozenset({EventSchemaCreated, EventSchemaUpdated, EventSchemaDeleted})
