"""Points, circles and polygons on the earth: pure geometry, nothing of the project's state.

Points are (longitude, latitude), counted in ten-millionths of a degree, which is about a
centimetre. Polygons are decided exactly, in whole numbers: their edges are straight between the
coordinates (as GeoJSON has it), take the short way around the earth, so that they may cross the
antimeridian, and belong to the polygon. Circles are measured along a great circle of a sphere of
the earth's mean radius (haversine, in floating point): against the ellipsoid the distance is at
most 0.6% off, and its rounding is far below a millimetre.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import Any, Final

from schemas.locations import PARTS_OF_DEGREE, Area, Circle, Point

EARTH_RADIUS_M: Final = 6_371_008.8
TURN: Final = 360 * PARTS_OF_DEGREE
HALF_TURN: Final = 180 * PARTS_OF_DEGREE

Ring = Sequence[Point]


def make_point(longitude: float, latitude: float) -> Point:
    """The point at these degrees. Raises ValueError for what is not on the earth."""
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise ValueError("has to have a latitude of -90 to 90 and a longitude of -180 to 180")
    return round(longitude * PARTS_OF_DEGREE), round(latitude * PARTS_OF_DEGREE)


def to_degrees(part: int) -> float:
    """A coordinate in degrees."""
    return part / PARTS_OF_DEGREE


def parse_geopoint(value: Any) -> Point | None:
    """The point that `{lat, lon}` says; None: it says none."""
    if not isinstance(value, dict) or value.keys() != {"lat", "lon"}:
        return None
    lon, lat = value["lon"], value["lat"]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in (lon, lat)):
        return None
    try:
        return make_point(lon, lat)
    except ValueError:
        return None


def contains_point(shape: Circle | Area, point: Point) -> bool:
    """Whether the point is inside, the border included."""
    if isinstance(shape, Circle):
        return distance_m(shape.at, point) <= shape.radius_m
    return any(is_in_polygon(rings, point) for rings in shape.polygons)


def distance_m(one: Point, other: Point) -> float:
    """The metres between two points, by haversine."""
    (lon1, lat1), (lon2, lat2) = (
        (radians(to_degrees(lon)), radians(to_degrees(lat))) for lon, lat in (one, other)
    )
    haversine = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(haversine, 1.0)))


def is_in_polygon(rings: Sequence[Ring], point: Point) -> bool:
    """Whether the point is within the first ring and in none of the holes; borders are inside."""
    outer, *holes = rings
    if winding_number(outer, point) == 0:
        return False
    return all(winding_number(hole, point) in (0, None) for hole in holes)


def winding_number(ring: Ring, point: Point) -> int | None:
    """How often a closed ring goes around the point, crossings of the antimeridian counted out.

    0: the point is outside; None: it is on the border.
    """
    unrolled = unroll_ring(ring)
    longitude, latitude = point
    low = min(lon for lon, _ in unrolled)
    # the one turn of the point at which it can be within the ring
    start = longitude + -(-(low - longitude) // TURN) * TURN
    high = max(lon for lon, _ in unrolled)
    turns = 0
    while start <= high:
        found = _winding_number(unrolled, (start, latitude))
        if found is None:
            return None
        turns += found
        start += TURN
    return turns


def unroll_ring(ring: Ring) -> list[Point]:
    """The ring with longitudes that go on beyond a half turn, so that each edge is the short way."""
    (longitude, latitude), *others = ring
    unrolled = [(longitude, latitude)]
    for lon, lat in others:
        step = (lon - longitude + HALF_TURN) % TURN - HALF_TURN
        longitude += step
        unrolled.append((longitude, lat))
    return unrolled


def wrong_ring(ring: Ring) -> str | None:
    """Why a ring bounds nothing; None: it does."""
    if len(ring) < 4 or ring[0] != ring[-1]:
        return "does not have at least 4 positions, the last as the first"
    unrolled = unroll_ring(ring)
    if unrolled[0] != unrolled[-1]:
        return "goes around a pole"
    if _doubled_area(unrolled) == 0:
        return "has no area"
    return None


def _winding_number(ring: Ring, point: Point) -> int | None:
    x, y = point
    turns = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
        if side == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return None
        if y1 <= y < y2 and side > 0:
            turns += 1
        elif y2 <= y < y1 and side < 0:
            turns -= 1
    return turns


def _doubled_area(ring: Ring) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))
