"""Customers, as clients of the API are held to see them."""

from typing import Any, Final

import pytest

from tests.unit.services.catalog.imports.uploading import done
from tests.unit.services.world import World, asked

BULK: Final = "/v1/customers/bulk/async"
ANN: Final = "/v1/customers/S"


async def _bulk(world: World, **said: Any) -> dict[str, Any]:
    """The customer after a bulk update."""
    action = await done(world, await world.call("POST", BULK, [{"source_id": "S"} | said]))
    assert action["operation_status"] == "SUCCESS"
    return await _read(world)


async def _read(world: World) -> dict[str, Any]:
    found: dict[str, Any] = (await world.call("GET", ANN)).json()
    return found


async def test_an_address_holds_the_lines_that_were_given(world: World) -> None:
    given = {"city": "C", "country": "US"}
    assert (await _bulk(world, address=given))["address"] == given
    none = {"city": None, "country": None}
    assert (await _bulk(world, address=none))["address"] == none
    assert (await _bulk(world, address={"line_1": "L"}))["address"] == none | {"line_1": "L"}


async def test_null_in_metadata_is_kept_as_well(world: World) -> None:
    assert (await _bulk(world, metadata={"test": None}))["metadata"] == {"test": None}


async def test_what_was_never_given_is_null_or_not_there(world: World) -> None:
    made = await _bulk(world, name="A")
    assert made["address"] is None
    assert "metadata" not in made


@pytest.mark.parametrize("way", ["POST", "PUT", "redemption", "order", "event"])
async def test_a_line_is_what_was_said_of_it_last(world: World, way: str) -> None:
    await world.voucher("A")
    await _bulk(world, address={"city": "C", "state": "T"})
    said = {"source_id": "S", "address": {"city": None, "line_2": "M"}}
    if way == "POST":
        answer = await world.call("POST", "/v1/customers", said)
    elif way == "PUT":
        answer = await world.call("PUT", ANN, said)
    elif way == "redemption":
        answer = await world.call("POST", "/v1/redemptions", asked("A", customer=said))
    elif way == "order":
        answer = await world.call("POST", "/v1/orders", {"customer": said})
    else:
        answer = await world.call("POST", "/v1/events", {"event": "e", "customer": said})
    assert answer.status_code == 200, answer.text
    # of the customer itself null is said on purpose, beside something else a client fills it in
    city = None if way in {"POST", "PUT"} else "C"
    wanted = {"city": city, "state": "T", "line_2": "M"}
    assert (await _read(world))["address"] == wanted
    # exactly as it was read it changes nothing
    before = len(world.ledger.records)
    await world.call("PUT", ANN, {"address": wanted})
    assert world.ledger.records[before].events[0].__struct_config__.tag == "customer.unchanged"  # type: ignore[union-attr]
    cleared = await world.call("PUT", ANN, {"address": None})
    assert cleared.json()["address"] is None


async def test_a_line_that_is_null_is_unknown_to_a_segment(world: World) -> None:
    await _bulk(world, address={"city": None})
    filter_ = {"junction": "and", "address.city": {"conditions": {"$is": ["C"]}}}
    body = {"name": "Of C", "type": "auto-update", "filter": filter_}
    assert (await world.call("POST", "/v1/segments", body)).status_code == 200
    assert (await world.call("GET", f"{ANN}/segments")).json()["total"] == 0
    await _bulk(world, address={"city": "C"})
    assert (await world.call("GET", f"{ANN}/segments")).json()["total"] == 1


async def test_forgetting_counts_what_the_service_counts(world: World) -> None:
    await _bulk(world)
    answer = await world.call("POST", f"{ANN}/permanent-deletion")
    assert answer.json()["data_json"] == {
        "events": 0, "daily_events": 0, "segments": 0, "orders": 0, "customer": 1,
    }  # fmt: skip
