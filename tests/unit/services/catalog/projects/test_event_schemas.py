"""Schemas of custom events over the management API, and what they do to events."""

from typing import Any

import pytest

from tests.unit.services.catalog.projects.managing import PROJECTS, failed
from tests.unit.services.world import CLIENT, MANAGEMENT, SERVER, World

PATH = f"{PROJECTS}/proj/custom-event-schemas"
PROPERTIES = {"p": {"type": "number", "optional": True}}
SCHEMA = {"name": "s", "schema": {"properties": PROPERTIES}}


async def test_a_schema_is_made_read_changed_and_deleted(world: World) -> None:
    schema = (await world.call("POST", PATH, SCHEMA, MANAGEMENT)).json()
    assert schema == {
        "id": schema["id"],
        "name": "s",
        "schema": {"properties": {"p": PROPERTIES["p"] | {"deleted": False}}},
        "created_at": schema["created_at"],
        "updated_at": None,
        "object": "custom-event-schema",
    }
    one = f"{PATH}/{schema['id']}"
    assert (await world.call("GET", one, headers=MANAGEMENT)).json() == schema
    listed = (await world.call("GET", PATH, headers=MANAGEMENT)).json()
    assert (listed["object"], listed["data"], listed["total"]) == ("list", [schema], 1)
    assert failed(await world.call("POST", PATH, SCHEMA, MANAGEMENT)) == (409, "duplicate_found")
    # as it was read
    sent = schema | {"schema": {"properties": {}}}
    changed = (await world.call("PUT", one, sent, MANAGEMENT)).json()
    assert changed["schema"] == {"properties": {}}
    assert changed["updated_at"] is not None
    renamed = await world.call("PUT", one, SCHEMA | {"name": "t"}, MANAGEMENT)
    assert failed(renamed) == (400, "invalid_payload")
    assert (await world.call("DELETE", one, headers=MANAGEMENT)).status_code == 204
    for method in ("GET", "DELETE"):
        assert failed(await world.call(method, one, headers=MANAGEMENT)) == (404, None)
    assert failed(await world.call("PUT", one, SCHEMA, MANAGEMENT)) == (404, None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "s"},
        {"schema": {"properties": {}}},
        SCHEMA | {"name": ""},
        SCHEMA | {"name": "n" * 301},
        SCHEMA | {"schema": {}},
        SCHEMA | {"schema": {"properties": {"p": {"type": "object", "optional": True}}}},
        SCHEMA | {"schema": {"properties": {"p": {"type": "number", "optional": "no"}}}},
        SCHEMA | {"schema": {"properties": {"p": {"type": "number", "lt": 5}}}},
        SCHEMA | {"schema": {"properties": {"": {"type": "number"}}}},
        SCHEMA | {"schema": {"properties": {f"p{n}": {"type": "number"} for n in range(201)}}},
    ],
)
async def test_a_schema_that_makes_no_sense_is_refused(world: World, body: Any) -> None:
    answer = await world.call("POST", PATH, body, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")


@pytest.mark.parametrize("headers", [SERVER, CLIENT], ids=["server", "client"])
async def test_an_event_has_to_fit_its_schema(world: World, headers: dict[str, str]) -> None:
    await world.call("POST", PATH, SCHEMA, MANAGEMENT)
    path = "/v1/events" if headers is SERVER else "/client/v1/events"
    event = {"event": "s", "customer": {"source_id": "ada"}, "metadata": {"p": "five"}}
    answer = await world.call("POST", path, event, headers)
    assert failed(answer) == (400, "metadata_validation_failed")
    assert answer.json()["details"] == "Property .metadata.p should be a number"
    for fits in ({"metadata": {"p": 5}}, {"metadata": None}, {"event": "t"}):
        assert (await world.call("POST", path, event | fits, headers)).status_code == 200
