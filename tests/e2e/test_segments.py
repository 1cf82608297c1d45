"""Segments, with the official client, and locations, which it only reads."""

from functools import partial
from uuid import uuid4

import voucherify as sdk

from tests.contract.shapes import assert_shape
from tests.e2e.plain import Plain
from tests.e2e.shop import Shop, refused, told
from tests.e2e.system import eventually


def customer(shop: Shop, **metadata: object) -> str:
    body = sdk.CustomersCreateRequestBody.from_dict(
        {"source_id": uuid4().hex, "metadata": metadata}
    )
    return str(told(shop.customers.create_customer, body).id)


def entered(plain: Plain, who: str) -> bool:
    """Whether the customer's feed tells that it entered a segment."""
    feed = plain.get(f"/v1/customers/{who}/activity")["data"]
    return "customer.segment.entered" in {each["type"] for each in feed}


def test_a_segment_is_kept_asked_and_followed(shop: Shop, plain: Plain) -> None:
    segments = sdk.SegmentsApi(shop.vouchers.api_client)
    level = uuid4().hex
    early = customer(shop, level=level)
    conditions = {"junction": "and", "metadata.level": {"conditions": {"$is": [level]}}}
    body = {"name": "Level", "type": "auto-update", "filter": conditions}
    made = told(segments.create_segment, sdk.SegmentsCreateRequestBody.from_dict(body))
    assert told(segments.get_segment, made.id).filter == conditions
    late = customer(shop, level=level)
    other = customer(shop, level="none")
    for who, ids in ((early, [made.id]), (late, [made.id]), (other, [])):
        listed = told(shop.customers.list_customer_segments, who)
        assert [each.id for each in listed.data if each.name == "Level"] == ids
    # the one who was there before is found by an action, and told of, too
    for who in (early, late):
        eventually(partial(entered, plain, who))
    named = {"name": "Some", "type": "static", "customers": [other]}
    static = told(segments.create_segment, sdk.SegmentsCreateRequestBody.from_dict(named))
    listed = plain.get("/v1/segments", **{"filters[type][conditions][$is]": "static", "limit": 100})
    assert static.id in {each["id"] for each in listed["data"]}
    assert_shape(listed, "SegmentsListResponseBody")
    for each in (made, static):
        told(segments.delete_segment, each.id)
        assert refused(segments.get_segment, each.id)[:2] == (404, "not_found")


def test_a_location_bounds_a_segment(shop: Shop, plain: Plain) -> None:
    locations = sdk.LocationsApi(shop.vouchers.api_client)
    segments = sdk.SegmentsApi(shop.vouchers.api_client)
    distance = {"center": "52.2297,21.0122", "radius": "10 km"}
    shape = {"type": "circle", "format": "distance", "distance": distance}
    made = plain.ask("POST", "/v1/locations", json={"name": "Warsaw", "shape": shape}).json()
    found = told(locations.get_location, made["id"])
    assert (found.name, found.shape.distance.radius) == ("Warsaw", "10 km")
    assert made["id"] in {each.id for each in told(locations.list_locations).data}
    conditions = {"metadata.home": {"conditions": {"$inside": [made["id"]]}}}
    body = {"name": "Near", "type": "passive", "filter": conditions}
    near = told(segments.create_segment, sdk.SegmentsCreateRequestBody.from_dict(body))
    inside = customer(shop, home={"lat": 52.2, "lon": 21.0})
    outside = customer(shop, home={"lat": 50.0, "lon": 20.0})
    for who, within in ((inside, True), (outside, False)):
        listed = told(shop.customers.list_customer_segments, who)
        assert (near.id in {each.id for each in listed.data}) is within
    told(segments.delete_segment, near.id)
    gone = plain.ask("DELETE", f"/v1/locations/{made['id']}")
    assert gone.status_code == 204
    assert refused(locations.get_location, made["id"])[:2] == (404, "not_found")
