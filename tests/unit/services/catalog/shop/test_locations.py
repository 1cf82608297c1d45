"""Locations over HTTP, and rules and segments that ask whether a point is inside one."""

from typing import Any

import pytest

from tests.unit.services.world import World, asked

CIRCLE = {
    "type": "circle",
    "format": "distance",
    "distance": {"center": "52.2297, 21.0122", "radius": "5 km"},
}
RING = [[20.0, 50.0], [22.0, 50.0], [22.0, 53.0], [20.0, 53.0], [20.0, 50.0]]
POLYGON = {
    "type": "polygon",
    "format": "geojson",
    "geojson": {"type": "Polygon", "coordinates": [RING]},
}
MULTI = {
    "type": "polygon",
    "format": "geojson",
    "geojson": {"type": "MultiPolygon", "coordinates": [[RING]]},
}
WARSAW = {"lat": 52.23, "lon": 21.01}
CRACOW = {"lat": 50.0647, "lon": 19.945}


async def location(world: World, shape: dict[str, Any], name: str = "L") -> dict[str, Any]:
    response = await world.call("POST", "/v1/locations", {"name": name, "shape": shape})
    assert response.status_code == 200, response.text
    return dict(response.json())


@pytest.mark.parametrize("shape", [CIRCLE, POLYGON, MULTI])
async def test_a_location_shows_its_shape_as_it_was_given(
    world: World, shape: dict[str, Any]
) -> None:
    made = await location(world, shape)
    assert made.keys() == {"id", "object", "name", "shape", "created_at", "updated_at"}
    assert (made["id"][:4], made["object"], made["updated_at"]) == ("loc_", "location", None)
    assert made["shape"] == shape
    assert (await world.call("GET", f"/v1/locations/{made['id']}")).json() == made


async def test_locations_are_changed_listed_and_deleted(world: World) -> None:
    one = await location(world, CIRCLE, "one")
    await location(world, POLYGON, "two")
    path = f"/v1/locations/{one['id']}"
    changed = (await world.call("PUT", path, {"name": "uno"})).json()
    assert (changed["name"], changed["shape"]) == ("uno", CIRCLE)
    assert changed["updated_at"]
    assert (await world.call("PUT", path, {"shape": MULTI})).json()["shape"] == MULTI
    assert (await world.call("PUT", path, {})).status_code == 400
    for query, names in (
        ("", {"uno", "two"}),
        ("?filters[name][conditions][$contains]=w", {"two"}),
        ("?filters[updated_at][conditions][$has_value]=", {"uno"}),
        ("?filters[created_at][conditions][$less_than_ago]=100000", {"uno", "two"}),
        ("?filters[created_at][conditions][$more_than_ago]=1", {"uno", "two"}),
        ("?filters[created_at][conditions][$less_than_future]=9", set()),
        ("?filters[created_at][conditions][$more_than_future]=1", set()),
        ("?order=-updated_at&limit=1", {"uno"}),
        ("?end_date=2000-01-01", set()),
    ):
        listed = (await world.call("GET", f"/v1/locations{query}")).json()
        assert {each["name"] for each in listed["data"]} == names, query
        assert listed["has_more"] is ("limit" in query)
    assert (await world.call("DELETE", path)).status_code == 204
    for method, body in (("GET", None), ("DELETE", None), ("PUT", {"name": "x"})):
        missing = await world.call(method, path, body)
        assert (missing.status_code, missing.json()["resource_type"]) == (404, "location")


def circle(center: str = "0,0", radius: str = "1 km") -> dict[str, Any]:
    return {"type": "circle", "distance": {"center": center, "radius": radius}}


def polygon(*rings: Any, kind: str = "Polygon") -> dict[str, Any]:
    return {"type": "polygon", "geojson": {"type": kind, "coordinates": list(rings)}}


WRONG: list[tuple[dict[str, Any], str]] = [
    (circle("91,0"), "center` has to have a latitude of -90 to 90"),
    (circle("0,181"), "center"),
    (circle("somewhere"), "center"),
    (circle(radius="5 parsec"), "radius"),
    (circle(radius="-1 km"), "radius"),
    (circle(radius="0 m"), "radius"),
    (circle(radius="20016 km"), "radius"),
    ({"type": "circle"}, ".shape.distance"),
    ({"type": "polygon"}, ".shape.geojson"),
    (CIRCLE | {"format": "geojson"}, ".shape.format"),
    (CIRCLE | {"geojson": POLYGON["geojson"]}, ".shape.geojson"),
    (polygon(RING[:3]), "at least 4"),
    (polygon(RING[:-1]), "coordinates` has a ring that does not have at least 4"),
    (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "no area"),
    (polygon([[0, 80], [120, 80], [-120, 80], [0, 80]]), "pole"),
    (polygon([[0, 0], [1, 95], [2, 2], [0, 0]]), "latitude"),
    (polygon([["0", 0], [1, 1], [2, 0], ["0", 0]]), "latitude"),
    (polygon([[0, 0, 1, 1]]), "latitude"),
    (polygon(1), "latitude"),
    (polygon([], kind="MultiPolygon"), "a polygon with a ring"),
    (polygon([[n / 100, n % 2] for n in range(2001)]), "more than 2000"),
]


@pytest.mark.parametrize(("shape", "told"), WRONG)
async def test_what_is_no_shape_is_told(world: World, shape: dict[str, Any], told: str) -> None:
    refused = await world.call("POST", "/v1/locations", {"name": "L", "shape": shape})
    assert refused.status_code == 400, refused.text
    assert told in refused.json()["details"]


async def test_a_point_is_tried(world: World) -> None:
    for name, shape in (("near", CIRCLE), ("around", POLYGON)):
        await location(world, shape, name)
    for point, more, names, inside in (
        (WARSAW, {}, {"near", "around"}, None),
        (WARSAW, {"shape": CIRCLE}, {"near", "around"}, True),
        (CRACOW, {"shape": CIRCLE}, set(), False),
        ({"lat": 51, "lon": 21}, {"shape": MULTI}, {"around"}, True),
    ):
        body = {"point": point, **more}
        answer = (await world.call("POST", "/v1/locations/try", body)).json()
        assert {each["name"] for each in answer["data"]} == names
        assert (answer["total"], answer["in_shape"]) == (len(names), inside)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, ".point"),
        ({"point": "52,21"}, ".point"),
        ({"point": {"lat": 91, "lon": 0}}, ".point"),
        ({"point": WARSAW, "shape": {"type": "circle"}}, ".shape.distance"),
        ({"point": WARSAW, "shape": POLYGON | {"geojson": {"type": "Polygon", "coordinates": [RING[:2]]}}}, ".shape.geojson"),
    ],
)  # fmt: skip
async def test_a_point_that_is_none_is_not_tried(
    world: World, body: dict[str, Any], told: str
) -> None:
    answer = await world.call("POST", "/v1/locations/try", body)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert told in answer.json()["details"]


async def test_rules_ask_whether_a_point_is_inside(world: World) -> None:
    made = await location(world, CIRCLE)
    for operator, where, applies in (
        ("$inside", WARSAW, True),
        ("$inside", CRACOW, False),
        ("$inside", [CRACOW, WARSAW], True),
        ("$inside", None, False),
        ("$not_inside", CRACOW, True),
        ("$not_inside", WARSAW, False),
        ("$not_inside", None, True),
    ):
        conditions = {operator: ["loc_none", made["id"]]}
        rules = {"1": {"name": "order.metadata", "property": "at", "conditions": conditions}}
        rule = await world.call("POST", "/v1/validation-rules", {"name": "R", "rules": rules})
        assert rule.status_code == 200, rule.text
        code = f"V{len(world.ledger.records)}"
        await world.voucher(code, validation_rules=[rule.json()["id"]])
        body = asked(code)
        if where is not None:
            body["order"]["metadata"] = {"at": where}
        checked = (await world.call("POST", "/v1/validations", body)).json()
        assert checked["valid"] is applies, (operator, where)


async def test_collections_ask_where_products_are(world: World) -> None:
    made = await location(world, CIRCLE)
    given = {"metadata.at": {"conditions": {"$inside": [made["id"]]}}}
    body = {"name": "Here", "type": "AUTO_UPDATE", "filter": given}
    here = (await world.call("POST", "/v1/product-collections", body)).json()
    assert here["filter"] == {"junction": "and"} | given
    named = {
        "name": "product.id",
        "conditions": {"$is": [{"id": here["id"], "type": "products_collection"}]},
    }
    rule = await world.call("POST", "/v1/validation-rules", {"name": "R", "rules": {"1": named}})
    assert rule.status_code == 200, rule.text
    await world.voucher("V", validation_rules=[rule.json()["id"]])
    for source_id, where, applies in (("w", WARSAW, True), ("k", CRACOW, False)):
        product = {"source_id": source_id, "metadata": {"at": where}}
        assert (await world.call("POST", "/v1/products", product)).status_code == 200
        line = {"source_id": source_id, "quantity": 1, "price": 100}
        checked = await world.call(
            "POST", "/v1/validations", asked("V") | {"order": {"items": [line]}}
        )
        assert checked.json()["valid"] is applies


async def test_the_operator_is_for_metadata_and_takes_ids(world: World) -> None:
    for rule in (
        {"name": "order.amount", "conditions": {"$inside": ["loc_1"]}},
        {"name": "order.metadata", "property": "at", "conditions": {"$inside": [1]}},
    ):
        body = {"name": "R", "rules": {"1": rule}}
        refused = await world.call("POST", "/v1/validation-rules", body)
        assert (refused.status_code, refused.json()["key"]) == (400, "invalid_validation_rules")


async def test_segments_ask_where_customers_are(world: World) -> None:
    made = await location(world, POLYGON)
    filter_ = {"metadata.home": {"conditions": {"$inside": [made["id"]]}}}
    segment = await world.call(
        "POST", "/v1/segments", {"name": "S", "type": "passive", "filter": filter_}
    )
    assert segment.status_code == 200, segment.text
    for source_id, home, total in (("w", WARSAW, 1), ("k", CRACOW, 0)):
        customer = {"source_id": source_id, "metadata": {"home": home}}
        await world.call("POST", "/v1/customers", customer)
        listed = (await world.call("GET", f"/v1/customers/{source_id}/segments")).json()
        assert listed["total"] == total
