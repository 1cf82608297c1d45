"""Schemas of custom events, and what they refuse."""

from typing import Any

import pytest

from engine.kernel import tables
from schemas.api import CustomerInput
from schemas.custom_events import CustomEventTracked, TrackCustomEvent
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
from schemas.metadata import MetadataProperty
from tests.unit.engine.world import NOON, World, only, refused

PAGE = {"page": MetadataProperty("string"), "seconds": MetadataProperty("number", optional=True)}


def described(world: World, name: str = "visited") -> EventSchema:
    return only(world.when(CreateEventSchema(name, PAGE)), EventSchemaCreated).schema


def track(name: str, metadata: dict[str, Any] | None) -> TrackCustomEvent:
    return TrackCustomEvent(name, CustomerInput(source_id="ada"), metadata)


def test_a_schema_is_made_changed_and_deleted() -> None:
    world = World()
    schema = described(world)
    assert schema == EventSchema(schema.id, "visited", PAGE, NOON)
    assert schema.id.startswith("ces_")
    properties = {"page": MetadataProperty("string", optional=True)}
    changed = only(world.when(UpdateEventSchema(schema.id, properties)), EventSchemaUpdated).schema
    assert (changed.properties, changed.updated_at) == (properties, NOON)
    assert world.view.get(tables.EVENT_SCHEMAS, "visited") == changed
    only(world.when(DeleteEventSchema(schema.id)), EventSchemaDeleted)
    assert world.view.get(tables.EVENT_SCHEMAS, "visited") is None
    assert refused(world.when(UpdateEventSchema(schema.id, {}))) == "not_found"
    assert refused(world.when(DeleteEventSchema(schema.id))) == "not_found"


def test_a_name_has_one_schema_and_a_project_so_many() -> None:
    world = World()
    described(world)
    assert refused(world.when(CreateEventSchema("visited", {}))) == "duplicate_found"
    for number in range(EVENT_SCHEMAS_MAX - 1):
        described(world, f"e{number}")
    assert refused(world.when(CreateEventSchema("more", {}))) == "invalid_payload"


@pytest.mark.parametrize(
    "metadata", [None, {}, {"page": 5}, {"page": None}, {"page": "teas", "seconds": "5"}]
)
def test_an_event_that_does_not_fit_is_not_tracked(metadata: dict[str, Any] | None) -> None:
    world = World()
    described(world)
    assert refused(world.when(track("visited", metadata))) == "metadata_validation_failed"


def test_an_event_that_fits_or_has_no_schema_is_tracked() -> None:
    world = World()
    described(world)
    for name, metadata in (
        ("visited", {"page": "teas", "seconds": 5, "else": True}),
        ("left", {"page": 5}),
    ):
        record = world.when(track(name, metadata))
        assert isinstance(record.events[-1], CustomEventTracked)
