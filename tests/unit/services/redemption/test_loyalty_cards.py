"""Rewards of paying with points, and loyalty cards that pay for them, over HTTP."""

from typing import Any

import pytest

from engine.answers.hook_events import hook_events
from engine.answers.transactions import transactions
from schemas.records import Decided
from tests.unit.services.world import World

COIN = {"coin": {"exchange_ratio": "0.5", "points_ratio": "10"}}


async def created(world: World, path: str, body: Any) -> dict[str, Any]:
    response = await world.call("POST", path, body)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def reward(world: World, ratio: Any = 1, points: Any = 1) -> str:
    """A reward by which `points` are worth `ratio` major units."""
    parameters = {"coin": {"exchange_ratio": ratio, "points_ratio": points}}
    made = await created(world, "/v1/rewards", {"name": "R", "parameters": parameters})
    return str(made["id"])


async def card(world: World, points: int = 100, **more: Any) -> dict[str, Any]:
    body = {"type": "LOYALTY_CARD", "loyalty_card": {"points": points}} | more
    return await created(world, "/v1/vouchers/CARD", body)


def paying(
    reward_id: str, points: int | None = None, amount: int = 10_000, **more: Any
) -> dict[str, Any]:
    asked: dict[str, Any] = {"id": reward_id}
    if points is not None:
        asked["points"] = points
    redeemable = {"object": "voucher", "id": "CARD", "reward": asked}
    return {"redeemables": [redeemable], "order": {"amount": amount}} | more


async def test_rewards_are_kept_changed_listed_and_deleted(world: World) -> None:
    body = {"name": "Pay", "parameters": COIN, "metadata": {"a": 1}}
    made = await created(world, "/v1/rewards", body)
    assert (made["id"][:4], made["object"], made["type"]) == ("rew_", "reward", "COIN")
    assert made["parameters"] == {"coin": {"exchange_ratio": 0.5, "points_ratio": 10}}
    assert (made["stock"], made["redeemed"], made["updated_at"]) == (None, None, None)
    path = f"/v1/rewards/{made['id']}"
    assert (await world.call("GET", path)).json() == made
    change = {"metadata": {"b": 2}, "parameters": {"coin": {"exchange_ratio": 2}}}
    changed = (await world.call("PUT", path, change)).json()
    assert changed["metadata"] == {"a": 1, "b": 2}
    assert changed["parameters"] == {"coin": {"exchange_ratio": 2, "points_ratio": 10}}
    assert (changed["name"], bool(changed["updated_at"])) == ("Pay", True)
    listed = (await world.call("GET", "/v1/rewards?limit=1")).json()
    assert (listed["total"], listed["data_ref"], len(listed["data"])) == (1, "data", 1)
    assert (await world.call("GET", "/v1/rewards?assignment_id=rewa_1")).json()["total"] == 0
    assert (await world.call("DELETE", path)).status_code == 204
    for method, said in (("GET", None), ("DELETE", None), ("PUT", {"name": "x"})):
        missing = await world.call(method, path, said)
        assert (missing.status_code, missing.json()["resource_type"]) == (404, "reward")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"parameters": COIN, "type": "MATERIAL"}, ".type"),
    ({"parameters": {}}, ".parameters`: one of"),
    ({"parameters": COIN | {"product": {"id": "prod_1"}}}, ".parameters`: one of"),
    ({"parameters": COIN, "stock": 1}, ".stock"),
    ({}, "parameters"),
    ({"parameters": {"coin": {"exchange_ratio": "0"}}}, "exchange_ratio"),
    ({"parameters": {"coin": {"exchange_ratio": "much"}}}, "exchange_ratio"),
    ({"parameters": {"coin": {"exchange_ratio": "9" * 40}}}, "exchange_ratio"),
    ({"parameters": {"coin": {"exchange_ratio": 1, "points_ratio": 0}}}, "points_ratio"),
    ({"parameters": {"coin": {"exchange_ratio": 1, "points_ratio": "1.5"}}}, "points_ratio"),
]


@pytest.mark.parametrize(("body", "told"), WRONG)
async def test_what_is_no_reward_is_told(world: World, body: dict[str, Any], told: str) -> None:
    refused = await world.call("POST", "/v1/rewards", {"name": "R"} | body)
    assert refused.status_code == 400
    assert told in refused.json()["details"]


async def test_a_loyalty_card_shows_its_points(world: World) -> None:
    made = await card(world)
    assert made["loyalty_card"] == {"points": 100, "balance": 100}
    assert (made["discount"], made["gift"]) == (None, None)
    assert made["redemption"]["redeemed_points"] == 0
    assert "redeemed_amount" not in made["redemption"]
    assert (await world.call("GET", "/v1/vouchers/CARD")).json() == made
    other = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100, "balance": 30}}
    assert (await created(world, "/v1/vouchers", other))["loyalty_card"]["balance"] == 30
    updated = await world.call(
        "PUT", "/v1/vouchers/CARD", {"type": "LOYALTY_CARD", "active": False}
    )
    assert updated.json()["loyalty_card"] == made["loyalty_card"]


@pytest.mark.parametrize(
    "body",
    [
        {"type": "LOYALTY_CARD"},
        {"type": "LOYALTY_CARD", "loyalty_card": {"points": -1}},
        {"type": "LOYALTY_CARD", "loyalty_card": {"points": 1}, "gift": {"amount": 1}},
        {"type": "GIFT_VOUCHER", "loyalty_card": {"points": 1}, "gift": {"amount": 1}},
    ],
)
async def test_a_loyalty_card_has_points_and_nothing_else(
    world: World, body: dict[str, Any]
) -> None:
    assert (await world.call("POST", "/v1/vouchers/X", body)).status_code == 400


#: Ratio, points of it, points asked for, order: points taken and what they pay.
PAID: list[tuple[Any, Any, int | None, int, int, int]] = [
    (1, 1, 30, 10_000, 30, 3000),
    (1, 1, None, 10_000, 100, 10_000),
    (1, 1, None, 20_000, 100, 10_000),
    # no more than the order comes to, and no point for nothing
    (1, 1, 50, 250, 3, 250),
    ("0.5", "10", 25, 10_000, 25, 125),
    # three points are worth a third of a cent less than a cent
    ("0.01", "3", 4, 10_000, 3, 1),
]


@pytest.mark.parametrize(("ratio", "of", "asked", "amount", "points", "paid"), PAID)
async def test_points_pay_for_an_order(
    world: World, ratio: Any, of: Any, asked: int | None, amount: int, points: int, paid: int
) -> None:
    await card(world)
    reward_id = await reward(world, ratio, of)
    body = paying(reward_id, asked, amount)
    checked = (await world.call("POST", "/v1/validations", body)).json()
    [one] = checked["redeemables"]
    assert one["result"] == {"loyalty_card": {"points": points, "balance": 100}}
    assert checked["order"]["total_discount_amount"] == paid
    redeemed = await created(world, "/v1/redemptions", body)
    [redemption] = redeemed["redemptions"]
    assert (redemption["amount"], redemption["loyalty_card"]) == (points, {"points": points})
    assert redemption["reward"]["id"] == reward_id
    shown = redemption["voucher"]
    assert shown["loyalty_card"] == {"points": 100, "balance": 100 - points}
    assert shown["redemption"]["redeemed_points"] == points
    assert redeemed["order"]["total_amount"] == amount - paid


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"reward": {"id": "", "points": 5}}, "not_found"),
    ({"reward": None}, "missing_reward"),
    ({"order": None}, "missing_order"),
    ({"order": {}}, "missing_amount"),
    ({"points": 101}, "loyalty_card_points_exceeded"),
]


@pytest.mark.parametrize(("change", "key"), REFUSED)
async def test_what_keeps_points_from_paying(
    world: World, change: dict[str, Any], key: str
) -> None:
    await card(world)
    body = paying(await reward(world), change.get("points", 5))
    if "order" in change:
        body |= {"order": change["order"]}
    if "reward" in change:
        if change["reward"]:
            body["redeemables"][0]["reward"]["id"] = "rew_none"
        else:
            del body["redeemables"][0]["reward"]
    checked = (await world.call("POST", "/v1/validations", body)).json()
    assert checked["redeemables"][0]["result"]["error"]["key"] == key
    failed = await world.call("POST", "/v1/redemptions", body)
    assert failed.json()["key"] == key


async def test_a_session_holds_points(world: World) -> None:
    await card(world)
    reward_id = await reward(world)
    lock = {"type": "LOCK", "key": "mine"}
    held = await created(world, "/v1/validations", paying(reward_id, 80, session=lock))
    assert held["valid"]
    other = (await world.call("POST", "/v1/validations", paying(reward_id, 21))).json()
    error = other["redeemables"][0]["result"]["error"]
    assert error["key"] == "loyalty_card_points_exceeded"
    assert (await created(world, "/v1/validations", paying(reward_id, 20)))["valid"]
    redeemed = await created(world, "/v1/redemptions", paying(reward_id, 80, session=lock))
    assert redeemed["redemptions"][0]["voucher"]["loyalty_card"]["balance"] == 20
    assert (await created(world, "/v1/validations", paying(reward_id, 20)))["valid"]


async def test_a_rollback_gives_points_back_and_both_are_transactions(world: World) -> None:
    await card(world)
    reward_id = await reward(world)
    redeemed = await created(world, "/v1/redemptions", paying(reward_id, 30))
    [spent] = told(world)
    redemption_id = redeemed["redemptions"][0]["id"]
    back = await world.call("POST", f"/v1/redemptions/{redemption_id}/rollback")
    assert back.json()["loyalty_card"] == {"points": -30}
    assert back.json()["voucher"]["loyalty_card"] == {"points": 100, "balance": 100}
    assert back.json()["voucher"]["redemption"]["redeemed_points"] == 0
    [refunded] = told(world)
    assert (spent["type"], refunded["type"]) == ("POINTS_REDEMPTION", "POINTS_REFUND")
    assert refunded["related_transaction_id"] == spent["id"]
    assert spent["details"]["balance"]["points"] == -30
    assert spent["details"]["balance"]["balance"] == 70
    assert spent["details"]["balance"]["type"] == "loyalty_card"
    assert spent["details"]["reward"] == {"id": reward_id, "name": "R"}


async def test_points_are_added_and_taken_off_by_hand(world: World) -> None:
    await card(world)
    added = await created(world, "/v1/vouchers/CARD/balance", {"amount": 50})
    assert (added["amount"], added["total"], added["balance"]) == (50, 150, 150)
    assert added["type"] == "loyalty_card"
    [one] = told(world)
    assert one["type"] == "POINTS_ADDITION"
    record = world.ledger.records[-1]
    assert isinstance(record, Decided)
    assert {each.name for each in hook_events(record)} == {
        "voucher.loyalty_card.points_aded",
        "voucher.loyalty_card.transaction.created",
    }
    taken = await created(world, "/v1/vouchers/CARD/balance", {"amount": -20})
    assert (taken["total"], taken["balance"]) == (130, 130)
    [one] = told(world)
    assert one["type"] == "POINTS_REMOVAL"
    shown = (await world.call("GET", "/v1/vouchers/CARD")).json()["loyalty_card"]
    assert shown == {"points": 150, "balance": 130, "subtracted_points": 20}
    refused = await world.call("POST", "/v1/vouchers/CARD/balance", {"amount": -131})
    assert (refused.status_code, refused.json()["key"]) == (400, "invalid_balance")


async def test_a_customer_shows_the_points_to_go_and_those_redeemed(world: World) -> None:
    await card(world)
    published = {"voucher": "CARD", "customer": {"source_id": "a"}}
    await created(world, "/v1/publications", published)
    body = paying(await reward(world), 30, customer={"source_id": "a"})
    redeemed = await created(world, "/v1/redemptions", body)
    for points in (
        {"redeemed_points": 30, "points_to_go": 70},
        {"redeemed_points": 0, "points_to_go": 100},
    ):
        shown = (await world.call("GET", "/v1/customers/a")).json()["summary"]["redemptions"]
        assert shown["loyalty_card"] == points
        await world.call("POST", f"/v1/redemptions/{redeemed['redemptions'][0]['id']}/rollback")


async def test_the_older_validation_shows_the_card(world: World) -> None:
    await card(world)
    body = {"order": {"amount": 1000}, "reward": {"id": await reward(world), "points": 3}}
    response = await world.call("POST", "/v1/vouchers/CARD/validate", body)
    shown = response.json()
    assert (shown["valid"], shown["loyalty"]) == (True, {"points": 100, "balance": 100})


def told(world: World) -> list[dict[str, Any]]:
    """The transactions of the last record."""
    record = world.ledger.records[-1]
    assert isinstance(record, Decided)
    return [each.body for each in transactions(record)]


async def test_a_reward_that_is_said_to_be_assigned_is_not_found(world: World) -> None:
    """A card of no program pays by no offer, so whoever names one would pay something else."""
    paid = await reward(world)
    await card(world)
    body = paying(paid)
    body["redeemables"][0]["reward"]["assignment_id"] = "rewa_1"
    answer = await world.call("POST", "/v1/redemptions", body)
    assert answer.status_code == 404
    assert "reward_assignment" in answer.json()["details"]
