"""The endpoints of locations; those that write are this system's own."""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

import msgspec
from fastapi import APIRouter
from pydantic import Field, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from engine.kernel import tables
from engine.kernel.geo import contains_point, make_point, parse_geopoint
from engine.kernel.state import View
from engine.kernel.zones import zone_of
from engine.locations.body import location_body
from engine.locations.decide import invalid_shape
from engine.projects.body import list_body
from fronts.fields import Body, Short, Shown
from fronts.query_string import read_parameters
from fronts.selection import Selection, select_page
from fronts.writes import Writes
from runtime.base.clock import clock_ms
from runtime.http.errors import ApiError, invalid_payload
from runtime.http.routing import Captured, caller_of, management_router
from schemas.base import ID_LENGTH_MAX, Millis
from schemas.errors import not_found
from schemas.locations import (
    POINTS_MAX,
    Area,
    Circle,
    CreateLocation,
    DeleteLocation,
    Location,
    UpdateLocation,
)
from services.catalog.reads import Reads

#: The metres of each unit of a radius; without one it is in metres.
UNITS_M: Final = {
    "": 1.0,
    "m": 1.0,
    "km": 1000.0,
    "mi": 1609.344,
    "yd": 0.9144,
    "ft": 0.3048,
    "nmi": 1852.0,
}
#: Half the way around the earth.
RADIUS_M_MAX: Final = 20_015_114.0
_NUMBER: Final = r"[0-9]{1,9}(?:\.[0-9]{1,15})?"
_CENTER: Final = re.compile(rf"(-?{_NUMBER})\s*,\s*(-?{_NUMBER})", re.ASCII)
_RADIUS: Final = re.compile(rf"({_NUMBER})\s*([a-z]*)", re.ASCII)

Name = Annotated[StrictStr, Field(min_length=1, max_length=ID_LENGTH_MAX)]


class DistanceBody(Body):
    """A circle: `center` is `latitude,longitude` in degrees, `radius` a number with its unit."""

    center: Short
    radius: Short


class GeojsonBody(Body):
    """Polygons as GeoJSON has them; positions are of longitude and latitude."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: Annotated[list[Any], Field(min_length=1, max_length=POINTS_MAX)]


class ShapeBody(Body):
    """A circle or an area."""

    type: Literal["circle", "polygon"]
    format: Literal["distance", "geojson"] | None = None
    distance: DistanceBody | None = None
    geojson: GeojsonBody | None = None


class CreateLocationBody(Body):
    """A new location."""

    name: Name
    shape: ShapeBody


class UpdateLocationBody(Body):
    """Changes of a location; only what is named changes."""

    name: Name | None = None
    shape: ShapeBody | None = None
    id: Shown = None
    created_at: Shown = None
    updated_at: Shown = None
    object: Literal["location"] | None = None


class TryLocationsBody(Body):
    """A point as metadata has it, and a shape that is not kept yet."""

    point: dict[str, Any]
    shape: ShapeBody | None = None


_SELECTION: Final[Selection[Location]] = Selection(
    texts=MappingProxyType({"id": lambda each: each.id, "name": lambda each: each.name}),
    times=MappingProxyType(
        {"created_at": lambda each: each.created_at, "updated_at": lambda each: each.updated_at}
    ),
    orders=MappingProxyType(
        {
            "created_at": lambda each: each.created_at,
            "updated_at": lambda each: each.updated_at or 0,
        }
    ),
    id_of=lambda each: each.id,
    more=frozenset({"end_date"}),
)


def location_router(
    writes: Writes, view_of: Reads, clock: Callable[[], Millis] = clock_ms
) -> APIRouter:
    """Locations: create, list, read, change, delete, and try."""
    router = management_router("locations")

    @router.get("/v1/locations")
    async def list_locations(request: Request) -> Response:
        view = await view_of(caller_of(request).project)
        given = read_parameters(request.query_params.multi_items(), zone_of(view))
        found = select_page(_SELECTION, view.scan(tables.LOCATIONS), given, clock())
        return writes.respond(request, 200, found.body(location_body))

    @router.post("/v1/locations")
    async def create(request: Request, body: CreateLocationBody) -> Response:
        command = CreateLocation(body.name, shape_of(body.shape))
        return await writes.write(request, "location.create", command)

    @router.post("/v1/locations/try")
    async def try_point(request: Request, body: TryLocationsBody) -> Response:
        view = await view_of(caller_of(request).project)
        return writes.respond(request, 200, locations_holding(view, body))

    @router.get("/v1/locations/{location:ident}")
    async def get(request: Request, location: Captured) -> Response:
        found = (await view_of(caller_of(request).project)).get(tables.LOCATIONS, location)
        if found is None:
            raise ApiError(not_found("location", location))
        return writes.respond(request, 200, location_body(found))

    @router.put("/v1/locations/{location:ident}")
    async def update(request: Request, location: Captured, body: UpdateLocationBody) -> Response:
        changes: dict[str, Any] = {}
        if body.name is not None:
            changes["name"] = body.name
        if body.shape is not None:
            changes["shape"] = shape_of(body.shape)
        if not changes:
            raise invalid_payload("Property `.name` or `.shape` is required")
        command = UpdateLocation(location, msgspec.Raw(msgspec.json.encode(changes)))
        return await writes.write(request, "location.update", command)

    @router.delete("/v1/locations/{location:ident}")
    async def delete(request: Request, location: Captured) -> Response:
        return await writes.write(request, "location.delete", DeleteLocation(location))

    return router


def locations_holding(view: View, body: TryLocationsBody) -> dict[str, Any]:
    """The locations that hold a point, and whether the shape does. Raises ApiError."""
    point = parse_geopoint(body.point)
    if point is None:
        raise invalid_payload("Property `.point` has to be `lat` and `lon`, in degrees")
    in_shape = None
    if body.shape is not None:
        shape = shape_of(body.shape)
        refusal = invalid_shape(shape)
        if refusal is not None:
            raise ApiError(refusal)
        in_shape = contains_point(shape, point)
    found = [each for each in view.scan(tables.LOCATIONS) if contains_point(each.shape, point)]
    return list_body([location_body(each) for each in found]) | {"in_shape": in_shape}


def shape_of(body: ShapeBody) -> Circle | Area:
    """The shape that a body describes. Raises ApiError."""
    own, other = ("distance", "geojson") if body.type == "circle" else ("geojson", "distance")
    if body.format not in (None, own):
        raise invalid_payload(f"Property `.shape.format` of a {body.type} is {own}")
    if getattr(body, other) is not None:
        raise invalid_payload(f"Property `.shape.{other}` does not belong to a {body.type}")
    if body.distance is not None:
        return circle_of(body.distance)
    if body.geojson is not None:
        return area_of(body.geojson)
    raise invalid_payload(f"Property `.shape.{own}` is required")


def circle_of(body: DistanceBody) -> Circle:
    """The circle that a body describes. Raises ApiError."""
    center = _CENTER.fullmatch(body.center.strip())
    if center is None:
        raise invalid_payload("Property `.shape.distance.center` is read as `latitude,longitude`")
    try:
        at = make_point(float(center[2]), float(center[1]))
    except ValueError as error:
        raise invalid_payload(f"Property `.shape.distance.center` {error}") from None
    radius = _RADIUS.fullmatch(body.radius.strip().lower())
    if radius is None or radius[2] not in UNITS_M:
        units = ", ".join(sorted(filter(None, UNITS_M)))
        raise invalid_payload(
            f"Property `.shape.distance.radius` is a number with a unit, one of {units}"
        )
    radius_m = float(radius[1]) * UNITS_M[radius[2]]
    if not 0 < radius_m <= RADIUS_M_MAX:
        raise invalid_payload(f"Property `.shape.distance.radius` is at most {RADIUS_M_MAX:.0f} m")
    return Circle(body.center, body.radius, at, radius_m)


def area_of(body: GeojsonBody) -> Area:
    """The area that a body describes. Raises ApiError."""
    polygons = body.coordinates if body.type == "MultiPolygon" else [body.coordinates]
    try:
        read = tuple(tuple(tuple(map(_position, ring)) for ring in rings) for rings in polygons)
    except (TypeError, ValueError, OverflowError):
        raise invalid_payload(
            "Property `.shape.geojson.coordinates` has to hold positions of a longitude of -180 to"
            " 180 and a latitude of -90 to 90"
        ) from None
    return Area(read, body.type)


def _position(given: Any) -> tuple[int, int]:
    """A position; what follows the latitude is an altitude, which counts for nothing."""
    if not isinstance(given, list) or len(given) not in (2, 3):
        raise ValueError("a position is wanted")
    longitude, latitude = given[:2]
    if isinstance(longitude, bool) or isinstance(latitude, bool):
        raise TypeError("numbers are wanted")
    return make_point(longitude, latitude)
