"""Locations: created, changed, deleted. Rules that name one that is gone find nothing in it."""

from types import MappingProxyType

from msgspec import structs

from engine.kernel import tables
from engine.kernel.changes import change_entity
from engine.kernel.decision import Decision
from engine.kernel.geo import wrong_ring
from engine.kernel.ids import new_id
from engine.kernel.room import Decisions
from engine.kernel.state import View
from schemas.base import Millis
from schemas.commands import Command
from schemas.errors import Refusal, not_found, refuse
from schemas.locations import (
    LOCATIONS_MAX,
    POINTS_MAX,
    Area,
    Circle,
    CreateLocation,
    DeleteLocation,
    Location,
    LocationCreated,
    LocationDeleted,
    LocationUpdated,
    UpdateLocation,
)

#: What an update may name.
UPDATABLE = frozenset({"name", "shape"})


def create_location(
    view: View, command: Command, body: CreateLocation, now: Millis
) -> Decision | Refusal:
    """Creates a location; its name need not be new."""
    if sum(1 for _ in view.scan(tables.LOCATION_IDS)) >= LOCATIONS_MAX:
        reason = f"A project has at most {LOCATIONS_MAX} locations"
        return refuse("invalid_payload", reason)
    wrong = invalid_shape(body.shape)
    if wrong is not None:
        return wrong
    location = Location(new_id(command.seed, "loc_"), body.name, body.shape, now)
    return Decision((LocationCreated(location),))


def update_location(
    view: View, _: Command, body: UpdateLocation, now: Millis
) -> Decision | Refusal:
    """Sets the name, the shape, or both."""
    location = view.get(tables.LOCATIONS, body.location_id)
    if location is None:
        return not_found("location", body.location_id)
    after = change_entity(location, body.changes, UPDATABLE)
    if isinstance(after, Refusal):
        return after
    wrong = invalid_shape(after.shape)
    if wrong is not None:
        return wrong
    return Decision((LocationUpdated(structs.replace(after, updated_at=now)),))


def delete_location(view: View, _: Command, body: DeleteLocation, __: Millis) -> Decision | Refusal:
    """Removes a location."""
    location = view.get(tables.LOCATIONS, body.location_id)
    if location is None:
        return not_found("location", body.location_id)
    return Decision((LocationDeleted(location),))


def invalid_shape(shape: Circle | Area) -> Refusal | None:
    """The refusal of an area that is none, or has too many points."""
    if isinstance(shape, Circle):
        return None
    if not shape.polygons or not all(shape.polygons):
        return _invalid("has to have a polygon with a ring")
    if sum(len(ring) for polygon in shape.polygons for ring in polygon) > POINTS_MAX:
        return _invalid(f"has more than {POINTS_MAX} positions")
    for polygon in shape.polygons:
        for ring in polygon:
            wrong = wrong_ring(ring)
            if wrong is not None:
                return _invalid(f"has a ring that {wrong}")
    return None


def _invalid(reason: str) -> Refusal:
    return refuse("invalid_payload", f"Property `.shape.geojson.coordinates` {reason}")


DECISIONS: Decisions = MappingProxyType(
    {
        CreateLocation: create_location,
        UpdateLocation: update_location,
        DeleteLocation: delete_location,
    }
)
