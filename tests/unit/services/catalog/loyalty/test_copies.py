"""A copy of a program has what the program is made of, and nobody in it."""

from typing import Any, Final

from engine.earning.members import rules_of
from schemas.earning import CreateEarningRules, EarningRule, NewEarningRule
from tests.unit.services.catalog.loyalty.test_programs import CARD, PROGRAM, made
from tests.unit.services.world import World

EARN: Final[dict[str, Any]] = {
    "type": "PROPORTIONAL",
    "calculation_type": "ORDER_AMOUNT",
    "order": {"amount": {"every": 1000, "points": 3}},
}


async def test_a_copy_has_terms_rules_tiers_and_rewards_and_no_cards(world: World) -> None:
    rule = (await world.call("POST", "/v1/validation-rules", {"name": "R"})).json()["id"]
    body = PROGRAM | {"vouchers_count": 2, "validation_rules": [rule], "metadata": {"a": 1}}
    program = await made(world, body)
    rules = (NewEarningRule(EarningRule("", "", "order.paid", EARN, 0)),)
    await world.ledger.send("proj", CreateEarningRules("L", rules), key_kind="server")
    (earning,) = rules_of(world.ledger.view("proj"), program["id"])
    tier = {
        "name": "Gold",
        "points": {"from": 1},
        "earning_rules": {earning.id: {"type": "MULTIPLY", "multiplier": 2}},
    }
    assert (await world.call("POST", "/v1/loyalties/L/tiers", [tier])).status_code == 200
    answer = await world.call("POST", "/v1/loyalties/L/copy", {"name": "M"})
    assert answer.status_code == 200, answer.text
    copied = (await world.call("GET", "/v1/loyalties/M")).json()
    assert copied["id"] != program["id"]
    assert (copied["voucher"], copied["metadata"]) == (program["voucher"], {"a": 1})
    assert copied["voucher"]["loyalty_card"] == CARD["loyalty_card"]
    assert copied["vouchers_count"] == 0
    assert copied["validation_rules_assignments"]["data"][0]["rule_id"] == rule
    (other,) = rules_of(world.ledger.view("proj"), copied["id"])
    assert other.id != earning.id
    assert other.loyalty == earning.loyalty
    (gold,) = (await world.call("GET", "/v1/loyalties/M/tiers")).json()["data"]
    assert list(gold["earning_rules"]) == [other.id]


async def test_a_copy_needs_a_name_of_its_own_and_a_program(world: World) -> None:
    await made(world)
    for path, body, status in (
        ("L", {"name": "L"}, 409),
        ("L", {}, 400),
        ("L", {"name": ""}, 400),
        ("none", {"name": "M"}, 404),
    ):
        answer = await world.call("POST", f"/v1/loyalties/{path}/copy", body)
        assert answer.status_code == status, answer.text
