"""Validation rules, as clients of the API are held to see them."""

from typing import Any, Final

from tests.unit.services.world import World

RULES: Final = {
    "1": {"name": "order.amount", "conditions": {"$more_than": [500000]}, "rules": {}},
}  # fmt: skip


async def _make_rule(world: World, **body: Any) -> dict[str, Any]:
    answer = await world.call("POST", "/v1/validation-rules", {"name": "R"} | body)
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    assert (await world.call("GET", f"/v1/validation-rules/{made['id']}")).json() == made
    return made


async def test_a_set_without_items_says_so_with_null(world: World) -> None:
    made = await _make_rule(world, rules=RULES, type="basic")
    assert made == {
        "id": made["id"], "name": "R", "rules": RULES | {"logic": "1"}, "type": "basic",
        "context_type": "global", "applicable_to": None, "created_at": made["created_at"],
        "object": "validation_rules",
    }  # fmt: skip


async def test_a_set_shows_the_lists_of_items_that_it_has(world: World) -> None:
    items = {"included": [{"object": "product", "id": "prod_1"}]}
    made = await _make_rule(world, applicable_to=items)
    entry = {
        "object": "product", "id": "prod_1", "strict": False, "effect": "APPLY_TO_EVERY",
        "repeat": 1, "skip_initially": 0, "target": "ITEM",
    }  # fmt: skip
    assert made["rules"] == {}
    assert made["applicable_to"] == {"included": [entry], "included_all": False}
    assert "assignments_count" not in made
    without = {"excluded": items["included"], "included_all": True}
    other = await _make_rule(world, applicable_to=without)
    assert other["applicable_to"] == {"excluded": [entry], "included_all": True}
    whole = await _make_rule(world, applicable_to={"included_all": True})
    assert whole["applicable_to"] == {"included_all": True}


async def test_a_set_counts_what_it_binds_once_it_binds_something(world: World) -> None:
    await world.voucher("A")
    made = await _make_rule(world)
    path = f"/v1/validation-rules/{made['id']}"
    bound = await world.call("POST", f"{path}/assignments", {"related_object_id": "A"})
    assert (await world.call("GET", path)).json() == made | {"assignments_count": 1}
    await world.call("DELETE", f"{path}/assignments/{bound.json()['id']}")
    assert (await world.call("GET", path)).json() == made


async def test_items_are_cleared_by_an_empty_object_and_stay_with_null(world: World) -> None:
    made = await _make_rule(
        world, applicable_to={"included": [{"object": "product", "id": "prod_1"}]}
    )
    path = f"/v1/validation-rules/{made['id']}"
    for said in (made, {"applicable_to": None}):
        same = (await world.call("PUT", path, said)).json()
        assert same["applicable_to"] == made["applicable_to"]
    cleared = (await world.call("PUT", path, {"applicable_to": {}})).json()
    assert cleared["applicable_to"] is None
