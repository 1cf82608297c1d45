"""Locations: places and areas that rules and segments can name."""

from typing import Final, Literal

import msgspec

from schemas.base import Millis, Shape

LOCATIONS_MAX = 1000
#: How many points all rings of an area have together.
POINTS_MAX = 2000
#: Parts of a degree that coordinates are counted in: about a centimetre, so that all arithmetic on
#: them is exact.
PARTS_OF_DEGREE = 10_000_000
#: Longitude and latitude, counted so.
Point = tuple[int, int]


class Circle(Shape, tag="circle", frozen=True):
    """Everything within a distance of a point; `center` and `radius` as the caller wrote them."""

    center: str
    radius: str
    at: Point
    radius_m: float


class Area(Shape, tag="polygon", frozen=True):
    """Polygons; of each the first ring bounds it, the others are holes."""

    polygons: tuple[tuple[tuple[Point, ...], ...], ...]
    kind: Literal["Polygon", "MultiPolygon"] = "Polygon"


class Location(Shape, frozen=True):
    """A named place or area."""

    id: str
    name: str
    shape: Circle | Area
    created_at: Millis
    updated_at: Millis | None = None


class CreateLocation(Shape, tag="create_location", frozen=True):
    """Creates a location."""

    name: str
    shape: Circle | Area


class UpdateLocation(Shape, tag="update_location", frozen=True):
    """Sets the named fields, in the encoding of the state."""

    location_id: str
    changes: msgspec.Raw


class DeleteLocation(Shape, tag="delete_location", frozen=True):
    """Removes a location."""

    location_id: str


class LocationCreated(Shape, tag="location.created", frozen=True):
    """A location exists."""

    location: Location


class LocationUpdated(Shape, tag="location.updated", frozen=True):
    """A location changed; `location` is the whole after it."""

    location: Location


class LocationDeleted(Shape, tag="location.deleted", frozen=True):
    """A location is gone."""

    location: Location


LocationCommand = CreateLocation | UpdateLocation | DeleteLocation
LocationEvent = LocationCreated | LocationUpdated | LocationDeleted
#: Locations by themselves.
LOCATION_EVENTS: Final = frozenset({LocationCreated, LocationUpdated, LocationDeleted})
