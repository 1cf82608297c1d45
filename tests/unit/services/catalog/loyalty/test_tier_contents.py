"""What the earning rules of a program give to members of a tier."""

from typing import Any, Final

from schemas.earning import CreateEarningRules, EarningRule, NewEarningRule
from tests.unit.services.catalog.loyalty.test_tiers import SILVER, TIERS, _program
from tests.unit.services.world import World

FIXED: Final = {"type": "FIXED", "points": 5}
PROPORTIONAL: Final = {
    "type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT",
    "order": {"amount": {"every": 1000, "points": 3}},
}  # fmt: skip


async def _rules(world: World, *loyalties: dict[str, Any], active: bool = True) -> list[str]:
    rules = tuple(
        NewEarningRule(EarningRule("", "", "order.paid", each, 0, active=active))
        for each in loyalties
    )
    record: Any = (
        await world.ledger.send("proj", CreateEarningRules("L", rules), key_kind="server")
    ).record
    return [each.rule.id for each in record.events if hasattr(each, "rule")]


async def test_rules_are_listed_with_the_points_that_the_tier_gives(world: World) -> None:
    await _program(world)
    fixed, proportional, other, plain = await _rules(
        world, FIXED, PROPORTIONAL, PROPORTIONAL, FIXED
    )
    mappings = {
        fixed: {"type": "MULTIPLY", "multiplier": 1.5},
        proportional: {"type": "MULTIPLY", "multiplier": 2},
        other: {"type": "CUSTOM", "points": 7},
    }
    [tier] = (await world.call("POST", TIERS, [SILVER | {"earning_rules": mappings}])).json()

    answer = await world.call("GET", f"{TIERS}/{tier['id']}/earning-rules")

    shown = {each["id"]: each for each in answer.json()["data"]}
    assert answer.json()["total"] == 4
    assert shown[fixed]["loyalty"] == {"type": "FIXED", "points": 8}
    assert shown[proportional]["loyalty"] == PROPORTIONAL
    assert shown[other]["loyalty"] == {"type": "FIXED", "points": 7}
    assert shown[plain]["loyalty"] == FIXED
    assert {name: each.get("mapping") for name, each in shown.items()} == mappings | {plain: None}


async def test_rules_that_are_switched_off_give_nothing(world: World) -> None:
    [tier] = await _program(world, SILVER)
    await _rules(world, FIXED, active=False)
    assert (await world.call("GET", f"{TIERS}/{tier['id']}/earning-rules")).json()["data"] == []


async def test_rules_are_listed_page_by_page(world: World) -> None:
    [tier] = await _program(world, SILVER)
    ids = await _rules(world, FIXED, FIXED, FIXED)
    path = f"{TIERS}/{tier['id']}/earning-rules"
    pages = [(await world.call("GET", f"{path}?limit=2&page={n}")).json() for n in (1, 2)]
    assert [len(page["data"]) for page in pages] == [2, 1]
    assert {each["id"] for page in pages for each in page["data"]} == set(ids)
    assert (await world.call("GET", f"{path}?order=name")).status_code == 400
    assert (await world.call("GET", f"{TIERS}/none/earning-rules")).status_code == 404


async def test_rewards_are_listed_with_what_they_cost_in_the_tier(world: World) -> None:
    await _program(world)
    rewards = []
    for name in ("cheaper", "fixed", "plain"):
        product = (await world.call("POST", "/v1/products", {"name": name})).json()
        body = {"name": name, "type": "MATERIAL", "parameters": {"product": {"id": product["id"]}}}
        rewards.append((await world.call("POST", "/v1/rewards", body)).json()["id"])
    for reward in rewards:
        offer = {"campaign": "L", "parameters": {"loyalty": {"points": 100}}}
        answer = await world.call("POST", f"/v1/rewards/{reward}/assignments", offer)
        assert answer.status_code == 200, answer.text
    mappings = {
        rewards[0]: {"type": "MULTIPLY", "multiplier": 0.5},
        rewards[1]: {"type": "CUSTOM", "points": 7},
    }
    [tier] = (await world.call("POST", TIERS, [SILVER | {"rewards": mappings}])).json()

    listed = (await world.call("GET", f"{TIERS}/{tier['id']}/rewards")).json()

    costs = {
        each["reward"]["name"]: each["assignment"]["parameters"]["loyalty"]["points"]
        for each in listed["data"]
    }
    assert costs == {"cheaper": 50, "fixed": 7, "plain": 100}
    assert listed["total"] == 3
    assert {each["object"] for each in listed["data"]} == {"loyalty_tier_reward"}
