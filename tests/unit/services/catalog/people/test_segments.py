"""Segments over HTTP."""

from typing import Any

import pytest

from engine.answers.activity import activity_entries
from engine.answers.hook_events import hook_events
from engine.kernel import tables
from schemas.actions import RunChunk
from schemas.records import Decided
from tests.unit.services.world import World, asked

VIP = {"junction": "and", "metadata.vip": {"conditions": {"$is": [True]}}}


async def segment(world: World, **body: Any) -> dict[str, Any]:
    response = await world.call("POST", "/v1/segments", {"name": "S"} | body)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def customer(world: World, source_id: str, **body: Any) -> str:
    made = await world.call("POST", "/v1/customers", {"source_id": source_id} | body)
    return str(made.json()["id"])


async def test_segments_are_kept_listed_and_deleted(world: World) -> None:
    await customer(world, "a@b.test")
    static = await segment(world, type="static", customers=["a@b.test"])
    assert static.keys() == {"id", "name", "created_at", "type", "filter", "object"}
    assert (static["id"][:4], static["filter"], static["object"]) == ("seg_", None, "segment")
    auto = await segment(world, name="T", type="auto-update", filter=VIP)
    assert auto["filter"] == VIP
    passive = await segment(world, name="P", type="passive", filter=VIP)
    path = f"/v1/segments/{auto['id']}"
    assert (await world.call("GET", path)).json() == auto
    for query, names in (
        ("", {"S", "T", "P"}),
        ("?filters[type][conditions][$in][0]=static&order=-created_at", {"S"}),
        ("?filters[name][conditions][$is_not]=S", {"T", "P"}),
        (f"?ids[0]={passive['id']}&ids[1]={static['id']}", {"S", "P"}),
        (
            "?filters[junction]=or&filters[name][conditions][$is]=S&filters[id][conditions][$is]=x",
            {"S"},
        ),
    ):
        listed = (await world.call("GET", f"/v1/segments{query}")).json()
        assert {each["name"] for each in listed["data"]} == names, query
        assert listed["segments"] == listed["data"]
        assert listed["total"] == len(names)
    assert (await world.call("DELETE", path)).status_code == 204
    for method in ("GET", "DELETE"):
        missing = await world.call(method, path)
        assert (missing.status_code, missing.json()["resource_type"]) == (404, "segment")


async def test_a_customer_shows_its_segments(world: World) -> None:
    await customer(world, "a", metadata={"vip": True})
    await customer(world, "b")
    static = await segment(world, customers=["a", "b"])
    passive = await segment(world, name="P", type="passive", filter=VIP)
    for who, ids in (("a", {static["id"], passive["id"]}), ("b", {static["id"]})):
        listed = (await world.call("GET", f"/v1/customers/{who}/segments")).json()
        assert {each["id"] for each in listed["data"]} == ids
        assert listed["total"] == len(ids)
        assert all(each.keys() == {"id", "name", "object"} for each in listed["data"])
    assert (await world.call("GET", "/v1/customers/c/segments")).status_code == 404


WRONG: list[tuple[dict[str, Any], int, str]] = [
    ({"name": "S", "type": "static", "filter": VIP}, 400, "filter"),
    ({"name": "S", "type": "passive", "customers": []}, 400, "customers"),
    ({"name": "S", "type": "passive"}, 400, "filter"),
    ({"name": "", "type": "static"}, 400, "name"),
    ({"name": "S", "type": "dynamic"}, 400, "type"),
    ({"name": "S", "filter": {"x": {"conditions": {"$is": [1]}}}}, 400, ".filter.x"),
    ({"name": "S", "customers": ["nobody"]}, 404, "Cannot find customer"),
]


@pytest.mark.parametrize(("body", "status", "told"), WRONG)
async def test_what_a_segment_cannot_be(
    world: World, body: dict[str, Any], status: int, told: str
) -> None:
    refused = await world.call("POST", "/v1/segments", body)
    assert refused.status_code == status
    assert told in refused.json()["details"]


async def test_webhooks_and_the_feed_tell_of_entering_and_leaving(world: World) -> None:
    made = await segment(world, type="auto-update", filter=VIP)
    action_id = next(
        event.action.id
        for record in world.ledger.records
        if isinstance(record, Decided)
        for event in record.events
        if hasattr(event, "action")
    )
    for number in range(8):
        await world.ledger.send("proj", RunChunk(action_id, number), key_kind="system")
    ended = world.ledger.view("proj").get(tables.ACTIONS, action_id)
    assert ended is not None
    assert ended.status == "DONE"
    # the contract knows no action of that kind
    hidden = await world.call("GET", f"/v1/async-actions/{action_id}")
    assert (hidden.status_code, hidden.json()["resource_type"]) == (404, "async_action")
    who = await customer(world, "a", name="Ada", metadata={"vip": True})
    record = world.ledger.records[-1]
    assert isinstance(record, Decided)
    told = {each.name: each.data for each in hook_events(record)}
    simple = {"id": made["id"], "name": "S", "object": "segment"}
    assert told["customer.segment.entered"]["segment"] == simple
    assert told["customer.segment.entered"]["customer"]["name"] == "Ada"
    entries = {each.type: each for each in activity_entries(record)}
    entry = entries["customer.segment.entered"]
    assert (entry.customer_id, entry.data) == (who, {"segment": simple})
    await world.call("PUT", "/v1/customers/a", {"metadata": {"vip": False}})
    record = world.ledger.records[-1]
    assert isinstance(record, Decided)
    assert "customer.segment.left" in {each.name for each in hook_events(record)}


async def test_a_rule_asks_for_a_segment_at_once(world: World) -> None:
    made = await segment(world, type="passive", filter=VIP)
    rule = await world.call(
        "POST",
        "/v1/validation-rules",
        {
            "name": "R",
            "rules": {"1": {"name": "customer.segment", "conditions": {"$is": [made["id"]]}}},
        },
    )
    await world.voucher("A", validation_rules=[rule.json()["id"]])
    for metadata, key in (({"vip": False}, "customer_rules_violated"), ({"vip": True}, None)):
        body = asked("A", customer={"source_id": "a", "metadata": metadata})
        checked = (await world.call("POST", "/v1/validations", body)).json()
        error = checked["redeemables"][0]["result"].get("error", {})
        assert error.get("key") == key


async def test_a_segment_is_changed_and_sent_back_as_it_was_read(world: World) -> None:
    await customer(world, "a")
    static = await segment(world, type="static", customers=["a"])
    path = f"/v1/segments/{static['id']}"
    changed = await world.call("PUT", path, {"name": "T", "customers": []})
    assert changed.json()["name"] == "T"
    listed = (await world.call("GET", "/v1/customers/a/segments")).json()
    assert listed["data"] == []
    again = await world.call("PUT", path, changed.json())
    assert again.status_code == 200, again.text
    for wrong in ({"type": "passive"}, {"id": "seg_other"}, {"filter": VIP}):
        refused = await world.call("PUT", path, wrong)
        assert (refused.status_code, refused.json()["key"]) == (400, "invalid_payload")
    auto = await segment(world, name="A", type="auto-update", filter=VIP)
    changed = await world.call("PUT", f"/v1/segments/{auto['id']}", auto)
    assert (changed.json()["filter"], changed.json()["type"]) == (VIP, "auto-update")
    missing = await world.call("PUT", "/v1/segments/seg_none", {})
    assert (missing.status_code, missing.json()["resource_type"]) == (404, "segment")
