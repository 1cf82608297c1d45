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


async def _say(world: World, way: str, said: dict[str, Any]) -> None:
    """Says something of the customer, in a request about the customer or another one."""
    answer = await {
        "POST": lambda: world.call("POST", "/v1/customers", said),
        "PUT": lambda: world.call("PUT", ANN, said),
        "redemption": lambda: world.call("POST", "/v1/redemptions", asked("S", customer=said)),
        "order": lambda: world.call("POST", "/v1/orders", {"customer": said}),
        "event": lambda: world.call("POST", "/v1/events", {"event": "e", "customer": said}),
        "publication": lambda: world.call(
            "POST", "/v1/publications", {"voucher": said["source_id"], "customer": said}
        ),
    }[way]()
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("way", ["POST", "PUT"])
async def test_a_line_that_is_null_is_kept_of_a_request_about_the_customer(
    world: World, way: str
) -> None:
    await _bulk(world, address={"city": "C", "state": "T"})
    await _say(world, way, {"source_id": "S", "address": {"city": None, "line_2": "M"}})
    wanted = {"city": None, "state": "T", "line_2": "M"}
    assert (await _read(world))["address"] == wanted
    # exactly as it was read it changes nothing
    before = len(world.ledger.records)
    await world.call("PUT", ANN, {"address": wanted})
    assert world.ledger.records[before].events[0].__struct_config__.tag == "customer.unchanged"  # type: ignore[union-attr]
    cleared = await world.call("PUT", ANN, {"address": None})
    assert cleared.json()["address"] is None


@pytest.mark.parametrize("way", ["redemption", "order", "event", "publication"])
async def test_a_line_that_is_null_says_nothing_in_passing(world: World, way: str) -> None:
    for code in ("S", "new"):
        await world.voucher(code)
    await _bulk(world, address={"city": "C", "state": "T"})
    await _say(world, way, {"source_id": "S", "address": {"city": None, "line_2": "M"}})
    wanted = {"city": "C", "state": "T", "line_2": "M"}
    assert (await _read(world))["address"] == wanted
    await _say(world, way, {"source_id": "S", "address": dict.fromkeys(wanted)})
    assert (await _read(world))["address"] == wanted
    await _say(world, way, {"source_id": "new", "address": {"city": None}})
    assert (await world.call("GET", "/v1/customers/new")).json()["address"] is None


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
