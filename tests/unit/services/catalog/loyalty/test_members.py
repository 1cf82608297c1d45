"""Members: a card for a customer, once; found by its code and id, in its own program alone."""

from typing import Any, Final

from tests.unit.services.catalog.loyalty.test_programs import PROGRAM, made
from tests.unit.services.world import World

ANN: Final = {"customer": {"source_id": "ann"}}
GROWING: Final = PROGRAM | {"type": "AUTO_UPDATE"}


async def joined(world: World, body: dict[str, Any] = ANN) -> dict[str, Any]:
    """The member of the program L that comes of it."""
    answer = await world.call("POST", "/v1/loyalties/L/members", body)
    assert answer.status_code == 200, answer.text
    member: dict[str, Any] = answer.json()
    return member


async def test_who_joins_holds_a_card_with_the_points_that_a_card_begins_with(
    world: World,
) -> None:
    program = await made(world, GROWING)
    member = await joined(world, {"customer": {"name": "C"}})
    assert member["loyalty_card"] == {"points": 100, "balance": 100}
    assert (member["campaign_id"], member["type"]) == (program["id"], "LOYALTY_CARD")
    customer = (await world.call("GET", f"/v1/customers/{member['holder_id']}")).json()
    assert customer["name"] == "C"
    for named in (member["code"], member["id"]):
        for path in ("members", f"{program['id']}/members", "L/members"):
            answer = await world.call("GET", f"/v1/loyalties/{path}/{named}")
            assert answer.json() == member


async def test_a_customer_has_one_card_of_a_program_that_is_joined_once(world: World) -> None:
    await made(world, GROWING)
    member = await joined(world)
    assert await joined(world) == member
    publication = ANN | {"campaign": {"name": "L"}}
    again = (await world.call("POST", "/v1/publications", publication)).json()
    assert again["voucher"]["id"] == member["id"]
    other = (await world.call("POST", "/v1/campaigns/L/vouchers")).json()
    refused = await world.call("POST", "/v1/loyalties/L/members", ANN | {"voucher": other["code"]})
    assert (refused.status_code, refused.json()["key"]) == (400, "voucher_cannot_be_published")
    two = ANN | {"campaign": {"name": "L", "count": 2}}
    refused = await world.call("POST", "/v1/publications", two)
    assert refused.json()["key"] == "too_many_vouchers_requested"


async def test_a_program_that_may_be_joined_again_gives_another_card(world: World) -> None:
    await made(world, GROWING | {"join_once": False})
    assert (await joined(world))["id"] != (await joined(world))["id"]


async def test_a_card_that_is_named_is_the_members_and_nobody_elses(world: World) -> None:
    await made(world, PROGRAM | {"vouchers_count": 2})
    card = (await world.call("POST", "/v1/campaigns/L/vouchers")).json()
    said = {"channel": "shop", "metadata": {"a": 1}, "source_id": "first", "voucher": card["id"]}
    member = await joined(world, ANN | said)
    assert member["code"] == card["code"]
    assert await joined(world, ANN | said) == member
    other = {"customer": {"source_id": "ben"}, "voucher": card["id"]}
    refused = await world.call("POST", "/v1/loyalties/L/members", other)
    assert refused.json()["key"] == "voucher_already_published"


async def test_a_card_of_another_program_is_not_found(world: World) -> None:
    await made(world, GROWING)
    await made(world, GROWING | {"name": "M"})
    member = await joined(world)
    refused = [
        await world.call("GET", f"/v1/loyalties/M/members/{member['code']}"),
        await world.call("GET", "/v1/loyalties/L/members/none"),
        await world.call("GET", f"/v1/loyalties/none/members/{member['code']}"),
        await world.call("GET", "/v1/loyalties/members/none"),
        await world.call("POST", "/v1/loyalties/M/members", ANN | {"voucher": member["code"]}),
        await world.call("POST", "/v1/loyalties/none/members", ANN),
    ]
    assert [each.status_code for each in refused] == [404] * 6


async def test_a_voucher_of_no_program_is_no_member(world: World) -> None:
    await world.call("POST", "/v1/vouchers/P", {"loyalty_card": {"points": 5}})
    assert (await world.call("GET", "/v1/loyalties/members/P")).status_code == 404


async def test_a_program_without_free_cards_gives_none(world: World) -> None:
    await made(world)
    refused = await world.call("POST", "/v1/loyalties/L/members", ANN)
    key = "no_voucher_suitable_for_publication"
    assert (refused.status_code, refused.json()["key"]) == (400, key)
    refused = await world.call("POST", "/v1/loyalties/L/members", {})
    assert "`.customer`" in refused.json()["details"]


async def test_a_customer_shows_the_points_of_each_program(world: World) -> None:
    programs = [await made(world, GROWING | {"name": name}) for name in ("L", "M")]
    customer_id = (await world.call("POST", "/v1/customers", ANN["customer"])).json()["id"]
    nothing = {"points": 0, "referred_customers": 0, "campaigns": {}}
    shown = (await world.call("GET", f"/v1/customers/{customer_id}")).json()
    assert shown["loyalty"] == nothing
    member = await joined(world)
    await world.call("POST", "/v1/loyalties/M/members", ANN)
    await world.call("POST", f"/v1/vouchers/{member['code']}/balance", {"amount": 5})
    loyalty = {
        "points": 205,
        "referred_customers": 0,
        "campaigns": {
            programs[0]["id"]: {"points": 105, "referred_customers": 0},
            programs[1]["id"]: {"points": 100, "referred_customers": 0},
        },
    }
    for method, path, body in (
        ("GET", f"/v1/customers/{customer_id}", None),
        ("PUT", f"/v1/customers/{customer_id}", {"name": "Ann"}),
        ("PUT", f"/v1/customers/{customer_id}", {"name": "Ann"}),
        ("POST", "/v1/customers", ANN["customer"]),
    ):
        shown = (await world.call(method, path, body)).json()
        assert shown["loyalty"] == loyalty, (method, path)
    await world.call("DELETE", "/v1/loyalties/L")
    shown = (await world.call("GET", f"/v1/customers/{customer_id}")).json()
    assert shown["loyalty"]["points"] == 100
