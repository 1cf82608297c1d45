"""Metadata schemas in the state: by the kind of object, and by id."""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.metadata import MetadataSchemaCreated, MetadataSchemaDeleted, MetadataSchemaUpdated


def schema_stored(
    state: State, event: MetadataSchemaCreated | MetadataSchemaUpdated, _: Millis
) -> None:
    """The schema binds from now on."""
    schema = event.schema
    state.put(tables.METADATA_SCHEMAS, schema, schema.related_object)
    state.put(tables.METADATA_SCHEMA_IDS, schema.related_object, schema.id)
    _note_described(state)


def schema_deleted(state: State, event: MetadataSchemaDeleted, _: Millis) -> None:
    """Nothing binds that kind of object."""
    state.delete(tables.METADATA_SCHEMAS, event.schema.related_object)
    state.delete(tables.METADATA_SCHEMA_IDS, event.schema.id)
    _note_described(state)


def _note_described(state: State) -> None:
    """Notes which kinds have a schema where every decision looks anyway."""
    opened = state.get(tables.OPENED, state.project)
    if opened is not None:
        described = tuple(each.related_object for each in state.scan(tables.METADATA_SCHEMAS))
        state.put(tables.OPENED, structs.replace(opened, described=described), opened.id)


FOLDS: Folds = MappingProxyType(
    {
        MetadataSchemaCreated: schema_stored,
        MetadataSchemaUpdated: schema_stored,
        MetadataSchemaDeleted: schema_deleted,
    }
)
