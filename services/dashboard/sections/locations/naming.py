"""How locations are told: what kind of shape, how large, and what a map needs of it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.dashboard.parts.show import NOTHING, Row, Show

BACK: Final = ("Locations", "/locations")
#: Units of a radius → metres.
UNITS: Final[Mapping[str, float]] = {
    "m": 1.0,
    "km": 1000.0,
    "mi": 1609.344,
    "yd": 0.9144,
    "ft": 0.3048,
    "nmi": 1852.0,
}
_EARTH_METRES: Final = 6_371_008.8
_SQUARE_KILOMETRE: Final = 1_000_000


def is_circle(row: Row) -> bool:
    """Whether it is a circle, and no area."""
    return bool((row.get("shape") or {}).get("type") == "circle")


def split_radius(text: str) -> tuple[str, str]:
    """The number and the unit of a radius; metres where none is said."""
    number = text.strip()
    for unit in sorted(UNITS, key=len, reverse=True):
        if number.endswith(unit):
            return number.removesuffix(unit).strip(), unit
    return number, "m"


def circle_of(shape: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Latitude, longitude, radius and its unit, as they are said."""
    distance = shape.get("distance") or {}
    lat, _, lng = str(distance.get("center") or "").partition(",")
    return (lat.strip(), lng.strip(), *split_radius(str(distance.get("radius") or "")))


def geojson_of(shape: Mapping[str, Any]) -> dict[str, Any] | None:
    """The GeoJSON of an area; None where it is none."""
    found = shape.get("geojson")
    return found if isinstance(found, dict) else None


def polygons_of(shape: Mapping[str, Any]) -> list[Any]:
    """The polygons of an area, each a list of rings."""
    geojson = geojson_of(shape) or {}
    found = geojson.get("coordinates") or []
    return [found] if geojson.get("type") == "Polygon" else list(found)


def say_kind(row: Row) -> str:
    """What kind of shape it is."""
    if is_circle(row):
        return "Circle"
    parts = len(polygons_of(row.get("shape") or {}))
    return "Area" if parts == 1 else f"{parts} areas"


def say_size(row: Row, show: Show) -> str:
    """The radius of a circle, or what an area covers."""
    shape = row.get("shape") or {}
    if is_circle(row):
        _, _, radius, unit = circle_of(shape)
        return f"{radius} {unit} around the centre"
    metres = sum(
        _ring_area(rings[0]) - sum(map(_ring_area, rings[1:]))
        for rings in polygons_of(shape)
        if rings
    )
    if metres <= 0:
        return NOTHING
    if metres < _SQUARE_KILOMETRE / 10:
        return f"{show.number(round(metres))} m²"
    return f"{show.number(round(metres / _SQUARE_KILOMETRE, 1))} km²"


def _ring_area(ring: Sequence[Sequence[float]]) -> float:
    """Square metres within a ring on the sphere, edges taking the short way in longitude."""
    total = 0.0
    for (lng, lat, *_), (next_lng, next_lat, *_) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        turn = math.radians((next_lng - lng + 180) % 360 - 180)
        total += turn * (2 + math.sin(math.radians(lat)) + math.sin(math.radians(next_lat)))
    return abs(total) * _EARTH_METRES**2 / 2


def on_map(row: Row) -> dict[str, Any] | None:
    """What the map shows of it; None where its numbers cannot be read."""
    shape, name = row.get("shape") or {}, str(row.get("name") or "")
    if not is_circle(row):
        geojson = geojson_of(shape)
        return {"name": name, "geojson": geojson} if geojson else None
    lat, lng, radius, unit = circle_of(shape)
    try:
        return {
            "name": name,
            "lat": float(lat),
            "lng": float(lng),
            "radius": float(radius) * UNITS[unit],
        }
    except ValueError:
        return None
