"""Locations in the state."""

from types import MappingProxyType

from engine.kernel import tables
from engine.kernel.room import Folds
from engine.kernel.state import State
from schemas.base import Millis
from schemas.locations import LocationCreated, LocationDeleted, LocationUpdated


def location_stored(state: State, event: LocationCreated | LocationUpdated, _: Millis) -> None:
    """The location is as the event says."""
    location = event.location
    state.put(tables.LOCATIONS, location, location.id)
    state.put(tables.LOCATION_IDS, location.id, location.id)


def location_deleted(state: State, event: LocationDeleted, _: Millis) -> None:
    """The location is gone."""
    state.delete(tables.LOCATIONS, event.location.id)
    state.delete(tables.LOCATION_IDS, event.location.id)


FOLDS: Folds = MappingProxyType(
    {
        LocationCreated: location_stored,
        LocationUpdated: location_stored,
        LocationDeleted: location_deleted,
    }
)
