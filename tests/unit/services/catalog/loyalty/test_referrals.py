"""Referral programs over HTTP: made, published, redeemed, their holders, tiers and trees."""

from typing import Any

import pytest

from tests.unit.services.world import World, asked

PROGRAM: dict[str, Any] = {
    "name": "Friends",
    "campaign_type": "REFERRAL_PROGRAM",
    "type": "AUTO_UPDATE",
    "voucher": {
        "type": "DISCOUNT_VOUCHER",
        "discount": {"type": "AMOUNT", "amount_off": 500},
        "is_referral_code": True,
    },
}
GIFTS = {
    "name": "Gifts",
    "campaign_type": "GIFT_VOUCHERS",
    "type": "AUTO_UPDATE",
    "voucher": {"type": "GIFT_VOUCHER", "gift": {"amount": 0, "balance": 0}},
}
REWARD = {
    "related_object_parent": {"name": "Gifts", "object": "CAMPAIGN"},
    "type": "GIFT_VOUCHER",
    "amount": 300,
}


async def made(world: World, path: str, body: Any, **named: Any) -> dict[str, Any]:
    """What a request answers that goes well."""
    answer = await world.call("POST", path, body, **named)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def read(world: World, path: str) -> dict[str, Any]:
    """What is read there."""
    answer = await world.call("GET", path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def program(world: World, **terms: Any) -> dict[str, Any]:
    """A program that gives both sides credits."""
    await made(world, "/v1/campaigns", GIFTS)
    rewards = {"referee_reward": REWARD, "referrer_reward": REWARD | {"amount": 700}} | terms
    return await made(world, "/v1/campaigns", PROGRAM | {"referral_program": rewards})


async def code_of(world: World, who: str = "ann") -> dict[str, Any]:
    """The code that a referrer is given."""
    body = {"campaign": {"name": "Friends"}, "customer": {"source_id": who}}
    published = await made(world, "/v1/publications", body)
    return dict(published["voucher"])


async def redeem(world: World, code: str, who: str = "bob", **more: Any) -> Any:
    """Somebody redeems it."""
    body = asked(code) | {"customer": {"source_id": who} | more}
    return await world.call("POST", "/v1/redemptions", body)


async def test_a_program_is_shown_as_it_is_made(world: World) -> None:
    shown = await program(world)
    assert shown["campaign_type"] == "REFERRAL_PROGRAM"
    assert shown["voucher"]["is_referral_code"] is True
    terms = shown["referral_program"]
    assert terms["conversion_event_type"] == "redemption"
    reward = terms["referee_reward"]
    assert (reward["type"], reward["amount"]) == ("GIFT_VOUCHER", 300)
    assert reward["related_object_parent"]["name"] == "Gifts"
    assert await read(world, f"/v1/campaigns/{shown['id']}") == shown
    back = await world.call("PUT", "/v1/campaigns/Friends", shown)
    assert back.status_code == 200, back.text


async def test_an_amount_may_be_a_text_of_its_digits(world: World) -> None:
    """The official Python client sends no other, and the answer has a number, as the contract says."""
    shown = await program(world, referee_reward=REWARD | {"amount": "300"})
    assert shown["referral_program"]["referee_reward"]["amount"] == 300
    for wrong in ("", "-5", "5.5", " 5", "\u0663", "9" * 31, "1" + "0" * 16):
        terms = {"referee_reward": REWARD | {"amount": wrong}}
        body = PROGRAM | {"name": "Others", "referral_program": terms}
        answer = await world.call("POST", "/v1/campaigns", body)
        assert answer.status_code == 400, wrong
        assert "amount" in answer.json()["details"]


async def test_codes_say_that_they_refer(world: World) -> None:
    await program(world)
    code = await code_of(world)
    assert code["is_referral_code"] is True
    shown = await read(world, f"/v1/vouchers/{code['code']}")
    assert shown["is_referral_code"] is True
    back = await world.call("PUT", f"/v1/vouchers/{code['code']}", {"is_referral_code": True})
    assert back.status_code == 200, back.text
    otherwise = await world.call("PUT", f"/v1/vouchers/{code['code']}", {"is_referral_code": False})
    assert otherwise.status_code == 400


async def test_a_redemption_refers_and_the_order_says_by_whom(world: World) -> None:
    await program(world)
    code = (await code_of(world))["code"]
    ann = await read(world, "/v1/customers/ann")
    answer = await redeem(world, code)
    assert answer.status_code == 200, answer.text
    order = answer.json()["redemptions"][0]["order"]
    assert order["referrer_id"] == ann["id"]
    stored = await read(world, f"/v1/orders/{order['id']}")
    assert stored["referrer"] == {"id": ann["id"], "object": "customer"}
    bob = await read(world, "/v1/customers/bob")
    assert bob["referrals"]["total"] == 1
    [shown] = bob["referrals"]["campaigns"]
    assert shown["referrer_id"] == ann["id"]
    assert (await read(world, "/v1/customers/ann"))["loyalty"]["referred_customers"] == 1


async def test_a_referrer_shows_who_came_by_which_program(world: World) -> None:
    shown = await program(world)
    code = (await code_of(world))["code"]
    assert (await read(world, "/v1/customers/ann"))["loyalty"]["campaigns"] == {}
    redeemed = [(await redeem(world, code, who)).json() for who in ("bob", "eve")]
    ann = await read(world, "/v1/customers/ann")
    referred = {
        "points": 0,
        "referred_customers": 2,
        "campaigns": {shown["id"]: {"points": 0, "referred_customers": 2}},
    }
    assert ann["loyalty"] == referred
    unchanged = await made(world, "/v1/customers", {"source_id": "ann"})
    assert unchanged["loyalty"] == referred
    redemption = redeemed[0]["redemptions"][0]["id"]
    await made(world, f"/v1/redemptions/{redemption}/rollback", {})
    changed = await world.call("PUT", "/v1/customers/ann", {"name": "Ann"})
    assert changed.json()["loyalty"]["campaigns"][shown["id"]]["referred_customers"] == 1


async def test_a_referrer_is_not_permitted_to_redeem(world: World) -> None:
    await program(world)
    code = (await code_of(world))["code"]
    for who, more in (("ann", {}), ("eve", {"email": "A@shop.test"})):
        await world.call("PUT", "/v1/customers/ann", {"email": "a@shop.test"})
        answer = await redeem(world, code, who, **more)
        assert (answer.status_code, answer.json()["key"]) == (
            400,
            "referrer_not_permitted_to_redeem",
        )
        assert answer.json()["message"] == "voucher cannot be redeemed by referrer"
        checked = await world.call(
            "POST", "/v1/validations", asked(code) | {"customer": {"source_id": who}}
        )
        [result] = checked.json()["redeemables"]
        assert result["result"]["error"]["key"] == "referrer_not_permitted_to_redeem"


async def test_holders_are_listed_from_a_cursor(world: World) -> None:
    shown = await program(world)
    code = (await code_of(world))["code"]
    body = {"holders": [{"source_id": f"c{n}"} for n in range(4)], "metadata": {"by": "hand"}}
    added = (await made(world, f"/v1/referrals/members/{code}/holders", body))["holders"]
    assert {each["holder_role"] for each in added} == {"REFEREE"}
    assert {each["status"] for each in added} == {"REFERRED"}
    assert added[0]["metadata"] == {"by": "hand"}
    path = f"/v1/referrals/{shown['id']}/members/{code}/holders"
    whole = await read(world, path)
    assert whole["total"] == 5 and not whole["has_more"]
    ids = [each["id"] for each in whole["data"]]
    assert ids == sorted(ids)
    first = await read(world, f"{path}?limit=2")
    assert first["more_starting_after"] == ids[1] and first["has_more"]
    rest = await read(world, f"{path}?limit=3&starting_after_id={ids[1]}")
    assert [each["id"] for each in rest["data"]] == ids[2:] and not rest["has_more"]
    backwards = await read(world, f"{path}?order=-id")
    assert [each["id"] for each in backwards["data"]] == ids[::-1]
    roles = await read(world, f"{path}?filters[holder_role][conditions][$is]=REFERRER")
    assert roles["total"] == 1
    assert (await world.call("GET", f"{path}?order=code")).status_code == 400


async def test_holders_are_removed_or_why_not(world: World) -> None:
    shown = await program(world)
    code = (await code_of(world))["code"]
    path = f"/v1/referrals/{shown['id']}/members/{code}/holders"
    await redeem(world, code)
    added = await made(world, path, {"holders": [{"source_id": "cid"}]})
    again = await world.call("POST", path, {"holders": [{"source_id": "cid"}]})
    assert (again.status_code, again.json()["key"]) == (409, "holder_assignement_duplication")
    holders = {each["holder_role"]: each["id"] for each in (await read(world, path))["data"]}
    referrer = await world.call("DELETE", f"{path}/{holders['REFERRER']}")
    assert (referrer.status_code, referrer.json()["key"]) == (403, "forbidden")
    [cid] = added["holders"]
    gone = await world.call("DELETE", f"/v1/referrals/members/{code}/holders/{cid['id']}")
    assert gone.status_code == 204
    assert (await world.call("DELETE", f"{path}/{cid['id']}")).status_code == 404


async def test_guests_are_holders_by_their_addresses(world: World) -> None:
    await program(world)
    code = (await code_of(world))["code"]
    path = f"/v1/referrals/members/{code}/holders"
    await made(world, path, {"holders": [{"email": "guest@shop.test"}]})
    again = await world.call("POST", path, {"holders": [{"email": "GUEST@shop.test"}]})
    assert again.status_code == 409


async def test_what_is_no_referral_code_has_no_holders(world: World) -> None:
    await program(world)
    await world.voucher("PLAIN")
    code = (await code_of(world))["code"]
    for path in (
        "/v1/referrals/members/none/holders",
        "/v1/referrals/members/PLAIN/holders",
        f"/v1/referrals/Gifts/members/{code}/holders",
        f"/v1/referrals/none/members/{code}/holders",
    ):
        assert (await world.call("GET", path)).status_code == 404
        added = await world.call("POST", path, {"holders": [{"source_id": "cid"}]})
        assert added.status_code == 404


async def test_an_event_with_a_code_refers(world: World) -> None:
    await program(world, conversion_event_type="custom_event", custom_event={"name": "signed_up"})
    code = await code_of(world)
    body = {"event": "signed_up", "customer": {"source_id": "bob"}}
    answer = await made(world, "/v1/events", body | {"referral": {"code": code["code"]}})
    ann = await read(world, "/v1/customers/ann")
    assert answer["referral"] == {
        "id": code["id"],
        "code": code["code"],
        "referrer_id": ann["id"],
    }
    assert (await read(world, "/v1/customers/bob"))["referrals"]["total"] == 1
    for referral, key in (
        ({"code": "none"}, "not_found"),
        ({"code": code["code"], "referrer_id": "bob"}, "invalid_customer"),
    ):
        wrong = await world.call("POST", "/v1/events", body | {"referral": referral})
        assert wrong.json()["key"] == key


async def test_tiers_of_referrers_are_created_changed_listed_and_deleted(world: World) -> None:
    await program(world)
    path = "/v1/referrals/Friends/tiers"
    body = {"conversions": 3, "reward": REWARD | {"amount": 900}, "banner": "Three"}
    tier = await made(world, path, body)
    assert tier["parameters"]["conversions"] == 3
    again = await world.call("POST", path, body)
    assert (again.status_code, again.json()["key"]) == (409, "duplicate_found")
    first = await made(world, path, {"conversions": 2, "reward": REWARD})
    listed = await read(world, path)
    assert [each["id"] for each in listed["data"]] == [first["id"], tier["id"]]
    changed = await world.call("PUT", f"{path}/{tier['id']}", {"conversions": 4, "banner": None})
    assert changed.json()["parameters"]["conversions"] == 4
    assert changed.json()["banner"] is None
    back = await world.call("PUT", f"{path}/{tier['id']}", changed.json())
    assert back.status_code == 200, back.text
    assert back.json()["parameters"] == changed.json()["parameters"]
    assert (await read(world, f"{path}/{tier['id']}"))["id"] == tier["id"]
    assert (await world.call("DELETE", f"{path}/{tier['id']}")).status_code == 204
    assert (await world.call("GET", f"{path}/{tier['id']}")).status_code == 404


async def test_a_tree_shows_whom_somebody_referred(world: World) -> None:
    await program(world)
    await redeem(world, (await code_of(world))["code"])
    await redeem(world, (await code_of(world, "bob"))["code"], "cid")
    shown = await read(world, "/v1/referrals/Friends/tree?customer=ann&depth=1")
    [bob] = shown["referees"]
    assert bob["has_more"] and bob["referee_reward"]["amount"] == 300
    deeper = await read(world, "/v1/referrals/Friends/tree?customer=ann")
    assert len(deeper["referees"][0]["referees"]) == 1
    for query in ("", "?customer=nobody", "?customer=ann&depth=6"):
        answer = await world.call("GET", f"/v1/referrals/Friends/tree{query}")
        assert answer.status_code in (400, 404)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"voucher": PROGRAM["voucher"] | {"is_referral_code": False}}, "REFERRAL_PROGRAM"),
        ({"campaign_type": "DISCOUNT_COUPONS"}, "DISCOUNT_COUPONS"),
        ({"referral_program": {"conversion_event_type": "visit"}}, "conversion_event_type"),
        ({"referral_program": {"conversion_event_type": "custom_event"}}, "custom_event"),
        ({"referral_program": {"segment": {"id": "seg_1"}}}, "segment"),
        ({"referral_program": {"referee_reward": {"type": "GIFT_VOUCHER"}}}, "referee_reward"),
        (
            {"referral_program": {"referee_reward": REWARD | {"related_object_parent": {}}}},
            "related_object_parent",
        ),
        ({"referral_program": {"referee_reward": REWARD | {"amount": -1}}}, "amount"),
        ({"referral_program": {"referee_reward": REWARD | {"type": "MONEY"}}}, "type"),
    ],
)
async def test_what_a_program_may_not_say(world: World, body: Any, said: str) -> None:
    await made(world, "/v1/campaigns", GIFTS)
    answer = await world.call("POST", "/v1/campaigns", PROGRAM | body)
    assert answer.status_code == 400, answer.text
    assert said in answer.json()["details"]


async def test_a_voucher_with_a_referral_code_makes_a_referral_program(world: World) -> None:
    body = {name: value for name, value in PROGRAM.items() if name != "campaign_type"}
    assert (await made(world, "/v1/campaigns", body))["campaign_type"] == "REFERRAL_PROGRAM"
    coupons = {"name": "Coupons", "voucher": {"discount": {"type": "AMOUNT", "amount_off": 5}}}
    wrong = await world.call("POST", "/v1/campaigns", coupons | {"referral_program": {}})
    assert wrong.status_code == 400
    assert "referral_program" in wrong.json()["details"]


async def test_an_order_takes_the_referrer_that_it_shows_and_no_other(world: World) -> None:
    await program(world)
    code = (await code_of(world))["code"]
    redeemed = (await redeem(world, code)).json()
    order = await read(world, f"/v1/orders/{redeemed['redemptions'][0]['order']['id']}")
    ann = await read(world, "/v1/customers/ann")
    assert (order["referrer_id"], order["referrer"]["id"]) == (ann["id"], ann["id"])
    path = f"/v1/orders/{order['id']}"
    for method, where in (("PUT", path), ("POST", "/v1/orders")):
        again = await world.call(method, where, order)
        assert again.status_code == 200, again.text
    bob = redeemed["redemptions"][0]["customer_id"]
    for other in ({"referrer_id": bob}, {"referrer": {"id": bob}, "referrer_id": ann["id"]}):
        refused = await world.call("PUT", path, other)
        assert refused.status_code == 400
        assert "Property `.referrer_id`" in refused.json()["details"]
    assert (await read(world, path))["referrer_id"] == ann["id"]
