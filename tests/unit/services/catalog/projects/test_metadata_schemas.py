"""Metadata schemas over the management API."""

from typing import Any

import pytest

from tests.unit.services.catalog.projects.managing import PROJECTS, failed
from tests.unit.services.world import MANAGEMENT, World

SCHEMA = {
    "related_object": "voucher",
    "properties": {"brand": {"type": "string", "optional": False, "array": False}},
}


async def test_a_schema_is_made_read_changed_and_deleted(world: World) -> None:
    path = f"{PROJECTS}/proj/metadata-schemas"
    schema = (await world.call("POST", path, SCHEMA, MANAGEMENT)).json()
    assert schema["related_object"] == "voucher"
    assert schema["properties"]["brand"]["type"] == "string"
    assert failed(await world.call("POST", path, SCHEMA, MANAGEMENT)) == (409, "duplicate_found")
    one = f"{path}/{schema['id']}"
    changed = {"properties": {"size": {"type": "number", "lt": 5, "exact_length": None}}}
    updated = (await world.call("PUT", one, changed, MANAGEMENT)).json()
    assert set(updated["properties"]) == {"size"}
    assert repr(updated["properties"]["size"]["lt"]) == "5"
    assert updated["updated_at"] is not None
    assert (await world.call("GET", one, headers=MANAGEMENT)).json() == updated
    older = (await world.call("GET", "/v1/metadata-schemas/voucher")).json()
    assert older["id"] == schema["id"]
    listed = (await world.call("GET", "/v1/metadata-schemas")).json()
    assert (listed["schemas"], listed["total"]) == ([older], 1)
    assert (await world.call("DELETE", one, headers=MANAGEMENT)).status_code == 204
    assert failed(await world.call("GET", one, headers=MANAGEMENT)) == (404, None)
    assert failed(await world.call("GET", "/v1/metadata-schemas/voucher")) == (404, "not_found")


@pytest.mark.parametrize(
    "definition",
    [
        {"type": "text"},
        {"type": "number", "min_length": 1},
        {"type": "string", "lt": 1},
        {"type": "string", "eq": [1]},
        {"type": "number", "eq": ["1"]},
        {"type": "boolean", "eq": [1]},
        {"type": "string", "object_type": "place"},
        {"type": "string", "optional": "yes"},
        {"type": "string", "colour": "red"},
    ],
)
async def test_a_wrong_schema_is_refused(world: World, definition: dict[str, Any]) -> None:
    body = {"related_object": "voucher", "properties": {"brand": definition}}
    answer = await world.call("POST", f"{PROJECTS}/proj/metadata-schemas", body, MANAGEMENT)
    assert failed(answer) == (400, "invalid_payload")
