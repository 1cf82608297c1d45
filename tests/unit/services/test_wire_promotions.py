"""Promotion tiers and stacks, as clients of the API are held to see them."""

from typing import Any, Final

from tests.unit.services.world import World

OFF: Final = {"discount": {"type": "AMOUNT", "amount_off": 1}}
TIERS: Final = "/v1/promotions/N/tiers"


async def _ok(world: World, method: str, path: str, body: Any = None) -> Any:
    answer = await world.call(method, path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _promotion(world: World) -> str:
    body = {"name": "N", "campaign_type": "PROMOTION"}
    campaign_id: str = (await _ok(world, "POST", "/v1/campaigns", body))["id"]
    return campaign_id


async def test_a_tier_says_what_it_is_and_not_what_it_has_not(world: World) -> None:
    campaign_id = await _promotion(world)
    made = await _ok(world, "POST", TIERS, {"name": "T", "active": True, "action": OFF})
    tier_id, created_at = made["id"], made["created_at"]
    assert tier_id.startswith("promo_")
    assert made == {
        "id": tier_id, "name": "T", "banner": None, "action": OFF, "metadata": {}, "hierarchy": 1,
        "campaign_id": campaign_id, "category_id": None, "categories": [], "active": True,
        "campaign": {
            "id": campaign_id, "start_date": None, "expiration_date": None, "active": True,
            "category_id": None, "object": "campaign",
        },
        "summary": {
            "redemptions": {"total_redeemed": 0},
            "orders": {"total_amount": 0, "total_discount_amount": 0},
        },
        "created_at": created_at, "object": "promotion_tier",
    }  # fmt: skip
    world.ledger.now += 1000
    changed = await _ok(world, "PUT", f"/v1/promotions/tiers/{tier_id}", {"banner": "B"})
    assert changed == made | {"banner": "B", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > created_at
    campaign = await _ok(world, "GET", "/v1/campaigns/N")
    assert campaign["promotion"]["tiers"] == [changed | {"promotion_id": campaign_id}]


async def test_a_stack_says_exactly_what_it_is(world: World) -> None:
    campaign_id = await _promotion(world)
    ids = [(await _ok(world, "POST", TIERS, {"name": name}))["id"] for name in "AB"]
    category = await _ok(world, "POST", "/v1/categories", {"name": "C", "hierarchy": 2})
    path = "/v1/promotions/N/stacks"
    body = {"name": "S", "tiers": {"ids": ids}, "category_id": category["id"]}
    made = await _ok(world, "POST", path, body)
    assert made["id"].startswith("stack_")
    assert made == {
        "id": made["id"], "name": "S", "created_at": made["created_at"],
        "campaign_id": campaign_id, "object": "promotion_stack", "tiers": {"ids": ids},
        "category_id": category["id"], "categories": [category],
    }  # fmt: skip
    assert category.keys() == {"id", "name", "hierarchy", "created_at", "object"}
    said = {"ids": ids[::-1], "hierarchy_mode": "MANUAL"}
    changed = await _ok(world, "PUT", f"{path}/{made['id']}", {"tiers": said})
    assert changed["tiers"] == said
    kept = await _ok(world, "PUT", f"{path}/{made['id']}", {"tiers": {"ids": ids}})
    assert kept["tiers"] == {"ids": ids, "hierarchy_mode": "MANUAL"}
    again = await _ok(world, "POST", path, body | {"name": "T", "tiers": said})
    assert again["tiers"] == said


async def test_a_tier_may_have_no_discount_and_takes_nothing(world: World) -> None:
    await _promotion(world)
    plain = await _ok(world, "POST", TIERS, {"name": "T"})
    assert plain["id"].startswith("promo_")
    assert plain["action"] == {}
    off = await _ok(world, "POST", TIERS, {"name": "U", "action": OFF})
    stack = {"name": "S", "tiers": {"ids": [plain["id"], off["id"]]}}
    made = await _ok(world, "POST", "/v1/promotions/N/stacks", stack)
    for order in ({"amount": 1000}, {"items": [{"amount": 1000, "quantity": 2}]}):
        asked = {"redeemables": [{"object": "promotion_stack", "id": made["id"]}], "order": order}
        valid = await _ok(world, "POST", "/v1/validations", asked)
        assert valid["valid"] is True
        told = [each["result"].keys() for each in valid["redeemables"]]
        assert told == [set(), {"discount", "explanation"}]
        redeemed = await _ok(world, "POST", "/v1/redemptions", asked)
        assert [each["result"] for each in redeemed["redemptions"]] == ["SUCCESS", "SUCCESS"]
        assert redeemed["order"]["total_amount"] == 999
    alone: dict[str, Any] = {"redeemables": [{"object": "promotion_tier", "id": plain["id"]}]}
    for body in (alone, alone | {"order": {"amount": 1000}}):
        redeemed = await _ok(world, "POST", "/v1/redemptions", body)
        assert redeemed["redemptions"][0]["promotion_tier"]["action"] == {}
    single = f"/v1/promotions/tiers/{plain['id']}/validation"
    one = await _ok(world, "POST", single, {"order": {"amount": 1000}})
    assert (one["valid"], one["discount_amount"], "discount" in one) == (True, 0, False)
    suiting = await _ok(world, "POST", "/v1/qualifications", {})
    results = {each["id"]: each["result"].keys() for each in suiting["redeemables"]["data"]}
    assert results == {plain["id"]: set(), off["id"]: {"discount"}}


async def test_a_tier_gets_a_discount_and_loses_it(world: World) -> None:
    await _promotion(world)
    tier = await _ok(world, "POST", TIERS, {"name": "T"})
    path = f"/v1/promotions/tiers/{tier['id']}"
    assert (await _ok(world, "PUT", path, {"action": OFF}))["action"] == OFF
    same: list[dict[str, Any]] = [tier, {"action": {}}, {"action": None}, {"name": "U"}]
    for body in same:
        assert (await _ok(world, "PUT", path, body))["action"] == OFF
    assert (await _ok(world, "PUT", path, {"action": {"discount": None}}))["action"] == {}
