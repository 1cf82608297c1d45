"""What the editor shows of a location, and what was typed in it as the API takes it."""

import json
from collections.abc import Mapping
from typing import Any, Final

from services.dashboard.parts.show import Row
from services.dashboard.parts.typed_json import parse_json
from services.dashboard.sections.locations.naming import UNITS, circle_of, geojson_of, is_circle

NAMES: Final = ("name", "kind", "lat", "lng", "radius", "unit", "geojson")


def values_of_location(row: Row) -> dict[str, str]:
    """What the editor shows of a location that there is."""
    shape = row.get("shape") or {}
    lat, lng, radius, unit = circle_of(shape)
    geojson = geojson_of(shape)
    return {
        "name": str(row.get("name") or ""),
        "kind": "circle" if is_circle(row) else "polygon",
        "lat": lat,
        "lng": lng,
        "radius": radius,
        "unit": unit if is_circle(row) else "km",
        "geojson": json.dumps(geojson) if geojson else "",
    }


def read_shape(values: Mapping[str, str], errors: dict[str, str]) -> dict[str, Any]:
    """The shape as the API takes it; what is wrong goes into `errors`."""
    if values.get("kind") != "polygon":
        for name, said in (("lat", "latitude"), ("lng", "longitude"), ("radius", "radius")):
            if not values.get(name):
                errors[name] = f"The {said} is missing: click on the map, or type it."
        unit = values["unit"] if values.get("unit") in UNITS else "m"
        distance = {
            "center": f"{values.get('lat')},{values.get('lng')}",
            "radius": f"{values.get('radius')} {unit}",
        }
        return {"type": "circle", "format": "distance", "distance": distance}
    try:
        found = parse_json(values.get("geojson") or "null")
    except ValueError:
        errors["geojson"] = "This is no JSON."
        return {}
    if not isinstance(found, dict):
        errors["geojson"] = "Draw an area on the map, or paste its GeoJSON."
        return {}
    geojson = {"type": found.get("type"), "coordinates": found.get("coordinates")}
    return {"type": "polygon", "format": "geojson", "geojson": geojson}
