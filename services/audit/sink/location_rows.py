"""From an event to the row of the location that it changed; filters of collections ask of it."""

from schemas.locations import LocationCreated, LocationDeleted, LocationUpdated
from services.audit.sink.entities import EntityRow, entity_row, gone_row

KIND = "location"


def location_changed(
    project: str, event: LocationCreated | LocationUpdated
) -> tuple[EntityRow, ...]:
    """The location as it is."""
    return (entity_row(project, KIND, event.location, alias=event.location.name),)


def location_deleted(project: str, event: LocationDeleted) -> tuple[EntityRow, ...]:
    """That the location is gone."""
    return (gone_row(project, KIND, event.location.id, event.location.name),)
