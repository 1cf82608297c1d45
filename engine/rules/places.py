"""Geopoints of metadata beside the project's locations, for rules and segments that ask of both."""

from collections.abc import Callable
from functools import partial
from typing import Any

from engine.kernel import tables
from engine.kernel.geo import contains_point, parse_geopoint
from engine.kernel.state import View
from engine.rules.place_tests import LocatedPoint
from schemas.locations import Location, Point

#: The location with an id, if there is one.
FindLocation = Callable[[str], Location | None]


def with_locations(view: View, value: Any) -> Any:
    """A value of metadata; each geopoint of it as one that knows the locations."""
    return with_locations_by(partial(view.get, tables.LOCATIONS), value)


def with_locations_by(find: FindLocation, value: Any) -> Any:
    """As `with_locations`, where the locations are elsewhere."""
    if isinstance(value, list):
        return [with_locations_by(find, each) for each in value]
    point = parse_geopoint(value)
    return value if point is None else LocatedPoint(point, partial(_is_inside, find, point))


def _is_inside(find: FindLocation, point: Point, location_id: str) -> bool:
    """Nothing is inside a location that does not exist."""
    location = find(location_id)
    return location is not None and contains_point(location.shape, point)
