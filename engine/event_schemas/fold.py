"""Schemas of custom events in the state: by name, and by id."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.event_schemas import EventSchemaCreated, EventSchemaDeleted, EventSchemaUpdated


def schema_stored(state: State, event: EventSchemaCreated | EventSchemaUpdated, _: Millis) -> None:
    """The schema binds from now on."""
    state.put(tables.EVENT_SCHEMAS, event.schema, event.schema.name)
    state.put(tables.EVENT_SCHEMA_IDS, event.schema.name, event.schema.id)


def schema_deleted(state: State, event: EventSchemaDeleted, _: Millis) -> None:
    """Nothing binds the events of that name."""
    state.delete(tables.EVENT_SCHEMAS, event.schema.name)
    state.delete(tables.EVENT_SCHEMA_IDS, event.schema.id)


FOLDS: Folds = MappingProxyType(
    {
        EventSchemaCreated: schema_stored,
        EventSchemaUpdated: schema_stored,
        EventSchemaDeleted: schema_deleted,
    }
)
