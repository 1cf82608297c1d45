"""Offers of rewards and members that are rewarded, over HTTP."""

from typing import Any

import pytest

from engine.answers.activity import activity_entries
from engine.answers.hook_events import hook_events
from schemas.records import Decided
from tests.unit.services.world import World


async def sent(world: World, method: str, path: str, body: Any = None) -> Any:
    response = await world.call(method, path, body)
    assert response.status_code in (200, 204), response.text
    return response.json() if response.content else None


async def program(world: World, name: str = "Club", points: int = 1000, **more: Any) -> str:
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": points}}
    body = {
        "name": name,
        "campaign_type": "LOYALTY_PROGRAM",
        "type": "AUTO_UPDATE",
        "voucher": card,
    }
    return str((await sent(world, "POST", "/v1/campaigns", body | more))["id"])


async def member(world: World, campaign: str = "Club", who: str = "alice") -> dict[str, Any]:
    body = {"campaign": {"name": campaign}, "customer": {"source_id": who}}
    return dict((await sent(world, "POST", "/v1/publications", body))["voucher"])


async def coupons(world: World, name: str = "Codes", **more: Any) -> str:
    discount = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
    body = {"name": name, "type": "AUTO_UPDATE", "voucher": discount}
    return str((await sent(world, "POST", "/v1/campaigns", body | more))["id"])


async def reward(world: World, parameters: dict[str, Any], **more: Any) -> str:
    body = {"name": "R", "parameters": parameters}
    return str((await sent(world, "POST", "/v1/rewards", body | more))["id"])


async def mug(world: World, **more: Any) -> str:
    product = await sent(world, "POST", "/v1/products", {"name": "Mug"})
    return await reward(world, {"product": {"id": product["id"]}}, **more)


async def offered(world: World, reward_id: str, points: int = 100) -> dict[str, Any]:
    body = {"campaign": "Club", "parameters": {"loyalty": {"points": points}}}
    return dict(await sent(world, "POST", f"/v1/rewards/{reward_id}/assignments", body))


async def test_rewards_of_each_kind_show_themselves(world: World) -> None:
    camp = await coupons(world)
    body = {"name": "R", "parameters": {"campaign": {"id": camp}}}
    made = await sent(world, "POST", "/v1/rewards", body)
    assert made["parameters"] == {"campaign": {"id": camp, "type": "DISCOUNT_COUPONS"}}
    assert (made["type"], made["stock"], made["redeemed"]) == ("CAMPAIGN", None, None)
    assert made["metadata"] == {}
    assert made["updated_at"] is None
    changed = await sent(world, "PUT", f"/v1/rewards/{made['id']}", {"name": "S"})
    assert changed["updated_at"]
    assert changed | {"name": "R", "updated_at": None} == made
    assert await sent(world, "PUT", f"/v1/rewards/{made['id']}", changed)
    product = await sent(world, "POST", "/v1/products", {"name": "Mug"})
    parameters = {"product": {"id": product["id"]}}
    attributes = {"image_url": "https://example.com/mug.png", "description": "White"}
    body = {"name": "R", "type": "MATERIAL", "parameters": parameters}
    made = await sent(world, "POST", "/v1/rewards", body | {"stock": 3, "attributes": attributes})
    assert (made["stock"], made["redeemed"], made["attributes"]) == (3, 0, attributes)
    changed = await sent(world, "PUT", f"/v1/rewards/{made['id']}", {"stock": None})
    assert changed["stock"] is None
    other = await world.call("PUT", f"/v1/rewards/{made['id']}", {"type": "COIN"})
    assert (other.status_code, other.json()["key"]) == (400, "invalid_payload")


async def test_offers_are_the_same_from_both_sides(world: World) -> None:
    camp = await program(world)
    reward_id = await mug(world)
    made = await offered(world, reward_id)
    paths = [
        f"/v1/rewards/{reward_id}/assignments/{made['id']}",
        f"/v1/loyalties/{camp}/rewards/{made['id']}",
        f"/v1/loyalties/Club/reward-assignments/{made['id']}",
    ]
    for path in paths:
        assert await sent(world, "GET", path) == made
        listed = await sent(world, "GET", path.rpartition("/")[0])
        assert (listed["data"], listed["total"]) == ([made], 1)
    shown = await sent(world, "GET", paths[2] + "/reward")
    assert shown == await sent(world, "GET", f"/v1/rewards/{reward_id}")
    price = {"parameters": {"loyalty": {"points": 120}}}
    for path in paths[:2]:
        changed = await sent(world, "PUT", path, price)
        assert changed["parameters"] == price["parameters"]
    found = await sent(world, "GET", f"/v1/rewards?assignment_id={made['id']}")
    assert [each["id"] for each in found["data"]] == [reward_id]
    in_use = await world.call("DELETE", f"/v1/rewards/{reward_id}")
    assert (in_use.status_code, in_use.json()["key"]) == (400, "resource_in_use")
    await sent(world, "DELETE", paths[1])
    for path in (paths[0], paths[2], paths[2] + "/reward"):
        missing = await world.call("GET", path)
        assert (missing.status_code, missing.json()["resource_type"]) == (404, "reward_assignment")
    await sent(world, "DELETE", f"/v1/rewards/{reward_id}")


async def test_an_assignment_is_found_by_either_spelling(world: World) -> None:
    await program(world)
    made = await offered(world, await mug(world))
    await offered(world, await mug(world))
    for path, word in (("reward-assignments", "assignmentId"), ("rewards", "assignment_id")):
        listed = await sent(world, "GET", f"/v1/loyalties/Club/{path}?{word}={made['id']}")
        assert [each["id"] for each in listed["data"]] == [made["id"]]
    assert (await sent(world, "GET", "/v1/loyalties/Club/rewards?limit=1"))["total"] == 2


async def test_many_rewards_are_offered_at_once(world: World) -> None:
    await program(world)
    coin = await reward(world, {"coin": {"exchange_ratio": 1}})
    priced = {"reward": await mug(world), "parameters": {"loyalty": {"points": 5}}}
    path = "/v1/loyalties/Club/rewards"
    one = await sent(world, "POST", path, [{"reward": coin}])
    assert "parameters" not in one
    twice = await world.call("POST", path, [priced, {"reward": coin}])
    assert (twice.status_code, twice.json()["key"]) == (409, "duplicate_found")
    await sent(world, "DELETE", f"{path}/{one['id']}")
    both = await sent(world, "POST", path, [priced, {"reward": coin}])
    assert [each["reward_id"] for each in both] == [priced["reward"], coin]
    assert (await world.call("POST", path, [])).status_code == 400


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("coin", {"parameters": {"loyalty": {"points": 200}}}, "invalid_payload", "Invalid payload"),
    ("coin", {"validation_rules": ["val_1", "val_2"]}, "invalid_payload", "Invalid payload"),
    ("mug", {}, "missing_param", "Missing required parameter"),
]


@pytest.mark.parametrize(("kind", "terms", "key", "message"), REFUSED)
async def test_what_does_not_go_with_a_reward_is_told(
    world: World, kind: str, terms: dict[str, Any], key: str, message: str
) -> None:
    camp = await coupons(world)
    coin = {"coin": {"exchange_ratio": 1}}
    reward_id = await reward(world, coin) if kind == "coin" else await mug(world)
    path = f"/v1/rewards/{reward_id}/assignments"
    refused = await world.call("POST", path, {"campaign": camp} | terms)
    assert (refused.status_code, refused.json()["key"]) == (400, key)
    assert refused.json()["message"] == message
    if key == "missing_param":
        assert refused.json()["details"] == "Parameter 'parameters.loyalty' is required"


async def test_a_member_is_rewarded_by_itself_if_the_offer_says_so(world: World) -> None:
    await program(world)
    reward_id = await mug(world)
    terms = {"loyalty": {"points": 300, "auto_redeem": True}}
    path = f"/v1/rewards/{reward_id}/assignments"
    offer = await sent(world, "POST", path, {"campaign": "Club", "parameters": terms})
    assert offer["parameters"] == terms
    card = await member(world)
    shown = await sent(world, "GET", f"/v1/loyalties/members/{card['code']}")
    assert shown["loyalty_card"]["balance"] == 700
    more = await sent(
        world, "POST", f"/v1/loyalties/members/{card['code']}/balance", {"points": 10}
    )
    assert (more["points"], more["balance"]) == (10, 710)
    shown = await sent(world, "GET", f"/v1/loyalties/members/{card['code']}")
    assert shown["loyalty_card"]["balance"] == 410


async def test_a_member_is_rewarded_with_a_code(world: World) -> None:
    camp = await program(world)
    card = await member(world)
    reward_id = await reward(world, {"campaign": {"id": await coupons(world)}})
    offer = await offered(world, reward_id, 300)
    path = f"/v1/loyalties/members/{card['code']}/redemption"
    done = await sent(world, "POST", path, {"reward": {"id": reward_id}, "metadata": {"a": 1}})
    assert (done["object"], done["result"], done["amount"]) == ("redemption", "SUCCESS", 300)
    assert done["loyalty_card"] == {"points": 300}
    assert (done["customer"]["source_id"], done["metadata"]) == ("alice", {"a": 1})
    assert done["voucher"]["loyalty_card"] == {"points": 1000, "balance": 700}
    got = done["reward"]
    assert (got["id"][:5], got["assignment_id"]) == ("rewr_", offer["id"])
    assert (got["product"], got["sku"], got["loyalty_tier_id"]) == (None, None, None)
    code = got["voucher"]["code"]
    assert (await sent(world, "GET", f"/v1/vouchers/{code}"))["holder_id"] == done["customer_id"]
    names = [each.name for each in hook_events(last(world))]
    assert names.count("voucher.loyalty_card.transaction.created") == 1
    assert {"customer.rewarded", "voucher.published", "redemption.succeeded"} <= set(names)
    told = {each.type: each.data for each in activity_entries(last(world))}
    wanted = {f"customer.reward_redemptions.{each}" for each in ("created", "completed")}
    wanted.add("customer.rewarded")
    assert wanted <= told.keys()
    for name in wanted:
        assert told[name]["reward_redemption"]["points"] == 300
        # the official Python client reads an object or nothing
        assert told[name].get("balance") is None
    again = f"/v1/loyalties/{camp}/members/{card['id']}/redemption"
    assert (await sent(world, "POST", again, {"reward": {"id": reward_id}}))["amount"] == 300
    assert (await sent(world, "GET", f"/v1/rewards/{reward_id}"))["redeemed"] == 2
    back = await sent(world, "POST", f"/v1/redemptions/{done['id']}/rollback")
    assert back["reward"]["id"] == got["id"]
    assert back["reward"]["voucher"]["active"] is False
    assert back["voucher"]["loyalty_card"]["balance"] == 700
    told = [each.type for each in activity_entries(last(world))]
    assert "customer.reward_redemptions.rolledback" in told


async def test_any_endpoint_rewards_and_validations_agree(world: World) -> None:
    await program(world)
    card = await member(world)
    reward_id = await mug(world, stock=1)
    offer = await offered(world, reward_id)
    asked = {"id": reward_id, "assignment_id": offer["id"]}
    body = {"redeemables": [{"object": "voucher", "id": card["code"], "reward": asked}]}
    checked = await sent(world, "POST", "/v1/validations", body)
    assert (checked["valid"], "order" in checked) == (True, False)
    shown = checked["redeemables"][0]["result"]["loyalty_card"]
    assert shown == {"points": 100, "balance": 1000}
    done = await sent(world, "POST", "/v1/redemptions", body)
    [one] = done["redemptions"]
    assert one["reward"]["product"]["name"] == "Mug"
    assert one["order"] is None
    checked = await sent(world, "POST", "/v1/validations", body)
    error = checked["redeemables"][0]["result"]["error"]
    assert (checked["valid"], error["key"]) == (False, "reward_out_of_stock")
    single = await world.call("POST", f"/v1/vouchers/{card['code']}/redemption", {"reward": asked})
    assert (single.status_code, single.json()["key"]) == (400, "reward_out_of_stock")


MEMBER_REFUSED: list[tuple[str, dict[str, Any], int, str]] = [
    ("Club", {}, 400, "missing_reward"),
    ("Club", {"reward": {"id": "coin"}}, 400, "missing_order"),
    ("Club", {"reward": {"id": "mug"}}, 400, "loyalty_card_points_exceeded"),
    ("Club", {"reward": {"id": "rew_none"}}, 404, "not_found"),
    ("Other", {"reward": {"id": "coin"}}, 404, "not_found"),
    ("None", {"reward": {"id": "coin"}}, 404, "not_found"),
]


@pytest.mark.parametrize(("camp", "body", "status", "key"), MEMBER_REFUSED)
async def test_what_keeps_a_member_from_a_reward(
    world: World, camp: str, body: dict[str, Any], status: int, key: str
) -> None:
    await program(world)
    await program(world, "Other")
    card = await member(world)
    coin = await reward(world, {"coin": {"exchange_ratio": 1}})
    await sent(world, "POST", "/v1/loyalties/Club/rewards", [{"reward": coin}])
    dear = await mug(world)
    await offered(world, dear, 1001)
    named = {"coin": coin, "mug": dear}
    if "reward" in body:
        body = {"reward": {"id": named.get(body["reward"]["id"], body["reward"]["id"])}}
    path = f"/v1/loyalties/{camp}/members/{card['code']}/redemption"
    refused = await world.call("POST", path, body)
    assert (refused.status_code, refused.json()["key"]) == (status, key)


async def test_points_pay_for_an_order_of_a_member(world: World) -> None:
    await program(world)
    card = await member(world)
    coin = await reward(world, {"coin": {"exchange_ratio": 1}})
    offer = await sent(world, "POST", "/v1/loyalties/Club/rewards", [{"reward": coin}])
    path = f"/v1/loyalties/members/{card['id']}/redemption"
    body = {"reward": {"id": coin, "points": 5}, "order": {"amount": 1000}}
    done = await sent(world, "POST", path, body)
    assert (done["order"]["total_amount"], done["amount"]) == (500, 5)
    assert done["reward"]["assignment_id"] == offer["id"]
    stranger = await world.call(
        "POST", "/v1/vouchers", {"type": "LOYALTY_CARD", "loyalty_card": {"points": 9}}
    )
    loose = f"/v1/loyalties/members/{stranger.json()['code']}/redemption"
    assert (await world.call("POST", loose, body)).status_code == 404


async def test_a_member_sees_what_there_is_and_what_it_can_afford(world: World) -> None:
    await program(world)
    card = await member(world)
    cheap, dear, gone = await mug(world), await mug(world), await mug(world, stock=0)
    coin = await reward(world, {"coin": {"exchange_ratio": 1}})
    closed = await reward(world, {"campaign": {"id": await coupons(world, type="STATIC")}})
    for each, points in ((cheap, 1000), (dear, 1001), (gone, 1), (closed, 1)):
        await offered(world, each, points)
    await sent(world, "POST", "/v1/loyalties/Club/rewards", [{"reward": coin}])
    path = f"/v1/loyalties/members/{card['code']}/rewards"
    listed = await sent(world, "GET", path)
    assert {each["reward"]["id"] for each in listed["data"]} == {cheap, dear, coin}
    assert listed["total"] == 3
    assert listed["data"][0]["object"] == "loyalty_reward"
    listed = await sent(world, "GET", path + "?affordable_only=true")
    assert {each["reward"]["id"] for each in listed["data"]} == {cheap, coin}
    assert (await world.call("GET", "/v1/loyalties/members/none/rewards")).status_code == 404


def last(world: World) -> Decided:
    record = world.ledger.records[-1]
    assert isinstance(record, Decided)
    return record
