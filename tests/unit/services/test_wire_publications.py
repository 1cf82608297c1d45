"""Publications and custom events, as clients of the API are held to see them."""

from typing import Any, Final

import pytest

from tests.unit.services.world import CLIENT, World

AMOUNT: Final = {"type": "AMOUNT", "amount_off": 1000}
#: All that may be said of a customer.
ANN: Final = {
    "source_id": "ann@x", "name": "Ann", "email": "ann@shop.test", "phone": "1",
    "description": "d", "birthdate": "2000-01-01", "address": {"city": "C"},
}  # fmt: skip


async def _ok(world: World, path: str, body: Any, headers: Any = None) -> Any:
    answer = await world.call("POST", path, body, *([headers] if headers else []))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_customer_is_shown_in_the_short_form(world: World) -> None:
    customer = await _ok(world, "/v1/customers", ANN)
    voucher = await _ok(world, "/v1/vouchers", {"discount": AMOUNT})
    body = {"customer": {"id": customer["id"]}, "voucher": voucher["id"]}
    given = await _ok(world, "/v1/publications", body)
    known = {"id": customer["id"], "source_id": "ann@x", "name": "Ann", "email": "ann@shop.test"}
    assert given["customer"] == known | {"object": "customer"}
    assert given["tracking_id"] == "ann@x"
    tagged = body | {"customer": {"id": customer["id"], "metadata": {"vip": True}}}
    assert (await _ok(world, "/v1/publications", tagged))["customer"]["metadata"] == {"vip": True}


async def test_who_has_no_source_id_has_no_tracking_id(world: World) -> None:
    await world.voucher("A")
    given = await _ok(world, "/v1/publications", {"customer": {"name": "Ann"}, "voucher": "A"})
    assert "tracking_id" not in given
    customer = given["customer"]
    assert customer == {"id": customer["id"], "name": "Ann", "object": "customer"}


async def test_no_record_of_a_publication_has_the_source_id(world: World) -> None:
    await world.voucher("A")
    await _ok(world, "/v1/publications", {"customer": ANN, "voucher": "A"})
    [*_, event] = world.ledger.records[-1].events  # type: ignore[union-attr]
    assert event.publication.tracking_id.startswith("track_")  # type: ignore[union-attr]


async def test_the_voucher_says_whose_it_is_and_nothing_of_rules(world: World) -> None:
    rule = await _ok(world, "/v1/validation-rules", {"name": "R"})
    await world.voucher("A", validation_rules=[rule["id"]])
    given = await _ok(world, "/v1/publications", {"customer": ANN, "voucher": "A"})
    voucher = given["voucher"]
    assert "validation_rules_assignments" not in voucher
    assert (voucher["publish"]["count"], voucher["holder_id"]) == (1, given["customer_id"])
    assert voucher["updated_at"] == given["created_at"]
    assert voucher["assets"]["qr"]["url"].endswith(voucher["assets"]["qr"]["id"])
    said = ("metadata", "channel", "source_id", "result")
    assert [given[name] for name in said] == [{}, "API", None, "SUCCESS"]


async def test_what_the_customer_has_already_is_counted_once(world: World) -> None:
    await world.voucher("A")
    body = {"customer": ANN, "voucher": "A"}
    first = await _ok(world, "/v1/publications", body)
    again = await _ok(world, "/v1/publications", body)
    assert again["id"] != first["id"]
    assert again["voucher"] == first["voucher"]
    read = (await world.call("GET", "/v1/vouchers/A")).json()
    assert read["publish"]["count"] == 1


async def test_whole_objects_are_references(world: World) -> None:
    terms = {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}
    campaign = await _ok(
        world, "/v1/campaigns", {"name": "C", "type": "AUTO_UPDATE", "voucher": terms}
    )
    customer = await _ok(world, "/v1/customers", ANN)
    answer = await world.call(
        "POST", "/v1/publications", {"customer": customer, "campaign": campaign}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["voucher"]["campaign_id"] == campaign["id"]
    told = answer.headers["x-ignored-members"].split(", ")
    assert "campaign.voucher" in told
    assert not any(each.startswith("customer") for each in told)


@pytest.mark.parametrize(
    "named", [{"name": "C"}, {"id": "ID"}, {"name": "ID"}, {"name": "C", "id": "ID"}, "C", "ID"]
)
async def test_a_campaign_goes_by_its_name_or_id_wherever_it_stands(
    world: World, named: Any
) -> None:
    terms = {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}
    made = await _ok(world, "/v1/campaigns", {"name": "C", "voucher": terms, "vouchers_count": 2})
    if isinstance(named, dict):
        choice: Any = {k: made["id"] if v == "ID" else v for k, v in named.items()} | {"count": 2}
    else:
        choice = made["id"] if named == "ID" else named
    given = await _ok(world, "/v1/publications", {"customer": ANN, "campaign": choice})
    assert len(given["vouchers_id"]) == (2 if isinstance(named, dict) else 1)


@pytest.mark.parametrize("choice", [{}, {"count": 1}, {"name": None, "id": None}])
async def test_a_campaign_that_is_not_named_is_refused(world: World, choice: Any) -> None:
    body = {"customer": ANN, "campaign": choice}
    answer = await world.call("POST", "/v1/publications", body)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert "name or id is required" in answer.json()["details"]


async def test_null_counts_as_left_out(world: World) -> None:
    await world.voucher("A")
    customer = await _ok(world, "/v1/customers", ANN)
    nothing = {"campaign": None, "channel": None, "metadata": None}
    body = {"voucher": "A", "customer": {"id": customer["id"]}} | nothing
    assert (await _ok(world, "/v1/publications", body))["voucher"]["code"] == "A"


@pytest.mark.parametrize("path", ["/v1/events", "/client/v1/events"])
async def test_an_event_shows_of_its_customer_what_is_known(world: World, path: str) -> None:
    nothing = {"referral": None, "loyalty": None, "metadata": None}
    body = {"event": "e", "customer": {"source_id": "S"}} | nothing
    tracked = await _ok(world, path, body, CLIENT if path.startswith("/client") else None)
    customer = tracked["customer"]
    assert customer == {"id": customer["id"], "source_id": "S", "object": "customer"}
    assert (tracked["referral"], tracked["loyalty"], tracked["metadata"]) == (None, None, {})
