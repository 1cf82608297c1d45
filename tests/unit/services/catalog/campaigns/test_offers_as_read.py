"""What makes up an offer is taken back as it was read; what cannot be changed there is named."""

from typing import Any

import pytest

from tests.unit.services.world import World

ZONE = {"type": "circle", "distance": {"center": "52.2,21", "radius": "5 km"}}
OFF = {"discount": {"type": "PERCENT", "percent_off": 10}}


async def ok(world: World, method: str, path: str, body: Any = None) -> Any:
    response = await world.call(method, path, body)
    assert response.status_code == 200, response.text
    return response.json()


async def sale(world: World) -> dict[str, str]:
    """A promotion with all that it can have; the path of each part."""
    category = await ok(world, "POST", "/v1/categories", {"name": "Goods", "hierarchy": 2})
    rules = {"1": {"name": "order.amount", "conditions": {"$more_than": [5]}}}
    rule = await ok(world, "POST", "/v1/validation-rules", {"name": "R", "rules": rules})
    tier = {"name": "A", "action": OFF, "category": "Goods", "validation_rules": [rule["id"]]}
    body = {"name": "Sale", "campaign_type": "PROMOTION", "promotion": {"tiers": [tier]}}
    made = await ok(world, "POST", "/v1/campaigns", body)
    ids = [each["id"] for each in made["promotion"]["tiers"]]
    stack = {"name": "S", "tiers": {"ids": ids}, "category_id": category["id"]}
    stacks = f"/v1/promotions/{made['id']}/stacks"
    coin = {"coin": {"exchange_ratio": 0.5, "points_ratio": 2}}
    pays = {"name": "Pay", "type": "COIN", "parameters": coin, "metadata": {"a": 1}}
    reward = await ok(world, "POST", "/v1/rewards", pays)
    place = await ok(world, "POST", "/v1/locations", {"name": "L", "shape": ZONE})
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 7}}
    await ok(world, "POST", "/v1/vouchers/CARD", card)
    return {
        "campaign": f"/v1/campaigns/{made['id']}",
        "tier": f"/v1/promotions/tiers/{ids[0]}",
        "stack": f"{stacks}/{(await ok(world, 'POST', stacks, stack))['id']}",
        "category": f"/v1/categories/{category['id']}",
        "rule": f"/v1/validation-rules/{rule['id']}",
        "reward": f"/v1/rewards/{reward['id']}",
        "location": f"/v1/locations/{place['id']}",
        "card": "/v1/vouchers/CARD",
    }


async def test_what_was_read_changes_nothing(world: World) -> None:
    for what, path in (await sale(world)).items():
        read = await ok(world, "GET", path)
        await ok(world, "PUT", path, read)
        after = await ok(world, "GET", path)
        assert after | {"updated_at": None} == read | {"updated_at": None}, what


@pytest.mark.parametrize(
    ("what", "change", "named"),
    [
        ("tier", {"active": False}, "`.active` cannot be changed"),
        ("tier", {"id": "promo_other"}, "`.id` cannot be changed"),
        ("tier", {"campaign_id": "camp_other"}, "`.campaign_id` cannot be changed"),
        ("card", {"loyalty_card": {"points": 8}}, "`.loyalty_card.points` cannot be changed"),
        ("category", {"id": "cat_1"}, "`.name` or `.hierarchy` is required"),
    ],
)
async def test_what_cannot_be_changed_is_named(
    world: World, what: str, change: dict[str, Any], named: str
) -> None:
    path = (await sale(world))[what]
    refused = await world.call("PUT", path, change)
    assert refused.status_code == 400, refused.text
    assert named in refused.json()["details"]
