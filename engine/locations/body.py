"""Locations. Source: the API contract's schemas of locations."""

from types import MappingProxyType
from typing import Any

from engine.kernel.calendar import iso, iso_or_none
from engine.kernel.encode import Body
from engine.kernel.geo import to_degrees
from engine.kernel.room import Answers, shows, shows_nothing
from schemas.locations import (
    Area,
    Circle,
    Location,
    LocationCreated,
    LocationDeleted,
    LocationUpdated,
)


def location_body(location: Location) -> Body:
    """The location as its endpoints show it."""
    shape = location.shape
    return {
        "id": location.id,
        "object": "location",
        "name": location.name,
        "shape": _circle(shape) if isinstance(shape, Circle) else _area(shape),
        "created_at": iso(location.created_at),
        "updated_at": iso_or_none(location.updated_at),
    }


def _circle(circle: Circle) -> Body:
    distance = {"center": circle.center, "radius": circle.radius}
    return {"type": "circle", "format": "distance", "distance": distance}


def _area(area: Area) -> Body:
    polygons = [
        [[[to_degrees(lon), to_degrees(lat)] for lon, lat in ring] for ring in rings]
        for rings in area.polygons
    ]
    coordinates: list[Any] = polygons if area.kind == "MultiPolygon" else polygons[0]
    geojson = {"type": area.kind, "coordinates": coordinates}
    return {"type": "polygon", "format": "geojson", "geojson": geojson}


ANSWERS: Answers = MappingProxyType(
    {
        LocationCreated: shows(location_body, "location"),
        LocationUpdated: shows(location_body, "location"),
        LocationDeleted: shows_nothing,
    }
)
