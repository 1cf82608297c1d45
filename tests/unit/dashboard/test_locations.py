"""Locations: the list, one of them, the editor, and a point that is tried."""

import json
from typing import Any

import pytest

from services.dashboard.parts.show import Show
from services.dashboard.sections.locations.naming import on_map, say_size, split_radius
from tests.unit.dashboard.kit import Browser, FakeApi, me_with

SHOW = Show("Europe/Warsaw", "EUR")
CIRCLE: dict[str, Any] = {
    "id": "loc_1",
    "name": "<script>Berlin</script>",
    "shape": {
        "type": "circle",
        "format": "distance",
        "distance": {"center": "52.52,13.4", "radius": "2 km"},
    },
}
RING: list[Any] = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
AREA: dict[str, Any] = {
    "id": "loc_2",
    "name": "Square",
    "shape": {
        "type": "polygon",
        "format": "geojson",
        "geojson": {"type": "Polygon", "coordinates": [RING]},
    },
}
USE: dict[str, Any] = {"id": "val_1", "object": "validation_rules", "name": "Near Berlin"}


def shop(*privileges: str) -> FakeApi:
    api = FakeApi(me_with(*privileges) if privileges else None)
    api.says("GET", "/v1/locations", {"data": [CIRCLE, AREA], "total": 2})
    for each in (CIRCLE, AREA):
        api.says("GET", f"/v1/locations/{each['id']}", each)
        api.says("GET", f"/v1/locations/{each['id']}/uses", {"data": [USE], "total": 7})
        api.says("PUT", f"/v1/locations/{each['id']}", each)
    api.says("POST", "/v1/locations", CIRCLE)
    counted = {"data": [{"id": "loc_1", "uses_count": 7}]}
    api.says("GET", "/v1/analytics/summaries", counted)
    return api


def test_a_row_tells_the_shape_its_size_and_how_often_it_is_used() -> None:
    rows = Browser(shop()).get("/locations").find_all("tr")
    for said in ("Circle", "2 km around the centre", "7"):
        assert said in rows[1].text
    assert "Area" in rows[2].text


def test_uses_of_all_rows_are_asked_for_at_once() -> None:
    api = shop()
    Browser(api).get("/locations")
    (asked,) = api.asked_for("GET", "/v1/analytics/summaries")
    assert dict(asked.url.params) == {"by": "location", "ids": "loc_1,loc_2"}


def test_a_square_degree_at_the_equator_is_as_large_as_it_is() -> None:
    # source: 111.195 km a degree on a sphere of 6371.0088 km
    assert say_size(AREA, SHOW) == "12,363.7 km²"


def test_a_hole_is_no_part_of_an_area() -> None:
    hole = [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75], [0.25, 0.25]]
    shape = AREA["shape"] | {"geojson": {"type": "Polygon", "coordinates": [RING, hole]}}
    assert say_size(AREA | {"shape": shape}, SHOW).startswith("9,272")


@pytest.mark.parametrize(
    ("text", "parts"),
    [("2 km", ("2", "km")), ("500", ("500", "m")), ("1.5nmi", ("1.5", "nmi")), ("3 m", ("3", "m"))],
)
def test_a_radius_is_a_number_and_its_unit(text: str, parts: tuple[str, str]) -> None:
    assert split_radius(text) == parts


def test_a_map_gets_metres() -> None:
    shown = on_map(CIRCLE)
    assert shown is not None
    assert shown["radius"] == 2000.0


def test_one_shows_its_map_and_what_asks_for_it() -> None:
    page = Browser(shop()).get("/locations/loc_1")
    assert page.find("input", **{"data-geo": "lat"})["value"] == "52.52"
    assert "/validation-rules/val_1" in page.links
    assert "The first 1 of 7." in page.text


def test_a_circle_is_saved_by_its_numbers() -> None:
    api = shop()
    form = {"name": "Berlin", "kind": "circle", "lat": "52.52", "lng": "13.4"}
    assert Browser(api).post("/locations/new", form | {"radius": "2", "unit": "km"}).status == 303
    sent = api.sent("POST", "/v1/locations")
    assert sent["shape"]["distance"] == {"center": "52.52,13.4", "radius": "2 km"}


def test_an_area_is_saved_by_its_geojson() -> None:
    api = shop()
    geojson = AREA["shape"]["geojson"]
    form = {"name": "Square", "kind": "polygon", "geojson": json.dumps(geojson)}
    assert Browser(api).post("/locations/loc_2/edit", form).status == 303
    assert api.sent("PUT", "/v1/locations/loc_2")["shape"]["geojson"] == geojson


@pytest.mark.parametrize("text", ["", "{", "[1]"])
def test_what_is_no_area_is_told_with_what_was_typed(text: str) -> None:
    api = shop()
    form = {"name": "Square", "kind": "polygon", "geojson": text}
    page = Browser(api).post("/locations/new", form)
    assert page.find("textarea", name="geojson")["aria-invalid"] == "true"
    assert not api.asked_for("POST", "/v1/locations")


def test_a_refused_shape_is_told_at_its_field() -> None:
    api = shop()
    api.refuses("POST", "/v1/locations", details="Property `.shape.distance.radius` is too large")
    form = {"name": "Earth", "kind": "circle", "lat": "0", "lng": "0", "radius": "9", "unit": "km"}
    page = Browser(api).post("/locations/new", form)
    assert page.find("input", name="radius")["aria-invalid"] == "true"


def test_a_point_is_tried_against_what_is_drawn() -> None:
    api = shop()
    api.says("POST", "/v1/locations/try", {"data": [CIRCLE], "total": 1, "in_shape": True})
    form = {"kind": "circle", "lat": "52.52", "lng": "13.4", "radius": "2", "unit": "km"}
    point = {"try_lat": "52.5", "try_lng": "13.4"}
    part = Browser(api).post("/locations/try", form | point, into="tried")
    assert "It is inside" in part.text
    assert "/locations/loc_1" in part.links
    sent = api.sent("POST", "/v1/locations/try")
    assert sent["point"] == {"lat": 52.5, "lon": 13.4}
    assert sent["shape"]["type"] == "circle"


def test_who_may_only_look_draws_nothing() -> None:
    browser = Browser(shop("locations.read"))
    assert "Edit" not in browser.get("/locations/loc_1").text
    assert browser.get("/locations/loc_1/edit").status == 403
